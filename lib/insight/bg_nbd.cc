// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/bg_nbd.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace trato::core {
namespace {

using Chunk = Eigen::Array<double, kChunk, 1>;
using Part = std::array<double, 5>;  // the sum, and by r, alpha, a, b

constexpr size_t kChunksPerTask = 16;

// What depends on the frequency alone.
struct OfFrequency {
  double constant;        // K without r ln(alpha)
  double left;            // ln a - ln(b + x - 1)
  double by_r, by_a, by_b;
  double by_b_left;       // of `left`
};

}  // namespace

double BgNbdLikelihood(const GroupedPurchases& groups, bool modified,
                       const RunTasks& run, const Eigen::VectorXd& theta,
                       Eigen::VectorXd& slope) {
  const double r = std::exp(theta[0]);
  const double alpha = std::exp(theta[1]);
  const double a = std::exp(theta[2]);
  const double b = std::exp(theta[3]);
  const double log_alpha = theta[1];

  std::vector<OfFrequency> table(groups.frequencies.size());
  const double base = -LogGamma(r) + LogGamma(a + b) - LogGamma(b);
  const double psi_r = Digamma(r);
  const double psi_ab = Digamma(a + b);
  const double psi_b = Digamma(b);
  for (size_t i = 0; i < table.size(); ++i) {
    const double x = groups.frequencies[i];
    // How often she could have left.
    const double chances = modified ? x + 1 : x;
    OfFrequency& it = table[i];
    it.constant =
        base + LogGamma(r + x) + LogGamma(b + chances) - LogGamma(a + b + chances);
    const double psi_sum = Digamma(a + b + chances);
    it.by_r = Digamma(r + x) - psi_r + log_alpha;
    it.by_a = psi_ab - psi_sum;
    it.by_b = psi_ab + Digamma(b + chances) - psi_b - psi_sum;
    // Without a chance the difference below is far under any double's reach.
    const bool could = chances > 0;
    it.left = could ? theta[2] - std::log(b + chances - 1) : -1e9;
    it.by_b_left = could ? -1 / (b + chances - 1) : 0;
  }

  const size_t chunks = groups.age.size() / kChunk;
  const size_t tasks = (chunks + kChunksPerTask - 1) / kChunksPerTask;
  std::vector<Part> parts(tasks);
  RunAll(
      run,
      [&](size_t task) {
        Part sum{};
        const size_t end = std::min(chunks, (task + 1) * kChunksPerTask);
        for (size_t chunk = task * kChunksPerTask; chunk < end; ++chunk) {
          const size_t first = chunk * kChunk;
          Chunk constant, left, by_r, by_a, by_b, by_b_left;
          for (size_t j = 0; j < kChunk; ++j) {
            const OfFrequency& it = table[groups.frequency_index[first + j]];
            const auto k = static_cast<Eigen::Index>(j);
            constant[k] = it.constant;
            left[k] = it.left;
            by_r[k] = it.by_r;
            by_a[k] = it.by_a;
            by_b[k] = it.by_b;
            by_b_left[k] = it.by_b_left;
          }
          using Column = Eigen::Map<const Chunk>;
          const Column weight(&groups.weight[first]);
          const Chunk shape = Column(&groups.frequency[first]) + r;
          const Chunk now = Column(&groups.age[first]) + alpha;
          const Chunk then = Column(&groups.recency[first]) + alpha;
          const Chunk log_now = now.log();
          const Chunk log_then = then.log();
          // ln of the odds of having left.
          const Chunk odds = left + shape * (log_now - log_then);
          const Chunk small = (-odds.abs()).exp();
          const Chunk likelihood = constant + r * log_alpha - shape * log_now +
                                   odds.max(0.0) + (1 + small).log();
          const Chunk gone =
              (odds > 0).select(1.0, small) / (1 + small);
          const Chunk alive = 1 - gone;
          sum[0] += (weight * likelihood).sum();
          sum[1] +=
              (weight * (by_r - alive * log_now - gone * log_then)).sum();
          sum[2] += (weight * (r / alpha -
                               shape * (alive / now + gone / then)))
                        .sum();
          sum[3] += (weight * (by_a + gone / a)).sum();
          sum[4] += (weight * (by_b + gone * by_b_left)).sum();
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
  slope[2] = total[3] * a;
  slope[3] = total[4] * b;
  return total[0];
}

}  // namespace trato::core
