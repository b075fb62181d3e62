// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/target_policy.h"

#include <algorithm>
#include <span>
#include <utility>

namespace trato::core {
namespace {

// The place of the first in rank: the chosen one stands before all others.
size_t BestOf(std::span<const RankedOffer> ranked) {
  size_t best = 0;
  for (size_t i = 1; i < ranked.size(); ++i) {
    if (std::pair(ranked[i].score, ranked[i].probability) >
        std::pair(ranked[best].score, ranked[best].probability)) {
      best = i;
    }
  }
  return best;
}

// The place of the first of the list that is there; those that were not kept
// may hide one.
size_t FirstListed(const TargetPolicy& policy, const Decision& decision,
                   bool& is_unknown) {
  const std::vector<RankedOffer>& ranked = decision.ranked;
  const bool all_kept = decision.ranked_count <= ranked.size();
  for (const uint32_t offer : policy.offers) {
    for (size_t i = 0; i < ranked.size(); ++i) {
      if (ranked[i].offer == offer) return i;
    }
    is_unknown = is_unknown || !all_kept;
  }
  return BestOf(ranked);
}

}  // namespace

Targeted TargetOf(const TargetPolicy& policy, const Decision& decision) {
  const std::vector<RankedOffer>& ranked = decision.ranked;
  const auto count =
      static_cast<double>(std::max<size_t>(decision.ranked_count, 1));
  Targeted targeted;
  const size_t favourite =
      policy.kind == TargetKind::kFixed
          ? FirstListed(policy, decision, targeted.is_unknown)
          : BestOf(ranked);
  double even = 0;
  if (policy.kind == TargetKind::kUniform) even = 1;
  if (policy.kind == TargetKind::kExplore) even = policy.exploration;
  double logged = 0;
  for (size_t i = 0; i < ranked.size(); ++i) {
    const double probability =
        even / count + (i == favourite ? 1 - even : 0);
    if (i == 0) targeted.probability = probability;
    if (!(ranked[i].probability > 0)) targeted.outside += probability;
    logged += ranked[i].probability;
  }
  // What was not kept could be chosen as far as the kept leave room for it.
  const double beyond = count - static_cast<double>(ranked.size());
  if (beyond > 0 && logged > 1 - 1e-9) targeted.outside += even * beyond / count;
  return targeted;
}

}  // namespace trato::core
