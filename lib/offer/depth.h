// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How deep the learning relationship with one customer is: what she has taught
// the learners, where they have used it, and how much better they choose for her
// than for a stranger of her kind. Of the offers that she may have and that make
// sense (whether she may be contacted now does not matter), with v what a yes is
// worth, m how likely she takes it and p how likely it is chosen:
//
//   bits       the entropy of p, by base 2: how uncertain the choice is
//   expected   the sum of p v m
//
// both with what her answers say, and as if she were somebody else of her kind.

#ifndef TRATO_OFFER_DEPTH_H_
#define TRATO_OFFER_DEPTH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "offer/matcher.h"

namespace trato::core {

struct DepthOffer {
  const Catalogue::Offer* offer = nullptr;
  double value_minor = 0;  // v
  double mean = 0;         // m, with her answers
  double stranger = 0;     // m of a stranger
  double chance = 0;       // p, with her answers
  double stranger_chance = 0;
  Rate own;
};

struct LearnerDepth {
  const LearningDefinition* learner = nullptr;
  int64_t answers = 0;  // of hers that count at now
  int64_t acceptances = 0;
  int64_t used = 0;  // decisions that were made knowing an answer of hers
  int64_t decisions = 0;  // that it made for her
  double bits = 0;
  double stranger_bits = 0;
  double expected_minor = 0;
  double stranger_minor = 0;  // if it chose as for a stranger
  std::vector<DepthOffer> offers;  // the likeliest to be chosen first

  double gain_minor() const { return expected_minor - stranger_minor; }
};

// By learner, those that serve an offer that she may have, or have an answer of
// hers. Cost: a match.
std::vector<LearnerDepth> DepthOf(const MatchContext& context,
                                  Matcher& matcher, RecordNumber customer,
                                  int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_OFFER_DEPTH_H_
