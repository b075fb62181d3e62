// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/coupon.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kRandomCharacters = 17;  // 85 bits
constexpr size_t kGroup = 6;

// Crockford's check value: the number that the characters spell, modulo 37.
// 37 is prime and above the base, so one wrong character and a swap of
// neighbours always change it.
size_t CheckValue(std::string_view characters) {
  size_t value = 0;
  for (char c : characters) {
    value = (value * kAlphabet.size() + kAlphabet.find(c)) % 37;
  }
  return value;
}

absl::Status NoCode(std::string_view why) {
  return absl::InvalidArgumentError(StrCat("code ", why));
}

}  // namespace

std::string NewCouponCode() {
  std::string code;
  // Only codes whose check value is a character of the alphabet: 32 of 37, so a
  // code holds 84.8 bits.
  do {
    unsigned char random[kRandomCharacters];
    randombytes_buf(random, sizeof(random));
    code.clear();
    for (unsigned char byte : random) code.push_back(kAlphabet[byte % 32]);
  } while (CheckValue(code) >= kAlphabet.size());
  code.push_back(kAlphabet[CheckValue(code)]);
  std::string grouped;
  for (size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % kGroup == 0) grouped.push_back('-');
    grouped.push_back(code[i]);
  }
  return grouped;
}

absl::StatusOr<CouponHash> HashCouponCode(std::string_view code) {
  std::string characters;
  for (char c : code) {
    if (c == '-' || c == ' ' || c == '\t') continue;
    c = absl::ascii_toupper(static_cast<unsigned char>(c));
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kAlphabet.find(c) == std::string_view::npos) {
      return NoCode("holds a character that no coupon code has");
    }
    characters.push_back(c);
    if (characters.size() > kRandomCharacters + 1) break;
  }
  if (characters.size() != kRandomCharacters + 1) {
    return NoCode(StrCat("has not the ", kRandomCharacters + 1,
                         " characters of a coupon code"));
  }
  const char check = characters.back();
  const size_t value =
      CheckValue(std::string_view(characters).substr(0, kRandomCharacters));
  if (value != kAlphabet.find(check)) {
    return NoCode("is mistyped: its check character does not fit");
  }
  return CouponHash{Id::Of("coupon", {characters})};
}

CouponState StateOf(const Coupon& coupon, int64_t now_us) {
  if (coupon.redemption && coupon.redemption->at_us <= now_us) {
    return CouponState::kRedeemed;
  }
  if (now_us < coupon.issued_us) return CouponState::kNotYetValid;
  if (coupon.deadline_us && now_us >= *coupon.deadline_us) {
    return CouponState::kExpired;
  }
  return CouponState::kValid;
}

std::string_view NameOf(CouponState state) {
  switch (state) {
    case CouponState::kValid:
      return "valid";
    case CouponState::kRedeemed:
      return "redeemed";
    case CouponState::kExpired:
      return "expired";
    case CouponState::kNotYetValid:
      return "not yet valid";
  }
  return "valid";
}

void CouponBook::Issue(Coupon coupon) {
  Entry& entry = coupons_[coupon.hash];
  if (entry.issued) return;
  coupon.redemption = entry.coupon.redemption;
  by_record_[coupon.record].push_back(coupon.hash);
  entry = {std::move(coupon), true};
  ++issued_;
}

void CouponBook::Redeem(const CouponHash& hash,
                        const Coupon::Redemption& redemption) {
  auto& known = coupons_[hash].coupon.redemption;
  const auto key = [](const Coupon::Redemption& it) {
    return std::pair(it.at_us, static_cast<const Id&>(it.fact));
  };
  if (!known || key(redemption) < key(*known)) known = redemption;
}

absl::StatusOr<const Coupon*> CouponBook::Find(const CouponHash& hash) const {
  auto found = coupons_.find(hash);
  if (found == coupons_.end() || !found->second.issued) {
    return absl::NotFoundError("no coupon has this code");
  }
  return &found->second.coupon;
}

std::vector<const Coupon*> CouponBook::Of(uint32_t record) const {
  std::vector<const Coupon*> coupons;
  auto found = by_record_.find(record);
  if (found == by_record_.end()) return coupons;
  for (const CouponHash& hash : found->second) {
    coupons.push_back(&coupons_.at(hash).coupon);
  }
  std::sort(coupons.begin(), coupons.end(), [](const auto* a, const auto* b) {
    return std::pair(a->issued_us, static_cast<const Id&>(a->hash)) <
           std::pair(b->issued_us, static_cast<const Id&>(b->hash));
  });
  return coupons;
}

}  // namespace trato::core
