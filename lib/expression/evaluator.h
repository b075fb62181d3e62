// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a checked tree for one customer at one instant.

#ifndef TRATO_EXPRESSION_EVALUATOR_H_
#define TRATO_EXPRESSION_EVALUATOR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "customer/customer_store.h"
#include "expression/arena.h"
#include "expression/ast.h"
#include "expression/datum.h"
#include "expression/change_bound.h"
#include "timeline/timeline.h"

namespace trato::core {

// Macros may stand inside macros up to here; the checker sees to it.
inline constexpr int kMaxVariables = 8;

struct World {
  const CustomerStore* customers;
  const Timeline* timeline;
  const Interner* names;
};

// What one test may do: how deep conditions ask for each other, how many of
// them run, how many steps over lists and bytes of text all of them take.
inline constexpr size_t kMaxBytesMade = size_t{4} << 20;
inline constexpr int64_t kMaxSteps = 4'000'000;

struct Nesting {
  int depth = 0;
  int conditions = 0;
  int64_t steps = 0;
};

// One customer at one instant, and room for what is made on the way.
struct Evaluation {
  const World* world;
  RecordNumber customer;  // the leader
  int64_t now_us;
  Nesting* nesting;
  // What is worth the same wherever it stands, once it is known.
  std::span<Datum> shared{};
  std::span<bool> is_known{};
  std::array<Datum, kMaxVariables> variables{};
  Arena arena{};
  // Where somebody asks until when the result holds.
  ChangeBound* bound = nullptr;
  std::span<int64_t> shared_until{};
  // Keeps alive what interactions outside of a loop point at.
  Pins pins{};
  // And what texts of attributes do.
  std::vector<std::shared_ptr<const void>> owners{};

  // Whether a test may make this much more.
  bool MayMake(size_t bytes) {
    nesting->steps += static_cast<int64_t>(bytes / 64);
    return arena.bytes() + bytes <= kMaxBytesMade;
  }
  bool MayWork(int64_t steps = 1) {
    return (nesting->steps += steps) <= kMaxSteps;
  }
};

Datum Evaluate(Evaluation& evaluation, const Node& node);

inline bool IsFailure(const Datum& datum) { return datum.index() == 0; }

inline Datum Fail(Failure::Reason reason, const Node* node = nullptr) {
  return Failure{reason, node, {}, {}};
}
inline Datum Fail(Failure::Reason reason, const Node& node) {
  return Fail(reason, &node);
}

// Of several failures one is reported: the first that is more than a missing
// value, so that whether a condition is undecided depends on no order.
inline void Keep(Datum& kept, const Datum& failure) {
  const auto* known = std::get_if<Failure>(&kept);
  if (known == nullptr ||
      (known->reason == Failure::Reason::kAbsent &&
       std::get<Failure>(failure).reason != Failure::Reason::kAbsent)) {
    kept = failure;
  }
}

// Text in the evaluation's arena, or that there is too much of it.
inline Datum MakeText(Evaluation& evaluation, std::string_view text) {
  if (!evaluation.MayMake(text.size())) return Fail(Failure::Reason::kText);
  return evaluation.arena.Copy(text);
}

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_EVALUATOR_H_
