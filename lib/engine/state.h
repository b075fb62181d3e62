// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What follows from the facts: the models, and how each fact changes them.
// Nothing is kept here that the log does not say, so folding the log again
// gives the same state.

#ifndef TRATO_ENGINE_STATE_H_
#define TRATO_ENGINE_STATE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "codec/answers.h"
#include "codec/fact.h"
#include "codec/fact_codec.h"

namespace trato::core {

// What the store knows of a fact that it has: enough to tell a repetition from
// a contradiction.
struct KnownFact {
  uint64_t payload_hash = 0;
  int64_t event_us = 0;
};

class State {
 public:
  State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Folds a checked fact with its id into the models.
  void Apply(const Fact& fact, const KnownFact& known);
  // Folds an entry of the journal, whose facts have no ids yet.
  absl::Status Replay(std::vector<Fact> facts);

  // Whether the definition is in force already, word for word.
  bool Knows(const Definition& definition) const;
  // Puts a checked definition in force.
  void Define(const Definition& definition, int64_t defined_us);

  CompileContext compile_context() const {
    return {&schema, &names, zone, currency};
  }
  Model model() const;

  // The id for a fact without key: that of the first n that is free. `taken`
  // may know more ids than the state does. The n of equal facts have no gaps,
  // so the first free one is found by doubling and halving.
  template <typename Taken>
  static FactId FreeId(const Fact& fact, std::string_view payload,
                       Taken taken) {
    const auto id_of = [&](uint32_t n) {
      return IdOfContent(fact, payload, n);
    };
    if (!taken(id_of(0))) return id_of(0);
    uint32_t below = 0;  // taken
    uint32_t above = 1;
    while (taken(id_of(above))) {
      below = above;
      above *= 2;
    }
    while (above - below > 1) {
      const uint32_t middle = below + (above - below) / 2;
      (taken(id_of(middle)) ? below : above) = middle;
    }
    return id_of(above);
  }

  Interner names;
  Schema schema;
  CustomerStore customers;
  Timeline timeline;
  World world;
  Registry registry;
  SegmentStore segments;
  Catalogue catalogue;
  CouponBook coupons;
  DecisionLog decisions;

  std::string zone_name;
  absl::TimeZone zone;
  Currency currency;

  absl::flat_hash_map<Id, KnownFact> facts;

 private:
  void Intern(const SchemaDefinition& definition);
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_STATE_H_
