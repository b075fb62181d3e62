// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store is told about what customers are worth, and keeps as facts: the
// models that a refit found, the rules of the life cycle, and those of scores.

#ifndef TRATO_INSIGHT_DEFINITIONS_H_
#define TRATO_INSIGHT_DEFINITIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/money.h"
#include "insight/rfm.h"
#include "insight/value_model.h"

namespace trato::core {

// How customers buy in a category, by MBG/NBD: their rates (per week) are
// Gamma.
struct Rhythm {
  std::string category;  // empty: anything
  double shape = 0;
  double rate = 0;
  // After each purchase she leaves with a probability that is Beta.
  double leave_a = 0;
  double leave_b = 0;
  double customers = 0;  // whom it was found from
};

// The models and edges in force from an instant on. Times are in weeks, and the
// purchases of one day are one.
struct ValueEdition {
  std::vector<std::string> types;    // of interactions that are purchases
  std::vector<std::string> returns;  // that take amounts back
  FittedModel purchases;             // of time
  std::optional<FittedModel> spend;  // gamma_gamma; none: nobody came back
  RfmEdges edges;
  std::vector<RfmRule> segments;
  Currency currency;      // of the amounts; none: there were none
  double horizon = 52;    // weeks that the value looks ahead; 0: for ever
  double discount = 0.15;  // a year
  double margin = 1;      // what remains of an amount
  std::vector<Rhythm> rhythms;
  uint64_t log_position = 0;  // what was known
  int64_t end_us = 0;         // up to when
};

// One line of the table of the life cycle: who fulfils `when` is in the stage,
// unless an earlier line says otherwise.
struct StageRule {
  std::string stage;
  std::string when;    // a condition
  std::string hold;    // for how long it has to hold first: "7d"; empty: not
  std::string reason;  // in words

  bool operator==(const StageRule&) const = default;
};

struct LifecycleDefinition {
  std::vector<StageRule> rules;

  bool operator==(const LifecycleDefinition&) const = default;
};

// One line of a score: each of some interactions gives points, which fade or
// lapse, or a condition gives them while it holds.
struct ScoreRule {
  std::string name;
  std::string when;         // interactions, or a condition
  int64_t points_milli = 0;  // thousandths of a point
  std::string half_life;    // "30d": half of them are left then; empty: all are
  std::string lapse;        // "1y": none are left then; empty: never
  bool operator==(const ScoreRule&) const = default;
};

// Points of customers. Its value is the sum of what its rules give.
struct ScoreDefinition {
  std::string name;
  std::vector<ScoreRule> rules;
  std::optional<int64_t> least_milli;  // it never falls below
  std::optional<int64_t> most_milli;   // nor rises above

  bool operator==(const ScoreDefinition&) const = default;
};

using InsightDefinition =
    std::variant<ValueEdition, LifecycleDefinition, ScoreDefinition>;

}  // namespace trato::core

#endif  // TRATO_INSIGHT_DEFINITIONS_H_
