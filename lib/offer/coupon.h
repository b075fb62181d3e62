// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Coupons: what was issued on which terms, and what was redeemed. Personal ones
// belong to a record, bearer ones to whoever has the code. Issue, redemption,
// who redeemed it and its reversal are facts that may arrive in any order;
// whether a coupon is valid follows from them and the clock (coupon_status.h),
// and nothing ever becomes expired by a job.

#ifndef TRATO_OFFER_COUPON_H_
#define TRATO_OFFER_COUPON_H_

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/calendar.h"
#include "base/id.h"
#include "base/interner.h"
#include "base/money.h"
#include "offer/coupon_code.h"

namespace trato::core {

// The numbers are those of TRATO_COUPON_... in trato.h and of the protobuf
// enum.
enum class CouponGives : uint8_t {
  kOffer = 0,  // the offer as it is, without a discount
  kMoney = 1,
  kPercent = 2,
  kGift = 3
};
inline constexpr int kCouponGivesCount = 4;
std::string_view NameOf(CouponGives gives);

// What a coupon gives, as it was said when it was issued.
struct CouponBenefit {
  CouponGives gives = CouponGives::kOffer;
  uint32_t basis_points = 0;  // of percent
  Money money;                // of money
  std::string product;        // of a gift

  auto operator<=>(const CouponBenefit&) const = default;

  // How much it takes off a basket, never more than the basket; of percent,
  // rounded half away from zero. FAILED_PRECONDITION when it gives money of
  // another currency. `basket` is not negative.
  absl::StatusOr<int64_t> AmountOff(const Money& basket) const;
};

// The terms that the coupons of one issue share.
struct CouponTerms {
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  int64_t issued_us = 0;
  int64_t deadline_us = kNever;  // exclusive
  uint32_t record = kNone;       // whose they are; none: the bearer's
  uint32_t offer = 0;            // see CouponBook::OfferOf
  uint32_t benefit = 0;
  uint32_t uses = 1;                // of each
  uint32_t key = 0;                 // under which its hashes are; 0: none
  uint32_t first = kNone;           // a coupon of them
  uint32_t next_of_record = kNone;  // terms

  bool is_personal() const { return record != kNone; }
};

struct Coupon {
  CouponHash hash;
  uint32_t terms = CouponTerms::kNone;  // none: not issued yet
  uint32_t last_redemption = CouponTerms::kNone;
};

// That a coupon was redeemed. The basket has no currency where it was not said.
struct CouponRedemption {
  static constexpr uint32_t kNone = CouponTerms::kNone;

  FactId fact;
  int64_t at_us = 0;
  uint32_t source = 0;  // see CouponBook::SourceOf
  // Who redeemed it, and with which interaction, whose fact id is 0 where it
  // was not said.
  uint32_t record = kNone;
  FactId purchase;
  Money basket;
  uint32_t next = kNone;  // of the same coupon, in no order

  bool has_purchase() const { return static_cast<const Id&>(purchase) != Id(); }
};

struct CouponReversal {
  FactId fact;
  int64_t at_us = 0;
  std::string source;
  std::string reason;
};

class CouponBook {
 public:
  // What an issue says.
  struct Issue {
    int64_t issued_us = 0;
    int64_t deadline_us = kNever;
    uint32_t record = CouponTerms::kNone;
    std::string_view offer;
    CouponBenefit benefit;
    uint32_t uses = 1;
    Id key_check;  // 0: without a key
    std::optional<FactId> decision;
  };

  CouponBook() : by_hash_(0, HashOf{&coupons_}, EqualOf{&coupons_}) {}
  CouponBook(const CouponBook&) = delete;
  CouponBook& operator=(const CouponBook&) = delete;

  // ---- Writing: facts, in any order.

  void Reserve(size_t coupons) { by_hash_.reserve(by_hash_.size() + coupons); }
  // The terms of an issue, and then each of its coupons.
  uint32_t AddTerms(const Issue& issue);
  void Add(const CouponHash& hash, uint32_t terms);
  void Redeem(const CouponHash& hash, const FactId& fact, int64_t at_us,
              std::string_view source, const Money& basket);
  // Who redeemed it, and with what.
  void AddBuyer(const CouponHash& hash, const FactId& redemption,
                uint32_t record, const FactId& purchase);
  // Of several reversals the first by (event time, source, fact id) is told.
  void Reverse(const FactId& redemption, CouponReversal reversal);

  // ---- Reading.

  // Null: no coupon issued has this hash.
  const Coupon* Find(const CouponHash& hash) const;
  const CouponTerms& TermsOf(const Coupon& coupon) const {
    return terms_[coupon.terms];
  }
  std::string_view OfferOf(const CouponTerms& terms) const {
    return labels_.Text(terms.offer);
  }
  // The decision that a coupon came of; null: none.
  const FactId* DecisionOf(const Coupon& coupon) const {
    const auto found = decisions_.find(coupon.terms);
    return found == decisions_.end() ? nullptr : &found->second;
  }
  const CouponBenefit& BenefitOf(const CouponTerms& terms) const {
    return benefits_[terms.benefit];
  }
  std::string_view SourceOf(const CouponRedemption& it) const {
    return labels_.Text(it.source);
  }
  // Whether any coupon was issued without a key, under this one, or under
  // another one.
  bool HasKey(const Id& key_check) const;
  bool HasOtherKey(const Id& key_check) const;

  // The coupons of a record, in the order they were issued.
  std::vector<const Coupon*> Of(uint32_t record) const;
  // Calls `visit` for each coupon issued, or for each with its terms; in no
  // order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Coupon& it : coupons_) {
      if (it.terms != CouponTerms::kNone) visit(it);
    }
  }
  // Calls `visit` for each redemption of the coupon, in no order.
  template <typename Visit>
  void ForEachRedemption(const Coupon& coupon, Visit visit) const {
    for (uint32_t i = coupon.last_redemption; i != CouponRedemption::kNone;
         i = redemptions_[i].next) {
      visit(redemptions_[i]);
    }
  }
  const CouponReversal* ReversalOf(const FactId& redemption) const;
  // When the coupons of a record were redeemed by now_us, other than what was
  // reversed: visit(offer, at_us).
  template <typename Visit>
  void ForEachAcceptance(uint32_t record, int64_t now_us, Visit visit) const {
    if (by_record_.empty()) return;
    for (const Coupon* coupon : Of(record)) {
      // Its redemption is an outcome of the decision.
      if (DecisionOf(*coupon) != nullptr) continue;
      ForEachRedemption(*coupon, [&](const CouponRedemption& it) {
        if (it.at_us > now_us) return;
        const CouponReversal* const reversal = ReversalOf(it.fact);
        if (reversal == nullptr || reversal->at_us > now_us) {
          visit(OfferOf(TermsOf(*coupon)), it.at_us);
        }
      });
    }
  }

  size_t size() const { return issued_; }
  const std::deque<CouponTerms>& terms() const { return terms_; }

 private:
  struct HashOf {
    using is_transparent = void;
    const std::deque<Coupon>* coupons;
    // The hashes are random already.
    size_t operator()(const Id& hash) const { return absl::Hash<Id>()(hash); }
    size_t operator()(uint32_t i) const { return (*this)((*coupons)[i].hash); }
  };
  struct EqualOf {
    using is_transparent = void;
    const std::deque<Coupon>* coupons;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t a, const Id& b) const {
      return static_cast<const Id&>((*coupons)[a].hash) == b;
    }
    bool operator()(const Id& a, uint32_t b) const { return (*this)(b, a); }
  };
  struct Buyer {
    uint32_t record;
    FactId purchase;
  };

  Coupon& At(const CouponHash& hash);

  // Some 35 bytes a coupon, and of personal ones 60 more for their terms.
  std::deque<Coupon> coupons_;
  absl::flat_hash_set<uint32_t, HashOf, EqualOf> by_hash_;
  absl::flat_hash_map<uint32_t, FactId> decisions_;  // by terms
  std::deque<CouponTerms> terms_;
  absl::flat_hash_map<uint32_t, uint32_t> by_record_;  // its last terms
  std::deque<CouponRedemption> redemptions_;
  // Of redemptions that were not heard of yet.
  absl::flat_hash_map<Id, Buyer> buyers_;
  absl::flat_hash_map<Id, CouponReversal> reversals_;
  Interner labels_;  // offers and sources
  std::deque<CouponBenefit> benefits_;
  std::map<CouponBenefit, uint32_t> benefit_numbers_;
  std::vector<Id> keys_;  // by number; the first is none
  size_t issued_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_COUPON_H_
