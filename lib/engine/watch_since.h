// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What was written after a head of the log, where it still has it.

#ifndef TRATO_ENGINE_WATCH_SINCE_H_
#define TRATO_ENGINE_WATCH_SINCE_H_

#include <optional>

#include "absl/status/statusor.h"
#include "engine/store_impl.h"
#include "segment/live_segments.h"
#include "storage/store_file.h"

namespace trato::core {

// Nothing: the chain over the facts after the head does not lead from it to the
// head of now, so that it is of another log; or the store became another one as
// a whole. The caller holds `writer`.
absl::StatusOr<std::optional<LiveSegments::Since>> ReadSince(
    Store::Impl& of, const trato::core::Head& head);

}  // namespace trato::core

#endif  // TRATO_ENGINE_WATCH_SINCE_H_
