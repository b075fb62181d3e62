// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What another policy of choosing would have brought, out of a log of choices
// that were drawn: each row counts by how much likelier the other policy is to
// make its choice than the log was (Horvitz and Thompson 1952; self-normalised,
// Swaminathan and Joachims 2015; doubly robust, Dudik, Langford and Li 2011).
// Where the log cannot answer, it is said why, and nothing is estimated.

#ifndef TRATO_EXPERIMENT_POLICY_VALUE_H_
#define TRATO_EXPERIMENT_POLICY_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "experiment/proportion.h"

namespace trato::core {

// A row per choice that was made. Columns are empty or of one length.
struct LoggedChoices {
  std::vector<double> probability;  // with which it was made; NaN: not known
  std::vector<double> reward;       // what it brought
  std::vector<double> target;       // how likely the policy makes it
  // By a model: what was to be expected of the choice, and of the policy there.
  std::vector<double> predicted;
  std::vector<double> expected;
  // Of a file, where each row is; empty: rows count from 0.
  std::vector<int64_t> lines;

  size_t size() const { return reward.size(); }
};

enum class CannotValue : uint8_t {
  kNothing,        // it can
  kNoRows,
  kNoProbability,  // it is not known how the choices were made
  kBadProbability, // no probability of something that happened
  kNoDraw,         // nothing was left to chance
  kNoSupport,      // the policy acts where the log never did
  kWeights,        // the probabilities are not those of the log
  kFewEffective,   // too few rows carry the estimate
};
std::string_view NameOf(CannotValue reason);

// Fewer than these, and nothing is said.
inline constexpr double kFewestEffective = 100;

struct PolicyEstimate {
  Interval interval;  // 95 %, by the normal distribution
  // 95 % for any number of rows (empirical Bernstein: Maurer and Pontil 2009),
  // as far as no row lies outside of what the weights and rewards of the log
  // span. Not for what is self-normalised.
  std::optional<Interval> certain;
};

struct PolicyValue {
  CannotValue reason = CannotValue::kNothing;
  std::string why;  // in words; empty where it can
  int64_t rows = 0;
  // Of the weights: how many rows of the policy's own would say as much; their
  // mean, which is to be near 1; the largest; and of how many rows it is not 0.
  double effective = 0;
  double mean_weight = 0;
  double max_weight = 0;
  double supported = 0;  // share
  double min_probability = 0;
  Interval logged;  // what the log's own policy brought
  // Only where it can be answered.
  PolicyEstimate ips;
  PolicyEstimate snips;
  std::optional<PolicyEstimate> dr;
  Interval gain;  // SNIPS less what the log brought

  bool is_answerable() const { return reason == CannotValue::kNothing; }
};

// Errors: INVALID_ARGUMENT names column and row where a target is no
// probability, or one of predicted and expected is missing.
absl::StatusOr<PolicyValue> ValuePolicy(const LoggedChoices& log);

}  // namespace trato::core

#endif  // TRATO_EXPERIMENT_POLICY_VALUE_H_
