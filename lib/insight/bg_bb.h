// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// BG/BB (Fader, Hardie and Shang, Marketing Science 29(6), 2010), for what can
// happen at numbered occasions only (a yearly appeal, a renewal): who is alive
// buys at each with a probability that is Beta(alpha, beta) over the customers,
// and leaves before each with one that is Beta(gamma, delta).

#ifndef TRATO_INSIGHT_BG_BB_H_
#define TRATO_INSIGHT_BG_BB_H_

#include <Eigen/Core>

#include "insight/numeric.h"
#include "insight/purchases.h"

namespace trato::core {

struct BgBbTerms {
  double alive;  // ln P(this history, and alive after the last occasion)
  double all;    // ln P(this history)
};
// recency is the number of the last occasion that was taken, age how many there
// were.
BgBbTerms BgBbLikelihoodOf(double alpha, double beta, double gamma,
                           double delta, double frequency, double recency,
                           double age);

// The log-likelihood at theta = ln(alpha, beta, gamma, delta), and its gradient.
double BgBbLikelihood(const GroupedPurchases& groups, const RunTasks& run,
                      const Eigen::VectorXd& theta, Eigen::VectorXd& slope);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_BG_BB_H_
