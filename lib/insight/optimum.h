// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The parameters under which data are likeliest. There is always an answer:
// where the data leave a parameter open, a weak normal prior on its logarithm
// closes it, and the status says so.

#ifndef TRATO_INSIGHT_OPTIMUM_H_
#define TRATO_INSIGHT_OPTIMUM_H_

#include <Eigen/Core>
#include <cstdint>
#include <functional>

#include "insight/fit.h"

namespace trato::core {

// The log-likelihood at `theta`, finite within |theta| <= 12, and its gradient.
using LogLikelihood =
    std::function<double(const Eigen::VectorXd& theta, Eigen::VectorXd& slope)>;

inline constexpr double kWeakPrior = 3;

struct Optimum {
  Eigen::VectorXd theta;
  double log_likelihood = 0;  // without the prior
  Eigen::MatrixXd covariance;
  FitStatus status = FitStatus::kNotConverged;
  uint32_t evaluations = 0;
};

// `weight` is the number of observations: the scale of the log-likelihood.
Optimum Maximise(const LogLikelihood& likelihood, int parameters, double weight,
                 const FitOptions& options);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_OPTIMUM_H_
