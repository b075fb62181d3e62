// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/zone_offsets.h"

#include <algorithm>

#include "base/calendar.h"

namespace trato::core {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kMarginUs = 3 * 86400 * kSecondUs;
// 2200-01-01: later changes are not listed.
constexpr int64_t kListedUntil = 7'258'118'400 * kSecondUs;

int64_t OffsetAt(int64_t us, absl::TimeZone zone) {
  return zone.At(absl::FromUnixMicros(us)).offset * kSecondUs;
}

}  // namespace

ZoneOffsets::ZoneOffsets(absl::TimeZone zone) {
  int64_t from_us = kMinInstant;
  absl::TimeZone::CivilTransition change;
  absl::Time at = absl::FromUnixMicros(kMinInstant);
  is_fixed_ = !zone.NextTransition(at, &change);
  while (zone.NextTransition(at, &change)) {
    at = zone.At(change.to).trans;
    const int64_t change_us = absl::ToUnixMicros(at);
    // Of changes that lie close together nothing is steady between.
    if (from_us < change_us - kMarginUs) {
      periods_.push_back({from_us, change_us - kMarginUs,
                          OffsetAt(change_us - kMarginUs, zone)});
    }
    from_us = change_us + kMarginUs;
    if (change_us > kListedUntil) break;
  }
  if (is_fixed_) {
    periods_.push_back({kMinInstant, kMaxInstant, OffsetAt(0, zone)});
  } else if (!zone.NextTransition(at, &change)) {
    periods_.push_back({from_us, kMaxInstant, OffsetAt(from_us, zone)});
  }
  last_ = periods_.size() - 1;
  for (size_t i = 0; i < periods_.size(); ++i) {
    // The present is more likely than the year 2199.
    if (periods_[i].from_us < 1'700'000'000 * kSecondUs) last_ = i;
  }
}

std::optional<int64_t> ZoneOffsets::Find(int64_t us) const {
  auto after = std::upper_bound(
      periods_.begin(), periods_.end(), us,
      [](int64_t at_us, const Period& it) { return at_us < it.from_us; });
  if (after == periods_.begin()) return std::nullopt;
  const Period& it = *std::prev(after);
  if (us >= it.until_us) return std::nullopt;
  return it.offset_us;
}

}  // namespace trato::core
