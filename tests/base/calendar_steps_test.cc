// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/calendar_steps.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>
#include <vector>

#include "support/instants.h"

namespace trato::core {
namespace {

using test::kDay;
using test::kHour;
using test::kMinute;
using test::kSecond;

// Around changes of clocks and ends of months, with some of the odder zones: a
// day left out (Apia), half an hour (Lord Howe), clocks that change at midnight
// (Beirut, Asuncion).
constexpr std::string_view kZones[] = {
    "UTC",          "Europe/Madrid", "America/New_York", "Australia/Lord_Howe",
    "Pacific/Apia", "Asia/Beirut",   "America/Asuncion"};
constexpr std::string_view kSpans[] = {"1d",  "30d", "1mo",     "3mo",  "1y",
                                       "36h", "2w",  "1mo3d2h", "1y1d", "90m"};
constexpr std::string_view kInstants[] = {
    "2011-12-29T09:59:59.999999Z", "2024-02-28T23:30:00Z",
    "2024-03-30T12:00:00Z",        "2024-03-31T00:30:00Z",
    "2024-10-26T20:00:00Z",        "2023-10-01T03:59:00Z",
    "2025-05-30T22:10:00Z",        "1969-12-31T23:59:59.5Z"};

struct Case {
  absl::TimeZone zone;
  Span span;
  int64_t now_us;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const auto zone : kZones) {
    for (const auto span : kSpans) {
      for (const auto now : kInstants) {
        cases.push_back({LoadZone(zone).value(), ParseSpan(span).value(),
                         ParseTime(now, absl::UTCTimeZone()).value()});
      }
    }
  }
  return cases;
}

// Instants from now_us to some days after it, close together, with the
// microseconds beside each whole hour and minute that is looked at.
template <typename Visit>
void EachInstant(int64_t now_us, int64_t end_us, Visit visit) {
  const int64_t first = now_us - now_us % (10 * kMinute);
  for (int64_t x = first; x <= end_us; x += 10 * kMinute) {
    for (const int64_t off : {int64_t{-1}, int64_t{0}, int64_t{1}}) {
      if (x + off > now_us && x + off <= end_us) visit(x + off);
    }
  }
}

TEST(CalendarSteps, BetweenTwoStepsTheStartFollowsNow) {
  for (const Case& it : Cases()) {
    for (const bool subtract : {true, false}) {
      const auto moved = [&](int64_t x) {
        return subtract ? Subtract(x, it.span, it.zone)
                        : Add(x, it.span, it.zone);
      };
      const int64_t until =
          FollowsUntil(it.now_us, it.span, subtract, it.zone);
      ASSERT_GT(until, it.now_us);
      const int64_t base = moved(it.now_us) - it.now_us;
      EachInstant(it.now_us, std::min(until - 1, it.now_us + 40 * kDay),
                  [&](int64_t x) { ASSERT_EQ(moved(x) - x, base); });
    }
  }
}

TEST(CalendarSteps, ReachingIsTheFirstInstantOfAll) {
  std::mt19937 random(7);
  for (const Case& it : Cases()) {
    const int64_t start = Subtract(it.now_us, it.span, it.zone);
    for (int i = 0; i < 6; ++i) {
      const int64_t ahead =
          i < 2 ? int64_t{i + 1}
                : static_cast<int64_t>(random() % 4000000000u) * 100 + 1;
      const int64_t at_us = start + ahead;
      const int64_t first = FirstReaching(at_us, it.span, it.zone, it.now_us);
      ASSERT_GT(first, it.now_us);
      ASSERT_GE(Subtract(first, it.span, it.zone), at_us);
      EachInstant(it.now_us, first - 1, [&](int64_t x) {
        ASSERT_LT(Subtract(x, it.span, it.zone), at_us);
      });
      ASSERT_LT(Subtract(first - 1, it.span, it.zone), at_us);
    }
  }
}

TEST(CalendarSteps, FallingBelowIsFoundWhereItHappens) {
  std::mt19937 random(11);
  int found = 0;
  for (const Case& it : Cases()) {
    const int64_t start = Subtract(it.now_us, it.span, it.zone);
    for (int i = 0; i < 6; ++i) {
      const int64_t at_us =
          start - (i == 0 ? 0 : static_cast<int64_t>(random() % 50) * kHour);
      const int64_t first =
          FirstFallingBelow(at_us, it.span, it.zone, it.now_us);
      ASSERT_GT(first, it.now_us);
      const int64_t end = std::min(first - 1, it.now_us + 6 * kDay);
      EachInstant(it.now_us, end, [&](int64_t x) {
        ASSERT_GE(Subtract(x, it.span, it.zone), at_us);
      });
      if (first == kNever) continue;
      ++found;
      ASSERT_LT(Subtract(first, it.span, it.zone), at_us);
    }
  }
  EXPECT_GT(found, 20);
}

TEST(CalendarSteps, AClockPartStaysUntilItsNextChange) {
  for (const Case& it : Cases()) {
    const auto hour = [&](int64_t x) {
      return it.zone.At(absl::FromUnixMicros(x)).cs.hour();
    };
    const auto day = [&](int64_t x) {
      return it.zone.At(absl::FromUnixMicros(x)).cs.day();
    };
    const int64_t next_hour =
        NextChangeOf(ClockPart::kHour, it.now_us, it.zone);
    const int64_t next_day = NextChangeOf(ClockPart::kDay, it.now_us, it.zone);
    ASSERT_GT(next_hour, it.now_us);
    ASSERT_LE(next_hour, it.now_us + 2 * kHour);
    EachInstant(it.now_us, next_hour - 1,
                [&](int64_t x) { ASSERT_EQ(hour(x), hour(it.now_us)); });
    EachInstant(it.now_us, next_day - 1,
                [&](int64_t x) { ASSERT_EQ(day(x), day(it.now_us)); });
    ASSERT_EQ(NextChangeOf(ClockPart::kSecond, it.now_us, it.zone),
              it.now_us - ((it.now_us % kSecond) + kSecond) % kSecond +
                  kSecond);
  }
}

}  // namespace
}  // namespace trato::core
