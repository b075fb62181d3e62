// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What another way of choosing would have brought, out of the stored decisions.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/proof_answers.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"
#include "engine/store_proof.h"

namespace trato::core {
namespace {

absl::Status Check(const TargetQuestion& question) {
  if (!(question.exploration >= 0 && question.exploration <= 1)) {
    return absl::InvalidArgumentError(
        "exploration is not a share from 0 to 1");
  }
  if (question.kind == TargetKind::kFixed && question.offers.empty()) {
    return absl::InvalidArgumentError("offers: a fixed policy needs some");
  }
  if (question.kind != TargetKind::kFixed && !question.offers.empty()) {
    return absl::InvalidArgumentError("offers are of a fixed policy only");
  }
  if (question.since_us != kAtNow) {
    TRATO_RETURN_IF_ERROR(CheckInstant("since_us", question.since_us));
  }
  if (question.until_us != kAtNow) {
    TRATO_RETURN_IF_ERROR(CheckInstant("until_us", question.until_us));
  }
  return absl::OkStatus();
}

absl::StatusOr<TargetPolicy> ToPolicy(const State& state,
                                      const TargetQuestion& question) {
  TargetPolicy policy;
  policy.kind = question.kind;
  policy.exploration = question.exploration;
  for (const std::string_view name : question.offers) {
    TRATO_ASSIGN_OR_RETURN(const Catalogue::Offer* offer,
                           state.catalogue.Find(name));
    policy.offers.push_back(offer->number);
  }
  return policy;
}

std::string InWords(const TargetQuestion& question) {
  switch (question.kind) {
    case TargetKind::kGreedy:
      return "greedy";
    case TargetKind::kUniform:
      return "uniform";
    case TargetKind::kExplore:
      return StrCat("explore ", question.exploration);
    case TargetKind::kFixed:
      break;
  }
  std::string words = "fixed";
  for (size_t i = 0; i < question.offers.size(); ++i) {
    StrAppend(&words, i == 0 ? " " : ", ", question.offers[i]);
  }
  return words;
}

struct Collected {
  LoggedChoices log;
  int64_t drawn = 0;
  int64_t outside = 0;  // where the policy goes beyond what could be chosen
  int64_t unknown = 0;
};

Collected Collect(const std::vector<const Decision*>& decisions,
                  const TargetPolicy& policy, bool of_value, int64_t now_us,
                  DecisionsValue& value) {
  Collected all;
  for (const Decision* it : decisions) {
    if (it->elsewhere) {
      ++value.elsewhere;
      continue;
    }
    if (it->offer == 0 || it->ranked.empty()) {
      ++value.empty;
      continue;
    }
    // Whoever is quick to answer must not count for more.
    if (it->respond_until_us != kNoDeadline && it->respond_until_us > now_us) {
      ++value.pending;
      continue;
    }
    const Targeted targeted = TargetOf(policy, *it);
    all.drawn += it->probability < 1 ? 1 : 0;
    all.outside += targeted.outside > 1e-9 ? 1 : 0;
    all.unknown += targeted.is_unknown ? 1 : 0;
    const Decision::Answer* answer = it->AnswerAt(now_us);
    const bool is_yes = answer != nullptr && answer->says == Says::kYes;
    const double worth =
        of_value ? static_cast<double>(it->value_minor) : 1;
    all.log.probability.push_back(it->probability);
    all.log.reward.push_back(is_yes ? worth : 0);
    all.log.target.push_back(targeted.probability);
  }
  return all;
}

void Refuse(PolicyValue& value, CannotValue reason, std::string why) {
  value.reason = reason;
  value.why = std::move(why);
}

// What only the decisions themselves tell.
void LookAtDecisions(const Collected& all, DecisionsValue& it) {
  PolicyValue& value = it.value;
  if (value.rows == 0) {
    if (it.elsewhere > 0) {
      return Refuse(value, CannotValue::kNoProbability,
                    StrCat("all ", it.elsewhere,
                           " decisions with an offer were made elsewhere: it "
                           "is not known what else there was to choose from, "
                           "nor how likely the choice was"));
    }
    return Refuse(value, CannotValue::kNoRows,
                  it.pending > 0
                      ? "of no decision the time to answer is over"
                      : "there are no decisions");
  }
  if (all.unknown > 0) {
    return Refuse(value, CannotValue::kNoSupport,
                  StrCat("of ", all.unknown,
                         " decisions more offers were ranked than the ",
                         kRankedKept,
                         " that are kept, and one of the list may have been "
                         "among the others"));
  }
  if (all.outside == 0) return;
  if (all.drawn == 0) {
    return Refuse(value, CannotValue::kNoDraw,
                  "every decision took the first offer, without a draw: the "
                  "log never saw what other offers bring; with exploration "
                  "above 0 it does");
  }
  Refuse(value, CannotValue::kNoSupport,
         StrCat("in ", all.outside, " of ", value.rows,
                " decisions the policy may choose an offer that could not be "
                "chosen then, as nothing was drawn; leave out the time in which "
                "they were made"));
}

}  // namespace

std::vector<const Decision*> DecisionsIn(const State& state, int64_t since_us,
                                         int64_t until_us, int64_t now_us) {
  std::vector<const Decision*> decisions;
  state.decisions.ForEach([&](const Decision& it) {
    if (it.at_us >= since_us && it.at_us < until_us && it.at_us <= now_us) {
      decisions.push_back(&it);
    }
  });
  std::sort(decisions.begin(), decisions.end(),
            [](const Decision* a, const Decision* b) {
              return std::pair(a->at_us, static_cast<const Id&>(a->id)) <
                     std::pair(b->at_us, static_cast<const Id&>(b->id));
            });
  return decisions;
}

absl::StatusOr<std::string> EvaluateDecisions(const Store& store,
                                              const TargetQuestion& question,
                                              int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(Check(question));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const TargetPolicy policy, ToPolicy(state, question));
  DecisionsValue it;
  it.policy = InWords(question);
  it.of_value = question.of_value;
  if (question.since_us != kAtNow) it.since_us = question.since_us;
  it.until_us = question.until_us == kAtNow ? now_us + 1 : question.until_us;
  const std::vector<const Decision*> decisions =
      DecisionsIn(state, question.since_us, it.until_us, now_us);
  it.until_us = std::min(it.until_us, now_us);
  it.decisions = static_cast<int64_t>(decisions.size());
  const Collected all =
      Collect(decisions, policy, question.of_value, now_us, it);
  TRATO_ASSIGN_OR_RETURN(it.value, ValuePolicy(all.log));
  LookAtDecisions(all, it);
  return DecisionsValueJson(state.model(), it);
}

}  // namespace trato::core
