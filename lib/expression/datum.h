// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What an expression is worth at run time. Text is borrowed: from the program's
// literals, the store, or the evaluation's own arena.

#ifndef TRATO_EXPRESSION_DATUM_H_
#define TRATO_EXPRESSION_DATUM_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/money.h"
#include "schema/value.h"
#include "timeline/timeline.h"

namespace trato::core {

struct Node;
struct Evaluation;

// Why there is no value. An ordinary outcome, so it costs no allocation;
// Program::Explain turns it into words.
struct Failure {
  enum class Reason : uint8_t {
    kAbsent,    // the customer has no such attribute, the interaction no field
    kOverflow,  // an integer or an amount does not fit
    kDivision,  // by zero
    kCurrencies,  // two currencies in one sum or comparison
    kDepth,       // segments that use each other too deep or too often
    kText,        // more text than one test may make
  };
  Reason reason = Reason::kAbsent;
  const Node* node = nullptr;  // where
  Currency one, other;         // of kCurrencies
};

// A condition that the members of a set fulfil: `body` over the variable.
struct Filter {
  const Node* body;
  uint8_t slot;
  const Filter* rest;
};

// The customer's interactions of some types with from_us < time <= until_us.
struct InteractionSet {
  std::span<const uint32_t> types;
  int64_t from_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = 0;
  const Filter* filter = nullptr;
};

// The order lines of one interaction, or of a set.
struct LineSet {
  bool is_of_one = false;  // of `of`, otherwise of `interactions`
  InteractionRef of;
  InteractionSet interactions;
  const Filter* filter = nullptr;
};

struct LineRef {
  Line line;
  Currency currency;  // of its amount
};

using Datum = std::variant<Failure, bool, int64_t, double, std::string_view,
                           Money, Timestamp, InteractionSet, InteractionRef,
                           LineSet, LineRef>;

// The code of a call: from its arguments, receiver first, to its value. No
// argument is a Failure.
using Evaluator = std::function<Datum(Evaluation&, std::span<const Datum>)>;

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_DATUM_H_
