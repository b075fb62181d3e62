// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 11 of trato.h: decisions, what became of them, permits, purchases.

#include <tuple>

#include "capi/offers.h"
#include "capi/support.h"
#include "engine/what_if.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

extern "C" {

trato_status trato_offer_decide(trato_store* store, trato_str customer,
                                int64_t now_us,
                                const trato_match_options* match_options,
                                const trato_write_options* options,
                                trato_decision* out_decision,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto how,
                           ToMatchOptions(match_options, "match_options"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_decision, "out_decision"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(trato::core::DecisionResult it,
                           core->DecideOffer(who, how, now_us, write));
    *out_decision = {};
    out_decision->id = ToId(it.id);
    if (it.match) {
      out_decision->taken = 1;
      out_decision->probability = it.probability;
      out_decision->match = ToMatch(*it.match);
    }
    return absl::OkStatus();
  });
}

trato_status trato_decision_record(trato_store* store,
                                   const trato_past_decision* decision,
                                   int64_t now_us,
                                   const trato_write_options* options,
                                   trato_id* out_decision,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_past_decision it,
                           ReadStruct(decision, "decision"));
    if (it.reserved0 != 0) {
      return absl::InvalidArgumentError("decision.reserved0 is not 0");
    }
    trato::core::PastDecisionInput input;
    for (const auto& [text, name, to] :
         {std::tuple{it.customer, "decision.customer", &input.customer},
          {it.offer, "decision.offer", &input.offer},
          {it.channel, "decision.channel", &input.channel},
          {it.conversation, "decision.conversation", &input.conversation},
          {it.key, "decision.key", &input.key}}) {
      TRATO_ASSIGN_OR_RETURN(*to, ToText(text, name));
    }
    input.at_us = it.at_us;
    input.score = it.score;
    input.probability = it.probability;
    return GiveFact(core->RecordDecision(input, now_us, write), out_decision);
  });
}

trato_status trato_decision_explain(const trato_store* store,
                                    const trato_id* decision,
                                    trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(decision, "decision"));
    return MoveInto(core->DecisionJson(FromId(*decision)), out_json);
  });
}

trato_status trato_decision_replay(const trato_store* store, int64_t since_us,
                                   int64_t until_us,
                                   trato_progress_fn progress,
                                   void* progress_context, trato_buf* out_json,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(core->ReplayJson(since_us, until_us,
                                     ToProgress(progress, progress_context)),
                    out_json);
  });
}

trato_status trato_decision_what_if(const trato_store* fork,
                                    const trato_what_if_options* options,
                                    int64_t now_us, trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(fork));
    trato_what_if_options it = TRATO_WHAT_IF_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
    }
    if (it.rows > 1) {
      return absl::InvalidArgumentError("options.rows is neither 0 nor 1");
    }
    trato::core::WhatIfQuestion question;
    question.since_us = it.since_us;
    question.until_us = it.until_us;
    question.with_rows = it.rows == 1;
    question.progress = ToProgress(it.progress, it.progress_context);
    return MoveInto(trato::core::WhatIf(*core, question, now_us), out_json);
  });
}

trato_status trato_outcome_record(trato_store* store,
                                  const trato_outcome* outcome, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_id* out_fact,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_outcome it, ReadStruct(outcome, "outcome"));
    trato::core::OutcomeInput input;
    input.kind = it.kind;
    input.at_us = it.at_us;
    input.decision = FromId(it.decision);
    TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "outcome.key"));
    TRATO_ASSIGN_OR_RETURN(input.conversation,
                           ToText(it.conversation, "outcome.conversation"));
    if (!IsZero(it.interaction)) input.interaction = FromId(it.interaction);
    return GiveFact(core->RecordOutcome(input, now_us, write), out_fact);
  });
}

trato_status trato_permit_give(trato_store* store, trato_str customer,
                               const trato_permit_request* request,
                               int64_t now_us,
                               const trato_write_options* options,
                               trato_permit* out_permit, trato_buf* out_address,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_permit, "out_permit"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(trato_permit_request it,
                           ReadStruct(request, "request"));
    trato::core::PermitInput input;
    TRATO_ASSIGN_OR_RETURN(input.channel,
                           ToText(it.channel, "request.channel"));
    TRATO_ASSIGN_OR_RETURN(input.purpose,
                           ToText(it.purpose, "request.purpose"));
    TRATO_ASSIGN_OR_RETURN(input.offer, ToText(it.offer, "request.offer"));
    TRATO_ASSIGN_OR_RETURN(input.lasts, ToText(it.lasts, "request.lasts"));
    if (it.has_decision != 0) input.decision = FromId(it.decision);
    TRATO_ASSIGN_OR_RETURN(trato::core::PermitResult given,
                           core->RequestPermit(who, input, now_us, write));
    out_permit->id = ToId(given.id);
    out_permit->deadline_us = given.deadline_us;
    if (out_address == nullptr) return absl::OkStatus();
    return MoveInto(given.address, out_address);
  });
}

trato_status trato_permit_use(trato_store* store, const trato_id* permit,
                              int64_t now_us,
                              const trato_write_options* options,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(permit, "permit"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    return core->UsePermit(FromId(*permit), now_us, write);
  });
}

trato_status trato_permit_show(const trato_store* store, const trato_id* permit,
                               int64_t now_us, trato_buf* out_json,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(permit, "permit"));
    return MoveInto(core->PermitJson(FromId(*permit), now_us), out_json);
  });
}

trato_status trato_purchase_link(trato_store* store, trato_str customer,
                                 const trato_id* purchase,
                                 const trato_id* decision, trato_str reason,
                                 int64_t now_us,
                                 const trato_write_options* options,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(purchase, "purchase"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    trato::core::PurchaseLinkInput input;
    input.purchase = FromId(*purchase);
    if (decision != nullptr) input.decision = FromId(*decision);
    TRATO_ASSIGN_OR_RETURN(input.reason, ToText(reason, "reason"));
    return core->LinkPurchase(who, input, now_us, write).status();
  });
}

trato_status trato_purchases_match(trato_store* store, int64_t since_us,
                                   int64_t until_us, int64_t now_us,
                                   const trato_write_options* options,
                                   trato_buf* out_json,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    return MoveInto(
        core->MatchPurchasesJson(since_us, until_us, now_us, write), out_json);
  });
}

trato_status trato_holdout_report(const trato_store* store, trato_str policy,
                                  trato_str within, int64_t since_us,
                                  int64_t until_us, int64_t now_us,
                                  trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view name, ToText(policy, "policy"));
    TRATO_ASSIGN_OR_RETURN(std::string_view span, ToText(within, "within"));
    return MoveInto(
        core->HoldoutJson(name, span, since_us, until_us, now_us), out_json);
  });
}

}  // extern "C"
