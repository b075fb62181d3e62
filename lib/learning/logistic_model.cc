// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/logistic_model.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace trato::core {
namespace {

constexpr int kMaxSteps = 100;
constexpr int kMaxHalvings = 40;
constexpr double kSmallestStep = 1e-12;
constexpr double kNear = 1e-4;  // from here each step squares the distance

double Logistic(double score) { return 1 / (1 + std::exp(-score)); }
double LogOdds(double rate) { return std::log(rate / (1 - rate)); }

// log(1 + exp(x))
double Softplus(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

// Calls visit(place) for 1 and each feature of the set.
template <typename Visit>
void ForEachPlace(uint64_t features, Visit visit) {
  visit(0);
  for (int place = 1; features != 0; ++place, features >>= 1) {
    if ((features & 1) != 0) visit(place);
  }
}

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

class Fit {
 public:
  Fit(std::span<const LogisticRow> rows, size_t offers, size_t features,
      double prior_rate)
      : rows_(rows),
        size_(static_cast<Eigen::Index>(features + 1)),
        base_(LogOdds(prior_rate)),
        weights_(offers + 1, Vector::Zero(size_)) {}

  void Run() {
    double now = Loss(weights_);
    for (int step = 0; step < kMaxSteps; ++step) {
      const std::vector<Vector> change = Newton();
      double largest = 0;
      for (const Vector& it : change) {
        largest = std::max(largest, it.cwiseAbs().maxCoeff());
      }
      // A whole step may go too far; half of it and half again does not.
      double share = 1;
      std::vector<Vector> next = weights_;
      double then = now;
      for (int halving = 0; halving < kMaxHalvings; ++halving, share /= 2) {
        for (size_t i = 0; i < next.size(); ++i) {
          next[i] = weights_[i] + share * change[i];
        }
        then = Loss(next);
        // Near the end the loss says no more than its rounding.
        if (then <= now || largest < kNear) break;
      }
      if (!(then <= now || largest < kNear)) return;
      weights_.swap(next);
      now = then;
      if (largest * share < kSmallestStep) return;
    }
  }

  std::vector<std::vector<LogisticWeight>> Weights() const {
    std::vector<std::vector<LogisticWeight>> out(
        weights_.size(),
        std::vector<LogisticWeight>(static_cast<size_t>(size_)));
    for (size_t i = 0; i < out.size(); ++i) {
      for (size_t j = 0; j < out[i].size(); ++j) {
        out[i][j].mean = weights_[i][static_cast<Eigen::Index>(j)];
      }
    }
    for (const LogisticRow& row : rows_) {
      const double p = Logistic(Score(weights_, row));
      const double curve = row.shown * p * (1 - p);
      ForEachPlace(row.features, [&](int place) {
        const auto j = static_cast<size_t>(place);
        out[0][j].precision += curve;
        out[row.offer + 1][j].precision += curve;
      });
    }
    return out;
  }

 private:
  double Score(const std::vector<Vector>& weights,
               const LogisticRow& row) const {
    const Vector& any = weights[0];
    const Vector& own = weights[row.offer + 1];
    double score = base_;
    ForEachPlace(row.features,
                 [&](int place) { score += any[place] + own[place]; });
    return score;
  }

  // What is to be small: minus the log of the posterior.
  double Loss(const std::vector<Vector>& weights) const {
    double loss = 0;
    for (const Vector& it : weights) loss += it.squaredNorm() / 2;
    for (const LogisticRow& row : rows_) {
      const double score = Score(weights, row);
      loss += row.accepted * Softplus(-score) +
              (row.shown - row.accepted) * Softplus(score);
    }
    return loss;
  }

  // One step for all weights. Those of an offer meet only those for any, so with
  // D and g of each offer's answers, and its own change
  //   c = (D + I)^-1 (g - w - D a)
  // what is left are as many equations for a as there are features.
  std::vector<Vector> Newton() const {
    const size_t offers = weights_.size() - 1;
    const Matrix one = Matrix::Identity(size_, size_);
    std::vector<Matrix> curve(offers, Matrix::Zero(size_, size_));
    std::vector<Vector> slope(offers, Vector::Zero(size_));
    for (const LogisticRow& row : rows_) {
      const double p = Logistic(Score(weights_, row));
      const double pull = row.accepted - row.shown * p;
      const double bend = row.shown * p * (1 - p);
      ForEachPlace(row.features, [&](int a) {
        slope[row.offer][a] += pull;
        ForEachPlace(row.features,
                     [&](int b) { curve[row.offer](a, b) += bend; });
      });
    }
    Matrix left = one;
    Vector right = -weights_[0];
    std::vector<Eigen::LLT<Matrix>> own;
    own.reserve(offers);
    for (size_t i = 0; i < offers; ++i) {
      own.emplace_back(curve[i] + one);
      // D - D (D + I)^-1 D = D (D + I)^-1
      left += curve[i] * own[i].solve(one);
      right += slope[i] - curve[i] * own[i].solve(slope[i] - weights_[i + 1]);
    }
    std::vector<Vector> change(offers + 1);
    change[0] = Eigen::LLT<Matrix>((left + left.transpose()) / 2).solve(right);
    for (size_t i = 0; i < offers; ++i) {
      change[i + 1] =
          own[i].solve(slope[i] - weights_[i + 1] - curve[i] * change[0]);
    }
    return change;
  }

  std::span<const LogisticRow> rows_;
  Eigen::Index size_;
  double base_;
  std::vector<Vector> weights_;
};

}  // namespace

std::vector<std::vector<LogisticWeight>> FitLogistic(
    std::span<const LogisticRow> rows, size_t offers, size_t features,
    double prior_rate) {
  Fit fit(rows, offers, features, prior_rate);
  fit.Run();
  return fit.Weights();
}

Belief LogisticBelief(double prior_rate, std::span<const LogisticWeight> any,
                      std::span<const LogisticWeight> own, uint64_t features) {
  double score = LogOdds(prior_rate);
  double variance = 0;
  static constexpr LogisticWeight kUnknown;
  ForEachPlace(features, [&](int place) {
    const auto i = static_cast<size_t>(place);
    for (const auto& weights : {any, own}) {
      const LogisticWeight& it = i < weights.size() ? weights[i] : kUnknown;
      score += it.mean;
      variance += 1 / it.precision;
    }
  });
  // By the delta method: the rate moves by mean (1 - mean) per unit of score.
  const double mean = Logistic(score);
  return {mean, variance * (1 - mean) * (1 - mean), 1};
}

}  // namespace trato::core
