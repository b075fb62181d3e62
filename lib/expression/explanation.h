// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Why a condition holds for one customer, or what is missing for it to: the
// tree of its parts with each part's value and the facts that it rests on.

#ifndef TRATO_EXPRESSION_EXPLANATION_H_
#define TRATO_EXPRESSION_EXPLANATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "expression/program.h"

namespace trato::core {

// How many facts a part names, the latest, and how many parts are looked at.
inline constexpr size_t kMaxFactsNamed = 10;
inline constexpr size_t kMaxPartsExplained = 200;

// A fact that decided.
struct DecidingFact {
  RecordNumber record = 0;
  int64_t at_us = 0;
  uint32_t source = 0;  // interned
  // An attribute's name and value, as text.
  std::string attribute;
  std::string value;
  // Or, without attribute, an interaction.
  uint32_t type = 0;  // interned
  FactId id;
  Money amount;
};

struct Explanation {
  std::string text;        // the part, as it is written
  std::string value;       // as text; empty where there is none
  std::string error;       // why there is none
  bool is_absent = false;  // the error is a missing value
  // What this part lacks for the whole to hold, where it stands against it and
  // has no parts that say it better.
  std::string missing;
  std::vector<DecidingFact> facts;
  uint64_t fact_count = 0;  // of which `facts` are the latest
  std::vector<Explanation> parts;
};

// Cost: each part is evaluated on its own.
Explanation Explain(const Program& program, const World& world,
                    RecordNumber customer, int64_t now_us);

// What is missing, from all parts: empty where it holds.
std::vector<std::string> MissingOf(const Explanation& explanation);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_EXPLANATION_H_
