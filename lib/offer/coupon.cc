// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/coupon.h"

#include <algorithm>
#include <utility>

#include "absl/numeric/int128.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {

std::string_view NameOf(CouponGives gives) {
  switch (gives) {
    case CouponGives::kMoney:
      return "money";
    case CouponGives::kPercent:
      return "percent";
    case CouponGives::kGift:
      return "gift";
    case CouponGives::kOffer:
      break;
  }
  return "offer";
}

absl::StatusOr<int64_t> CouponBenefit::AmountOff(const Money& basket) const {
  switch (gives) {
    case CouponGives::kMoney:
      if (basket.currency != money.currency) {
        return absl::FailedPreconditionError(
            StrCat("the coupon gives ", money.currency.code(),
                   ", the basket is in ", basket.currency.code()));
      }
      return std::min(money.minor, basket.minor);
    case CouponGives::kPercent: {
      // Not negative, so that half away from zero is half up.
      const absl::int128 twice = absl::int128(basket.minor) * basis_points * 2;
      return static_cast<int64_t>((twice + 10'000) / 20'000);
    }
    default:
      return 0;
  }
}

Coupon& CouponBook::At(const CouponHash& hash) {
  const auto known = by_hash_.find(static_cast<const Id&>(hash));
  if (known != by_hash_.end()) return coupons_[*known];
  const auto number = static_cast<uint32_t>(coupons_.size());
  coupons_.push_back({hash});
  by_hash_.insert(number);
  return coupons_.back();
}

uint32_t CouponBook::AddTerms(const Issue& issue) {
  CouponTerms terms;
  terms.issued_us = issue.issued_us;
  terms.deadline_us = issue.deadline_us;
  terms.record = issue.record;
  terms.offer = labels_.Add(issue.offer);
  terms.uses = issue.uses;
  const auto [benefit, is_new] = benefit_numbers_.try_emplace(
      issue.benefit, static_cast<uint32_t>(benefits_.size()));
  if (is_new) benefits_.push_back(issue.benefit);
  terms.benefit = benefit->second;
  if (keys_.empty()) keys_.emplace_back();
  auto key = std::find(keys_.begin() + 1, keys_.end(), issue.key_check);
  if (issue.key_check != Id()) {
    if (key == keys_.end()) key = keys_.insert(key, issue.key_check);
    terms.key = static_cast<uint32_t>(key - keys_.begin());
  }
  const auto number = static_cast<uint32_t>(terms_.size());
  if (terms.is_personal()) {
    const auto [last, is_first] = by_record_.try_emplace(terms.record, number);
    if (!is_first) terms.next_of_record = std::exchange(last->second, number);
  }
  terms_.push_back(terms);
  if (issue.decision) decisions_.emplace(number, *issue.decision);
  return number;
}

void CouponBook::Add(const CouponHash& hash, uint32_t terms) {
  Coupon& coupon = At(hash);
  // Random bits do not repeat: this is the same issue, told twice.
  if (coupon.terms != CouponTerms::kNone) return;
  coupon.terms = terms;
  if (terms_[terms].first == CouponTerms::kNone) {
    terms_[terms].first = *by_hash_.find(static_cast<const Id&>(hash));
  }
  ++issued_;
}

void CouponBook::Redeem(const CouponHash& hash, const FactId& fact,
                        int64_t at_us, std::string_view source,
                        const Money& basket) {
  CouponRedemption it;
  it.fact = fact;
  it.at_us = at_us;
  it.source = labels_.Add(source);
  it.basket = basket;
  const auto buyer = buyers_.find(static_cast<const Id&>(fact));
  if (buyer != buyers_.end()) {
    it.record = buyer->second.record;
    it.purchase = buyer->second.purchase;
    buyers_.erase(buyer);
  }
  Coupon& coupon = At(hash);
  it.next = std::exchange(coupon.last_redemption,
                          static_cast<uint32_t>(redemptions_.size()));
  redemptions_.push_back(it);
}

void CouponBook::AddBuyer(const CouponHash& hash, const FactId& redemption,
                          uint32_t record, const FactId& purchase) {
  for (uint32_t i = At(hash).last_redemption; i != CouponRedemption::kNone;
       i = redemptions_[i].next) {
    if (redemptions_[i].fact != redemption) continue;
    redemptions_[i].record = record;
    redemptions_[i].purchase = purchase;
    return;
  }
  buyers_.insert_or_assign(redemption, Buyer{record, purchase});
}

void CouponBook::Reverse(const FactId& redemption, CouponReversal reversal) {
  const auto [known, is_new] = reversals_.try_emplace(redemption, reversal);
  if (is_new) return;
  const auto order = [](const CouponReversal& it) {
    return std::tuple(it.at_us, std::string_view(it.source),
                      static_cast<const Id&>(it.fact));
  };
  if (order(reversal) < order(known->second)) {
    known->second = std::move(reversal);
  }
}

const Coupon* CouponBook::Find(const CouponHash& hash) const {
  const auto found = by_hash_.find(static_cast<const Id&>(hash));
  if (found == by_hash_.end()) return nullptr;
  const Coupon& coupon = coupons_[*found];
  return coupon.terms == CouponTerms::kNone ? nullptr : &coupon;
}

bool CouponBook::HasKey(const Id& key_check) const {
  return std::find(keys_.begin(), keys_.end(), key_check) != keys_.end();
}

bool CouponBook::HasOtherKey(const Id& key_check) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const Id& key) {
    return key != Id() && key != key_check;
  });
}

std::vector<const Coupon*> CouponBook::Of(uint32_t record) const {
  std::vector<const Coupon*> coupons;
  const auto found = by_record_.find(record);
  if (found == by_record_.end()) return coupons;
  for (uint32_t i = found->second; i != CouponTerms::kNone;
       i = terms_[i].next_of_record) {
    if (terms_[i].first != CouponTerms::kNone) {
      coupons.push_back(&coupons_[terms_[i].first]);
    }
  }
  std::sort(coupons.begin(), coupons.end(), [&](const auto* a, const auto* b) {
    return std::pair(TermsOf(*a).issued_us, static_cast<const Id&>(a->hash)) <
           std::pair(TermsOf(*b).issued_us, static_cast<const Id&>(b->hash));
  });
  return coupons;
}

const CouponReversal* CouponBook::ReversalOf(const FactId& redemption) const {
  if (reversals_.empty()) return nullptr;
  const auto found = reversals_.find(static_cast<const Id&>(redemption));
  return found == reversals_.end() ? nullptr : &found->second;
}

}  // namespace trato::core
