// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How an expression is evaluated: what it asks of a customer's history, and
// how much of the history each question reads.

#ifndef TRATO_EXPRESSION_PLAN_H_
#define TRATO_EXPRESSION_PLAN_H_

#include <string>
#include <string_view>
#include <vector>

#include "expression/program.h"

namespace trato::core {

// How much a question reads, the least first.
enum class Reading : uint8_t {
  kTimes,         // where the window begins and ends
  kInteractions,  // each interaction in the window
  kLines,         // their order lines too
};

struct Question {
  std::string text;  // as it is written
  Reading reading = Reading::kTimes;
  bool is_shared = false;  // worked out once for several places
};

// How a condition on everybody is evaluated: over columns, but for these parts,
// as they are written, which are asked of one customer after the other.
struct Course {
  std::vector<std::string> one_by_one;
  bool is_all_one_by_one = false;
  // Whether customers of several linked records are all asked so.
  bool is_linked_one_by_one = false;
};

// In the order in which they are written; what is asked inside a condition is
// part of the question that has the condition.
std::vector<Question> QuestionsOf(const Program& program);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_PLAN_H_
