// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/zone_offsets.h"

#include <gtest/gtest.h>

#include <random>

#include "base/calendar.h"

namespace trato::core {
namespace {

constexpr int64_t kDay = 86'400'000'000;

TEST(ZoneOffsets, AFixedZoneIsSteadyAlways) {
  const ZoneOffsets utc(absl::UTCTimeZone());
  EXPECT_TRUE(utc.is_fixed());
  EXPECT_EQ(utc.SteadyAt(kMinInstant), 0);
  EXPECT_EQ(utc.SteadyAt(kMaxInstant - 1), 0);
  const ZoneOffsets west(absl::FixedTimeZone(-5 * 3600));
  EXPECT_TRUE(west.is_fixed());
  EXPECT_EQ(west.SteadyAt(0), -5 * 3600 * int64_t{1'000'000});
}

// What it says is what the calendar says, there and three days about; and days
// moved by offsets are days moved by the calendar.
TEST(ZoneOffsets, AgreeWithTheCalendar) {
  for (const char* name : {"Europe/Madrid", "America/New_York", "Pacific/Apia",
                           "Australia/Lord_Howe", "Asia/Kolkata"}) {
    const absl::TimeZone zone = *LoadZone(name);
    const ZoneOffsets offsets(zone);
    EXPECT_FALSE(offsets.is_fixed());
    std::mt19937_64 random(3);
    int steady = 0;
    for (int i = 0; i < 20000; ++i) {
      const auto us = static_cast<int64_t>(random() % 8'000'000'000'000'000) -
                      2'000'000'000'000'000;
      const auto offset = offsets.SteadyAt(us);
      const auto at = [&](int64_t when) {
        return zone.At(absl::FromUnixMicros(when)).offset *
               int64_t{1'000'000};
      };
      if (!offset) {
        // Something changes, or the table ends.
        EXPECT_TRUE(us > 7'200'000'000'000'000 || [&] {
          absl::TimeZone::CivilTransition change;
          return zone.NextTransition(absl::FromUnixMicros(us - 4 * kDay),
                                     &change) &&
                 absl::ToUnixMicros(zone.At(change.to).trans) < us + 4 * kDay;
        }()) << name << " " << us;
        continue;
      }
      ++steady;
      ASSERT_EQ(*offset, at(us)) << name << " " << us;
      ASSERT_EQ(*offset, at(us - 2 * kDay)) << name << " " << us;
      ASSERT_EQ(*offset, at(us + 2 * kDay)) << name << " " << us;
      const auto days = static_cast<int64_t>(random() % 1000) + 1;
      const auto then = offsets.SteadyAt(us - days * kDay);
      if (then) {
        ASSERT_EQ(us - days * kDay + *offset - *then,
                  Subtract(us, {0, days, 0}, zone))
            << name << " " << us << " " << days;
      }
    }
    EXPECT_GT(steady, 15000) << name;
  }
}

}  // namespace
}  // namespace trato::core
