// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the purchase models compute with. None of it writes a global, as
// std::lgamma does, and every loop over an Eigen array runs over one of a fixed
// size, so that a result does not depend on where in a table its row stands.

#ifndef TRATO_INSIGHT_NUMERIC_H_
#define TRATO_INSIGHT_NUMERIC_H_

#include <Eigen/Core>
#include <cstddef>
#include <functional>

#include "insight/fit.h"

namespace trato::core {

void RunAll(const RunTasks& run, const std::function<void(size_t)>& task,
            size_t count);

// Of x > 0.
double LogGamma(double x);
double Digamma(double x);

// ln(e^a + e^b); either may be -infinity.
double LogSumExp(double a, double b);

// 1 / (1 + e^-x).
double Logistic(double x);

// Gauss-Legendre on [0, 1] with 8, 12 or 20 nodes.
template <int kNodes>
struct Legendre {
  using Array = Eigen::Array<double, kNodes, 1>;
  Array at;
  Array weight;
};
template <int kNodes>
const Legendre<kNodes>& LegendreNodes();

// Nodes and weights for the mean of f(p) where p is Beta(a, b): Gauss-Jacobi,
// exact for polynomials of degree 2n - 1. The weights add up to 1.
struct BetaNodes {
  Eigen::ArrayXd at;
  Eigen::ArrayXd weight;
};
BetaNodes MakeBetaNodes(int n, double a, double b);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_NUMERIC_H_
