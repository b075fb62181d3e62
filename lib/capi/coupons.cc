// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 12 of trato.h: coupons.

#include <cstring>

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

namespace {

// NULL: the defaults. What it names is borrowed.
absl::StatusOr<trato::core::CouponInput> ToCoupon(
    const trato_coupon_options* coupon) {
  trato::core::CouponInput input;
  if (coupon == nullptr) return input;
  TRATO_ASSIGN_OR_RETURN(trato_coupon_options it, ReadStruct(coupon, "coupon"));
  if (it.reserved0 != 0) {
    return absl::InvalidArgumentError("coupon.reserved0 is not 0");
  }
  if ((it.flags & ~TRATO_COUPON_FOR_EVER) != 0) {
    return absl::InvalidArgumentError(
        "coupon.flags sets a bit that stands for nothing");
  }
  input.gives = it.gives;
  input.basis_points = it.basis_points;
  input.amount_minor = it.amount_minor;
  TRATO_ASSIGN_OR_RETURN(input.currency,
                         ToText(it.currency, "coupon.currency"));
  TRATO_ASSIGN_OR_RETURN(input.product, ToText(it.product, "coupon.product"));
  input.uses = it.uses;
  input.for_ever = (it.flags & TRATO_COUPON_FOR_EVER) != 0;
  input.valid_until_us = it.valid_until_us;
  TRATO_ASSIGN_OR_RETURN(input.span, ToText(it.span, "coupon.span"));
  if (!IsZero(it.decision)) input.decision = FromId(it.decision);
  return input;
}

absl::StatusOr<trato::core::RedemptionInput> ToRedemption(
    const trato_coupon_redemption* redemption) {
  TRATO_ASSIGN_OR_RETURN(trato_coupon_redemption it,
                         ReadStruct(redemption, "redemption"));
  constexpr uint32_t kFlags = TRATO_REDEMPTION_HAS_BASKET |
                              TRATO_REDEMPTION_REPORTED |
                              TRATO_REDEMPTION_DRY_RUN;
  if ((it.flags & ~kFlags) != 0) {
    return absl::InvalidArgumentError(
        "redemption.flags sets a bit that stands for nothing");
  }
  trato::core::RedemptionInput input;
  TRATO_ASSIGN_OR_RETURN(input.code, ToText(it.code, "redemption.code"));
  TRATO_ASSIGN_OR_RETURN(input.customer,
                         ToText(it.customer, "redemption.customer"));
  TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "redemption.key"));
  TRATO_ASSIGN_OR_RETURN(input.currency,
                         ToText(it.currency, "redemption.currency"));
  input.at_us = it.at_us;
  input.purchase = FromId(it.purchase);
  input.has_basket = (it.flags & TRATO_REDEMPTION_HAS_BASKET) != 0;
  input.basket_minor = it.basket_minor;
  if (!input.has_basket &&
      (input.basket_minor != 0 || !input.currency.empty())) {
    return absl::InvalidArgumentError(
        "redemption.basket_minor is for TRATO_REDEMPTION_HAS_BASKET");
  }
  input.reported = (it.flags & TRATO_REDEMPTION_REPORTED) != 0;
  input.dry_run = (it.flags & TRATO_REDEMPTION_DRY_RUN) != 0;
  return input;
}

trato_coupon_result ToResult(const trato::core::CouponResult& it) {
  trato_coupon_result result = {};
  result.redemption = ToId(it.redemption);
  result.gives = it.gives;
  result.basis_points = it.basis_points;
  result.amount_minor = it.amount_minor;
  CopyCurrency(it.currency, result.currency);
  result.uses_left = it.uses_left;
  result.product = ToStr(it.product);
  result.offer = ToStr(it.offer);
  result.holds = it.holds;
  result.repeated = it.repeated;
  return result;
}

}  // namespace

extern "C" {

trato_status trato_coupon_issue(trato_store* store, trato_str customer,
                                trato_str offer,
                                const trato_coupon_options* coupon,
                                int64_t now_us,
                                const trato_write_options* options,
                                trato_buf* out_code,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    // Before it is issued: nobody would learn the code.
    TRATO_RETURN_IF_ERROR(CheckSet(out_code, "out_code"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view what, ToText(offer, "offer"));
    TRATO_ASSIGN_OR_RETURN(auto terms, ToCoupon(coupon));
    TRATO_ASSIGN_OR_RETURN(
        std::vector<std::string> codes,
        core->IssueCoupons(who, what, 1, terms, now_us, write));
    return MoveInto(absl::StatusOr<std::string>(std::move(codes.front())),
                    out_code);
  });
}

trato_status trato_coupon_issue_many(trato_store* store, trato_str offer,
                                     const trato_coupon_options* coupon,
                                     size_t count, int64_t now_us,
                                     const trato_write_options* options,
                                     trato_coupon_code* out_codes,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_codes, "out_codes"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view what, ToText(offer, "offer"));
    TRATO_ASSIGN_OR_RETURN(auto terms, ToCoupon(coupon));
    TRATO_ASSIGN_OR_RETURN(
        const std::vector<std::string> codes,
        core->IssueCoupons({}, what, count, terms, now_us, write));
    for (size_t i = 0; i < codes.size(); ++i) {
      static_assert(sizeof(out_codes[i].text) == 24);
      std::memset(out_codes[i].text, 0, sizeof(out_codes[i].text));
      std::memcpy(out_codes[i].text, codes[i].data(), codes[i].size());
    }
    return absl::OkStatus();
  });
}

trato_status trato_coupon_redeem(trato_store* store,
                                 const trato_coupon_redemption* redemption,
                                 int64_t now_us,
                                 const trato_write_options* options,
                                 trato_coupon_result* out_result,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(auto input, ToRedemption(redemption));
    TRATO_ASSIGN_OR_RETURN(auto result,
                           core->RedeemCoupon(input, now_us, write));
    if (out_result != nullptr) *out_result = ToResult(result);
    return absl::OkStatus();
  });
}

trato_status trato_coupon_reverse(trato_store* store, trato_str code,
                                  const trato_id* redemption, trato_str reason,
                                  trato_str key, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view text, ToText(code, "code"));
    TRATO_ASSIGN_OR_RETURN(std::string_view why, ToText(reason, "reason"));
    TRATO_ASSIGN_OR_RETURN(std::string_view once, ToText(key, "key"));
    trato::core::IdBytes id{};
    if (redemption != nullptr) id = FromId(*redemption);
    return core->ReverseCoupon(text, redemption == nullptr ? nullptr : &id, why,
                               once, now_us, write);
  });
}

trato_status trato_coupon_show(const trato_store* store, trato_str code,
                               int64_t now_us, trato_buf* out_json,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view text, ToText(code, "code"));
    return MoveInto(core->CouponJson(text, now_us), out_json);
  });
}

trato_status trato_coupon_list(const trato_store* store, trato_str customer,
                               trato_str offer, size_t limit, int64_t now_us,
                               trato_buf* out_json,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view what, ToText(offer, "offer"));
    return MoveInto(core->CouponListJson(who, what, limit, now_us), out_json);
  });
}

}  // extern "C"
