// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Instants written down by the standard library's calendar, not by ours.

#ifndef TRATO_TESTS_SUPPORT_INSTANTS_H_
#define TRATO_TESTS_SUPPORT_INSTANTS_H_

#include <chrono>
#include <cstdint>

namespace trato::test {

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;

constexpr int64_t Utc(int year, unsigned month, unsigned day, int hour = 0,
                      int minute = 0, int second = 0) {
  const std::chrono::sys_days days = std::chrono::year(year) /
                                     std::chrono::month(month) /
                                     std::chrono::day(day);
  return days.time_since_epoch().count() * kDay + hour * kHour +
         minute * kMinute + second * kSecond;
}

}  // namespace trato::test

#endif  // TRATO_TESTS_SUPPORT_INSTANTS_H_
