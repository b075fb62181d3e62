// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Gamma-Gamma (Fader, Hardie and Lee, JMR 42(4), 2005): amounts of one customer
// are Gamma(p, nu), and nu is Gamma(q, gamma) over the customers. q = 1 + e^theta:
// at q <= 1 nobody's mean would be finite, which is where negative values of
// customers come from.

#ifndef TRATO_INSIGHT_GAMMA_GAMMA_H_
#define TRATO_INSIGHT_GAMMA_GAMMA_H_

#include <Eigen/Core>

#include "insight/numeric.h"
#include "insight/purchases.h"

namespace trato::core {

// The log-likelihood at theta = (ln p, ln(q - 1), ln gamma), and its gradient;
// of groups made by GroupSpends.
double GammaGammaLikelihood(const GroupedPurchases& groups, const RunTasks& run,
                            const Eigen::VectorXd& theta,
                            Eigen::VectorXd& slope);

// The expected amount of her next purchase, after `frequency` repeats of
// `spend` each.
inline double ExpectedSpend(double p, double q, double gamma, double frequency,
                            double spend) {
  const double bought = spend > 0 ? frequency : 0;
  return p * (gamma + bought * (bought > 0 ? spend : 0)) /
         (p * bought + q - 1);
}

}  // namespace trato::core

#endif  // TRATO_INSIGHT_GAMMA_GAMMA_H_
