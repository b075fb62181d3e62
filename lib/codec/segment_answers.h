// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What can be told about segments, as JSON.

#ifndef TRATO_CODEC_SEGMENT_ANSWERS_H_
#define TRATO_CODEC_SEGMENT_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "codec/answers.h"
#include "expression/explanation.h"
#include "expression/plan.h"
#include "expression/program.h"

namespace trato::core {

// Why the customer is in the segment or not, and when that changes by itself.
std::string SegmentExplanationJson(const Model& model,
                                   const SegmentStore::Segment& segment,
                                   RecordNumber customer,
                                   const Explanation& explanation,
                                   std::optional<int64_t> changes_at_us,
                                   int64_t now_us);

// How an expression is evaluated, and what it reads.
std::string PlanJson(const Program& program, const Course& course);

}  // namespace trato::core

#endif  // TRATO_CODEC_SEGMENT_ANSWERS_H_
