// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/calendar_steps.h"

#include <algorithm>

#include "absl/time/civil_time.h"

namespace trato::core {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kDayUs = 86400 * kSecondUs;
// The most by which clocks change, and a day's last time comes again when a
// month is shorter.
constexpr int64_t kMostBack = 2 * kDayUs;

int64_t Plus(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? kNever : sum;
}

// When the zone's offset changes next, after `us`.
int64_t NextTransition(int64_t us, absl::TimeZone zone) {
  absl::TimeZone::CivilTransition change;
  if (!zone.NextTransition(absl::FromUnixMicros(us), &change)) return kNever;
  return absl::ToUnixMicros(zone.At(change.to).post);
}

// The first instant after `us` at which the clock shows this.
int64_t WhenItShows(absl::CivilSecond clock, int64_t us, absl::TimeZone zone) {
  const absl::TimeZone::TimeInfo info = zone.At(clock);
  // What is skipped is passed at the change itself, which is asked for apart.
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return kNever;
  for (const absl::Time time : {info.pre, info.post}) {
    const int64_t at_us = absl::ToUnixMicros(time);
    if (at_us > us) return at_us;
  }
  return kNever;
}

// When the day of the month begins next on which a shorter month may be felt.
int64_t NextMonthEnd(int64_t us, absl::TimeZone zone) {
  absl::CivilDay day(zone.At(absl::FromUnixMicros(us)).cs);
  int64_t next = kNever;
  // Twice: where clocks go back over midnight the same day comes again.
  for (int found = 0; found < 2;) {
    ++day;
    if (day.day() != 1 && day.day() < 29) continue;
    next = std::min(next, WhenItShows(absl::CivilSecond(day), us, zone));
    ++found;
  }
  return next;
}

// The first clock time after `clock` at which reading it with the offset before
// a change stops to follow it: where the skipped or repeated hour ends.
int64_t UntilMisread(absl::CivilSecond clock, absl::Duration beyond,
                     absl::TimeZone zone) {
  absl::Time from = zone.At(clock).pre - absl::Hours(48);
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(from, &change)) {
    const absl::CivilSecond end = std::max(change.from, change.to);
    if (end > clock) {
      return (end - clock) * kSecondUs - absl::ToInt64Microseconds(beyond);
    }
    from = zone.At(change.to).post;
  }
  return kNever;
}

bool IsExact(const Span& span) { return span.months == 0 && span.days == 0; }

// What the span is at least and at most: of 400 years the days are known, of
// four there are 1,460 or 1,461. A bound that is years off would be made up for
// month by month.
int64_t Least(const Span& span) {
  const int64_t rest = span.months % 4800;
  const int64_t days = span.months / 4800 * 146'097 + rest / 48 * 1460 +
                       rest % 48 / 12 * 365 + rest % 12 * 28;
  return (days + span.days) * kDayUs + span.us - kMostBack;
}
int64_t Most(const Span& span) {
  const int64_t rest = span.months % 4800;
  const int64_t days = span.months / 4800 * 146'097 + rest / 48 * 1461 +
                       rest % 48 / 12 * 366 + rest % 12 * 31;
  return (days + span.days) * kDayUs + span.us + kMostBack;
}

}  // namespace

int64_t FollowsUntil(int64_t us, const Span& span, bool subtract,
                     absl::TimeZone zone) {
  if (IsExact(span)) return kNever;
  int64_t until = NextTransition(us, zone);
  if (span.months != 0) until = std::min(until, NextMonthEnd(us, zone));
  // Where it has moved to, before hours are added.
  const Span days = {span.months, span.days, 0};
  const absl::TimeZone::CivilInfo info = zone.At(absl::FromUnixMicros(us));
  const absl::TimeZone utc = absl::UTCTimeZone();
  // The clock's own arithmetic is that of a zone without changes.
  const int64_t shown = absl::ToUnixMicros(utc.At(info.cs).pre);
  const int64_t moved =
      subtract ? Subtract(shown, days, utc) : Add(shown, days, utc);
  const absl::CivilSecond clock = utc.At(absl::FromUnixMicros(moved)).cs;
  const int64_t ahead = UntilMisread(clock, info.subsecond, zone);
  return std::min(until, ahead == kNever ? kNever : Plus(us, ahead));
}

int64_t FirstReaching(int64_t at_us, const Span& span, absl::TimeZone zone,
                      int64_t now_us) {
  if (IsExact(span)) return Plus(at_us, span.us);
  int64_t x = std::max(now_us, Plus(at_us, Least(span)));
  // Few steps: what is left is at most some months of two changes each.
  for (;;) {
    const int64_t start = Subtract(x, span, zone);
    if (start >= at_us) return std::max(x, now_us + 1);
    const int64_t when = Plus(x, at_us - start);
    if (when > kMaxInstant) return kNever;
    const int64_t until = FollowsUntil(x, span, true, zone);
    if (when < until) return when;
    x = until;
  }
}

int64_t FirstFallingBelow(int64_t at_us, const Span& span, absl::TimeZone zone,
                          int64_t now_us) {
  if (IsExact(span)) return kNever;
  if (Subtract(now_us, span, zone) - at_us >= kMostBack) return kNever;
  const int64_t end = Plus(at_us, Most(span));
  for (int64_t x = now_us; x < end;) {
    x = FollowsUntil(x, span, true, zone);
    if (x > kMaxInstant) break;
    const int64_t start = Subtract(x, span, zone);
    if (start < at_us) return x;
    if (start - at_us >= kMostBack) break;
  }
  return kNever;
}

int64_t NextChangeOf(ClockPart part, int64_t us, absl::TimeZone zone) {
  const absl::TimeZone::CivilInfo info = zone.At(absl::FromUnixMicros(us));
  const int64_t beyond = absl::ToInt64Microseconds(info.subsecond);
  if (part == ClockPart::kMilli) return us - beyond % 1000 + 1000;
  if (part == ClockPart::kSecond) return us - beyond + kSecondUs;
  const absl::CivilSecond& cs = info.cs;
  absl::CivilSecond next;
  switch (part) {
    case ClockPart::kYear:
      next = absl::CivilSecond(absl::CivilYear(cs) + 1);
      break;
    case ClockPart::kMonth:
      next = absl::CivilSecond(absl::CivilMonth(cs) + 1);
      break;
    case ClockPart::kDay:
      next = absl::CivilSecond(absl::CivilDay(cs) + 1);
      break;
    case ClockPart::kHour:
      next = absl::CivilSecond(absl::CivilHour(cs) + 1);
      break;
    default:
      next = absl::CivilSecond(absl::CivilMinute(cs) + 1);
      break;
  }
  return std::min(WhenItShows(next, us, zone), NextTransition(us, zone));
}

}  // namespace trato::core
