// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/policy.h"

#include <gtest/gtest.h>

#include <string>

namespace trato::core {
namespace {

constexpr int64_t kMinuteUs = 60 * 1000000;

bool IsQuiet(uint32_t from, uint32_t until, int64_t us, absl::TimeZone zone) {
  const auto at = zone.At(absl::FromUnixMicros(us)).cs;
  const auto minute = static_cast<uint32_t>(at.hour() * 60 + at.minute());
  for (uint32_t i = from; i != until; i = (i + 1) % 1440) {
    if (i == minute) return true;
  }
  return false;
}

// Minute by minute over both changes of clocks in three zones.
TEST(QuietUntil, EndsWhereTheClockSaysSo) {
  for (const char* name : {"Europe/Madrid", "America/New_York", "Asia/Tokyo"}) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone));
    for (const auto& [from, until] :
         {std::pair(1290u, 510u), std::pair(60u, 150u), std::pair(150u, 120u),
          std::pair(0u, 1439u)}) {
      ContactPolicyDefinition policy;
      policy.quiet_from = from;
      policy.quiet_until = until;
      for (const absl::CivilDay day :
           {absl::CivilDay(2026, 3, 7), absl::CivilDay(2026, 3, 28),
            absl::CivilDay(2026, 10, 24), absl::CivilDay(2026, 10, 31)}) {
        const int64_t begin = absl::ToUnixMicros(absl::FromCivil(day, zone));
        for (int64_t us = begin; us < begin + 2 * 1440 * kMinuteUs;
             us += 37 * kMinuteUs) {
          const auto end = QuietUntil(policy, us, zone);
          ASSERT_EQ(end.has_value(), IsQuiet(from, until, us, zone))
              << name << " " << us;
          if (!end) continue;
          ASSERT_GT(*end, us);
          // It is not over before, and is then.
          int64_t at = us;
          while (IsQuiet(from, until, at, zone)) at += kMinuteUs;
          ASSERT_EQ(*end, at - at % kMinuteUs) << name << " " << from << " "
                                               << until << " " << us;
        }
      }
    }
  }
}

}  // namespace
}  // namespace trato::core
