// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How near a set of products is to one customer: the rate at which people like
// her say yes, moved by what she herself did, which counts less as it ages.
//
//   affinity = (S + r x m) / (N + m),  m = 2
//
// r is the rate among similar customers (response_rate.h). N sums w over her
// purchases and her answers to the offer, S over those that held one of the
// products or accepted; w = 2^(-age / 180 days). It is the mean of a
// Beta(r x m + S, (1 - r) x m + N - S) belief about "the next exchange goes for
// these products", with evidence that fades.

#ifndef TRATO_INSIGHT_AFFINITY_H_
#define TRATO_INSIGHT_AFFINITY_H_

#include <cmath>
#include <cstdint>

#include "expression/evaluator.h"

namespace trato::core {

inline constexpr double kAffinityPriorWeight = 2;
inline constexpr int64_t kAffinityHalfLifeUs = int64_t{180} * 86400 * 1000000;

// What something that old counts.
inline double FadedWeight(int64_t at_us, int64_t now_us) {
  const double age = static_cast<double>(now_us) - static_cast<double>(at_us);
  return std::exp2(-age / static_cast<double>(kAffinityHalfLifeUs));
}

// What she did that bears on one set of products.
struct Evidence {
  double held = 0;      // weight of the purchases that held one of them
  double answered = 0;  // of her answers
  double accepted = 0;  // of those that were a yes
  int32_t purchases = 0;  // that held one
  int32_t yes = 0;
  int32_t no = 0;
  int64_t last_us = 0;  // purchase that held one

  void AddPurchase(int64_t at_us, double weight) {
    held += weight;
    if (purchases++ == 0 || at_us > last_us) last_us = at_us;
  }
  void AddAnswer(bool is_yes, double weight) {
    answered += weight;
    accepted += is_yes ? weight : 0;
    ++(is_yes ? yes : no);
  }
  // Which of the kinds of response_rate.h she is of.
  int similar() const { return purchases >= 2 ? 2 : purchases; }
};

// All her purchases: how many, and their weight.
struct PurchaseTotal {
  int64_t count = 0;
  double weight = 0;
};

double AffinityOf(const PurchaseTotal& all, const Evidence& evidence,
                  double rate);

// How likely she buys one of the products unasked: from her purchases alone,
// with nothing believed before.
double OrganicRate(const PurchaseTotal& all, const Evidence& evidence);

// Calls visit(interaction, weight) for the customer's purchases up to now_us,
// records by id and interactions by time, so that sums of doubles are the same
// everywhere. `purchase` is the interned name of the type.
template <typename Visit>
PurchaseTotal ForEachPurchase(const World& world, RecordNumber customer,
                              uint32_t purchase, int64_t now_us, Visit visit) {
  PurchaseTotal total;
  for (RecordNumber record : world.customers->RecordsOf(customer)) {
    world.timeline->ForEach(record, purchase, Window::Until(now_us),
                            [&](const InteractionRef& it) {
                              const double weight =
                                  FadedWeight(it.at_us(), now_us);
                              ++total.count;
                              total.weight += weight;
                              visit(it, weight);
                              return true;
                            });
  }
  return total;
}

}  // namespace trato::core

#endif  // TRATO_INSIGHT_AFFINITY_H_
