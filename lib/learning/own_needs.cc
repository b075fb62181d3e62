// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/own_needs.h"

#include <algorithm>

namespace trato::core {
namespace {

// Expected acceptances that the prior counts for.
constexpr double kPrior = 1;

}  // namespace

void OwnNeeds::Begin(const LearnerDefinition& definition) {
  for (uint32_t offer : answered_) {
    offers_[offer] = {};
    for (uint32_t need = definition.offers[offer].need; need != kNoNeed;
         need = definition.needs[need].parent) {
      needs_[need] = {};
    }
  }
  answered_.clear();
  offers_.resize(definition.offers.size());
  needs_.resize(definition.needs.size());
}

void OwnNeeds::Add(const LearnerDefinition& definition, uint32_t offer,
                   double expected, double accepted) {
  uint32_t need = definition.offers[offer].need;
  if (need == kNoNeed) return;
  if (answered_.empty() || answered_.back() != offer) answered_.push_back(offer);
  offers_[offer].expected += expected;
  offers_[offer].accepted += accepted;
  for (; need != kNoNeed; need = definition.needs[need].parent) {
    needs_[need].expected += expected;
    needs_[need].accepted += accepted;
  }
}

double OwnNeeds::LiftOf(const LearnerDefinition& definition,
                        uint32_t offer) const {
  if (answered_.empty()) return 1;
  return LiftOf(definition, definition.offers[offer].need, offers_[offer]);
}

double OwnNeeds::LiftOf(const LearnerDefinition& definition, uint32_t need,
                        const Sum& own) const {
  if (need == kNoNeed) return 1;
  const double above = LiftOf(definition, definition.needs[need].parent, own);
  // What is left of a difference of equal sums is no answer.
  const double expected =
      std::max(0.0, needs_[need].expected - own.expected);
  const double accepted =
      std::max(0.0, needs_[need].accepted - own.accepted);
  return above * (accepted + kPrior) / (above * expected + kPrior);
}

}  // namespace trato::core
