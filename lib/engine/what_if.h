// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What would have been decided in a period if what a fork was told had held.

#ifndef TRATO_ENGINE_WHAT_IF_H_
#define TRATO_ENGINE_WHAT_IF_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "trato/store.h"

namespace trato::core {

struct WhatIfQuestion {
  // The decisions dated in [since_us, until_us).
  int64_t since_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = std::numeric_limits<int64_t>::max();
  bool with_rows = false;
  std::function<bool(uint64_t, uint64_t)> progress;  // may be empty
};
// As JSON; trato.h describes it and its errors.
absl::StatusOr<std::string> WhatIf(const Store& fork,
                                   const WhatIfQuestion& question,
                                   int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_WHAT_IF_H_
