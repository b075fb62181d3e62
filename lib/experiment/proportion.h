// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Shares and differences between them, with intervals: of one share Wilson's
// score interval, of a difference Newcombe's (Statistics in Medicine 17, 1998,
// method 10), made from those of both. They hold their level for small counts
// and for shares near 0, where the usual one does not.

#ifndef TRATO_EXPERIMENT_PROPORTION_H_
#define TRATO_EXPERIMENT_PROPORTION_H_

#include <cstdint>

namespace trato::core {

// Of the standard normal distribution, two-sided 95 %.
inline constexpr double kZ95 = 1.959963984540054;

struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

// `successes` of `trials`. Of no trials: 0, from 0 to 1.
Interval Share(int64_t successes, int64_t trials, double z = kZ95);

// How much larger the first share is than the second.
Interval DifferenceOfShares(int64_t successes, int64_t trials,
                            int64_t other_successes, int64_t other_trials,
                            double z = kZ95);

}  // namespace trato::core

#endif  // TRATO_EXPERIMENT_PROPORTION_H_
