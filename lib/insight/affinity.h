// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How near a set of products is to one customer: a smoothed, time-weighted rate
// over what she did, not over what others did, so it is a function of her facts
// and now alone.
//
//   affinity = (S + prior x m) / (N + m),  prior = 0.05, m = 2
//
// N sums w over her purchases and her answers to the offer, S over those that
// held one of the products or accepted; w = 2^(-age / 180 days). It is the mean
// of a Beta(prior x m + S, (1 - prior) x m + N - S) belief about "the next
// exchange goes for these products", with evidence that fades.

#ifndef TRATO_INSIGHT_AFFINITY_H_
#define TRATO_INSIGHT_AFFINITY_H_

#include <cstdint>
#include <span>

#include "absl/container/flat_hash_set.h"
#include "expression/evaluator.h"

namespace trato::core {

inline constexpr double kAffinityPrior = 0.05;
inline constexpr double kAffinityPriorWeight = 2;
inline constexpr int64_t kAffinityHalfLifeUs = int64_t{180} * 86400 * 1000000;

// A yes or no to an offer.
struct Answer {
  int64_t at_us;
  bool accepted;
};

struct Affinity {
  double value = kAffinityPrior;
  // What it was made of, for people.
  int64_t purchases = 0;
  int64_t purchases_with_product = 0;
  int64_t last_with_product_us = 0;
  int64_t accepted = 0;
  int64_t refused = 0;
};

// `purchase` is the interned name of the type; `products` are interned ids.
// Facts after now_us do not count. Cost: one pass over the purchase lines.
Affinity AffinityOf(const World& world, RecordNumber customer,
                    uint32_t purchase,
                    const absl::flat_hash_set<uint32_t>& products,
                    std::span<const Answer> answers, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_AFFINITY_H_
