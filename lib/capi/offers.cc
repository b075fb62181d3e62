// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapters 10 and 11 of trato.h: offers, decisions, outcomes.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

namespace {

trato_match ToMatch(const trato::core::MatchResult& it) {
  trato_match match = {};
  match.offer = ToStr(it.offer);
  match.score = it.score;
  match.affinity = it.affinity;
  match.value_minor = it.value_minor;
  CopyCurrency(it.currency, match.currency);
  return match;
}

absl::Status CheckMatchOptions(const trato_match_options* options,
                               std::string_view name) {
  if (options == nullptr) return absl::OkStatus();
  TRATO_ASSIGN_OR_RETURN(trato_match_options it, ReadStruct(options, name));
  if (it.reserved0 == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(name, ".reserved0 is not 0"));
}

}  // namespace

extern "C" {

trato_status trato_offer_define(trato_store* store, const trato_offer* offer,
                                int64_t now_us,
                                const trato_write_options* options,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_offer it, ReadStruct(offer, "offer"));
    trato::core::OfferInput input;
    TRATO_ASSIGN_OR_RETURN(input.name, ToText(it.name, "offer.name"));
    TRATO_ASSIGN_OR_RETURN(input.title, ToText(it.title, "offer.title"));
    constexpr size_t kMaxProducts = 100000;
    if (it.product_count > kMaxProducts) {
      return absl::InvalidArgumentError(
          StrCat("offer.product_count is above ", kMaxProducts));
    }
    if (it.product_count > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(it.products, "offer.products"));
    }
    for (size_t i = 0; i < it.product_count; ++i) {
      TRATO_ASSIGN_OR_RETURN(
          std::string_view product,
          ToText(it.products[i], StrCat("offer.products[", i, "]")));
      input.products.push_back(product);
    }
    TRATO_ASSIGN_OR_RETURN(input.currency,
                           ToText(it.currency, "offer.currency"));
    input.value_minor = it.value_minor;
    input.discount_minor = it.discount_minor;
    input.discount_basis_points = it.discount_basis_points;
    TRATO_ASSIGN_OR_RETURN(input.eligibility,
                           ToText(it.eligibility, "offer.eligibility"));
    input.valid_from_us = it.valid_from_us;
    input.valid_until_us = it.valid_until_us;
    TRATO_ASSIGN_OR_RETURN(input.coupon_span,
                           ToText(it.coupon_span, "offer.coupon_span"));
    TRATO_ASSIGN_OR_RETURN(input.purpose, ToText(it.purpose, "offer.purpose"));
    TRATO_ASSIGN_OR_RETURN(input.channel, ToText(it.channel, "offer.channel"));
    return core->DefineOffer(input, now_us, write);
  });
}

trato_status trato_offer_match(const trato_store* store, trato_str customer,
                               int64_t now_us,
                               const trato_match_options* options,
                               trato_match* out_matches, size_t capacity,
                               size_t* out_count, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckMatchOptions(options, "options"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_count, "out_count"));
    if (capacity > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(out_matches, "out_matches"));
    }
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(auto matches,
                           core->MatchOffers(who, now_us, capacity));
    for (size_t i = 0; i < matches.size(); ++i) {
      out_matches[i] = ToMatch(matches[i]);
    }
    *out_count = matches.size();
    return absl::OkStatus();
  });
}

trato_status trato_offer_explain(const trato_store* store, trato_str customer,
                                 int64_t now_us, trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    return MoveInto(core->ExplainOffersJson(who, now_us), out_json);
  });
}

trato_status trato_offer_report(const trato_store* store, int64_t now_us,
                                trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(core->OfferReportJson(now_us), out_json);
  });
}

trato_status trato_offer_decide(trato_store* store, trato_str customer,
                                int64_t now_us,
                                const trato_match_options* match_options,
                                const trato_write_options* options,
                                trato_decision* out_decision,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckMatchOptions(match_options, "match_options"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_decision, "out_decision"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(trato::core::DecisionResult it,
                           core->DecideOffer(who, now_us, write));
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
    return GiveFact(core->RecordOutcome(input, now_us, write), out_fact);
  });
}

}  // extern "C"
