// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A zone's offsets from UTC as a table. Where no change of the clocks is near,
// days are moved by adding and subtracting, which calendars do much slower.

#ifndef TRATO_BASE_ZONE_OFFSETS_H_
#define TRATO_BASE_ZONE_OFFSETS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace trato::core {

class ZoneOffsets {
 public:
  explicit ZoneOffsets(absl::TimeZone zone);

  // Microseconds east of UTC; nothing where the clocks change within three days
  // of the instant, or so late that the table does not know.
  std::optional<int64_t> SteadyAt(int64_t us) const {
    // Most are asked for what lies close together.
    const Period& last = periods_[last_];
    if (us >= last.from_us && us < last.until_us) return last.offset_us;
    return Find(us);
  }
  // Whether clocks never change, nor have.
  bool is_fixed() const { return is_fixed_; }

 private:
  // Without the days about the changes.
  struct Period {
    int64_t from_us;
    int64_t until_us;
    int64_t offset_us;
  };

  std::optional<int64_t> Find(int64_t us) const;

  std::vector<Period> periods_;
  size_t last_ = 0;
  bool is_fixed_ = false;
};

}  // namespace trato::core

#endif  // TRATO_BASE_ZONE_OFFSETS_H_
