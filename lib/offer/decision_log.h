// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What was decided for whom, out of which candidates and why, and what became
// of it. An outcome may arrive before the decision it is of.

#ifndef TRATO_OFFER_DECISION_LOG_H_
#define TRATO_OFFER_DECISION_LOG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/id.h"
#include "base/money.h"

namespace trato::core {

// A candidate as it was when the decision was made.
struct DecidedCandidate {
  std::string offer;
  std::string title;
  bool kept = false;
  std::string stage;  // that dropped it
  std::string reason;
  double score = 0;
  double affinity = 0;
  int64_t value_minor = 0;
  double probability = 0;
};

struct Decision {
  FactId id;
  uint32_t record = 0;
  int64_t at_us = 0;
  uint64_t log_position = 0;  // the last entry it knew
  Currency currency;
  std::vector<DecidedCandidate> candidates;  // kept ones first, by rank

  // The offer decided for; empty when none was left.
  std::string_view offer() const {
    return candidates.empty() || !candidates[0].kept
               ? std::string_view()
               : std::string_view(candidates[0].offer);
  }
};

enum class OutcomeKind : uint8_t {
  kNone = 0,
  kShown = 1,
  kAccepted = 2,
  kRefused = 3
};
std::string_view NameOf(OutcomeKind kind);

struct Outcome {
  FactId fact;
  std::string source;
  FactId decision;
  OutcomeKind kind = OutcomeKind::kNone;
  int64_t at_us = 0;
};

class DecisionLog {
 public:
  void Add(Decision decision);
  void Add(const Outcome& outcome);

  // NOT_FOUND.
  absl::StatusOr<const Decision*> Find(const FactId& id) const;
  // By (event time, source, fact id).
  std::vector<Outcome> OutcomesOf(const FactId& decision) const;
  // The decisions for a record, by (event time, id).
  std::vector<const Decision*> Of(uint32_t record) const;
  // The yes or no that a decision has got up to now_us, the latest if there are
  // several; kNone when there is none.
  Outcome AnswerTo(const FactId& decision, int64_t now_us) const;

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [id, decision] : decisions_) visit(decision);
  }
  size_t size() const { return decisions_.size(); }

 private:
  absl::flat_hash_map<Id, Decision> decisions_;
  absl::flat_hash_map<uint32_t, std::vector<FactId>> by_record_;
  absl::flat_hash_map<Id, std::vector<Outcome>> outcomes_;  // by decision
};

}  // namespace trato::core

#endif  // TRATO_OFFER_DECISION_LOG_H_
