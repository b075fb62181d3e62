// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Personal coupons. The store keeps the hash of a code, never the code: with
// more than 80 random bits in it, nobody finds the code from its hash. Whether
// a coupon is valid is computed from its dates and the clock given; nothing
// ever becomes expired by a job.

#ifndef TRATO_OFFER_COUPON_H_
#define TRATO_OFFER_COUPON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/id.h"

namespace trato::core {

struct CouponHash : Id {};

// A new code, "7K3MPQ-W9F2XA-0C5TRH": 17 characters of Crockford's base 32 from
// the operating system's entropy, then a check character.
std::string NewCouponCode();

// The code's hash, with letter case, blanks and hyphens ignored and O, I, L
// read as 0, 1, 1. INVALID_ARGUMENT when it cannot be a code; any one mistyped
// character and any swap of neighbours is found by the check character.
absl::StatusOr<CouponHash> HashCouponCode(std::string_view code);

struct Coupon {
  CouponHash hash;
  uint32_t record = 0;  // whose it is
  std::string offer;
  int64_t issued_us = 0;
  std::optional<int64_t> deadline_us;  // exclusive
  struct Redemption {
    int64_t at_us = 0;
    FactId fact;
  };
  std::optional<Redemption> redemption;
};

enum class CouponState { kValid, kRedeemed, kExpired, kNotYetValid };

// The coupon as it stands at now_us.
CouponState StateOf(const Coupon& coupon, int64_t now_us);
std::string_view NameOf(CouponState state);

class CouponBook {
 public:
  // An issue and its redemption may arrive in either order.
  void Issue(Coupon coupon);
  void Redeem(const CouponHash& hash, const Coupon::Redemption& redemption);

  // NOT_FOUND.
  absl::StatusOr<const Coupon*> Find(const CouponHash& hash) const;
  // The coupons of a record, in the order they were issued.
  std::vector<const Coupon*> Of(uint32_t record) const;
  // Calls `visit` for each coupon issued, in no order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [hash, entry] : coupons_) {
      if (entry.issued) visit(entry.coupon);
    }
  }
  size_t size() const { return issued_; }

 private:
  struct Entry {
    Coupon coupon;
    bool issued = false;
  };
  absl::flat_hash_map<Id, Entry> coupons_;
  absl::flat_hash_map<uint32_t, std::vector<CouponHash>> by_record_;
  size_t issued_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_COUPON_H_
