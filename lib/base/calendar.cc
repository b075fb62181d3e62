// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/calendar.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "base/money.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr int64_t kSecond = 1000000;

struct Unit {
  std::string_view name;
  int64_t months, days, us;
};

// From the largest to the smallest; ParseSpan relies on the order.
constexpr std::array<Unit, 7> kUnits = {{{"y", 12, 0, 0},
                                         {"mo", 1, 0, 0},
                                         {"w", 0, 7, 0},
                                         {"d", 0, 1, 0},
                                         {"h", 0, 0, 3600 * kSecond},
                                         {"m", 0, 0, 60 * kSecond},
                                         {"s", 0, 0, kSecond}}};
constexpr int64_t kMaxYears = 9999;
constexpr Span kMaxSpan = {kMaxYears * 12, kMaxYears * 366,
                           kMaxYears * 366 * 86400 * kSecond};

// Saturating: the result stays an int64 and is only ever compared.
int64_t AddClamped(int64_t a, int64_t b) {
  int64_t sum;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<int64_t>::max()
               : std::numeric_limits<int64_t>::min();
}

int64_t Move(int64_t us, const Span& span, int sign, absl::TimeZone zone) {
  if (span.months == 0 && zone == absl::UTCTimeZone()) {
    // Its days are alike.
    us = AddClamped(us, sign * span.days * int64_t{86'400'000'000});
  } else if (span.months != 0 || span.days != 0) {
    const absl::Time time = absl::FromUnixMicros(us);
    const absl::TimeZone::CivilInfo info = zone.At(time);
    const absl::CivilSecond civil = info.cs;
    absl::CivilMonth month(civil);
    month += sign * span.months;
    const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
    absl::CivilDay day(month.year(), month.month(),
                       std::min(civil.day(), last.day()));
    day += sign * span.days;
    const absl::CivilSecond moved(day.year(), day.month(), day.day(),
                                  civil.hour(), civil.minute(), civil.second());
    // `pre` is the reading with the offset in force before a change.
    const absl::Time at = zone.At(moved).pre + info.subsecond;
    us = absl::ToUnixMicros(at);
  }
  return AddClamped(us, sign * span.us);
}

// Reads exactly `count` digits at `text`, and removes them.
bool TakeDigits(std::string_view& text, size_t count, int& value) {
  if (text.size() < count) return false;
  value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool Take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

absl::Status CheckInstant(std::string_view field, int64_t us) {
  if (us >= kMinInstant && us <= kMaxInstant) return absl::OkStatus();
  return absl::OutOfRangeError(
      StrCat(field, " is outside the years 1 to 9999"));
}

absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name) {
  absl::TimeZone zone;
  const bool printable = CheckLabel("zone", name).ok();
  // Abseil also takes files, the machine's own zone and fixed offsets.
  const bool is_name =
      printable && name[0] != '/' && name != "localtime" &&
      std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '_' || c == '+' || c == '-' ||
               c == '/';
      });
  if (is_name && absl::LoadTimeZone({name.data(), name.size()}, &zone)) {
    return zone;
  }
  return absl::InvalidArgumentError(StrCat(
      "zone", printable ? StrCat(" '", name, "'") : std::string(),
      " is not a time zone of this machine, such as Europe/London (it needs "
      "the tzdata package)"));
}

absl::StatusOr<Span> ParseSpan(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return absl::InvalidArgumentError(
        StrCat("span ",
               CheckLabel("span", text, 32).ok() ? StrCat("'", text, "' ")
                                                 : std::string(),
               why, "; write it like 90d, 36h or 1y6mo (y mo w d h m s)"));
  };
  Span span;
  size_t next_unit = 0;
  std::string_view rest = text;
  if (rest.empty()) return wrong("is empty");
  while (!rest.empty()) {
    int64_t number = 0;
    size_t digits = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
      if (digits >= 15) return wrong("is too long");
      number = number * 10 + (rest[digits++] - '0');
    }
    if (digits == 0) return wrong("has a unit without a number");
    rest.remove_prefix(digits);
    size_t letters = 0;
    while (letters < rest.size() && rest[letters] >= 'a' &&
           rest[letters] <= 'z') {
      ++letters;
    }
    const std::string_view name = rest.substr(0, letters);
    rest.remove_prefix(letters);
    size_t unit = 0;
    while (unit < kUnits.size() && kUnits[unit].name != name) ++unit;
    if (unit == kUnits.size()) return wrong("has an unknown unit");
    if (unit < next_unit) return wrong("has its units out of order");
    next_unit = unit + 1;
    const Unit& u = kUnits[unit];
    const auto add = [&](int64_t each, int64_t limit, int64_t& part) {
      int64_t product;
      return !__builtin_mul_overflow(each, number, &product) &&
             AddTo(part, product) && part <= limit;
    };
    if (!add(u.months, kMaxSpan.months, span.months) ||
        !add(u.days, kMaxSpan.days, span.days) ||
        !add(u.us, kMaxSpan.us, span.us)) {
      return wrong("is longer than 9999 years");
    }
  }
  if (span == Span{}) return wrong("is zero");
  return span;
}

int64_t Add(int64_t us, const Span& span, absl::TimeZone zone) {
  return Move(us, span, 1, zone);
}

int64_t Subtract(int64_t us, const Span& span, absl::TimeZone zone) {
  return Move(us, span, -1, zone);
}

int64_t LocalToUtc(int64_t local_us, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo civil =
      absl::UTCTimeZone().At(absl::FromUnixMicros(local_us));
  return absl::ToUnixMicros(zone.At(civil.cs).pre + civil.subsecond);
}

absl::StatusOr<int64_t> ParseTime(std::string_view text, absl::TimeZone zone) {
  const auto wrong = [] {
    return absl::InvalidArgumentError(
        "is not a time like 2011-12-10 or 2011-12-10T09:30:15+01:00");
  };
  int year, month, day, hour = 0, minute = 0, second = 0;
  int64_t fraction = 0;
  if (!TakeDigits(text, 4, year) || !Take(text, '-') ||
      !TakeDigits(text, 2, month) || !Take(text, '-') ||
      !TakeDigits(text, 2, day)) {
    return wrong();
  }
  bool offset_given = false;
  int64_t offset_seconds = 0;
  if (!text.empty()) {
    if (!Take(text, 'T') && !Take(text, ' ')) return wrong();
    if (!TakeDigits(text, 2, hour) || !Take(text, ':') ||
        !TakeDigits(text, 2, minute)) {
      return wrong();
    }
    if (Take(text, ':')) {
      if (!TakeDigits(text, 2, second)) return wrong();
      if (Take(text, '.')) {
        int digits = 0;
        while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
          if (++digits > 6) return wrong();
          fraction = fraction * 10 + (text[0] - '0');
          text.remove_prefix(1);
        }
        if (digits == 0) return wrong();
        for (; digits < 6; ++digits) fraction *= 10;
      }
    }
    if (Take(text, 'Z')) {
      offset_given = true;
    } else if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
      const int sign = text[0] == '-' ? -1 : 1;
      text.remove_prefix(1);
      int hours, minutes;
      if (!TakeDigits(text, 2, hours) || !Take(text, ':') ||
          !TakeDigits(text, 2, minutes) || hours > 23 || minutes > 59) {
        return wrong();
      }
      offset_given = true;
      offset_seconds = sign * (hours * 3600 + minutes * 60);
    }
    if (!text.empty()) return wrong();
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  if (year < 1 || civil.month() != month || civil.day() != day ||
      civil.hour() != hour || civil.minute() != minute ||
      civil.second() != second) {
    return absl::InvalidArgumentError("is not a date and time that exists");
  }
  const absl::TimeZone used = offset_given ? absl::UTCTimeZone() : zone;
  const int64_t us = absl::ToUnixMicros(used.At(civil).pre) -
                     offset_seconds * kSecond + fraction;
  TRATO_RETURN_IF_ERROR(CheckInstant("it", us));
  return us;
}

std::string FormatTime(int64_t us, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo info = zone.At(absl::FromUnixMicros(us));
  const absl::CivilSecond& cs = info.cs;
  std::string text =
      absl::StrFormat("%04d-%02d-%02d %02d:%02d", cs.year(), cs.month(),
                      cs.day(), cs.hour(), cs.minute());
  const int64_t fraction = absl::ToInt64Microseconds(info.subsecond);
  if (cs.second() != 0 || fraction != 0) {
    absl::StrAppendFormat(&text, ":%02d", cs.second());
  }
  if (fraction != 0) absl::StrAppendFormat(&text, ".%06d", fraction);
  return text;
}

std::string FormatDate(int64_t us, absl::TimeZone zone) {
  return FormatTime(us, zone).substr(0, 10);
}

}  // namespace trato::core
