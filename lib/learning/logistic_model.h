// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A logistic regression of who accepts which offer, found of all answers at once,
// so that it depends on no order:
//
//   log odds = log odds of the prior rate + sum over 1 and what she is of
//              (weight for any offer + weight for this offer)
//
// with a normal prior around 0 for each weight. The weights are the most probable
// ones; how sure each is follows from the curvature there, each on its own
// (Laplace's approximation; Chapelle and Li 2011, algorithm 3). A new offer has
// the weights for any offer, and its own are as uncertain as the prior.

#ifndef TRATO_LEARNING_LOGISTIC_MODEL_H_
#define TRATO_LEARNING_LOGISTIC_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "learning/choice.h"

namespace trato::core {

// Of what a customer may be, at most so many: a set is 64 bits.
inline constexpr size_t kMaxFeatures = 64;

struct LogisticWeight {
  double mean = 0;
  double precision = 1;  // the prior's is 1: a standard deviation of 1 in log odds

  bool operator==(const LogisticWeight&) const = default;
};

// Those of 1 and of each feature.
struct LogisticWeights {
  std::string offer;  // empty: for any
  std::vector<LogisticWeight> weights;

  bool operator==(const LogisticWeights&) const = default;
};

// What a refit found.
struct LogisticModel {
  std::vector<LogisticWeights> offers;  // the first is for any
  int64_t answers = 0;
  int64_t until_us = 0;  // those that counted up to then

  bool operator==(const LogisticModel&) const = default;
};

// What customers of the same features answered to an offer.
struct LogisticRow {
  uint32_t offer = 0;
  uint64_t features = 0;
  double shown = 0;
  double accepted = 0;
};

// By offer from 0 on, after the weights for any: 1 + `offers` lists. The rows
// come in an order of their own.
// Cost: some 10 passes over the rows, and O(features^3) for each offer in each.
std::vector<std::vector<LogisticWeight>> FitLogistic(
    std::span<const LogisticRow> rows, size_t offers, size_t features,
    double prior_rate);

// What is believed of a customer of these features; `own` is empty for an offer
// of which nothing is known.
Belief LogisticBelief(double prior_rate, std::span<const LogisticWeight> any,
                      std::span<const LogisticWeight> own, uint64_t features);

}  // namespace trato::core

#endif  // TRATO_LEARNING_LOGISTIC_MODEL_H_
