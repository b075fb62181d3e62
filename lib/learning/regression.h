// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Bayesian logistic regression with a normal belief about each weight, on its
// own (Chapelle and Li 2011): of an offer, of it in a segment, with a customer,
// and with each number of the context. Weights lie in a table by hash.
//
// Each answer moves the weights by one step of Newton's and makes them more
// certain, so the order of answers shows in the last digits, and nothing can be
// taken back: for that there are counts (learner.h).

#ifndef TRATO_LEARNING_REGRESSION_H_
#define TRATO_LEARNING_REGRESSION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "learning/choice.h"

namespace trato::core {

class Regression {
 public:
  struct Weight {
    float mean = 0;
    float precision = 0;  // over that of the prior
  };
  static constexpr size_t kWeights = size_t{1} << 20;

  // Of an offer with nothing known, the rate.
  explicit Regression(double prior_rate);

  // One decision; `context` is borrowed.
  struct About {
    uint64_t customer = 0;
    uint32_t segment = 0;
    std::span<const double> context;
  };
  Belief Of(const About& about, uint32_t offer) const;
  void Learn(const About& about, uint32_t offer, bool accepted);

  const std::vector<Weight>& weights() const { return weights_; }
  std::vector<Weight>& weights() { return weights_; }

 private:
  template <typename Visit>
  void ForEachFeature(const About& about, uint32_t offer, Visit visit) const;

  double base_;  // log odds
  std::vector<Weight> weights_;
};

}  // namespace trato::core

#endif  // TRATO_LEARNING_REGRESSION_H_
