// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/proportion.h"

#include <algorithm>
#include <cmath>

namespace trato::core {

Interval Share(int64_t successes, int64_t trials, double z) {
  if (trials <= 0) return {0, 0, 1};
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double z2 = z * z;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half =
      z * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {p, std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Interval DifferenceOfShares(int64_t successes, int64_t trials,
                            int64_t other_successes, int64_t other_trials,
                            double z) {
  const Interval one = Share(successes, trials, z);
  const Interval other = Share(other_successes, other_trials, z);
  const double difference = one.estimate - other.estimate;
  const double below = std::hypot(one.estimate - one.low,
                                  other.high - other.estimate);
  const double above = std::hypot(one.high - one.estimate,
                                  other.estimate - other.low);
  return {difference, difference - below, difference + above};
}

}  // namespace trato::core
