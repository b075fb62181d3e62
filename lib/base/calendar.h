// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Instants, calendar spans and time zones. An instant is an int64 of
// microseconds since 1970-01-01T00:00:00Z, named ..._us; it may be negative.
// No function here knows the present.

#ifndef TRATO_BASE_CALENDAR_H_
#define TRATO_BASE_CALENDAR_H_

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace trato::core {

// Years 1 to 9999, UTC.
inline constexpr int64_t kMinInstant = -62135596800000000;
inline constexpr int64_t kMaxInstant = 253402300799999999;
// Later than every instant.
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// OUT_OF_RANGE that names `field` unless the instant is within these years.
absl::Status CheckInstant(std::string_view field, int64_t us);

// INVALID_ARGUMENT when the IANA name is unknown or the zone data is not
// installed.
absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name);

// A length of calendar time. Months and days have no fixed length, so the three
// parts are kept apart and applied in this order.
struct Span {
  int64_t months = 0;  // y and mo
  int64_t days = 0;    // w and d
  int64_t us = 0;      // h, m and s
  bool operator==(const Span&) const = default;
};

// Reads "90d", "1y6mo", "36h": numbers with the units y mo w d h m s, from the
// largest to the smallest, each at most once, and not zero in all. Limits: 9999
// years in each part.
absl::StatusOr<Span> ParseSpan(std::string_view text);

// `us` moved by the span in the zone's calendar. The clock time of day stays
// when months or days move; a day that the month lacks becomes its last day; a
// clock time that a change of the clocks skips or repeats is read with the
// offset in force before the change. Hours, minutes and seconds are exact.
int64_t Add(int64_t us, const Span& span, absl::TimeZone zone);
int64_t Subtract(int64_t us, const Span& span, absl::TimeZone zone);

// ISO 8601, "2011-12-10" to "2011-12-10T09:30:15.000001+01:00", in `zone` when
// it names no offset.
absl::StatusOr<int64_t> ParseTime(std::string_view text, absl::TimeZone zone);

// The instant of a clock in the zone, given as microseconds since 1970 on that
// clock. What a change of the clocks skips or repeats is read with the offset
// in force before the change.
int64_t LocalToUtc(int64_t local_us, absl::TimeZone zone);

// "2011-12-10 09:30", with ":15" and ".000001" where they are not zero.
std::string FormatTime(int64_t us, absl::TimeZone zone);

// "2011-12-10".
std::string FormatDate(int64_t us, absl::TimeZone zone);

}  // namespace trato::core

#endif  // TRATO_BASE_CALENDAR_H_
