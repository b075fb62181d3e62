// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// When what is being evaluated changes by itself (change_bound.h). Everything here
// is sound: nothing changes earlier than it says. It is asked for only where
// the evaluation has a bound.

#ifndef TRATO_EXPRESSION_CHANGES_H_
#define TRATO_EXPRESSION_CHANGES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "expression/evaluator.h"

namespace trato::core {

// && and ||: what decides keeps the result as long as any such part stays;
// where nothing decides, the result stays as long as all parts do.
Datum LogicAndChanges(Evaluation& evaluation, const Node& node, bool deciding,
                      Aspect aspect);

// A comparison. That of a count or a sum over a window changes when enough of
// it has left; that of times that move, when they meet.
Datum ComparisonAndChanges(Evaluation& evaluation, const Node& node);

// Something moves with now and is at `from_us`: it changes when it is past
// `to_us`.
void BoundIn(Evaluation& evaluation, int64_t to_us, int64_t from_us);
// The parts of clocks that a call reads, and what is unforeseen.
void BoundCall(Evaluation& evaluation, const Node& node,
               std::span<const Datum> args);
// The next version of an attribute of the customer, whatever it is about.
void BoundAttribute(Evaluation& evaluation, uint32_t attribute);

// When an interaction of the set at this time leaves it; kNever: it stays.
int64_t DepartureFrom(const Evaluation& evaluation, const InteractionSet& set,
                      int64_t at_us);
// When anything may come into the set from one of the customer's records.
void BoundArrivals(Evaluation& evaluation, const InteractionSet& set,
                   RecordNumber record, uint32_t type);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_CHANGES_H_
