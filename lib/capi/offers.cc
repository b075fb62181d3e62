// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 11 of trato.h: what is defined of offers, and what is asked of them.

#include <span>

#include "capi/offers.h"
#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

namespace trato::capi {

trato_match ToMatch(const core::MatchResult& it) {
  trato_match match = {};
  match.offer = ToStr(it.offer);
  match.score = it.score;
  match.affinity = it.affinity;
  match.value_minor = it.value_minor;
  CopyCurrency(it.currency, match.currency);
  match.channel = ToStr(it.channel);
  return match;
}

absl::StatusOr<core::DecideInput> ToMatchOptions(
    const trato_match_options* options, std::string_view name) {
  core::DecideInput input;
  if (options == nullptr) return input;
  TRATO_ASSIGN_OR_RETURN(trato_match_options it, ReadStruct(options, name));
  if (it.reserved0 != 0) {
    return absl::InvalidArgumentError(StrCat(name, ".reserved0 is not 0"));
  }
  TRATO_ASSIGN_OR_RETURN(input.channel,
                         ToText(it.channel, StrCat(name, ".channel")));
  TRATO_ASSIGN_OR_RETURN(
      input.conversation,
      ToText(it.conversation, StrCat(name, ".conversation")));
  return input;
}

}  // namespace trato::capi

namespace {

absl::StatusOr<trato::core::OfferInput> ToOffer(const trato_offer& it) {
  trato::core::OfferInput input;
  const std::tuple<trato_str, std::string_view*, std::string_view> texts[] = {
      {it.name, &input.name, "name"},
      {it.title, &input.title, "title"},
      {it.currency, &input.currency, "currency"},
      {it.eligibility, &input.eligibility, "eligibility"},
      {it.coupon_span, &input.coupon_span, "coupon_span"},
      {it.purpose, &input.purpose, "purpose"},
      {it.channel, &input.channel, "channel"},
      {it.issue, &input.issue, "issue"},
      {it.group, &input.group, "group"},
      {it.applicability, &input.applicability, "applicability"},
      {it.suitability, &input.suitability, "suitability"},
      {it.context, &input.context, "context"},
      {it.respond_within, &input.respond_within, "respond_within"}};
  for (const auto& [from, to, field] : texts) {
    TRATO_ASSIGN_OR_RETURN(*to, ToText(from, StrCat("offer.", field)));
  }
  TRATO_ASSIGN_OR_RETURN(
      input.products, ToTexts(it.products, it.product_count, "offer.products"));
  TRATO_ASSIGN_OR_RETURN(
      input.categories,
      ToTexts(it.categories, it.category_count, "offer.categories"));
  TRATO_ASSIGN_OR_RETURN(input.needs,
                         ToTexts(it.needs, it.need_count, "offer.needs"));
  input.value_minor = it.value_minor;
  input.discount_minor = it.discount_minor;
  input.discount_basis_points = it.discount_basis_points;
  input.valid_from_us = it.valid_from_us;
  input.valid_until_us = it.valid_until_us;
  input.cost_minor = it.cost_minor;
  input.benefit_minor = it.benefit_minor;
  input.lever = it.lever;
  input.stock = it.stock;
  input.budget_minor = it.budget_minor;
  if (it.variant_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.variants, "offer.variants"));
  }
  constexpr size_t kMaxVariants = 1000;
  if (it.variant_count > kMaxVariants) {
    return absl::InvalidArgumentError(
        StrCat("offer.variants holds ", it.variant_count, ", at most ",
               kMaxVariants));
  }
  for (size_t i = 0; i < it.variant_count; ++i) {
    const trato_offer_variant& from = it.variants[i];
    const std::string field = StrCat("offer.variants[", i, "].");
    trato::core::OfferVariantInput& to = input.variants.emplace_back();
    TRATO_ASSIGN_OR_RETURN(to.channel,
                           ToText(from.channel, StrCat(field, "channel")));
    TRATO_ASSIGN_OR_RETURN(to.title,
                           ToText(from.title, StrCat(field, "title")));
    TRATO_ASSIGN_OR_RETURN(to.content,
                           ToText(from.content, StrCat(field, "content")));
  }
  return input;
}

}  // namespace

extern "C" {

trato_status trato_product_define(trato_store* store,
                                  const trato_product* product, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_product it, ReadStruct(product, "product"));
    trato::core::ProductInput input;
    TRATO_ASSIGN_OR_RETURN(input.id, ToText(it.id, "product.id"));
    TRATO_ASSIGN_OR_RETURN(input.name, ToText(it.name, "product.name"));
    TRATO_ASSIGN_OR_RETURN(input.category,
                           ToText(it.category, "product.category"));
    TRATO_ASSIGN_OR_RETURN(input.substitutes,
                           ToTexts(it.substitutes, it.substitute_count,
                                   "product.substitutes"));
    return core->DefineProduct(input, now_us, write);
  });
}

trato_status trato_channel_define(trato_store* store, trato_str name,
                                  trato_str address, trato_str description,
                                  int64_t now_us,
                                  const trato_write_options* options,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view called, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view where, ToText(address, "address"));
    TRATO_ASSIGN_OR_RETURN(std::string_view what,
                           ToText(description, "description"));
    return core->DefineChannel(called, where, what, now_us, write);
  });
}

trato_status trato_offer_define(trato_store* store, const trato_offer* offer,
                                int64_t now_us,
                                const trato_write_options* options,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_offer it, ReadStruct(offer, "offer"));
    TRATO_ASSIGN_OR_RETURN(trato::core::OfferInput input, ToOffer(it));
    return core->DefineOffer(input, now_us, write);
  });
}

trato_status trato_offer_list(const trato_store* store, uint32_t history,
                              trato_buf* out_json,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    return MoveInto(core->OffersJson(history != 0), out_json);
  });
}

trato_status trato_contact_policy_define(trato_store* store,
                                         const trato_contact_policy* policy,
                                         int64_t now_us,
                                         const trato_write_options* options,
                                         trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_contact_policy it,
                           ReadStruct(policy, "policy"));
    trato::core::PolicyInput input;
    const std::tuple<trato_str, std::string_view*, std::string_view> texts[] = {
        {it.name, &input.name, "name"},
        {it.channel, &input.channel, "channel"},
        {it.issue, &input.issue, "issue"},
        {it.group, &input.group, "group"},
        {it.offer, &input.offer, "offer"},
        {it.within, &input.within, "within"},
        {it.open_complaint, &input.open_complaint, "open_complaint"}};
    for (const auto& [from, to, field] : texts) {
      TRATO_ASSIGN_OR_RETURN(*to, ToText(from, StrCat("policy.", field)));
    }
    if (it.at_most != TRATO_NO_CAP) input.at_most = it.at_most;
    const std::tuple<int32_t, std::optional<uint32_t>*, std::string_view>
        minutes[] = {{it.quiet_from, &input.quiet_from, "quiet_from"},
                     {it.quiet_until, &input.quiet_until, "quiet_until"}};
    for (const auto& [from, to, field] : minutes) {
      if (from < -1) {
        return absl::InvalidArgumentError(
            StrCat("policy.", field, " is below -1, which is none"));
      }
      if (from >= 0) *to = static_cast<uint32_t>(from);
    }
    input.holdout_basis_points = it.holdout_basis_points;
    input.retired = it.retired != 0;
    return core->DefinePolicy(input, now_us, write);
  });
}

trato_status trato_arbitration_define(trato_store* store,
                                      const trato_arbitration* arbitration,
                                      int64_t now_us,
                                      const trato_write_options* options,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_arbitration it,
                           ReadStruct(arbitration, "arbitration"));
    if (it.reserved0 != 0) {
      return absl::InvalidArgumentError("arbitration.reserved0 is not 0");
    }
    return core->DefineArbitration(
        {it.benefit_weight, it.exploration, it.per_issue, it.per_group,
         it.pacing},
        now_us, write);
  });
}

trato_status trato_policy_list(const trato_store* store, trato_buf* out_json,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    return MoveInto(core->PoliciesJson(), out_json);
  });
}

trato_status trato_offer_match(const trato_store* store, trato_str customer,
                               int64_t now_us,
                               const trato_match_options* options,
                               trato_match* out_matches, size_t capacity,
                               size_t* out_count, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(auto how, ToMatchOptions(options, "options"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_count, "out_count"));
    if (capacity > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(out_matches, "out_matches"));
    }
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    // Few are asked for, mostly.
    trato::core::MatchResult few[16];
    std::vector<trato::core::MatchResult> many;
    std::span<trato::core::MatchResult> results(few,
                                                std::min<size_t>(capacity, 16));
    constexpr size_t kMostOffers = size_t{1} << 20;
    if (capacity > std::size(few)) {
      many.resize(std::min(capacity, kMostOffers));
      results = many;
    }
    TRATO_ASSIGN_OR_RETURN(
        *out_count, core->MatchOffers(who, now_us, how.channel, results));
    for (size_t i = 0; i < *out_count; ++i) {
      out_matches[i] = ToMatch(results[i]);
    }
    return absl::OkStatus();
  });
}

trato_status trato_offer_explain(const trato_store* store, trato_str customer,
                                 int64_t now_us,
                                 const trato_match_options* options,
                                 trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(auto how, ToMatchOptions(options, "options"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    return MoveInto(core->ExplainOffersJson(who, now_us, how.channel),
                    out_json);
  });
}

trato_status trato_offer_why_not(const trato_store* store, trato_str customer,
                                 trato_str offer, int64_t now_us,
                                 const trato_match_options* options,
                                 trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(auto how, ToMatchOptions(options, "options"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view what, ToText(offer, "offer"));
    return MoveInto(core->WhyNotJson(who, what, now_us, how.channel),
                    out_json);
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

}  // extern "C"
