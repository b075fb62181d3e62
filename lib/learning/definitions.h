// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a learner is: how it chooses, among which offers, and which needs these
// serve.

#ifndef TRATO_LEARNING_DEFINITIONS_H_
#define TRATO_LEARNING_DEFINITIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace trato::core {

enum class LearnerPolicy : uint32_t {
  kAffinity,   // Thompson sampling on pooled counts
  kLogistic,   // Thompson sampling on a Bayesian logistic regression
  kSquareCb,   // inverse gaps on the means of pooled counts
  kFixed,      // the offers in the order of their definition
  kRandom,
};
inline constexpr uint32_t kLearnerPolicies = 5;
const char* NameOf(LearnerPolicy policy);

// Of an offer or a need that serves none.
inline constexpr uint32_t kNoNeed = UINT32_MAX;
// Of a customer of whom no segment is known.
inline constexpr uint32_t kNoSegment = 0xffff;
inline constexpr size_t kMaxOffers = 65535;
inline constexpr size_t kMaxNeeds = 65535;
inline constexpr size_t kMaxNeedDepth = 8;
inline constexpr size_t kMaxLearnerName = 128;
inline constexpr size_t kMaxContext = 256;
// The share of decisions that is drawn evenly is at least this, unless the
// definition goes without explicitly.
inline constexpr double kLeastFloor = 0.01;
inline constexpr int64_t kLeastHalfLifeUs = int64_t{7} * 86400 * 1000000;

struct LearnerNeed {
  std::string name;
  uint32_t parent = kNoNeed;  // before it in the list
};

struct LearnerOffer {
  std::string name;
  uint32_t need = kNoNeed;
};

struct LearnerDefinition {
  LearnerPolicy policy = LearnerPolicy::kAffinity;
  std::vector<LearnerNeed> needs;
  std::vector<LearnerOffer> offers;
  double floor = kLeastFloor;
  bool without_floor = false;
  double prior_rate = 0.05;   // of offers of which nothing is known
  double customer_weight = 0;  // answers that what is known of a segment counts
                               // for; 0: as the answers say (empirical Bayes)
  // Times the standard deviation of what is not known. Less than 1, because
  // what others answer tells of a customer, too.
  double exploration = 0.15;
  double gamma = 1000;     // of kSquareCb
  int64_t half_life_us = 0;  // after which an answer counts half; 0: never
  uint64_t seed = 0;
  uint32_t context = 0;  // numbers that describe each decision, for kLogistic
};

absl::Status CheckLearner(const LearnerDefinition& definition);
// Of an offer that is added to it. Of those before it, names are told apart by
// the caller.
absl::Status CheckOffer(const LearnerDefinition& definition,
                        const LearnerOffer& offer, size_t number);

}  // namespace trato::core

#endif  // TRATO_LEARNING_DEFINITIONS_H_
