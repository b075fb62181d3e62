// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What can be asked of a customer's interactions and of their lines.

#ifndef TRATO_EXPRESSION_SETS_H_
#define TRATO_EXPRESSION_SETS_H_

#include <functional>
#include <optional>
#include <vector>

#include "expression/evaluator.h"

namespace trato::core {

// What the node asks of `set`, an InteractionSet or a LineSet: its args[1] over
// the variable in its slot.
Datum AskOfSet(Evaluation& evaluation, const Node& node, const Datum& set);

// Calls `visit` for each interaction of the set that one of the customer's
// records has, until it gives false. A Failure when a condition of the set
// fails for any, otherwise true.
Datum ForEachInteractionOf(
    Evaluation& evaluation, const InteractionSet& set, RecordNumber record,
    const std::function<bool(const InteractionRef&)>& visit);

// An interaction of a window and what it adds: 1 to a count, to a sum of whole
// numbers, amounts or durations its value.
struct WindowValue {
  int64_t at_us = 0;
  int64_t value = 0;
  Currency currency;
};
// Those of the set, for the count or sum that the node asks for. False: what is
// summed fails for one of them, or is too large.
bool CollectValues(Evaluation& evaluation, const Node& node,
                   const InteractionSet& set, std::vector<WindowValue>& out);

// Of each different value of distinct(...) when it happened last. False: one of
// them fails, or they are too many.
bool CollectDistinct(Evaluation& evaluation, const Node& node,
                     const InteractionSet& set, std::vector<WindowValue>& out);

// The first of the set in order of (event time, source, fact id), or the last.
// It stays valid as long as the evaluation. kAbsent where there is none.
Datum FirstOrLast(Evaluation& evaluation, const Node* node,
                  const InteractionSet& set, bool last);

// The interactions of `next` that complete a sequence: of `before` one is
// earlier, the last such within `span` where there is one.
Datum Then(Evaluation& evaluation, const InteractionSet& before,
           const InteractionSet& next, const Span* span, absl::TimeZone zone);
// Of those, the ones with none of `between` strictly between the last two
// steps. `sequence` came from Then.
Datum Without(Evaluation& evaluation, const InteractionSet& sequence,
              const InteractionSet& between);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_SETS_H_
