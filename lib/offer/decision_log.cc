// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/decision_log.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "base/status.h"

namespace trato::core {
namespace {

std::tuple<int64_t, std::string_view, Id> OrderOf(const Outcome& outcome) {
  return {outcome.at_us, outcome.source, outcome.fact};
}
std::tuple<int64_t, std::string_view, Id> OrderOf(const PurchaseLink& link) {
  return {link.at_us, link.source, link.fact};
}

constexpr auto kBefore = [](const auto& a, const auto& b) {
  return OrderOf(a) < OrderOf(b);
};

// Puts it where it belongs by (event time, id).
template <typename Item>
void InsertByTime(std::vector<const Item*>& items, const Item* item) {
  const auto before = [](const Item* a, const Item* b) {
    return std::pair(a->at_us, static_cast<const Id&>(a->id)) <
           std::pair(b->at_us, static_cast<const Id&>(b->id));
  };
  if (items.empty() || before(items.back(), item)) {
    items.push_back(item);
  } else {
    items.insert(std::upper_bound(items.begin(), items.end(), item, before),
                 item);
  }
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
    case OutcomeKind::kOpened:
      return "opened";
    case OutcomeKind::kAnswered:
      return "answered";
    case OutcomeKind::kBought:
      return "bought";
    case OutcomeKind::kReturned:
      return "returned";
    case OutcomeKind::kNothing:
      return "nothing";
    case OutcomeKind::kNone:
      break;
  }
  return "none";
}

void DecisionLog::Count(const Decision& decision, int64_t sign) {
  if (decision.offer == 0) return;
  if (listener_ != nullptr) {
    // Taken away last to first, so that nothing goes before what replaced it.
    absl::InlinedVector<Response, 4> responses;
    ForEachResponse(decision,
                    [&](const Response& it) { responses.push_back(it); });
    if (sign < 0) std::reverse(responses.begin(), responses.end());
    for (const Response& it : responses) listener_->Count(it, sign);
  }
  Offered& offered = offered_[decision.offer];
  // What is reserved: from the decision on, while there is a yes, or while
  // there may still be one.
  const auto reserve = [&](int64_t at_us, int64_t by) {
    offered.taken.Add(at_us, by * sign);
    offered.reserved.Add(at_us, by * sign * decision.reserved_minor);
    offered.stock.Add(at_us, by * sign);
    offered.budget.Add(at_us, by * sign * decision.reserved_minor);
  };
  if (!decision.elsewhere) {
    offered.decided.Add(decision.at_us, sign);
    offered.affinity.Add(decision.at_us,
                         sign * std::llround(decision.propensity * 0x1p32));
  }
  const int similar = decision.similar;
  Says said = Says::kNothing;
  bool is_reserved = false;
  bool is_tried = false;
  const auto stands = [&](int64_t at_us) {
    return said == Says::kYes ||
           (said == Says::kNothing && at_us < decision.respond_until_us);
  };
  const auto move_to = [&](int64_t at_us) {
    if (stands(at_us) == is_reserved) return;
    is_reserved = !is_reserved;
    reserve(at_us, is_reserved ? 1 : -1);
  };
  bool has_lapsed = decision.respond_until_us == kNoDeadline;
  const auto lapse_before = [&](int64_t at_us) {
    if (has_lapsed || at_us < decision.respond_until_us) return;
    has_lapsed = true;
    move_to(decision.respond_until_us);
  };
  move_to(decision.at_us);
  for (const Outcome& outcome : OutcomesOf(decision.id)) {
    // What is said to have happened before the decision happened with it.
    const int64_t at_us = std::max(outcome.at_us, decision.at_us);
    lapse_before(at_us);
    if (!is_tried) {
      is_tried = true;
      offered.response.AddTrial(similar, at_us, sign);
    }
    const Says says = WhatSays(outcome.kind);
    if (says == Says::kNothing) continue;
    if ((says == Says::kYes) != (said == Says::kYes)) {
      offered.response.AddSuccess(similar, at_us,
                                  says == Says::kYes ? sign : -sign);
    }
    said = says;
    move_to(at_us);
  }
  lapse_before(kNoDeadline);
}

void DecisionLog::Plan(uint32_t offer, const SpendingPlan& stock,
                       const SpendingPlan& budget) {
  if (stock.amount <= 0 && budget.amount <= 0 && !offered_.contains(offer)) {
    return;
  }
  Offered& offered = offered_[offer];
  if (!(offered.stock.plan() == stock)) {
    offered.stock.Plan(stock, offered.taken);
  }
  if (!(offered.budget.plan() == budget)) {
    offered.budget.Plan(budget, offered.reserved);
  }
}

void DecisionLog::NoteAnswers(const FactId& id) {
  Decision& decision = *decisions_.at(id);
  decision.answers.clear();
  for (const Outcome& outcome : OutcomesOf(id)) {
    const Says says = WhatSays(outcome.kind);
    if (says != Says::kNothing) {
      decision.answers.push_back({outcome.at_us, says});
    }
  }
}

void DecisionLog::Add(Decision decision) {
  auto [place, is_new] = decisions_.try_emplace(decision.id);
  if (!is_new) return;
  const std::string conversation = decision.conversation;
  place->second = std::make_unique<Decision>(std::move(decision));
  const Decision* added = place->second.get();
  InsertByTime(by_record_[added->record], added);
  if (conversation.empty()) {
    NoteAnswers(added->id);
    Count(*added, 1);
    return;
  }
  // It may take outcomes over from another decision of the conversation.
  Recount(conversation, [&](Conversation& it) {
    InsertByTime(it.decisions, added);
  });
}

template <typename Change>
void DecisionLog::Recount(std::string_view name, Change change) {
  auto place = conversations_.find(name);
  if (place == conversations_.end()) {
    place = conversations_.try_emplace(std::string(name)).first;
  }
  for (const Decision* it : place->second.decisions) Count(*it, -1);
  change(place->second);
  for (const Decision* it : place->second.decisions) {
    NoteAnswers(it->id);
    Count(*it, 1);
  }
}

void DecisionLog::Add(const Outcome& outcome) {
  const auto put = [&](std::vector<Outcome>& outcomes) {
    outcomes.insert(std::upper_bound(outcomes.begin(), outcomes.end(), outcome,
                                     kBefore),
                    outcome);
  };
  if (outcome.decision == FactId{}) {
    Recount(outcome.conversation,
            [&](Conversation& it) { put(it.outcomes); });
    return;
  }
  const auto decision = decisions_.find(outcome.decision);
  if (decision != decisions_.end()) Count(*decision->second, -1);
  put(outcomes_[outcome.decision]);
  if (decision == decisions_.end()) return;
  NoteAnswers(outcome.decision);
  Count(*decision->second, 1);
}

void DecisionLog::Add(Permit permit) {
  auto [place, is_new] = permits_.try_emplace(permit.id);
  if (!is_new) return;
  if (auto early = early_uses_.find(permit.id); early != early_uses_.end()) {
    permit.used_us = early->second;
    early_uses_.erase(early);
  }
  place->second = std::make_unique<Permit>(std::move(permit));
  InsertByTime(permits_of_[place->second->record],
               static_cast<const Permit*>(place->second.get()));
}

void DecisionLog::UsePermit(const FactId& permit, int64_t at_us) {
  const auto found = permits_.find(permit);
  if (found == permits_.end()) {
    auto [early, is_new] = early_uses_.try_emplace(permit, at_us);
    if (!is_new) early->second = std::min(early->second, at_us);
    return;
  }
  std::optional<int64_t>& used = found->second->used_us;
  used = used ? std::min(*used, at_us) : at_us;
}

void DecisionLog::Add(PurchaseLink link) {
  auto& links = links_[link.interaction];
  links.insert(std::upper_bound(links.begin(), links.end(), link, kBefore),
               std::move(link));
}

absl::StatusOr<const Decision*> DecisionLog::Find(const FactId& id) const {
  auto found = decisions_.find(id);
  if (found == decisions_.end()) {
    return absl::NotFoundError(StrCat("there is no decision ", id.Hex()));
  }
  return found->second.get();
}

absl::StatusOr<const Permit*> DecisionLog::FindPermit(const FactId& id) const {
  auto found = permits_.find(id);
  if (found == permits_.end()) {
    return absl::NotFoundError(StrCat("there is no permit ", id.Hex()));
  }
  return found->second.get();
}

std::vector<Outcome> DecisionLog::OutcomesOf(const FactId& decision) const {
  std::vector<Outcome> outcomes;
  if (auto found = outcomes_.find(decision); found != outcomes_.end()) {
    outcomes = found->second;
  }
  const auto known = decisions_.find(decision);
  if (known == decisions_.end() || known->second->conversation.empty()) {
    return outcomes;
  }
  const auto place = conversations_.find(known->second->conversation);
  if (place == conversations_.end()) return outcomes;
  const Conversation& it = place->second;
  const auto at = std::find(it.decisions.begin(), it.decisions.end(),
                            known->second.get());
  if (at == it.decisions.end()) return outcomes;
  const bool is_first = at == it.decisions.begin();
  const int64_t until_us =
      at + 1 == it.decisions.end() ? kNoDeadline : (*(at + 1))->at_us;
  const size_t direct = outcomes.size();
  for (const Outcome& outcome : it.outcomes) {
    if ((is_first || outcome.at_us >= (*at)->at_us) &&
        outcome.at_us < until_us) {
      outcomes.push_back(outcome);
    }
  }
  std::inplace_merge(outcomes.begin(),
                     outcomes.begin() + static_cast<std::ptrdiff_t>(direct),
                     outcomes.end(), kBefore);
  return outcomes;
}

std::span<const Decision* const> DecisionLog::Of(uint32_t record) const {
  auto found = by_record_.find(record);
  if (found == by_record_.end()) return {};
  return found->second;
}

std::span<const Permit* const> DecisionLog::PermitsOf(uint32_t record) const {
  auto found = permits_of_.find(record);
  if (found == permits_of_.end()) return {};
  return found->second;
}

Outcome DecisionLog::AnswerTo(const FactId& decision, int64_t now_us) const {
  Outcome answer;
  for (const Outcome& outcome : OutcomesOf(decision)) {
    if (outcome.at_us <= now_us && WhatSays(outcome.kind) != Says::kNothing) {
      answer = outcome;
    }
  }
  return answer;
}

const PurchaseLink* DecisionLog::LinkOf(const FactId& purchase,
                                        int64_t now_us) const {
  const auto found = links_.find(purchase);
  if (found == links_.end()) return nullptr;
  const PurchaseLink* last = nullptr;
  for (const PurchaseLink& link : found->second) {
    if (link.at_us <= now_us) last = &link;
  }
  return last;
}

}  // namespace trato::core
