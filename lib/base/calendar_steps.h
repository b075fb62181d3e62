// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// When something that is reckoned from a moving `now` in a calendar passes a
// given instant. now - span follows now microsecond by microsecond but for the
// ends of months and the changes of clocks, where it steps, forwards or back;
// so an instant may even come into a window again that it has left.

#ifndef TRATO_BASE_CALENDAR_STEPS_H_
#define TRATO_BASE_CALENDAR_STEPS_H_

#include <cstdint>

#include "absl/time/time.h"
#include "base/calendar.h"

namespace trato::core {

// The first instant after `us` from which on Add(us, span, zone), or with
// `subtract` Subtract, may no longer follow us; kNever: it always does.
int64_t FollowsUntil(int64_t us, const Span& span, bool subtract,
                     absl::TimeZone zone);

// The first instant x after now_us with Subtract(x, span, zone) >= at_us, where
// at now_us it is less; sometimes an earlier one, never a later one.
int64_t FirstReaching(int64_t at_us, const Span& span, absl::TimeZone zone,
                      int64_t now_us);
// The first x after now_us with Subtract(x, span, zone) < at_us, where at
// now_us it is not; kNever: there is none.
int64_t FirstFallingBelow(int64_t at_us, const Span& span, absl::TimeZone zone,
                          int64_t now_us);

// The parts of a clock, from the largest to the smallest.
enum class ClockPart { kYear, kMonth, kDay, kHour, kMinute, kSecond, kMilli };
// The first instant after `us` at which that part of the zone's clock, or a
// larger one, may change.
int64_t NextChangeOf(ClockPart part, int64_t us, absl::TimeZone zone);

}  // namespace trato::core

#endif  // TRATO_BASE_CALENDAR_STEPS_H_
