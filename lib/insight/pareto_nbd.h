// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Pareto/NBD (Schmittlein, Morrison and Colombo, Management Science 33, 1987):
// Poisson purchases with rates Gamma(r, alpha), lifetimes exponential with rates
// Gamma(s, beta). The chance of having left is an integral of a positive function
// over when, instead of a difference of two hypergeometric ones that cancel:
//
//   L = G(r+x)/G(r) alpha^r beta^s { (alpha+T)^-(r+x) (beta+T)^-s
//         + s int_tx^T (alpha+y)^-(r+x) (beta+y)^-(s+1) dy }

#ifndef TRATO_INSIGHT_PARETO_NBD_H_
#define TRATO_INSIGHT_PARETO_NBD_H_

#include <Eigen/Core>

#include "insight/numeric.h"
#include "insight/purchases.h"

namespace trato::core {

// The integral above from `from` to `to`, as a logarithm; -infinity where
// nothing lies between. With `means`, also those over y under its integrand:
// of ln(alpha+y), ln(beta+y), 1/(alpha+y), 1/(beta+y).
double LogOfHavingLeft(double shape, double alpha, double s, double beta,
                       double from, double to, double* means = nullptr);

// The log-likelihood at theta = ln(r, alpha, s, beta), and its gradient there.
double ParetoNbdLikelihood(const GroupedPurchases& groups, const RunTasks& run,
                           const Eigen::VectorXd& theta,
                           Eigen::VectorXd& slope);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_PARETO_NBD_H_
