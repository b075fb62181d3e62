// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/affinity.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trato::core {

Affinity AffinityOf(const World& world, RecordNumber customer,
                    uint32_t purchase,
                    const absl::flat_hash_set<uint32_t>& products,
                    std::span<const Answer> answers, int64_t now_us) {
  const auto weight = [&](int64_t at_us) {
    const double age = static_cast<double>(now_us) - static_cast<double>(at_us);
    return std::exp2(-age / static_cast<double>(kAffinityHalfLifeUs));
  };
  Affinity result;
  double all = 0;
  double successes = 0;
  // Records by id and runs by time: sums of doubles are the same everywhere.
  for (RecordNumber record : world.customers->RecordsOf(customer)) {
    const auto add = [&](const InteractionRef& it) {
      const double w = weight(it.at_us());
      ++result.purchases;
      all += w;
      const bool holds = !it.ForEachLine(
          [&](const Line& line) { return !products.contains(line.product); });
      if (!holds) return true;
      if (result.purchases_with_product++ == 0 ||
          it.at_us() > result.last_with_product_us) {
        result.last_with_product_us = it.at_us();
      }
      successes += w;
      return true;
    };
    world.timeline->ForEach(record, purchase, Window::Until(now_us), add);
  }
  for (const Answer& answer : answers) {
    if (answer.at_us > now_us) continue;
    const double w = weight(answer.at_us);
    all += w;
    if (answer.accepted) {
      successes += w;
      ++result.accepted;
    } else {
      ++result.refused;
    }
  }
  result.value = (successes + kAffinityPrior * kAffinityPriorWeight) /
                 (all + kAffinityPriorWeight);
  return result;
}

}  // namespace trato::core
