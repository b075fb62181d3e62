// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/coupon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"

namespace trato::core {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

TEST(CouponCode, HasThreeGroupsOfSixReadableCharacters) {
  for (int i = 0; i < 1000; ++i) {
    const std::string code = NewCouponCode();
    ASSERT_EQ(code.size(), 20u);
    for (size_t at = 0; at < code.size(); ++at) {
      if (at == 6 || at == 13) {
        ASSERT_EQ(code[at], '-');
      } else {
        ASSERT_NE(kAlphabet.find(code[at]), std::string_view::npos) << code;
      }
    }
  }
}

TEST(CouponCode, DoesNotRepeat) {
  std::set<std::string> codes;
  for (int i = 0; i < 10000; ++i) codes.insert(NewCouponCode());
  EXPECT_EQ(codes.size(), 10000u);
}

TEST(CouponCode, EveryWrongCharacterIsFound) {
  const std::string code = NewCouponCode();
  ASSERT_TRUE(HashCouponCode(code).ok());
  for (size_t at = 0; at < code.size(); ++at) {
    if (code[at] == '-') continue;
    for (char other : kAlphabet) {
      if (other == code[at]) continue;
      std::string wrong = code;
      wrong[at] = other;
      EXPECT_EQ(HashCouponCode(wrong).status().code(),
                absl::StatusCode::kInvalidArgument)
          << wrong;
    }
  }
}

TEST(CouponCode, EverySwapOfNeighboursIsFound) {
  for (int i = 0; i < 200; ++i) {
    std::string code = NewCouponCode();
    code.erase(std::remove(code.begin(), code.end(), '-'), code.end());
    for (size_t at = 0; at + 1 < code.size(); ++at) {
      if (code[at] == code[at + 1]) continue;
      std::string wrong = code;
      std::swap(wrong[at], wrong[at + 1]);
      EXPECT_FALSE(HashCouponCode(wrong).ok()) << code << " as " << wrong;
    }
  }
}

// By hand: the check value of 17 zeros is 0, of 16 zeros and a 1 it is 1, and
// of 1 followed by a 0 it is 32, the 33rd check symbol, which no code has.
TEST(CouponCode, TheCheckCharacterIsTheNumberModulo37) {
  EXPECT_TRUE(HashCouponCode("000000-000000-000000").ok());
  EXPECT_TRUE(HashCouponCode("000000-000000-000011").ok());
  EXPECT_FALSE(HashCouponCode("000000-000000-000010").ok());
  // 1 * 32 + 5 = 37 = 0 modulo 37.
  EXPECT_TRUE(HashCouponCode("000000-000000-000150").ok());
}

TEST(CouponCode, CaseBlanksHyphensAndLookalikesDoNotMatter) {
  const auto hash = HashCouponCode("000000-000000-000011");
  ASSERT_TRUE(hash.ok());
  for (std::string_view same : {"000000000000000011", "oooooo oooooo ooooIl",
                                " OOOOOO-OOOOOO-OOOOLi"}) {
    const auto other = HashCouponCode(same);
    ASSERT_TRUE(other.ok()) << same;
    EXPECT_EQ(*other, *hash) << same;
  }
}

TEST(CouponCode, OtherLengthsAndCharactersAreRefused) {
  for (std::string_view wrong :
       {"", "0", "00000000000000001", "0000000000000000110",
        "00000000000000001U", "0000000000000000\xc3\x91"}) {
    EXPECT_EQ(HashCouponCode(wrong).status().code(),
              absl::StatusCode::kInvalidArgument)
        << wrong;
  }
  EXPECT_FALSE(HashCouponCode(std::string(1 << 20, '0')).ok());
}

Coupon Issued(int64_t at_us, std::optional<int64_t> deadline_us) {
  Coupon coupon;
  coupon.hash = CouponHash{Id{1, 2}};
  coupon.issued_us = at_us;
  coupon.deadline_us = deadline_us;
  return coupon;
}

TEST(CouponState, IsAFunctionOfTheClockGiven) {
  const Coupon coupon = Issued(100, 200);
  EXPECT_EQ(StateOf(coupon, 99), CouponState::kNotYetValid);
  EXPECT_EQ(StateOf(coupon, 100), CouponState::kValid);
  EXPECT_EQ(StateOf(coupon, 199), CouponState::kValid);
  EXPECT_EQ(StateOf(coupon, 200), CouponState::kExpired);
}

TEST(CouponState, ARedemptionCountsFromItsTimeOn) {
  Coupon coupon = Issued(100, 200);
  coupon.redemption = Coupon::Redemption{150, FactId{}};
  EXPECT_EQ(StateOf(coupon, 149), CouponState::kValid);
  EXPECT_EQ(StateOf(coupon, 150), CouponState::kRedeemed);
  EXPECT_EQ(StateOf(coupon, 300), CouponState::kRedeemed);
}

TEST(CouponState, WithoutDeadlineItStaysValid) {
  EXPECT_EQ(StateOf(Issued(100, std::nullopt), int64_t{1} << 60),
            CouponState::kValid);
}

TEST(CouponBook, ARedemptionMayArriveBeforeTheIssue) {
  const Coupon coupon = Issued(100, 200);
  CouponBook book;
  book.Redeem(coupon.hash, {150, FactId{Id{3, 4}}});
  EXPECT_EQ(book.Find(coupon.hash).status().code(),
            absl::StatusCode::kNotFound);
  book.Issue(coupon);
  ASSERT_TRUE(book.Find(coupon.hash).ok());
  EXPECT_EQ(StateOf(**book.Find(coupon.hash), 160), CouponState::kRedeemed);
}

TEST(CouponBook, TheEarliestOfTwoRedemptionsHoldsWhateverArrivesFirst) {
  for (bool late_first : {false, true}) {
    CouponBook book;
    book.Issue(Issued(100, std::nullopt));
    const CouponHash hash{Id{1, 2}};
    book.Redeem(hash, {late_first ? 170 : 150, FactId{Id{3, 4}}});
    book.Redeem(hash, {late_first ? 150 : 170, FactId{Id{5, 6}}});
    EXPECT_EQ((*book.Find(hash))->redemption->at_us, 150);
  }
}

}  // namespace
}  // namespace trato::core
