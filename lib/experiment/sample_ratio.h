// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether the arms of an experiment got the shares of the customers that they
// should: where they did not, something other than chance decided who got into
// which, and nothing can be concluded.

#ifndef TRATO_EXPERIMENT_SAMPLE_RATIO_H_
#define TRATO_EXPERIMENT_SAMPLE_RATIO_H_

#include <cstdint>
#include <span>

namespace trato::core {

// Rarer than this is no chance.
inline constexpr double kSampleRatioP = 5e-4;

struct SampleRatio {
  double chi_square = 0;
  double p = 1;
  bool is_mismatch() const { return p < kSampleRatioP; }
};

// Pearson's test. `shares` are above 0 and need not add up to 1; as many as
// counts.
SampleRatio TestSampleRatio(std::span<const int64_t> counts,
                            std::span<const double> shares);

// How likely chi-square with so many degrees of freedom is above `value`.
double ChiSquareTail(double value, int degrees);

}  // namespace trato::core

#endif  // TRATO_EXPERIMENT_SAMPLE_RATIO_H_
