// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The arms of an experiment against the first one, for who looks once and for
// who looks whenever he likes.

#ifndef TRATO_EXPERIMENT_COMPARISON_H_
#define TRATO_EXPERIMENT_COMPARISON_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "experiment/proportion.h"
#include "experiment/sample_ratio.h"

namespace trato::core {

// Sums of one side.
struct ArmSums {
  int64_t count = 0;
  double sum = 0;
  double squares = 0;  // of yes or no the same as sum

  void Add(double value) {
    ++count;
    sum += value;
    squares += value * value;
  }
  double mean() const {
    return count > 0 ? sum / static_cast<double>(count) : 0;
  }
  // Of the values. Of yes or no with one more of each: it is not 0 where
  // nobody, or everybody, said yes.
  double variance(bool yes_or_no) const;
};

// Fewer on a side, and the normal distribution is no guide.
inline constexpr int64_t kFewestPerArm = 50;
inline constexpr int64_t kUsualPlan = 10000;
inline constexpr double kUsualLevel = 0.05;

struct ArmDifference {
  Interval once;
  double once_p = 1;
  std::optional<Interval> always;  // nothing: too few
  double always_p = 1;
};

struct ComparisonTerms {
  bool yes_or_no = false;
  double level = kUsualLevel;
  int64_t planned = kUsualPlan;  // of both sides
};

// How much larger the mean of one is than that of the other. Of shares `once`
// is Newcombe's.
ArmDifference CompareArms(const ArmSums& one, const ArmSums& other,
                          const ComparisonTerms& terms);

struct ExperimentResult {
  SampleRatio ratio;
  // Each arm but the first against the first; empty where the ratio does not
  // fit. The level is shared among them.
  std::vector<ArmDifference> against_first;
};
ExperimentResult CompareWithFirst(std::span<const ArmSums> arms,
                                  std::span<const double> shares,
                                  ComparisonTerms terms);

}  // namespace trato::core

#endif  // TRATO_EXPERIMENT_COMPARISON_H_
