// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/conversions.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/time/time.h"
#include "base/calendar.h"
#include "base/money.h"
#include "base/strings.h"
#include "base/text.h"
#include "expression/plain_function.h"

namespace trato::core {
namespace {

using Reason = Failure::Reason;
using Args = std::span<const Datum>;

// About 10,000 years, as CEL has it.
constexpr int64_t kMaxDurationUs = int64_t{315'576'000'000} * 1'000'000;

template <typename T>
std::optional<T> ParseNumber(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) {
    return std::nullopt;
  }
  return value;
}

template <typename T>
Datum NumberOf(Args args) {
  const auto value = ParseNumber<T>(TextOf(args[0]));
  return value ? Datum(*value) : Fail(Reason::kConversion);
}

Datum Same(Args args) { return args[0]; }

// Towards zero. The ends of the range, which doubles round, are outside of it.
Datum IntOfDouble(Args args) {
  const double value = std::get<double>(args[0]);
  if (!(value > -9223372036854775808.0 && value < 9223372036854775808.0)) {
    return Fail(Reason::kOverflow);
  }
  return static_cast<int64_t>(value);
}

Datum UintOfDouble(Args args) {
  const double value = std::get<double>(args[0]);
  if (!(value >= 0 && value < 18446744073709551616.0)) {
    return Fail(Reason::kOverflow);
  }
  return static_cast<uint64_t>(value);
}

Datum IntOfUint(Args args) {
  const uint64_t value = std::get<uint64_t>(args[0]);
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return Fail(Reason::kOverflow);
  }
  return static_cast<int64_t>(value);
}

Datum UintOfInt(Args args) {
  const int64_t value = std::get<int64_t>(args[0]);
  if (value < 0) return Fail(Reason::kOverflow);
  return static_cast<uint64_t>(value);
}

Datum IntOfTimestamp(Args args) {
  const int64_t us = std::get<Timestamp>(args[0]).us;
  return us / 1'000'000 - (us % 1'000'000 < 0);
}

Datum BoolOfText(Args args) {
  for (std::string_view text : {"true", "True", "TRUE", "t", "1"}) {
    if (TextOf(args[0]) == text) return true;
  }
  for (std::string_view text : {"false", "False", "FALSE", "f", "0"}) {
    if (TextOf(args[0]) == text) return false;
  }
  return Fail(Reason::kConversion);
}

Datum DoubleOfMoney(Args args) {
  const Money& money = std::get<Money>(args[0]);
  return static_cast<double>(money.minor) /
         std::pow(10.0, money.currency.digits());
}

Datum TextOfBytes(Evaluation& evaluation, Args args) {
  const std::string_view data = std::get<Bytes>(args[0]).data;
  if (!IsUtf8(data)) return Fail(Reason::kConversion);
  return MakeText(evaluation, data);
}

Datum BytesOfText(Evaluation&, Args args) { return Bytes{TextOf(args[0])}; }

// The part after the seconds: ".5", or nothing.
std::string Fraction(int64_t us) {
  if (us == 0) return "";
  std::string digits = std::to_string(1'000'000 + us);
  digits[0] = '.';
  while (digits.back() == '0') digits.pop_back();
  return digits;
}

}  // namespace

std::string TextOfDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-6 && size < 1e21);
  char text[64];
  const auto end = std::to_chars(
      std::begin(text), std::end(text), value,
      plain ? std::chars_format::fixed : std::chars_format::scientific);
  return std::string(text, end.ptr);
}

std::string TextOfDuration(int64_t us) {
  const auto size = static_cast<uint64_t>(us < 0 ? -(us + 1) : us) +
                    static_cast<uint64_t>(us < 0);
  return StrCat(us < 0 ? "-" : "", size / 1'000'000,
                Fraction(static_cast<int64_t>(size % 1'000'000)), "s");
}

std::string TextOfTimestamp(int64_t us) {
  const absl::Time time = absl::FromUnixMicros(us);
  int64_t part = us % 1'000'000;
  if (part < 0) part += 1'000'000;
  return StrCat(
      absl::FormatTime("%E4Y-%m-%dT%H:%M:%S", time, absl::UTCTimeZone()),
      Fraction(part), "Z");
}

absl::StatusOr<int64_t> ParseDuration(std::string_view text) {
  const auto wrong = [] {
    return absl::InvalidArgumentError(
        "is not a duration like 36h, 1h30m or 1.5s");
  };
  struct Unit {
    std::string_view name;
    int64_t ns;
  };
  constexpr Unit kUnits[] = {{"ns", 1},
                             {"us", 1'000},
                             {"ms", 1'000'000},
                             {"h", 3'600'000'000'000},
                             {"m", 60'000'000'000},
                             {"s", 1'000'000'000}};
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) return wrong();
  absl::int128 ns = 0;
  while (!text.empty()) {
    absl::int128 whole = 0;
    size_t digits = 0;
    absl::int128 part = 0, scale = 1;
    const auto is_digit = [&] {
      return !text.empty() && text[0] >= '0' && text[0] <= '9';
    };
    for (; is_digit(); text.remove_prefix(1), ++digits) {
      if (digits > 18) return wrong();
      whole = whole * 10 + (text[0] - '0');
    }
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      size_t decimals = 0;
      for (; is_digit(); text.remove_prefix(1), ++digits) {
        if (++decimals > 15) return wrong();
        part = part * 10 + (text[0] - '0');
        scale *= 10;
      }
    }
    if (digits == 0) return wrong();
    const Unit* unit = nullptr;
    for (const Unit& it : kUnits) {
      if (text.starts_with(it.name)) {
        unit = &it;
        break;
      }
    }
    if (unit == nullptr) return wrong();
    text.remove_prefix(unit->name.size());
    if ((part * unit->ns) % scale != 0) {
      return absl::InvalidArgumentError(
          "is finer than microseconds, which are kept");
    }
    ns += whole * unit->ns + part * unit->ns / scale;
    if (ns / 1000 > kMaxDurationUs) {
      return absl::OutOfRangeError("is longer than 10,000 years");
    }
  }
  if (ns % 1000 != 0) {
    return absl::InvalidArgumentError(
        "is finer than microseconds, which are kept");
  }
  const auto us = static_cast<int64_t>(ns / 1000);
  return negative ? -us : us;
}

void AddConversions(Registry& registry) {
  const auto add = [&](std::string_view name, Kind from, Kind to,
                       Datum (*code)(Args)) {
    registry.Add(PlainFunction(std::string(name), false, {from}, to, code));
  };
  add("int", Kind::kInt, Kind::kInt, Same);
  add("int", Kind::kUint, Kind::kInt, IntOfUint);
  add("int", Kind::kDouble, Kind::kInt, IntOfDouble);
  add("int", Kind::kString, Kind::kInt, NumberOf<int64_t>);
  add("int", Kind::kTimestamp, Kind::kInt, IntOfTimestamp);
  add("uint", Kind::kUint, Kind::kUint, Same);
  add("uint", Kind::kInt, Kind::kUint, UintOfInt);
  add("uint", Kind::kDouble, Kind::kUint, UintOfDouble);
  add("uint", Kind::kString, Kind::kUint, NumberOf<uint64_t>);
  add("double", Kind::kDouble, Kind::kDouble, Same);
  add("double", Kind::kInt, Kind::kDouble, [](Args args) {
    return Datum(static_cast<double>(std::get<int64_t>(args[0])));
  });
  add("double", Kind::kUint, Kind::kDouble, [](Args args) {
    return Datum(static_cast<double>(std::get<uint64_t>(args[0])));
  });
  add("double", Kind::kString, Kind::kDouble, NumberOf<double>);
  add("double", Kind::kMoney, Kind::kDouble, DoubleOfMoney);
  add("bool", Kind::kBool, Kind::kBool, Same);
  add("bool", Kind::kString, Kind::kBool, BoolOfText);
  const auto make = [&](std::string_view name, Kind from, Kind to,
                        Datum (*code)(Evaluation&, Args)) {
    registry.Add(MakingFunction(std::string(name), false, {from}, to, code));
  };
  make("bytes", Kind::kString, Kind::kBytes, BytesOfText);
  add("bytes", Kind::kBytes, Kind::kBytes, Same);
  add("string", Kind::kString, Kind::kString, Same);
  make("string", Kind::kBytes, Kind::kString, TextOfBytes);
  add("string", Kind::kBool, Kind::kString, [](Args args) {
    return Datum(std::string_view(std::get<bool>(args[0]) ? "true" : "false"));
  });
  make("string", Kind::kInt, Kind::kString, [](Evaluation& e, Args args) {
    return MakeText(e, std::to_string(std::get<int64_t>(args[0])));
  });
  make("string", Kind::kUint, Kind::kString, [](Evaluation& e, Args args) {
    return MakeText(e, std::to_string(std::get<uint64_t>(args[0])));
  });
  make("string", Kind::kDouble, Kind::kString, [](Evaluation& e, Args args) {
    return MakeText(e, TextOfDouble(std::get<double>(args[0])));
  });
  make("string", Kind::kTimestamp, Kind::kString, [](Evaluation& e, Args args) {
    return MakeText(e, TextOfTimestamp(std::get<Timestamp>(args[0]).us));
  });
  make("string", Kind::kDuration, Kind::kString, [](Evaluation& e, Args args) {
    return MakeText(e, TextOfDuration(std::get<Duration>(args[0]).us));
  });
  make("string", Kind::kMoney, Kind::kString, [](Evaluation& e, Args args) {
    const Money& money = std::get<Money>(args[0]);
    return MakeText(e, StrCat(FormatAmount(money), money.currency ? " " : "",
                              money.currency.code()));
  });
}

}  // namespace trato::core
