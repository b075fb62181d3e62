// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Until when an evaluation's result stays as it is, if no fact comes. Parts
// that depend on `now` say when they change at the earliest; && and || know
// better than the earliest of all: what decides alone keeps the result.

#ifndef TRATO_EXPRESSION_CHANGE_BOUND_H_
#define TRATO_EXPRESSION_CHANGE_BOUND_H_

#include <algorithm>
#include <cstdint>

#include "base/calendar.h"
#include "expression/datum.h"

namespace trato::core {

// What is asked of a part: its value; only whether it is true; or only whether
// it is false. What fails is neither.
enum class Aspect : uint8_t { kValue, kHolds, kFails };

struct ChangeBound {
  // The result is the same at all instants before this one.
  int64_t until_us = kNever;

  // For what is evaluated next.
  Aspect aspect = Aspect::kValue;
  // The call that a function serves, and what is asked of it.
  const Node* call = nullptr;
  Aspect aspect_of_call = Aspect::kValue;
  // Interactions may leave a window unnoticed: who asks knows which matter.
  bool ignores_departures = false;
  // A call that stands alone on one side of a comparison, which does not have to
  // be shared: a function whose value moves all the time may tell when what it
  // is compared with is reached, instead of when the value is another one.
  const Node* compared = nullptr;    // the call
  const Node* comparison = nullptr;
  const Datum* limit = nullptr;      // the other side

  void NotAfter(int64_t at_us) { until_us = std::min(until_us, at_us); }
};

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_CHANGE_BOUND_H_
