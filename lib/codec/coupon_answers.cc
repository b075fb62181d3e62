// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Coupons as JSON.

#include "codec/answer_parts.h"
#include "codec/answers.h"

namespace trato::core {

std::string CouponJson(const Model& model, const Coupon& coupon,
                       int64_t now_us) {
  Json json{{"offer", coupon.offer},
            {"customer", Text(model.customers->RecordName(coupon.record))}};
  PutCoupon(model, json, coupon, now_us);
  const bool redeemed = coupon.redemption && coupon.redemption->at_us <= now_us;
  PutTime(model, json, "redeemed",
          redeemed ? std::optional(coupon.redemption->at_us) : std::nullopt);
  return Written(json);
}

}  // namespace trato::core
