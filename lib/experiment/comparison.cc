// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/comparison.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "experiment/confidence_sequence.h"

namespace trato::core {
namespace {

// Two-sided, of the standard normal distribution: Newton's steps on erfc, whose
// logarithm is concave, so that they come from one side.
double QuantileOf(double level) {
  double z = 0;
  for (int i = 0; i < 100; ++i) {
    const double tail = std::erfc(z / std::sqrt(2));
    const double density = std::sqrt(2 / std::numbers::pi) * std::exp(-z * z / 2);
    const double step = tail / density * std::log(tail / level);
    z += step;
    if (std::fabs(step) < 1e-14 * (1 + z)) break;
  }
  return z;
}

}  // namespace

double ArmSums::variance(bool yes_or_no) const {
  const auto n = static_cast<double>(count);
  if (yes_or_no) {
    const double p = (sum + 1) / (n + 2);
    return p * (1 - p);
  }
  if (count < 2) return 0;
  return std::max(0.0, (squares - sum * (sum / n)) / (n - 1));
}

ArmDifference CompareArms(const ArmSums& one, const ArmSums& other,
                          const ComparisonTerms& terms) {
  ArmDifference result;
  const double difference = one.mean() - other.mean();
  const double z = QuantileOf(terms.level);
  double error = 0;
  for (const ArmSums& it : {one, other}) {
    if (it.count > 0) {
      error += it.variance(terms.yes_or_no) / static_cast<double>(it.count);
    }
  }
  error = std::sqrt(error);
  if (terms.yes_or_no) {
    result.once = DifferenceOfShares(
        std::llround(one.sum), one.count, std::llround(other.sum), other.count, z);
  } else {
    result.once = {difference, difference - z * error, difference + z * error};
  }
  if (one.count > 0 && other.count > 0) {
    result.once_p = difference == 0 ? 1
                    : error > 0
                        ? std::erfc(std::fabs(difference) / error / std::sqrt(2))
                        : 0;
  }
  if (std::min(one.count, other.count) < kFewestPerArm) return result;
  const ConfidenceSequence sequence(terms.level,
                                    static_cast<double>(terms.planned));
  const auto count = static_cast<double>(one.count + other.count);
  result.always = sequence.Around(difference, error, count);
  result.always_p = sequence.PValue(difference, error, count);
  return result;
}

ExperimentResult CompareWithFirst(std::span<const ArmSums> arms,
                                  std::span<const double> shares,
                                  ComparisonTerms terms) {
  ExperimentResult result;
  std::vector<int64_t> counts;
  for (const ArmSums& arm : arms) counts.push_back(arm.count);
  result.ratio = TestSampleRatio(counts, shares);
  if (result.ratio.is_mismatch() || arms.size() < 2) return result;
  terms.level /= static_cast<double>(arms.size() - 1);
  for (size_t i = 1; i < arms.size(); ++i) {
    result.against_first.push_back(CompareArms(arms[i], arms[0], terms));
  }
  return result;
}

}  // namespace trato::core
