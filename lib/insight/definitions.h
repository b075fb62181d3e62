// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store is told about what customers are worth, and keeps as facts: the
// models that a refit found, and the rules of the life cycle.

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

using InsightDefinition = std::variant<ValueEdition, LifecycleDefinition>;

}  // namespace trato::core

#endif  // TRATO_INSIGHT_DEFINITIONS_H_
