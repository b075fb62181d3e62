// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/optimum.h"

#include <lbfgs.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <new>

namespace trato::core {
namespace {

// liblbfgs may be built for vectors of multiples of eight.
constexpr int kPadded = 8;
// Within this box every likelihood is finite; beyond it a parabola leads back.
constexpr double kBox = 12;
// Parameters are of the order of 1 where data say anything (the callers scale
// them so): e^7 is where the likelihood only creeps towards a limit.
constexpr double kEdge = 7;
// A standard error of a logarithm that means: nothing is known.
constexpr double kOpen = 5;
constexpr double kStep = 1e-4;  // of the differences of the gradient

struct Problem {
  const LogLikelihood* likelihood;
  int parameters;
  double weight;
  double precision;  // of the prior
  uint32_t evaluations = 0;
  std::exception_ptr failure;

  // Minus the mean log-likelihood, with the prior.
  double Evaluate(const Eigen::VectorXd& theta, Eigen::VectorXd& slope) {
    ++evaluations;
    const Eigen::VectorXd inside = theta.cwiseMax(-kBox).cwiseMin(kBox);
    double value = -(*likelihood)(inside, slope) / weight;
    slope /= -weight;
    for (int i = 0; i < parameters; ++i) {
      const double over = theta[i] - inside[i];
      if (over != 0) slope[i] = 2 * over;
      value += over * over + precision * inside[i] * inside[i] / (2 * weight);
      if (over == 0) slope[i] += precision * inside[i] / weight;
    }
    return value;
  }
};

double EvaluateForLbfgs(void* instance, const double* x, double* g, int n,
                        double /*step*/) {
  auto& problem = *static_cast<Problem*>(instance);
  std::fill(g, g + n, 0.0);
  // No exception may pass through C. A slope of zero ends the search.
  try {
    Eigen::VectorXd slope(problem.parameters);
    const double value = problem.Evaluate(
        Eigen::Map<const Eigen::VectorXd>(x, problem.parameters), slope);
    std::copy(slope.begin(), slope.end(), g);
    return value;
  } catch (...) {
    problem.failure = std::current_exception();
    return 0;
  }
}

struct Found {
  Eigen::VectorXd theta;
  double value = 0;
  Eigen::MatrixXd curvature;  // of the mean
  double decrement = 0;       // what a further Newton step promises, of the sum
};

Found Search(Problem& problem, const Eigen::VectorXd& start) {
  std::unique_ptr<double, void (*)(double*)> x(lbfgs_malloc(kPadded),
                                               lbfgs_free);
  if (x == nullptr) throw std::bad_alloc();
  std::fill(x.get(), x.get() + kPadded, 0.0);
  std::copy(start.begin(), start.end(), x.get());
  lbfgs_parameter_t how;
  lbfgs_parameter_init(&how);
  how.m = 8;
  how.epsilon = 1e-6;
  how.max_iterations = 200;
  how.max_linesearch = 40;
  double value = 0;
  // The outcome shows in the slope and the curvature, whatever it returns.
  lbfgs(kPadded, x.get(), &value, EvaluateForLbfgs, nullptr, &problem, &how);
  if (problem.failure) std::rethrow_exception(problem.failure);

  const int n = problem.parameters;
  Found found;
  found.theta = Eigen::Map<Eigen::VectorXd>(x.get(), n);
  found.curvature.resize(n, n);
  Eigen::VectorXd slope(n), up(n), down(n);
  for (int i = 0; i < n; ++i) {
    Eigen::VectorXd at = found.theta;
    at[i] = found.theta[i] + kStep;
    problem.Evaluate(at, up);
    at[i] = found.theta[i] - kStep;
    problem.Evaluate(at, down);
    found.curvature.col(i) = (up - down) / (2 * kStep);
  }
  found.curvature = (found.curvature + found.curvature.transpose()).eval() / 2;
  found.value = problem.Evaluate(found.theta, slope);
  const Eigen::LLT<Eigen::MatrixXd> factor(found.curvature);
  found.decrement = slope.norm() * problem.weight;
  if (factor.info() == Eigen::Success) {
    // One step of Newton's makes six digits twelve.
    const Eigen::VectorXd step = factor.solve(slope);
    found.decrement = slope.dot(step) * problem.weight / 2;
    if (step.cwiseAbs().maxCoeff() < 0.1) {
      Eigen::VectorXd after(n);
      const Eigen::VectorXd there = found.theta - step;
      const double better = problem.Evaluate(there, after);
      if (after.norm() <= slope.norm()) {
        found.theta = there;
        found.value = better;
        found.decrement = after.dot(factor.solve(after)) * problem.weight / 2;
      }
    }
  }
  return found;
}

// Whether the maximum is one, and the data hold it where it is.
bool IsHeld(const Found& found, double weight) {
  if (found.theta.cwiseAbs().maxCoeff() > kEdge) return false;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(
      found.curvature * weight, Eigen::EigenvaluesOnly);
  return eigen.eigenvalues().minCoeff() > 1 / (kOpen * kOpen);
}

bool IsDone(const Found& found) {
  return std::isfinite(found.value) && found.decrement >= 0 &&
         found.decrement < 1e-3;
}

// Searches from a few places where the first leads nowhere.
Found SearchWell(Problem& problem) {
  Found best = Search(problem, Eigen::VectorXd::Zero(problem.parameters));
  // Points of a Sobol sequence, as signs.
  constexpr double kStarts[][4] = {{1, -1, -1, 1},
                                   {-1, 1, 1, -1},
                                   {1, 1, -1, -1},
                                   {-1, -1, 1, 1},
                                   {2, 2, 2, 2}};
  for (const auto& from : kStarts) {
    // What leads to the edge does so from everywhere.
    if (IsDone(best) || best.theta.cwiseAbs().maxCoeff() > kEdge) break;
    const Found next = Search(
        problem, Eigen::Map<const Eigen::VectorXd>(from, problem.parameters));
    if (next.value < best.value || !std::isfinite(best.value)) best = next;
  }
  return best;
}

}  // namespace

Optimum Maximise(const LogLikelihood& likelihood, int parameters, double weight,
                 const FitOptions& options) {
  const bool wanted = options.prior > 0;
  Problem problem{&likelihood, parameters, weight,
                  wanted ? 1 / (options.prior * options.prior) : 0, 0, nullptr};
  Optimum optimum;
  Found found = SearchWell(problem);
  optimum.status =
      IsDone(found) ? FitStatus::kConverged : FitStatus::kNotConverged;
  if (!wanted && !IsHeld(found, weight)) {
    problem.precision = 1 / (kWeakPrior * kWeakPrior);
    found = SearchWell(problem);
    optimum.status =
        IsDone(found) ? FitStatus::kRegularised : FitStatus::kNotConverged;
  }
  optimum.theta = found.theta.cwiseMax(-kBox).cwiseMin(kBox);
  Eigen::VectorXd slope(parameters);
  optimum.log_likelihood = likelihood(optimum.theta, slope);
  // Curvature that is not positive is no knowledge: as wide as the prior.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(found.curvature *
                                                             weight);
  const Eigen::VectorXd spread =
      eigen.eigenvalues().cwiseMax(1 / (kOpen * kOpen)).cwiseInverse();
  optimum.covariance = eigen.eigenvectors() * spread.asDiagonal() *
                       eigen.eigenvectors().transpose();
  optimum.evaluations = problem.evaluations + 1;
  return optimum;
}

}  // namespace trato::core
