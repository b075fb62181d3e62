// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/money.h"

#include <limits>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

// The national currencies of ISO 4217 that are in use, by their number of
// decimal digits. Metals, bond units and testing codes are not money here.
constexpr std::string_view kDigits0 =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view kDigits2 =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL "
    "BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP "
    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD "
    "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN "
    "PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED "
    "VES WST XCD XCG YER ZAR ZMW ZWG ";
constexpr std::string_view kDigits3 = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view kDigits4 = "CLF UYW ";

int DigitsOf(std::string_view code) {
  const auto holds = [&](std::string_view codes) {
    for (size_t i = 0; i + 4 <= codes.size(); i += 4) {
      if (codes.substr(i, 3) == code) return true;
    }
    return false;
  };
  if (holds(kDigits2)) return 2;
  if (holds(kDigits0)) return 0;
  if (holds(kDigits3)) return 3;
  if (holds(kDigits4)) return 4;
  return -1;
}

}  // namespace

absl::StatusOr<Currency> Currency::Parse(std::string_view code) {
  const int digits = code.size() == 3 ? DigitsOf(code) : -1;
  if (digits < 0) {
    bool letters = !code.empty() && code.size() <= 16;
    for (char c : code) {
      letters = letters && ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    }
    return absl::InvalidArgumentError(
        StrCat("currency", letters ? StrCat(" '", code, "'") : std::string(),
               " is not an ISO 4217 code in use, such as EUR"));
  }
  Currency currency;
  code.copy(currency.code_, 3);
  currency.digits_ = static_cast<int8_t>(digits);
  return currency;
}

absl::StatusOr<Decimal> ParseDecimal(std::string_view text) {
  const auto not_a_number = [] {
    return absl::InvalidArgumentError("is not a decimal number");
  };
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  Decimal result;
  bool point = false;
  bool digit = false;
  for (char c : text) {
    if (c == '.') {
      if (point) return not_a_number();
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return not_a_number();
    digit = true;
    if (point && ++result.scale > 18) {
      return absl::OutOfRangeError(
          "has more than 18 digits after the decimal point");
    }
    const int value = c - '0';
    if (__builtin_mul_overflow(result.units, int64_t{10}, &result.units) ||
        __builtin_add_overflow(result.units, negative ? -value : value,
                               &result.units)) {
      return absl::OutOfRangeError("does not fit in 64 bits");
    }
  }
  if (!digit) return not_a_number();
  return result;
}

absl::StatusOr<int64_t> Rescale(absl::int128 value, int from_scale,
                                int to_scale) {
  constexpr absl::int128 kMax = std::numeric_limits<int64_t>::max();
  constexpr absl::int128 kMin = std::numeric_limits<int64_t>::min();
  for (; from_scale < to_scale; ++from_scale) {
    if (value > kMax || value < kMin) break;
    value *= 10;
  }
  if (from_scale > to_scale) {
    absl::int128 divisor = 1;
    for (; from_scale > to_scale; --from_scale) divisor *= 10;
    const absl::int128 quotient = value / divisor;
    const absl::int128 rest = value % divisor;
    const absl::int128 twice = (rest < 0 ? -rest : rest) * 2;
    value = quotient;
    if (twice >= divisor) value += rest < 0 ? -1 : 1;
  }
  if (from_scale != to_scale || value > kMax || value < kMin) {
    return absl::OutOfRangeError("does not fit in 64 bits");
  }
  return static_cast<int64_t>(value);
}

std::string FormatMinor(int64_t minor, int digits) {
  // The magnitude as unsigned, because the smallest int64 has no negative.
  uint64_t rest = minor < 0 ? ~static_cast<uint64_t>(minor) + 1
                            : static_cast<uint64_t>(minor);
  std::string text = StrCat(rest);
  if (text.size() <= static_cast<size_t>(digits)) {
    text.insert(0, static_cast<size_t>(digits) + 1 - text.size(), '0');
  }
  if (digits > 0) text.insert(text.size() - static_cast<size_t>(digits), ".");
  if (minor < 0) text.insert(0, "-");
  return text;
}

std::string FormatAmount(Money money) {
  return FormatMinor(money.minor, money.currency.digits());
}

absl::StatusOr<Money> ParseMoney(std::string_view amount, Currency currency) {
  TRATO_ASSIGN_OR_RETURN(Decimal decimal, ParseDecimal(amount));
  int scale = decimal.scale;
  absl::int128 units = decimal.units;
  while (scale > currency.digits() && units % 10 == 0) {
    units /= 10;
    --scale;
  }
  if (scale > currency.digits()) {
    return absl::InvalidArgumentError(
        StrCat("has more than the ", currency.digits(), " decimal digits of ",
               currency.code()));
  }
  TRATO_ASSIGN_OR_RETURN(int64_t minor,
                         Rescale(units, scale, currency.digits()));
  return Money{minor, currency};
}

}  // namespace trato::core
