// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Instants as the clock in a zone shows them.

#ifndef TRATO_BASE_ZONE_CLOCK_H_
#define TRATO_BASE_ZONE_CLOCK_H_

#include <cstdint>

#include "absl/time/time.h"
#include "base/zone_offsets.h"

namespace trato::core {

class ZoneClock {
 public:
  explicit ZoneClock(absl::TimeZone zone) : zone_(zone), offsets_(zone) {}

  // Microseconds since 1970 on that clock.
  int64_t At(int64_t us) const {
    if (const auto offset = offsets_.SteadyAt(us)) return us + *offset;
    return us + int64_t{zone_.At(absl::FromUnixMicros(us)).offset} * 1000000;
  }
  absl::TimeZone zone() const { return zone_; }

 private:
  absl::TimeZone zone_;
  ZoneOffsets offsets_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_ZONE_CLOCK_H_
