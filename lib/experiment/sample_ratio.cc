// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/sample_ratio.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace trato::core {

// The upper incomplete gamma function of whole and half degrees is a finite
// sum of positive terms.
double ChiSquareTail(double value, int degrees) {
  if (!(value > 0)) return 1;
  const double half = value / 2;
  const bool is_odd = degrees % 2 != 0;
  double tail = is_odd ? std::erfc(std::sqrt(half)) : 0;
  // Each term is half^a e^-half / gamma(a + 1).
  double a = is_odd ? 0.5 : 0;
  double term = is_odd ? 2 * std::sqrt(half / std::numbers::pi) * std::exp(-half)
                       : std::exp(-half);
  for (; a < degrees / 2.0 - 0.75; a += 1) {
    tail += term;
    term *= half / (a + 1);
  }
  return std::min(1.0, tail);
}

SampleRatio TestSampleRatio(std::span<const int64_t> counts,
                            std::span<const double> shares) {
  double total = 0;
  double all = 0;
  for (const int64_t count : counts) total += static_cast<double>(count);
  for (const double share : shares) all += share;
  SampleRatio ratio;
  if (!(total > 0)) return ratio;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double expected = total * shares[i] / all;
    const double off = static_cast<double>(counts[i]) - expected;
    ratio.chi_square += off * off / expected;
  }
  ratio.p = ChiSquareTail(ratio.chi_square, static_cast<int>(counts.size()) - 1);
  return ratio;
}

}  // namespace trato::core
