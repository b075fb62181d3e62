// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What models say, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_VALUE_ANSWERS_H_
#define TRATO_CODEC_VALUE_ANSWERS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codec/answers.h"
#include "insight/cohorts.h"
#include "insight/insights.h"
#include "insight/model_choice.h"

namespace trato::core {

// `after` is empty, or has the errors of each trial after the end.
std::string ChoiceJson(const ModelChoice& choice,
                       std::span<const ForecastErrors> after);

// How few customers most of the value comes from.
struct Pyramid {
  struct Tier {
    std::string name;
    int64_t customers = 0;
    double value = 0;
    double total = 0;
    double alive = 0;  // the sum of their probabilities
  };
  Currency currency;
  std::vector<Tier> tiers;  // of nobody there is none
};
std::string PyramidJson(const Pyramid& pyramid);

// The editions, newest first.
std::string CohortsJson(const Cohorts& cohorts);
std::string EditionJson(const Model& model, const Edition& edition);
std::string EditionsJson(const Model& model, const Insights& insights);

}  // namespace trato::core

#endif  // TRATO_CODEC_VALUE_ANSWERS_H_
