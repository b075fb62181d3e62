// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Codes of coupons. The store keeps the hash of a code, never the code: with
// more than 80 random bits in it, nobody finds the code from its hash, and with
// the host's key nobody can even try.

#ifndef TRATO_OFFER_COUPON_CODE_H_
#define TRATO_OFFER_COUPON_CODE_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/id.h"

namespace trato::core {

struct CouponHash : Id {};

// A new code, "7K3MPQ-W9F2XA-0C5TRH": 17 characters of Crockford's base 32 from
// the operating system's entropy, then a check character.
std::string NewCouponCode();

// The same for many, which asks for entropy less often.
class CouponCodeMaker {
 public:
  CouponCodeMaker() = default;
  ~CouponCodeMaker();
  CouponCodeMaker(const CouponCodeMaker&) = delete;
  CouponCodeMaker& operator=(const CouponCodeMaker&) = delete;

  std::string Next();

 private:
  unsigned char NextByte();

  std::array<unsigned char, 4096> random_;
  size_t used_ = 4096;
};

// The 18 characters that are meant, with letter case, blanks and hyphens
// ignored and O, I, L read as 0, 1, 1. INVALID_ARGUMENT when it cannot be a
// code; any one mistyped character and any swap of neighbours is found by the
// check character.
absl::StatusOr<std::string> ReadCouponCode(std::string_view code);

// The hash without a key, of a code as it was read, and of one as written.
CouponHash PlainCouponHash(std::string_view characters);
absl::StatusOr<CouponHash> HashCouponCode(std::string_view code);

}  // namespace trato::core

#endif  // TRATO_OFFER_COUPON_CODE_H_
