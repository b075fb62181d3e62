// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Scores by rules, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_SCORE_ANSWERS_H_
#define TRATO_CODEC_SCORE_ANSWERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "codec/answers.h"
#include "insight/insights.h"

namespace trato::core {

// Those in force at now_us, by name.
std::string ScoresJson(const Model& model, const Insights& insights,
                       int64_t now_us);

// One customer's.
struct ScoreGift {
  const ScoreRule* rule = nullptr;
  bool of_interaction = false;  // otherwise there is none of the next four
  FactId interaction;
  uint32_t type = 0;
  int64_t at_us = 0;
  int64_t lapses_us = 0;  // kNever
  int64_t left_milli = 0;
};
struct ScoreAnswer {
  std::string_view customer;
  int64_t value_milli = 0;
  int64_t sum_milli = 0;  // of the gifts
  std::vector<ScoreGift> gifts;
};
std::string ScoreJson(const Model& model,
                      const Insights::ScoreVersion& version,
                      const ScoreAnswer& answer);

}  // namespace trato::core

#endif  // TRATO_CODEC_SCORE_ANSWERS_H_
