// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// When one customer enters and leaves a segment, in the past or, if no fact
// comes, in the future. Nothing of it is stored: each test says until when its
// answer holds, and the next test is made then.

#ifndef TRATO_ENGINE_SEGMENT_HISTORY_H_
#define TRATO_ENGINE_SEGMENT_HISTORY_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "segment/segment_store.h"

namespace trato::core {

// Calls `visit` for each instant in (from_us, until_us] at which the customer
// enters or leaves, until it gives false or `max_tests` were made. Gives up to
// when she was followed. `member_at_start` may be null; what nobody can say when
// it changes is for the caller to refuse.
absl::StatusOr<int64_t> FollowMembership(
    const SegmentStore& segments, const SegmentStore::Segment& segment,
    RecordNumber customer, int64_t from_us, int64_t until_us, int max_tests,
    bool* member_at_start,
    const std::function<bool(int64_t at_us, bool member)>& visit);

}  // namespace trato::core

#endif  // TRATO_ENGINE_SEGMENT_HISTORY_H_
