// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/regression.h"

#include <cmath>

#include "learning/definitions.h"

namespace trato::core {
namespace {

// The prior belief about each weight is normal around 0 with this precision: a
// standard deviation of 1 in log odds.
constexpr double kPriorPrecision = 1;

enum Kind : uint64_t { kOffer, kSegment, kCustomer, kContext };

// splitmix64's finaliser, twice: kind and offer, then what they go with.
uint64_t Mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}
size_t SlotOf(Kind kind, uint32_t offer, uint64_t with) {
  return static_cast<size_t>(
      Mixed(Mixed((uint64_t{kind} << 32) | offer) ^ with) %
      Regression::kWeights);
}

double Logistic(double score) { return 1 / (1 + std::exp(-score)); }

}  // namespace

Regression::Regression(double prior_rate)
    : base_(std::log(prior_rate / (1 - prior_rate))), weights_(kWeights) {}

template <typename Visit>
void Regression::ForEachFeature(const About& about, uint32_t offer,
                                Visit visit) const {
  visit(SlotOf(kOffer, offer, 0), 1.0);
  if (about.segment != kNoSegment) {
    visit(SlotOf(kSegment, offer, about.segment), 1.0);
  }
  if (about.customer != 0) visit(SlotOf(kCustomer, offer, about.customer), 1.0);
  for (size_t i = 0; i < about.context.size(); ++i) {
    if (about.context[i] != 0) {
      visit(SlotOf(kContext, offer, i), about.context[i]);
    }
  }
}

Belief Regression::Of(const About& about, uint32_t offer) const {
  double score = base_;
  double variance = 0;
  ForEachFeature(about, offer, [&](size_t slot, double x) {
    const Weight& weight = weights_[slot];
    score += x * static_cast<double>(weight.mean);
    variance +=
        x * x / (kPriorPrecision + static_cast<double>(weight.precision));
  });
  const double mean = Logistic(score);
  // By the delta method: the rate moves by mean (1 - mean) per unit of score.
  return {mean, variance * (1 - mean) * (1 - mean), 1};
}

void Regression::Learn(const About& about, uint32_t offer, bool accepted) {
  double score = base_;
  double variance = 0;
  ForEachFeature(about, offer, [&](size_t slot, double x) {
    const Weight& weight = weights_[slot];
    score += x * static_cast<double>(weight.mean);
    variance +=
        x * x / (kPriorPrecision + static_cast<double>(weight.precision));
  });
  const double mean = Logistic(score);
  const double curve = mean * (1 - mean);
  // One step of Newton's for the score, shared out by how uncertain each weight
  // is.
  const double step =
      ((accepted ? 1.0 : 0.0) - mean) / (1 + curve * variance);
  ForEachFeature(about, offer, [&](size_t slot, double x) {
    Weight& weight = weights_[slot];
    const double precision =
        kPriorPrecision + static_cast<double>(weight.precision);
    weight.mean += static_cast<float>(step * x / precision);
    weight.precision += static_cast<float>(curve * x * x);
  });
}

}  // namespace trato::core
