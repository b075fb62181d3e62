// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/confidence_sequence.h"

#include <algorithm>
#include <cmath>

namespace trato::core {

ConfidenceSequence::ConfidenceSequence(double level, double planned)
    : level_(level) {
  const double log = -2 * std::log(level);
  rho2_ = (log + std::log1p(log)) / planned;
}

Interval ConfidenceSequence::Around(double estimate, double standard_error,
                                    double count) const {
  const double nr = count * rho2_;
  const double half =
      standard_error *
      std::sqrt(2 * (nr + 1) / nr * std::log(std::sqrt(nr + 1) / level_));
  return {estimate, estimate - half, estimate + half};
}

double ConfidenceSequence::PValue(double estimate, double standard_error,
                                  double count) const {
  if (estimate == 0) return 1;
  if (!(standard_error > 0)) return 0;
  const double nr = count * rho2_;
  const double z = estimate / standard_error;
  return std::min(1.0, std::sqrt(nr + 1) *
                           std::exp(-z * z * nr / (2 * (nr + 1))));
}

}  // namespace trato::core
