// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/money.h"

#include <algorithm>
#include <iterator>

#include "bindings/cli/failure.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct Digits {
  std::string_view currency;
  int digits;
};

// The currencies of ISO 4217 that do not have two digits.
constexpr Digits kExceptions[] = {
    {"BHD", 3}, {"BIF", 0}, {"CLF", 4}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0},
    {"IQD", 3}, {"ISK", 0}, {"JOD", 3}, {"JPY", 0}, {"KMF", 0}, {"KRW", 0},
    {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"PYG", 0}, {"RWF", 0}, {"TND", 3},
    {"UGX", 0}, {"UYI", 0}, {"UYW", 4}, {"VND", 0}, {"VUV", 0}, {"XAF", 0},
    {"XOF", 0}, {"XPF", 0},
};

// value with a point before its last `digits` digits.
std::string WithPoint(std::int64_t value, int digits) {
  const bool negative = value < 0;
  const std::uint64_t magnitude = negative
                                      ? 0 - static_cast<std::uint64_t>(value)
                                      : static_cast<std::uint64_t>(value);
  std::string text = std::to_string(magnitude);
  const auto places = static_cast<std::size_t>(digits);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  if (places > 0) text.insert(text.size() - places, 1, '.');
  return negative ? "-" + text : text;
}

[[noreturn]] void Refuse(std::string_view what, std::string_view text,
                         std::string_view why) {
  throw Failure(std::string(what) + ": \"" + std::string(text) + "\" " +
                std::string(why));
}

}  // namespace

int CurrencyDigits(std::string_view currency) {
  const auto* found = std::find_if(
      std::begin(kExceptions), std::end(kExceptions),
      [&](const Digits& entry) { return entry.currency == currency; });
  return found == std::end(kExceptions) ? 2 : found->digits;
}

std::int64_t ParseDecimal(std::string_view text, int digits,
                          std::string_view what) {
  constexpr std::string_view kNotANumber =
      "is not a number such as 12 or 12.50";
  const bool negative = text.starts_with('-');
  std::string_view rest = text;
  if (negative || text.starts_with('+')) rest.remove_prefix(1);
  const std::size_t point = std::min(rest.find('.'), rest.size());
  std::string_view fraction = rest.substr(std::min(point + 1, rest.size()));
  if (point == 0 || (point < rest.size() && fraction.empty())) {
    Refuse(what, text, kNotANumber);
  }
  std::string all(rest.substr(0, point));
  all += fraction;
  if (all.find_first_not_of("0123456789") != std::string::npos) {
    Refuse(what, text, kNotANumber);
  }
  const auto places = static_cast<std::size_t>(digits);
  if (fraction.size() > places) {
    Refuse(
        what, text,
        "has more than " + std::to_string(digits) + " digits after the point");
  }
  all.append(places - fraction.size(), '0');
  std::int64_t value = 0;  // negative all along: its range is the larger one
  for (const char digit : all) {
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_sub_overflow(value, digit - '0', &value)) {
      Refuse(what, text, "is too large");
    }
  }
  if (!negative && __builtin_sub_overflow(0, value, &value)) {
    Refuse(what, text, "is too large");
  }
  return value;
}

Money ParseMoney(std::string_view text, std::string_view currency,
                 std::string_view what) {
  const std::size_t blank = text.find(' ');
  if (blank != std::string_view::npos) {
    currency = text.substr(blank + 1);
    const bool letters =
        std::all_of(currency.begin(), currency.end(),
                    [](char c) { return c >= 'A' && c <= 'Z'; });
    if (currency.size() != 3 || !letters) {
      Refuse(what, text, "is not an amount such as 12.50 or \"12.50 GBP\"");
    }
    text = text.substr(0, blank);
  }
  return {ParseDecimal(text, CurrencyDigits(currency), what),
          std::string(currency)};
}

std::string MoneyText(std::int64_t minor, std::string_view currency) {
  return GroupDigits(WithPoint(minor, CurrencyDigits(currency))) + " " +
         std::string(currency);
}

std::string DecimalText(std::int64_t value, int digits) {
  std::string text = WithPoint(value, digits);
  if (digits > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return GroupDigits(text);
}

}  // namespace trato_cli
