// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/pareto_nbd.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace trato::core {
namespace {

constexpr size_t kGroupsPerTask = kChunk;
constexpr double kNothing = -std::numeric_limits<double>::infinity();

struct Steep {
  double shape, alpha, s, beta, from;
  double c;      // y = from + c (e^w - 1): what is steep at first becomes even
  double until;  // of w
};

template <int kNodes>
double Integrate(const Steep& it, double* means) {
  using Array = typename Legendre<kNodes>::Array;
  const Legendre<kNodes>& nodes = LegendreNodes<kNodes>();
  const double ratio_a = it.c / (it.alpha + it.from);
  const double ratio_b = it.c / (it.beta + it.from);
  const Array growth = (nodes.at * it.until).exp();
  const Array in_a = 1 + ratio_a * (growth - 1);
  const Array in_b = 1 + ratio_b * (growth - 1);
  const Array log_a = in_a.log();
  const Array log_b = in_b.log();
  const Array integrand = nodes.weight * growth *
                          (-it.shape * log_a - (it.s + 1) * log_b).exp();
  const double sum = integrand.sum();
  const double at_a = std::log(it.alpha + it.from);
  const double at_b = std::log(it.beta + it.from);
  if (means != nullptr) {
    means[0] = at_a + (integrand * log_a).sum() / sum;
    means[1] = at_b + (integrand * log_b).sum() / sum;
    means[2] = (integrand / in_a).sum() / sum / (it.alpha + it.from);
    means[3] = (integrand / in_b).sum() / sum / (it.beta + it.from);
  }
  return std::log(it.s * it.c * it.until * sum) - it.shape * at_a -
         (it.s + 1) * at_b;
}

}  // namespace

double LogOfHavingLeft(double shape, double alpha, double s, double beta,
                       double from, double to, double* means) {
  if (!(to > from)) return kNothing;
  Steep it{shape, alpha, s, beta, from, std::min(alpha, beta) + from, 0};
  it.until = std::log1p((to - from) / it.c);
  // By so many e-foldings the integrand falls for each unit of w.
  const double fall =
      shape * it.c / (alpha + from) + (s + 1) * it.c / (beta + from) - 1;
  if (fall > 0) it.until = std::min(it.until, 50 / fall);
  const double folds = (std::abs(fall) + 1) * it.until;
  if (folds < 4) return Integrate<8>(it, means);
  if (folds < 10) return Integrate<12>(it, means);
  return Integrate<20>(it, means);
}

double ParetoNbdLikelihood(const GroupedPurchases& groups, const RunTasks& run,
                           const Eigen::VectorXd& theta,
                           Eigen::VectorXd& slope) {
  using Part = std::array<double, 5>;
  const double r = std::exp(theta[0]);
  const double alpha = std::exp(theta[1]);
  const double s = std::exp(theta[2]);
  const double beta = std::exp(theta[3]);
  const double constant = r * theta[1] + s * theta[3];

  std::vector<double> log_gamma(groups.frequencies.size());
  std::vector<double> psi(groups.frequencies.size());
  for (size_t i = 0; i < psi.size(); ++i) {
    log_gamma[i] = LogGamma(r + groups.frequencies[i]) - LogGamma(r);
    psi[i] = Digamma(r + groups.frequencies[i]) - Digamma(r) + theta[1];
  }

  const size_t count = groups.age.size();
  const size_t tasks = (count + kGroupsPerTask - 1) / kGroupsPerTask;
  std::vector<Part> parts(tasks);
  RunAll(
      run,
      [&](size_t task) {
        Part sum{};
        const size_t end = std::min(count, (task + 1) * kGroupsPerTask);
        for (size_t i = task * kGroupsPerTask; i < end; ++i) {
          const double weight = groups.weight[i];
          if (weight == 0) continue;
          const double shape = r + groups.frequency[i];
          const double age = groups.age[i];
          const double log_a = std::log(alpha + age);
          const double log_b = std::log(beta + age);
          const double alive_term = -shape * log_a - s * log_b;
          double means[4] = {};
          const double left_term = LogOfHavingLeft(
              shape, alpha, s, beta, groups.recency[i], age, means);
          const double gone = Logistic(left_term - alive_term);
          const double alive = 1 - gone;
          const uint32_t at = groups.frequency_index[i];
          sum[0] += weight * (log_gamma[at] + constant +
                              LogSumExp(alive_term, left_term));
          sum[1] += weight * (psi[at] - alive * log_a - gone * means[0]);
          sum[2] += weight * (r / alpha - shape * (alive / (alpha + age) +
                                                   gone * means[2]));
          sum[3] += weight * (theta[3] - alive * log_b +
                              gone * (1 / s - means[1]));
          sum[4] += weight * (s / beta - s * alive / (beta + age) -
                              (s + 1) * gone * means[3]);
        }
        parts[task] = sum;
      },
      tasks);
  Part total{};
  for (const Part& part : parts) {
    for (size_t i = 0; i < total.size(); ++i) total[i] += part[i];
  }
  slope[0] = total[1] * r;
  slope[1] = total[2] * alpha;
  slope[2] = total[3] * s;
  slope[3] = total[4] * beta;
  return total[0];
}

}  // namespace trato::core
