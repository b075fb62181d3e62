// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A coupon as it stands at an instant: a function of the facts and the clock.
// A redemption takes a use from its event time on, and gives it back when it is
// reversed, when the purchase that it names is retracted, or when returns take
// the purchase back whole. Of more redemptions than uses the first by (event
// time, source, fact id) hold.

#ifndef TRATO_OFFER_COUPON_STATUS_H_
#define TRATO_OFFER_COUPON_STATUS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "expression/evaluator.h"
#include "offer/coupon.h"

namespace trato::core {

enum class CouponState { kValid, kRedeemed, kExpired, kNotYetValid };
std::string_view NameOf(CouponState state);

// Why a redemption takes no use.
enum class CouponRelease : uint8_t {
  kNone,
  kReversed,   // by a reversal
  kRetracted,  // the purchase never happened
  kReturned    // the purchase was taken back whole
};
std::string_view NameOf(CouponRelease release);

struct CouponReleased {
  CouponRelease why = CouponRelease::kNone;
  int64_t at_us = kNever;  // from when on
};
// As it is known at now_us. Cost: where the redemption names a purchase, a look
// at the customer's returns; where one of them names it too, a look at her
// other interactions.
CouponReleased ReleaseOf(const CouponBook& book, const World& world,
                         const CouponRedemption& redemption, int64_t now_us);

struct CouponUse {
  const CouponRedemption* redemption = nullptr;
  CouponReleased released;
  bool holds = false;  // else it was released, or all uses were taken
};

struct CouponStatus {
  CouponState state = CouponState::kValid;
  uint32_t uses_left = 0;
  std::vector<CouponUse> uses;  // by now_us, in order
};
CouponStatus StatusOf(const CouponBook& book, const World& world,
                      const Coupon& coupon, int64_t now_us);

// How many uses no other redemption may take from now_us on: those that are
// taken then, and those of redemptions dated later, as where the clock went
// back.
uint32_t UsesTaken(const CouponBook& book, const World& world,
                   const Coupon& coupon, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_OFFER_COUPON_STATUS_H_
