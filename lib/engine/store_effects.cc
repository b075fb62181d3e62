// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What offers sold beyond those who were left out of them.

#include <algorithm>
#include <map>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "codec/offer_answers.h"
#include "codec/proof_answers.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"
#include "engine/store_proof.h"

namespace trato::core {
namespace {

// Where nobody says how long a purchase may take.
constexpr std::string_view kPurchaseSpan = "30d";

absl::StatusOr<Span> SpanOf(std::string_view within) {
  auto span = ParseSpan(within.empty() ? kPurchaseSpan : within);
  if (span.ok()) return span;
  return Prefixed(span.status(), "within: ");
}

// A customer's first assignment, and whether another one differs.
struct Assigned {
  const Decision* decision = nullptr;
  bool held_out = false;
  bool is_mixed = false;
};
using AssignedCustomers = std::map<RecordNumber, Assigned>;

// Decisions come in order.
void Note(const Decision& decision, bool held_out, Assigned& hers) {
  if (hers.decision == nullptr) {
    hers.decision = &decision;
    hers.held_out = held_out;
  }
  hers.is_mixed = hers.is_mixed || hers.held_out != held_out;
}

struct Within {
  Span span;
  int64_t now_us = 0;
};

// Adds what a customer bought of some offers, by slot, from a decision on.
void CountPurchases(const State& state, RecordNumber leader, int64_t from_us,
                    const Within& within, const std::vector<bool>& is_of,
                    HoldoutReport::Group& group) {
  const uint32_t purchase = state.names.Find("purchase").value_or(0);
  Window period = Window::Until(within.now_us);
  period.from_us = from_us;
  period.until_us =
      std::min(within.now_us, Add(from_us, within.span, state.zone));
  int64_t purchases = 0;
  int64_t paid = 0;
  for (RecordNumber record : state.customers.RecordsOf(leader)) {
    state.timeline.ForEach(
        record, purchase, period, [&](const InteractionRef& it) {
          int64_t amount = 0;
          bool holds = false;
          it.ForEachLine([&](const Line& line) {
            bool is_its = false;
            state.catalogue.ForEachWith(line.product, [&](uint32_t slot) {
              is_its = is_its || is_of[slot];
            });
            holds = holds || is_its;
            if (is_its) amount += line.amount_minor;
            return true;
          });
          purchases += holds ? 1 : 0;
          if (it.amount().currency == state.currency) paid += amount;
          return true;
        });
  }
  ++group.customers;
  group.purchases += purchases;
  group.buyers += purchases > 0 ? 1 : 0;
  group.amount_minor += paid;
  group.amounts.Add(static_cast<double>(paid));
}

void CountGroups(const State& state, const AssignedCustomers& assigned,
                 const Within& within, const std::vector<bool>& is_of,
                 HoldoutReport& report) {
  for (const auto& [leader, hers] : assigned) {
    if (hers.is_mixed) {
      ++report.mixed;
      continue;
    }
    CountPurchases(state, leader, hers.decision->at_us, within, is_of,
                   hers.held_out ? report.held_out : report.offered);
  }
}

double HeldOutShare(const ContactPolicyDefinition& policy) {
  return policy.holdout_basis_points / 10000.0;
}

// Who said yes to an offer, and what that was worth.
struct Attributed {
  int64_t answers = 0;
  int64_t value_minor = 0;
};
struct OfOffer {
  // By policy.
  std::map<uint32_t, AssignedCustomers> assigned;
  std::map<RecordNumber, Attributed> yes;
  int64_t decided = 0;
};

std::map<uint32_t, OfOffer> ByOffer(
    const State& state, const std::vector<const Decision*>& decisions,
    int64_t now_us) {
  std::map<uint32_t, OfOffer> offers;
  for (const Decision* it : decisions) {
    const RecordNumber leader = state.customers.LeaderOf(it->record);
    for (const Assignment& assignment : it->assignments) {
      if (assignment.offer == 0) continue;
      Note(*it, assignment.held_out,
           offers[assignment.offer].assigned[assignment.policy][leader]);
    }
    if (it->offer == 0) continue;
    OfOffer& of = offers[it->offer];
    ++of.decided;
    const Decision::Answer* answer = it->AnswerAt(now_us);
    if (answer == nullptr || answer->says != Says::kYes) continue;
    Attributed& hers = of.yes[leader];
    ++hers.answers;
    hers.value_minor += it->value_minor;
  }
  return offers;
}

// `assigned` null: there is no hold-out, and all are meant.
void Attribute(const OfOffer& of, const AssignedCustomers* assigned,
               OfferEffect& effect) {
  for (const auto& [leader, hers] : of.yes) {
    if (assigned != nullptr) {
      const auto found = assigned->find(leader);
      if (found == assigned->end() || found->second.is_mixed ||
          found->second.held_out) {
        continue;
      }
    }
    ++effect.attributed_customers;
    effect.attributed_answers += hers.answers;
    effect.attributed_minor += hers.value_minor;
  }
}

void AddEffects(const State& state, const Catalogue::Offer& offer,
                const OfOffer& of, const Within& within,
                OfferEffectsReport& report) {
  OfferEffect effect;
  effect.offer = &offer;
  effect.decided = of.decided;
  if (of.assigned.empty()) {
    Attribute(of, nullptr, effect);
    report.offers.push_back(std::move(effect));
    return;
  }
  std::vector<bool> is_of(state.catalogue.in_order().size());
  is_of[offer.slot] = true;
  std::map<std::string_view, uint32_t> policies;
  for (const auto& [policy, assigned] : of.assigned) {
    policies.emplace(state.names.Text(policy), policy);
  }
  for (const auto& [name, policy] : policies) {
    OfferEffect its = effect;
    const AssignedCustomers& assigned = of.assigned.at(policy);
    its.groups.policy = name;
    if (const auto defined = state.policies.Find(name); defined.ok()) {
      its.groups.held_out_share = HeldOutShare(**defined);
    }
    CountGroups(state, assigned, within, is_of, its.groups);
    Attribute(of, &assigned, its);
    report.offers.push_back(std::move(its));
  }
}

}  // namespace

absl::StatusOr<std::string> Store::HoldoutJson(std::string_view policy,
                                               std::string_view within,
                                               int64_t since_us,
                                               int64_t until_us,
                                               int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("since_us", since_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("until_us", until_us));
  Within window{{}, now_us};
  TRATO_ASSIGN_OR_RETURN(window.span, SpanOf(within));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const ContactPolicyDefinition* found,
                         state.policies.Find(policy));
  HoldoutReport report;
  report.policy = found->name;
  report.since_us = since_us;
  report.until_us = until_us;
  report.held_out_share = HeldOutShare(*found);
  const uint32_t name = state.names.Find(policy).value_or(0);
  AssignedCustomers assigned;
  for (const Decision* it : DecisionsIn(state, since_us, until_us, now_us)) {
    for (const Assignment& assignment : it->assignments) {
      if (assignment.policy != name) continue;
      Note(*it, assignment.held_out,
           assigned[state.customers.LeaderOf(it->record)]);
    }
  }
  std::vector<bool> is_of(state.catalogue.in_order().size());
  for (const Catalogue::Offer* offer : state.catalogue.in_order()) {
    const OfferDefinition& it = offer->definition;
    is_of[offer->slot] = (found->issue.empty() || found->issue == it.issue) &&
                         (found->group.empty() || found->group == it.group) &&
                         (found->offer.empty() || found->offer == it.name);
  }
  ReadScope scope;
  CountGroups(state, assigned, window, is_of, report);
  TRATO_RETURN_IF_ERROR(scope.status());
  return trato::core::HoldoutJson(state.model(), report);
}

absl::StatusOr<std::string> OfferEffects(const Store& store,
                                         const EffectQuestion& question,
                                         int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("since_us", question.since_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("until_us", question.until_us));
  if (question.planned < 0) {
    return absl::InvalidArgumentError("planned is below 0");
  }
  Within within{{}, now_us};
  TRATO_ASSIGN_OR_RETURN(within.span, SpanOf(question.within));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  if (!question.offer.empty()) {
    TRATO_RETURN_IF_ERROR(state.catalogue.Find(question.offer).status());
  }
  const std::map<uint32_t, OfOffer> by_offer =
      ByOffer(state,
              DecisionsIn(state, question.since_us, question.until_us, now_us),
              now_us);
  OfferEffectsReport report;
  report.since_us = question.since_us;
  report.until_us = question.until_us;
  report.planned = question.planned == 0 ? kUsualPlan : question.planned;
  ReadScope scope;
  for (const auto& [name, offer] : state.catalogue.all()) {
    if (!question.offer.empty() && name != question.offer) continue;
    const auto found = by_offer.find(offer.number);
    AddEffects(state, offer,
               found == by_offer.end() ? OfOffer() : found->second, within,
               report);
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return OfferEffectsJson(state.model(), report);
}

}  // namespace trato::core
