// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a checked tree for one customer at one instant.

#ifndef TRATO_EXPRESSION_EVALUATOR_H_
#define TRATO_EXPRESSION_EVALUATOR_H_

#include <array>
#include <cstdint>
#include <forward_list>
#include <string>

#include "customer/customer_store.h"
#include "expression/ast.h"
#include "expression/datum.h"
#include "timeline/timeline.h"

namespace trato::core {

// Macros may stand inside macros up to here; the checker sees to it.
inline constexpr int kMaxVariables = 8;

struct World {
  const CustomerStore* customers;
  const Timeline* timeline;
  const Interner* names;
};

// How deep conditions ask for each other, and how many of them one test ran.
struct Nesting {
  int depth = 0;
  int conditions = 0;
};

// How much text one test may make.
inline constexpr size_t kMaxTextBytesMade = size_t{4} << 20;

// One customer at one instant, and room for what is made on the way.
struct Evaluation {
  const World* world;
  RecordNumber customer;  // the leader
  int64_t now_us;
  Nesting* nesting;
  size_t text_bytes = 0;  // in `texts`
  std::array<Datum, kMaxVariables> variables{};
  // Lists, because what is in them must not move, and because an empty one
  // allocates nothing.
  std::forward_list<std::string> texts{};
  std::forward_list<Filter> filters{};
};

Datum Evaluate(Evaluation& evaluation, const Node& node);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_EVALUATOR_H_
