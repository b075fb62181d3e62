// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How far a window reaches back from now, for windows whose start can be
// reckoned without a calendar but near changes of the clocks.

#ifndef TRATO_SEGMENT_LIVE_REACH_H_
#define TRATO_SEGMENT_LIVE_REACH_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "base/calendar.h"
#include "base/calendar_steps.h"
#include "base/zone_offsets.h"

namespace trato::core {

struct LiveReach {
  int64_t length_us = 0;  // with days of 24 hours
  // Of days in a zone whose clocks change; otherwise null, and the length is
  // exact.
  std::shared_ptr<const ZoneOffsets> offsets;
  Span span;
  absl::TimeZone zone;

  // What is later than this is in the window; nothing: the calendar has to be
  // asked.
  std::optional<int64_t> StartAt(int64_t now_us) const {
    const int64_t from_us = now_us - length_us;
    if (offsets == nullptr) return from_us;
    const auto now_offset = offsets->SteadyAt(now_us);
    const auto then_offset = offsets->SteadyAt(from_us);
    if (!now_offset || !then_offset) return std::nullopt;
    return from_us + *now_offset - *then_offset;
  }

  // When what happened at `at_us` leaves the window, after now.
  int64_t Departure(int64_t at_us, int64_t now_us) const {
    int64_t when_us = at_us + length_us;
    if (offsets != nullptr) {
      const auto then_offset = offsets->SteadyAt(at_us);
      const auto when_offset = offsets->SteadyAt(when_us);
      when_us = then_offset && when_offset
                    ? when_us + *then_offset - *when_offset
                    : FirstReaching(at_us, span, zone, now_us);
    }
    return when_us > kMaxInstant ? kNever : std::max(when_us, now_us + 1);
  }

  // How long ago something may be and still matter: the starts of windows step
  // back where clocks change.
  int64_t AtMost() const {
    return length_us + (offsets == nullptr ? 0 : 3 * int64_t{86'400'000'000});
  }
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_REACH_H_
