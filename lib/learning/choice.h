// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// From what is believed of some offers to how likely each is chosen. A choice is
// drawn from these very numbers, so they are its propensities exactly.

#ifndef TRATO_LEARNING_CHOICE_H_
#define TRATO_LEARNING_CHOICE_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace trato::core {

// What is believed of one offer: the response rate's mean, and the variance of
// that belief divided by the mean squared. Its value is what a yes is worth.
struct Belief {
  double mean = 0;
  double relative_variance = 0;
  double value = 1;
};

class ChoiceMaker {
 public:
  // Thompson sampling: how likely a draw of value x rate from each belief is the
  // largest, where the belief in the rate is taken as log-normal with the same
  // mean and variance (`exploration` times the standard deviation). What is
  // worth nothing is never the largest, unless all are. Sums to 1.
  // Cost: O(64 K).
  void Thompson(std::span<const Belief> beliefs, double exploration,
                std::span<double> out);

  // p = 1 / (K + gamma x (best - y)) for all but the best, y being value x mean
  // as a share of the largest value; the best has the rest.
  static void SquareCb(std::span<const Belief> beliefs, double gamma,
                       std::span<double> out);

  // (1 - floor) p + floor / K
  static void Mix(double floor, std::span<double> probabilities);

  // The place at which a draw in [0, 1) falls.
  static size_t Drawn(double draw, std::span<const double> probabilities);

 private:
  // Steps are taken so many at once.
  static constexpr int kLanes = 8;
  using Lanes = std::array<double, kLanes>;

  void Place(std::span<const Belief> beliefs, double exploration);
  // Leaves out who almost surely lies below what the largest is.
  void Prune(double low);
  // `steps` is a multiple of kLanes.
  void Sweep(double low, double high, int steps);

  std::vector<double> centre_;  // of log(value x rate)
  std::vector<double> slope_;   // one by its standard deviation
  std::vector<uint32_t> who_;   // who takes part
  // By participant:
  std::vector<double> below_;   // the chance to lie below where the steps begin
  std::vector<Lanes> within_;   // and in each of them
  std::vector<Lanes> mean_;     // to lie below their middle
  std::vector<Lanes> before_;   // the products of the means of those before
  std::vector<double> chance_;
};

}  // namespace trato::core

#endif  // TRATO_LEARNING_CHOICE_H_
