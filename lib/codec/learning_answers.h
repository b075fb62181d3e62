// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a learner is and knows, as JSON.

#ifndef TRATO_CODEC_LEARNING_ANSWERS_H_
#define TRATO_CODEC_LEARNING_ANSWERS_H_

#include <cstdint>
#include <string>

#include "learning/learner.h"

namespace trato::core {

std::string LearnerJson(Learner& learner, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_LEARNING_ANSWERS_H_
