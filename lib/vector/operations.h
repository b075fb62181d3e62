// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The operators of the language over columns. Comparisons and sums of numbers,
// times and amounts are loops over arrays; what is asked of a text is asked of
// each different text once; everything else goes through the one-customer
// evaluator's own code, an element at a time.

#ifndef TRATO_VECTOR_OPERATIONS_H_
#define TRATO_VECTOR_OPERATIONS_H_

#include <span>

#include "vector/column.h"
#include "vector/part.h"

namespace trato::core {

// What a thread needs for it, and keeps from one range to the next.
struct Scratch {
  Scratch(const World* world, int64_t now_us, size_t parts)
      : evaluation{world, 0, now_us, &nesting}, by_text(parts) {}

  Nesting nesting;
  Evaluation evaluation;
  // By part: what it is worth by text code; kNotAsked: not known yet.
  std::vector<std::vector<uint8_t>> by_text;
};

// Both conditions; `into` gets the result.
void AndInto(std::vector<uint8_t>& into, const std::vector<uint8_t>& other);
void OrInto(std::vector<uint8_t>& into, const std::vector<uint8_t>& other);
void NegateAll(std::vector<uint8_t>& conditions);
// What is absent does not hold, as through in_segment.
void AbsentToFalse(std::vector<uint8_t>& conditions);

// The value of one or the other, by the condition.
Column Choose(const Column& condition, const Column& one, const Column& other,
              size_t count);

// A part of the kind kOperator. `budget` is how many steps an element may take.
Column Operate(Scratch& scratch, const Part& part,
               std::span<const Column* const> args, size_t count,
               int64_t budget);

}  // namespace trato::core

#endif  // TRATO_VECTOR_OPERATIONS_H_
