// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What models say, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_VALUE_ANSWERS_H_
#define TRATO_CODEC_VALUE_ANSWERS_H_

#include <span>
#include <string>

#include "insight/model_choice.h"

namespace trato::core {

// `after` is empty, or has the errors of each trial after the end.
std::string ChoiceJson(const ModelChoice& choice,
                       std::span<const ForecastErrors> after);

}  // namespace trato::core

#endif  // TRATO_CODEC_VALUE_ANSWERS_H_
