// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store's decisions prove: what another way of choosing would have
// brought, and what offers sold that would not have been sold without them.

#ifndef TRATO_ENGINE_STORE_PROOF_H_
#define TRATO_ENGINE_STORE_PROOF_H_

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "offer/target_policy.h"
#include "trato/store.h"

namespace trato::core {

struct TargetQuestion {
  TargetKind kind = TargetKind::kGreedy;
  double exploration = 0;
  std::vector<std::string_view> offers;
  bool of_value = false;  // the reward; otherwise of the answer
  int64_t since_us = std::numeric_limits<int64_t>::min();  // kAtNow: the first
  int64_t until_us = std::numeric_limits<int64_t>::min();  // kAtNow: now_us
};
// As JSON; trato.h describes it and its errors.
absl::StatusOr<std::string> EvaluateDecisions(const Store& store,
                                              const TargetQuestion& question,
                                              int64_t now_us);

struct EffectQuestion {
  std::string_view offer;   // empty: all
  std::string_view within;  // empty: 30 days
  int64_t since_us = 0;
  int64_t until_us = 0;
  int64_t planned = 0;  // 0: the usual
};
absl::StatusOr<std::string> OfferEffects(const Store& store,
                                         const EffectQuestion& question,
                                         int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_PROOF_H_
