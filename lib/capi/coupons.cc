// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 12 of trato.h: coupons.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

extern "C" {

trato_status trato_coupon_issue(trato_store* store, trato_str customer,
                                trato_str offer, int64_t now_us,
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
    return MoveInto(core->IssueCoupon(who, what, now_us, write), out_code);
  });
}

trato_status trato_coupon_redeem(trato_store* store, trato_str code,
                                 trato_str customer, trato_str key,
                                 int64_t now_us,
                                 const trato_write_options* options,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view text, ToText(code, "code"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view once, ToText(key, "key"));
    return core->RedeemCoupon(text, who, once, now_us, write);
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

}  // extern "C"
