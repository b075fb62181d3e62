// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store's learners are and know, and how deep the relationships are that
// they have learned, as JSON.

#ifndef TRATO_CODEC_SERVING_ANSWERS_H_
#define TRATO_CODEC_SERVING_ANSWERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "codec/answers.h"
#include "learning/learner.h"
#include "offer/depth.h"

namespace trato::core {

// A learner, and what it knows of its offers.
struct LearningAnswer {
  const LearningDefinition* definition = nullptr;
  bool serves = false;  // otherwise it is retired, and knows nothing
  uint64_t answers = 0;
  uint64_t records = 0;  // who answered
  uint64_t pairs = 0;
  uint64_t pair_bytes = 0;
  double customer_weight = 0;
  struct Offer {
    const Catalogue::Offer* offer = nullptr;
    Learner::OfferState state;
  };
  std::vector<Offer> offers;
};
std::string LearningListJson(const std::vector<LearningAnswer>& learners);
std::string LearningJson(const Model& model, const LearningAnswer& learner,
                         int64_t now_us);

struct DepthAnswer {
  RecordNumber customer = 0;
  int64_t attributes = 0;
  int64_t interactions = 0;
  std::vector<LearnerDepth> learners;
};
std::string DepthJson(const Model& model, const DepthAnswer& depth,
                      int64_t now_us);

// Customers by how much they have taught.
struct DepthLevel {
  int64_t from = 0;   // answers
  int64_t until = 0;  // inclusive; -1: any more
  int64_t customers = 0;
  int64_t answers = 0;
  int64_t acceptances = 0;
  int64_t decisions = 0;
  int64_t used = 0;
  double bits = 0;
  double stranger_bits = 0;
  double expected_minor = 0;
  double stranger_minor = 0;
};
std::string BaseDepthJson(const Model& model,
                          const std::vector<DepthLevel>& levels,
                          int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_SERVING_ANSWERS_H_
