// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// BG/NBD (Fader, Hardie and Lee, Marketing Science 24(2), 2005) and MBG/NBD
// (Batislam, Denizel and Filiztekin, IJRM 24, 2007; Hoppe and Wagner 2007): who
// is alive buys as a Poisson process whose rates are Gamma(r, alpha) over the
// customers, and leaves after a purchase with a probability that is Beta(a, b).
// The modified one lets her leave after the first purchase already.
//
// Both likelihoods are a sum of being alive and having left, kept as logarithms:
// their share is the probability of being alive, without a ratio that overflows.

#ifndef TRATO_INSIGHT_BG_NBD_H_
#define TRATO_INSIGHT_BG_NBD_H_

#include <Eigen/Core>

#include "insight/numeric.h"
#include "insight/purchases.h"

namespace trato::core {

// The log-likelihood at theta = ln(r, alpha, a, b), and its gradient there.
double BgNbdLikelihood(const GroupedPurchases& groups, bool modified,
                       const RunTasks& run, const Eigen::VectorXd& theta,
                       Eigen::VectorXd& slope);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_BG_NBD_H_
