// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/bg_bb.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace trato::core {
namespace {

// ln Gamma(z + j) and psi(z + j), j = 0 .. n.
struct Ladder {
  Ladder(double z, size_t n) : log_gamma(n + 1), psi(n + 1) {
    for (size_t j = 0; j <= n; ++j) {
      log_gamma[j] = LogGamma(z + static_cast<double>(j));
      psi[j] = Digamma(z + static_cast<double>(j));
    }
  }
  std::vector<double> log_gamma;
  std::vector<double> psi;
};

double LogBeta(double a, double b) {
  return LogGamma(a) + LogGamma(b) - LogGamma(a + b);
}

}  // namespace

BgBbTerms BgBbLikelihoodOf(double alpha, double beta, double gamma,
                           double delta, double frequency, double recency,
                           double age) {
  const double base = -LogBeta(alpha, beta) - LogBeta(gamma, delta);
  BgBbTerms terms;
  terms.alive = base + LogBeta(alpha + frequency, beta + age - frequency) +
                LogBeta(gamma, delta + age);
  terms.all = terms.alive;
  for (double i = 0; i < age - recency; ++i) {
    terms.all = LogSumExp(
        terms.all,
        base + LogBeta(alpha + frequency, beta + recency - frequency + i) +
            LogBeta(gamma + 1, delta + recency + i));
  }
  return terms;
}

double BgBbLikelihood(const GroupedPurchases& groups, const RunTasks& run,
                      const Eigen::VectorXd& theta, Eigen::VectorXd& slope) {
  using Part = std::array<double, 5>;
  const double alpha = std::exp(theta[0]);
  const double beta = std::exp(theta[1]);
  const double gamma = std::exp(theta[2]);
  const double delta = std::exp(theta[3]);
  const auto longest = static_cast<size_t>(
      *std::max_element(groups.age.begin(), groups.age.end()));
  const Ladder in_alpha(alpha, longest);
  const Ladder in_beta(beta, longest);
  const Ladder in_ab(alpha + beta, longest);
  const Ladder in_gamma(gamma, 1);
  const Ladder in_delta(delta, longest);
  const Ladder in_gd(gamma + delta, longest + 1);
  const double base = -in_alpha.log_gamma[0] - in_beta.log_gamma[0] +
                      in_ab.log_gamma[0] - in_gamma.log_gamma[0] -
                      in_delta.log_gamma[0] + in_gd.log_gamma[0];

  const size_t tasks = groups.age.size() / kChunk;
  std::vector<Part> parts(tasks);
  RunAll(
      run,
      [&](size_t task) {
        Part sum{};
        for (size_t g = task * kChunk; g < (task + 1) * kChunk; ++g) {
          if (groups.weight[g] == 0) continue;
          const auto x = static_cast<size_t>(groups.frequency[g]);
          const auto last = static_cast<size_t>(groups.recency[g]);
          const auto n = static_cast<size_t>(groups.age[g]);
          double all = 0;
          double by_beta = 0;
          double by_ab = 0;  // of ln Gamma(alpha + beta + .)
          double by_gamma = 0;
          double by_delta = 0;
          double by_gd = 0;
          // Terms come as occasions before she left (n: she did not), each
          // with its share of what there was before.
          const auto add = [&](size_t until, size_t left) {
            const double term = base + in_alpha.log_gamma[x] +
                                in_beta.log_gamma[until - x] -
                                in_ab.log_gamma[until] +
                                in_gamma.log_gamma[left] +
                                in_delta.log_gamma[until] -
                                in_gd.log_gamma[until + left];
            const bool first = left == 0;
            const double total = first ? term : LogSumExp(all, term);
            const double share = first ? 1 : std::exp(term - total);
            const auto blend = [share](double& old, double now) {
              old += share * (now - old);
            };
            blend(by_beta, in_beta.psi[until - x]);
            blend(by_ab, in_ab.psi[until]);
            blend(by_gamma, in_gamma.psi[left]);
            blend(by_delta, in_delta.psi[until]);
            blend(by_gd, in_gd.psi[until + left]);
            all = total;
          };
          add(n, 0);
          for (size_t until = last; until < n; ++until) add(until, 1);
          const double weight = groups.weight[g];
          sum[0] += weight * all;
          sum[1] += weight * (in_alpha.psi[x] - by_ab - in_alpha.psi[0] +
                              in_ab.psi[0]);
          sum[2] +=
              weight * (by_beta - by_ab - in_beta.psi[0] + in_ab.psi[0]);
          sum[3] +=
              weight * (by_gamma - by_gd - in_gamma.psi[0] + in_gd.psi[0]);
          sum[4] +=
              weight * (by_delta - by_gd - in_delta.psi[0] + in_gd.psi[0]);
        }
        parts[task] = sum;
      },
      tasks);
  Part total{};
  for (const Part& part : parts) {
    for (size_t i = 0; i < total.size(); ++i) total[i] += part[i];
  }
  slope[0] = total[1] * alpha;
  slope[1] = total[2] * beta;
  slope[2] = total[3] * gamma;
  slope[3] = total[4] * delta;
  return total[0];
}

}  // namespace trato::core
