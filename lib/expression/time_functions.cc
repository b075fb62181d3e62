// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// timestamp( ), duration( ), span( ), and the parts of times.

#include "expression/time_functions.h"

#include <memory>
#include <utility>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/strings.h"
#include "expression/conversions.h"
#include "expression/plain_function.h"

namespace trato::core {
namespace {

using Reason = Failure::Reason;
using Args = std::span<const Datum>;

constexpr int64_t kSecond = 1'000'000;

// timestamp("2011-12-10 09:30"): in the store's zone unless it names an offset.
Function TimestampFunction() {
  Function function;
  function.name = "timestamp";
  function.parameters = {Kind::kString};
  function.result = Kind::kTimestamp;
  function.is_pure = true;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    if (!literals.empty()) {
      auto us = ParseTime(TextOf(literals[0]), context.zone);
      if (!us.ok()) {
        return AboutLiteral(Prefixed(us.status(), "the text "), 0);
      }
      return Constant(Timestamp{*us});
    }
    const absl::TimeZone zone = context.zone;
    return Evaluator([zone](Evaluation&, Args args) -> Datum {
      const auto us = ParseTime(TextOf(args[0]), zone);
      if (!us.ok()) return Fail(Reason::kConversion);
      return Timestamp{*us};
    });
  };
  return function;
}

// timestamp(1300000000): seconds since 1970.
Datum TimestampOfInt(Args args) {
  int64_t us;
  if (__builtin_mul_overflow(std::get<int64_t>(args[0]), kSecond, &us) ||
      us < kMinInstant || us > kMaxInstant) {
    return Fail(Reason::kOverflow);
  }
  return Timestamp{us};
}

Function DurationFunction() {
  Function function;
  function.name = "duration";
  function.parameters = {Kind::kString};
  function.result = Kind::kDuration;
  function.is_pure = true;
  function.compile = [](const CompileContext&, std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    if (!literals.empty()) {
      auto us = ParseDuration(TextOf(literals[0]));
      if (!us.ok()) {
        return AboutLiteral(Prefixed(us.status(), "the text "), 0);
      }
      return Constant(Duration{*us});
    }
    return Evaluator([](Evaluation&, Args args) -> Datum {
      const auto us = ParseDuration(TextOf(args[0]));
      if (!us.ok()) return Fail(Reason::kConversion);
      return Duration{*us};
    });
  };
  return function;
}

// span("1y6mo"): what a timestamp moves by in the store's calendar.
Function SpanFunction() {
  Function function;
  function.name = "span";
  function.parameters = {Kind::kString};
  function.wants_literals = true;
  function.result = Kind::kSpan;
  function.compile = [](const CompileContext&, std::span<const Datum> literals,
                        Reads&) -> absl::StatusOr<Evaluator> {
    TRATO_ASSIGN_OR_RETURN(Span span, ParseSpan(TextOf(literals[0])));
    auto kept = std::make_shared<const Span>(span);
    return Evaluator([kept](Evaluation&, Args) -> Datum { return kept.get(); });
  };
  return function;
}

int64_t Milliseconds(int64_t us) {
  const int64_t part = us % kSecond;
  return (part < 0 ? part + kSecond : part) / 1000;
}

// A part of a timestamp's date and clock time.
struct Getter {
  std::string_view name;
  int64_t (*part)(absl::CivilSecond, int64_t us);
};
constexpr Getter kGetters[] = {
    {"getFullYear",
     [](absl::CivilSecond it, int64_t) { return int64_t{it.year()}; }},
    {"getMonth",
     [](absl::CivilSecond it, int64_t) { return int64_t{it.month() - 1}; }},
    {"getDate",
     [](absl::CivilSecond it, int64_t) { return int64_t{it.day()}; }},
    {"getDayOfMonth",
     [](absl::CivilSecond it, int64_t) { return int64_t{it.day() - 1}; }},
    {"getDayOfWeek",
     [](absl::CivilSecond it, int64_t) {
       // Abseil's week begins on Monday, CEL's on Sunday.
       return int64_t{
           (static_cast<int>(absl::GetWeekday(absl::CivilDay(it))) + 1) % 7};
     }},
    {"getDayOfYear",
     [](absl::CivilSecond it, int64_t) {
       return int64_t{absl::GetYearDay(absl::CivilDay(it)) - 1};
     }},
    {"getHours",
     [](absl::CivilSecond it, int64_t) { return int64_t{it.hour()}; }},
    {"getMinutes",
     [](absl::CivilSecond it, int64_t) { return int64_t{it.minute()}; }},
    {"getSeconds",
     [](absl::CivilSecond it, int64_t) { return int64_t{it.second()}; }},
    {"getMilliseconds",
     [](absl::CivilSecond, int64_t us) { return Milliseconds(us); }}};

// timestamp.getHours(), in UTC, or timestamp.getHours(zone).
Function GetterFunction(const Getter& getter, bool has_zone) {
  Function function;
  function.name = getter.name;
  function.is_method = true;
  function.parameters = {Kind::kTimestamp};
  if (has_zone) function.parameters.push_back(Kind::kString);
  function.result = Kind::kInt;
  function.is_pure = true;
  const auto part = getter.part;
  function.compile = [part, has_zone](const CompileContext&,
                                      std::span<const Datum> literals,
                                      Reads&) -> absl::StatusOr<Evaluator> {
    const auto in = [part](const Datum& time, absl::TimeZone zone) {
      const int64_t us = std::get<Timestamp>(time).us;
      return Datum(
          part(absl::ToCivilSecond(absl::FromUnixMicros(us), zone), us));
    };
    if (!has_zone) {
      return Evaluator([in](Evaluation&, Args args) {
        return in(args[0], absl::UTCTimeZone());
      });
    }
    if (!literals.empty()) {
      const auto zone = ZoneOf(TextOf(literals[0]));
      if (!zone) {
        return AboutLiteral(
            absl::InvalidArgumentError("a zone is UTC, an offset like +01:00, "
                                       "or a name like Europe/Madrid"),
            0);
      }
      return Evaluator([in, zone = *zone](Evaluation&, Args args) {
        return in(args[0], zone);
      });
    }
    return Evaluator([in](Evaluation& evaluation, Args args) -> Datum {
      if (!evaluation.MayWork(50)) return Fail(Reason::kWork);
      const auto zone = ZoneOf(TextOf(args[1]));
      return zone ? in(args[0], *zone) : Fail(Reason::kZone);
    });
  };
  return function;
}

template <int64_t unit>
Datum Whole(Args args) {
  return std::get<Duration>(args[0]).us / unit;
}

}  // namespace

std::optional<absl::TimeZone> ZoneOf(std::string_view name) {
  if (name == "UTC" || name == "Z") return absl::UTCTimeZone();
  std::string_view rest = name;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const auto digit = [&](size_t at) { return rest[at] - '0'; };
  if (rest.size() == 5 && rest[2] == ':' && digit(0) >= 0 && digit(0) <= 2) {
    int parts[2];
    for (size_t i = 0; i < 2; ++i) {
      const int tens = digit(3 * i);
      const int ones = digit(3 * i + 1);
      if (tens < 0 || tens > 5 || ones < 0 || ones > 9) return std::nullopt;
      parts[i] = tens * 10 + ones;
    }
    if (parts[0] > 23) return std::nullopt;
    const int seconds = parts[0] * 3600 + parts[1] * 60;
    return absl::FixedTimeZone(negative ? -seconds : seconds);
  }
  const auto zone = LoadZone(name);
  if (!zone.ok()) return std::nullopt;
  return *zone;
}

void AddTimeFunctions(Registry& registry) {
  registry.Add(TimestampFunction());
  registry.Add(PlainFunction("timestamp", false, {Kind::kInt}, Kind::kTimestamp,
                             TimestampOfInt));
  registry.Add(PlainFunction("timestamp", false, {Kind::kTimestamp},
                             Kind::kTimestamp,
                             [](Args args) { return args[0]; }));
  registry.Add(DurationFunction());
  registry.Add(PlainFunction("duration", false, {Kind::kDuration},
                             Kind::kDuration,
                             [](Args args) { return args[0]; }));
  registry.Add(SpanFunction());
  for (const Getter& getter : kGetters) {
    registry.Add(GetterFunction(getter, false));
    registry.Add(GetterFunction(getter, true));
  }
  // Of a duration all of it, in that unit; of milliseconds what is beyond the
  // second.
  const auto add = [&](std::string_view name, Datum (*code)(Args)) {
    registry.Add(PlainFunction(std::string(name), true, {Kind::kDuration},
                               Kind::kInt, code));
  };
  add("getHours", Whole<3600 * kSecond>);
  add("getMinutes", Whole<60 * kSecond>);
  add("getSeconds", Whole<kSecond>);
  add("getMilliseconds", [](Args args) {
    return Datum(std::get<Duration>(args[0]).us % kSecond / 1000);
  });
}

}  // namespace trato::core
