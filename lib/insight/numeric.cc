// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/numeric.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/policies/policy.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

namespace trato::core {
namespace {

namespace policies = boost::math::policies;
// No exceptions, no errno, no long double.
using Quiet =
    policies::policy<policies::domain_error<policies::ignore_error>,
                     policies::pole_error<policies::ignore_error>,
                     policies::overflow_error<policies::ignore_error>,
                     policies::evaluation_error<policies::ignore_error>,
                     policies::promote_double<false>>;

template <int kNodes>
Legendre<kNodes> MakeLegendre() {
  using Gauss = boost::math::quadrature::gauss<double, kNodes>;
  Legendre<kNodes> nodes;
  // Boost gives the positive half, of [-1, 1].
  constexpr int kHalf = kNodes / 2;
  for (int i = 0; i < kHalf; ++i) {
    const double x = Gauss::abscissa()[static_cast<size_t>(i)];
    const double w = Gauss::weights()[static_cast<size_t>(i)] / 2;
    nodes.at[kHalf + i] = (1 + x) / 2;
    nodes.at[kHalf - 1 - i] = (1 - x) / 2;
    nodes.weight[kHalf + i] = nodes.weight[kHalf - 1 - i] = w;
  }
  return nodes;
}

}  // namespace

void RunAll(const RunTasks& run, const std::function<void(size_t)>& task,
            size_t count) {
  if (run && count > 1) return run(task, count);
  for (size_t i = 0; i < count; ++i) task(i);
}

double LogGamma(double x) { return boost::math::lgamma(x, Quiet()); }

double Digamma(double x) { return boost::math::digamma(x, Quiet()); }

double LogSumExp(double a, double b) {
  const double high = std::max(a, b);
  if (!(high > -std::numeric_limits<double>::infinity())) return high;
  return high + std::log1p(std::exp(std::min(a, b) - high));
}

double Logistic(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

template <int kNodes>
const Legendre<kNodes>& LegendreNodes() {
  static const Legendre<kNodes> nodes = MakeLegendre<kNodes>();
  return nodes;
}
template const Legendre<8>& LegendreNodes();
template const Legendre<12>& LegendreNodes();
template const Legendre<20>& LegendreNodes();

BetaNodes MakeBetaNodes(int n, double a, double b) {
  // Golub and Welsch: the eigenvalues of the Jacobi matrix are the nodes, the
  // squared first components of the eigenvectors the weights.
  const double alpha = b - 1;
  const double beta = a - 1;
  const double sum = alpha + beta;
  Eigen::VectorXd diagonal(n);
  Eigen::VectorXd below(n - 1);
  for (int i = 0; i < n; ++i) {
    const double d = 2 * i + sum;
    // The general term is 0/0 at i = 0 where a + b = 2.
    const double centre =
        i == 0 ? (beta - alpha) / (sum + 2)
               : (beta - alpha) * (beta + alpha) / (d * (d + 2));
    diagonal[i] = (1 + centre) / 2;
    if (i == 0) continue;
    const double square = i == 1 ? 4 * (1 + alpha) * (1 + beta) /
                                       ((2 + sum) * (2 + sum) * (3 + sum))
                                 : 4 * i * (i + alpha) * (i + beta) *
                                       (i + sum) / (d * d * (d + 1) * (d - 1));
    below[i - 1] = std::sqrt(square) / 2;
  }
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, below);
  BetaNodes nodes;
  // Rounding may put the lowest node on 0 or below it.
  nodes.at = solver.eigenvalues().array().max(1e-300).min(1.0);
  nodes.weight = solver.eigenvectors().row(0).array().square().transpose();
  nodes.weight /= nodes.weight.sum();
  return nodes;
}

}  // namespace trato::core
