// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What models say, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_VALUE_ANSWERS_H_
#define TRATO_CODEC_VALUE_ANSWERS_H_

#include <span>
#include <string>

#include "codec/answers.h"
#include "insight/cohorts.h"
#include "insight/insights.h"
#include "insight/model_choice.h"

namespace trato::core {

// `after` is empty, or has the errors of each trial after the end.
std::string ChoiceJson(const ModelChoice& choice,
                       std::span<const ForecastErrors> after);

// The editions, newest first.
std::string CohortsJson(const Cohorts& cohorts);
std::string EditionJson(const Model& model, const Edition& edition);
std::string EditionsJson(const Model& model, const Insights& insights);

}  // namespace trato::core

#endif  // TRATO_CODEC_VALUE_ANSWERS_H_
