// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/gamma_gamma.h"

#include <array>
#include <cmath>
#include <vector>

namespace trato::core {

double GammaGammaLikelihood(const GroupedPurchases& groups, const RunTasks& run,
                            const Eigen::VectorXd& theta,
                            Eigen::VectorXd& slope) {
  using Part = std::array<double, 4>;
  using Chunk = Eigen::Array<double, kChunk, 1>;
  const double p = std::exp(theta[0]);
  const double q = 1 + std::exp(theta[1]);
  const double gamma = std::exp(theta[2]);
  const double log_gamma_q = LogGamma(q);
  const double psi_q = Digamma(q);

  struct OfFrequency {
    double constant, by_p, by_q;
  };
  std::vector<OfFrequency> table(groups.frequencies.size());
  for (size_t i = 0; i < table.size(); ++i) {
    const double x = groups.frequencies[i];
    const double psi = Digamma(p * x + q);
    table[i] = {LogGamma(p * x + q) - LogGamma(p * x) - log_gamma_q +
                    q * theta[2] + p * x * std::log(x),
                x * (psi - Digamma(p * x) + std::log(x)),
                psi - psi_q + theta[2]};
  }

  const size_t tasks = groups.age.size() / kChunk;
  std::vector<Part> parts(tasks);
  RunAll(
      run,
      [&](size_t task) {
        const size_t first = task * kChunk;
        Chunk constant, by_p, by_q;
        for (size_t j = 0; j < kChunk; ++j) {
          const OfFrequency& it = table[groups.frequency_index[first + j]];
          const auto k = static_cast<Eigen::Index>(j);
          constant[k] = it.constant;
          by_p[k] = it.by_p;
          by_q[k] = it.by_q;
        }
        using Column = Eigen::Map<const Chunk>;
        const Column weight(&groups.weight[first]);
        const Column x(&groups.frequency[first]);
        const Column spend(&groups.age[first]);
        const Chunk log_spend = spend.log();
        const Chunk whole = gamma + x * spend;
        const Chunk log_whole = whole.log();
        const Chunk shape = p * x + q;
        parts[task] = {
            (weight * (constant + (p * x - 1) * log_spend - shape * log_whole))
                .sum(),
            (weight * (by_p + x * (log_spend - log_whole))).sum(),
            (weight * (by_q - log_whole)).sum(),
            (weight * (q / gamma - shape / whole)).sum()};
      },
      tasks);
  Part total{};
  for (const Part& part : parts) {
    for (size_t i = 0; i < total.size(); ++i) total[i] += part[i];
  }
  slope[0] = total[1] * p;
  slope[1] = total[2] * (q - 1);
  slope[2] = total[3] * gamma;
  return total[0];
}

}  // namespace trato::core
