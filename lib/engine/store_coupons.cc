// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Coupons: issued and redeemed under the writer's lock.

#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "engine/store_impl.h"

namespace trato::core {

absl::StatusOr<std::string> Store::IssueCoupon(std::string_view customer,
                                               std::string_view offer,
                                               int64_t now_us,
                                               const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, impl_->Resolve(customer, now_us));
  TRATO_ASSIGN_OR_RETURN(const Catalogue::Offer* found,
                         impl_->state->catalogue.Find(offer));
  if (impl_->state->customers.RestrictionOf(leader, now_us) != nullptr) {
    return absl::FailedPreconditionError(
        StrCat(customer, " gets no coupon: the customer's data is restricted"));
  }
  const ConsentState refusal =
      RefusalOf(impl_->state->match_context(), *found, leader, now_us);
  if (refusal != ConsentState::kNone) {
    return absl::FailedPreconditionError(
        StrCat(customer, " gets no coupon: ", WhyRefused(*found, refusal)));
  }
  const std::string code = NewCouponCode();
  CouponIssueFact it;
  TRATO_ASSIGN_OR_RETURN(it.hash, HashCouponCode(code));
  // Of the record that was named, so that it stays hers whatever is unlinked.
  TRATO_ASSIGN_OR_RETURN(RecordNumber record,
                         impl_->state->customers.ResolveRecord(customer));
  it.record = impl_->state->customers.RecordName(record);
  it.offer = found->definition.name;
  if (found->coupon_span) {
    it.deadline_us = Add(now_us, *found->coupon_span, impl_->state->zone);
    TRATO_RETURN_IF_ERROR(CheckInstant("the deadline", *it.deadline_us));
  }
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.payload = std::move(it);
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(NewFact{std::move(fact), true}, now_us, options.buffered)
          .status());
  return code;
}

absl::Status Store::RedeemCoupon(std::string_view code,
                                 std::string_view customer,
                                 std::string_view key, int64_t now_us,
                                 const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_ASSIGN_OR_RETURN(CouponHash hash, HashCouponCode(code));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Coupon* coupon, state.coupons.Find(hash));
  if (!customer.empty()) {
    TRATO_ASSIGN_OR_RETURN(RecordNumber leader,
                           impl_->Resolve(customer, now_us));
    if (state.customers.LeaderOf(coupon->record) != leader) {
      return absl::PermissionDeniedError(
          "the coupon belongs to another customer");
    }
  }
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.key = key;
  fact.payload = CouponRedemptionFact{hash};
  if (coupon->redemption) {
    // The same redemption sent again.
    if (!key.empty() &&
        coupon->redemption->fact == FactId::OfKey(fact.source, key)) {
      return impl_->CommitNothing(now_us, options.buffered);
    }
    return absl::FailedPreconditionError(
        StrCat("the coupon was redeemed on ",
               trato::core::FormatTime(coupon->redemption->at_us, state.zone)));
  }
  if (now_us < coupon->issued_us) {
    return absl::OutOfRangeError(
        StrCat("the coupon is valid from ",
               trato::core::FormatTime(coupon->issued_us, state.zone)));
  }
  if (coupon->deadline_us && now_us >= *coupon->deadline_us) {
    return absl::OutOfRangeError(
        StrCat("the coupon expired on ",
               trato::core::FormatTime(*coupon->deadline_us, state.zone)));
  }
  return impl_
      ->Commit(NewFact{std::move(fact), false}, now_us, options.buffered)
      .status();
}

absl::StatusOr<std::string> Store::CouponJson(std::string_view code,
                                              int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_ASSIGN_OR_RETURN(CouponHash hash, HashCouponCode(code));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Coupon* coupon, state.coupons.Find(hash));
  return trato::core::CouponJson(state.model(), *coupon, now_us);
}

}  // namespace trato::core
