// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/coupon_code.h"

#include <sodium.h>

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

CouponCodeMaker::~CouponCodeMaker() {
  sodium_memzero(random_.data(), random_.size());
}

unsigned char CouponCodeMaker::NextByte() {
  if (used_ == random_.size()) {
    randombytes_buf(random_.data(), random_.size());
    used_ = 0;
  }
  return random_[used_++];
}

std::string CouponCodeMaker::Next() {
  std::string code;
  // Only codes whose check value is a character of the alphabet: 32 of 37, so a
  // code holds 84.8 bits.
  do {
    code.clear();
    for (size_t i = 0; i < kRandomCharacters; ++i) {
      code.push_back(kAlphabet[NextByte() % 32]);
    }
  } while (CheckValue(code) >= kAlphabet.size());
  code.push_back(kAlphabet[CheckValue(code)]);
  code.insert(2 * kGroup, 1, '-');
  code.insert(kGroup, 1, '-');
  return code;
}

std::string NewCouponCode() { return CouponCodeMaker().Next(); }

absl::StatusOr<std::string> ReadCouponCode(std::string_view code) {
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
  return characters;
}

CouponHash PlainCouponHash(std::string_view characters) {
  return CouponHash{Id::Of("coupon", {characters})};
}

absl::StatusOr<CouponHash> HashCouponCode(std::string_view code) {
  TRATO_ASSIGN_OR_RETURN(const std::string characters, ReadCouponCode(code));
  return PlainCouponHash(characters);
}

}  // namespace trato::core
