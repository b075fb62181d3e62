// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/decision_log.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

std::tuple<int64_t, std::string_view, Id> OrderOf(const Outcome& outcome) {
  return {outcome.at_us, outcome.source, outcome.fact};
}

}  // namespace

std::string_view NameOf(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::kShown:
      return "shown";
    case OutcomeKind::kAccepted:
      return "accepted";
    case OutcomeKind::kRefused:
      return "refused";
    case OutcomeKind::kNone:
      break;
  }
  return "none";
}

void DecisionLog::Add(Decision decision) {
  by_record_[decision.record].push_back(decision.id);
  decisions_.emplace(decision.id, std::move(decision));
}

void DecisionLog::Add(const Outcome& outcome) {
  std::vector<Outcome>& outcomes = outcomes_[outcome.decision];
  auto place = std::upper_bound(
      outcomes.begin(), outcomes.end(), outcome,
      [](const auto& a, const auto& b) { return OrderOf(a) < OrderOf(b); });
  outcomes.insert(place, outcome);
}

absl::StatusOr<const Decision*> DecisionLog::Find(const FactId& id) const {
  auto found = decisions_.find(id);
  if (found == decisions_.end()) {
    return absl::NotFoundError(StrCat("there is no decision ", id.Hex()));
  }
  return &found->second;
}

std::vector<Outcome> DecisionLog::OutcomesOf(const FactId& decision) const {
  auto found = outcomes_.find(decision);
  if (found == outcomes_.end()) return {};
  return found->second;
}

std::vector<const Decision*> DecisionLog::Of(uint32_t record) const {
  std::vector<const Decision*> decisions;
  auto found = by_record_.find(record);
  if (found == by_record_.end()) return decisions;
  for (const FactId& id : found->second) {
    decisions.push_back(&decisions_.at(id));
  }
  std::sort(decisions.begin(), decisions.end(),
            [](const Decision* a, const Decision* b) {
              return std::pair(a->at_us, static_cast<const Id&>(a->id)) <
                     std::pair(b->at_us, static_cast<const Id&>(b->id));
            });
  return decisions;
}

Outcome DecisionLog::AnswerTo(const FactId& decision, int64_t now_us) const {
  Outcome answer;
  auto found = outcomes_.find(decision);
  if (found == outcomes_.end()) return answer;
  for (const Outcome& outcome : found->second) {
    if (outcome.at_us <= now_us && outcome.kind != OutcomeKind::kShown) {
      answer = outcome;
    }
  }
  return answer;
}

}  // namespace trato::core
