// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/coupon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "offer/coupon_status.h"
#include "support/world.h"

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

TEST(CouponCode, AMakerOfManyMakesCodesLikeAnyOther) {
  CouponCodeMaker maker;
  std::set<std::string> codes;
  for (int i = 0; i < 10000; ++i) {
    const std::string code = maker.Next();
    ASSERT_TRUE(ReadCouponCode(code).ok()) << code;
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 10000u);
}

// With ten thousand codes each of the 32 characters stands in each of the 17
// random places about 312 times; 150 and 500 are nine standard deviations away.
TEST(CouponCode, EveryCharacterIsAsLikelyAsAnyOther) {
  std::map<std::pair<size_t, char>, int> seen;
  CouponCodeMaker maker;
  for (int i = 0; i < 10000; ++i) {
    const std::string code = *ReadCouponCode(maker.Next());
    for (size_t at = 0; at + 1 < code.size(); ++at) ++seen[{at, code[at]}];
  }
  EXPECT_EQ(seen.size(), 17u * 32u);
  for (const auto& [place, count] : seen) {
    EXPECT_GT(count, 150) << place.first << place.second;
    EXPECT_LT(count, 500) << place.first << place.second;
  }
}

class CouponTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kNobody = CouponTerms::kNone;

  static CouponHash Hash(uint64_t number) { return CouponHash{Id{number, 7}}; }
  static FactId Named(std::string_view key) { return FactId::OfKey("t", key); }

  void Issue(uint64_t number, int64_t at_us, int64_t deadline_us = kNever,
             uint32_t uses = 1, uint32_t record = kNobody) {
    CouponBook::Issue issue;
    issue.issued_us = at_us;
    issue.deadline_us = deadline_us;
    issue.record = record;
    issue.offer = "tea";
    issue.uses = uses;
    book_.Add(Hash(number), book_.AddTerms(issue));
  }
  void Redeem(uint64_t number, int64_t at_us, std::string_view key,
              std::string_view source = "till") {
    book_.Redeem(Hash(number), Named(key), at_us, source, {});
  }
  void Reverse(std::string_view redemption, int64_t at_us,
               std::string reason = "") {
    book_.Reverse(Named(redemption),
                  {FactId::OfKey("r", redemption), at_us, "till", reason});
  }
  CouponStatus At(uint64_t number, int64_t now_us) {
    const Coupon* coupon = book_.Find(Hash(number));
    EXPECT_NE(coupon, nullptr);
    return StatusOf(book_, *world_, *coupon, now_us);
  }
  CouponState StateAt(uint64_t number, int64_t now_us) {
    return At(number, now_us).state;
  }
  // Which redemptions hold.
  std::vector<FactId> Holding(uint64_t number, int64_t now_us) {
    std::vector<FactId> holding;
    for (const CouponUse& use : At(number, now_us).uses) {
      if (use.holds) holding.push_back(use.redemption->fact);
    }
    return holding;
  }

  test::World store_;
  const World core_{&store_.customers, &store_.timeline, &store_.names};
  const World* world_ = &core_;
  CouponBook book_;
};

TEST_F(CouponTest, IsAFunctionOfTheClockGiven) {
  Issue(1, 100, 200);
  EXPECT_EQ(StateAt(1, 99), CouponState::kNotYetValid);
  EXPECT_EQ(StateAt(1, 100), CouponState::kValid);
  EXPECT_EQ(StateAt(1, 199), CouponState::kValid);
  EXPECT_EQ(StateAt(1, 200), CouponState::kExpired);
}

TEST_F(CouponTest, WithoutDeadlineItStaysValid) {
  Issue(1, 100);
  EXPECT_EQ(StateAt(1, int64_t{1} << 60), CouponState::kValid);
}

TEST_F(CouponTest, ARedemptionCountsFromItsTimeOn) {
  Issue(1, 100, 200);
  Redeem(1, 150, "a");
  EXPECT_EQ(StateAt(1, 149), CouponState::kValid);
  EXPECT_EQ(StateAt(1, 150), CouponState::kRedeemed);
  EXPECT_EQ(StateAt(1, 300), CouponState::kRedeemed);
}

TEST_F(CouponTest, ARedemptionMayArriveBeforeTheIssue) {
  Redeem(1, 150, "a");
  book_.AddBuyer(Hash(1), Named("b"), 4, FactId{});
  EXPECT_EQ(book_.Find(Hash(1)), nullptr);
  EXPECT_EQ(book_.size(), 0u);
  Issue(1, 100, 200, 2);
  EXPECT_EQ(At(1, 160).uses_left, 1u);
  Redeem(1, 155, "b");
  EXPECT_EQ(At(1, 160).uses.back().redemption->record, 4u);
  EXPECT_EQ(book_.size(), 1u);
}

TEST_F(CouponTest, OfMoreRedemptionsThanUsesTheFirstHoldWhateverArrivesFirst) {
  struct Redemption {
    int64_t at_us;
    const char* source;
    const char* key;
  };
  std::vector<Redemption> redemptions = {
      {150, "b", "x"}, {150, "a", "y"}, {140, "z", "u"}, {160, "a", "v"}};
  std::vector<int> order = {0, 1, 2, 3};
  uint64_t number = 0;
  do {
    Issue(++number, 100, kNever, 2);
    for (int i : order) {
      // Each coupon has facts of its own.
      const std::string key = redemptions[i].key + std::to_string(number);
      Redeem(number, redemptions[i].at_us, key, redemptions[i].source);
    }
    const std::string n = std::to_string(number);
    EXPECT_THAT(Holding(number, 200),
                testing::ElementsAre(Named("u" + n), Named("y" + n)));
    EXPECT_THAT(Holding(number, 145), testing::ElementsAre(Named("u" + n)));
    EXPECT_EQ(At(number, 200).uses.size(), 4u);
    EXPECT_EQ(UsesTaken(book_, *world_, *book_.Find(Hash(number)), 0), 4u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(CouponTest, AReversalFreesTheUseFromItsTimeOn) {
  Reverse("a", 170, "late");
  Reverse("a", 160, "first");
  Reverse("a", 165, "later");
  Issue(1, 100, 200);
  Redeem(1, 150, "a");
  EXPECT_EQ(StateAt(1, 159), CouponState::kRedeemed);
  EXPECT_EQ(StateAt(1, 160), CouponState::kValid);
  EXPECT_EQ(StateAt(1, 200), CouponState::kExpired);
  EXPECT_EQ(book_.ReversalOf(Named("a"))->reason, "first");
  // What had no use to take has one now.
  Redeem(1, 155, "b");
  EXPECT_THAT(Holding(1, 159), testing::ElementsAre(Named("a")));
  EXPECT_THAT(Holding(1, 160), testing::ElementsAre(Named("b")));
}

TEST_F(CouponTest, ThoseOfARecordAreInOrderOfIssue) {
  Issue(1, 300, kNever, 1, 5);
  Issue(2, 100, kNever, 1, 5);
  Issue(3, 200, kNever, 1, 6);
  std::vector<Id> hashes;
  for (const Coupon* it : book_.Of(5)) hashes.push_back(it->hash);
  EXPECT_THAT(hashes, testing::ElementsAre(Hash(2), Hash(1)));
  EXPECT_TRUE(book_.Of(7).empty());
}

// How much of which basket: by hand.
TEST(CouponBenefit, IsNeverMoreThanTheBasket) {
  const Currency euro = *Currency::Parse("EUR");
  const Currency yen = *Currency::Parse("JPY");
  CouponBenefit benefit{CouponGives::kMoney, 0, {200, euro}, ""};
  EXPECT_EQ(*benefit.AmountOff({1000, euro}), 200);
  EXPECT_EQ(*benefit.AmountOff({199, euro}), 199);
  EXPECT_EQ(*benefit.AmountOff({0, euro}), 0);
  EXPECT_EQ(benefit.AmountOff({1000, yen}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  benefit = {CouponGives::kPercent, 2500, {}, ""};
  EXPECT_EQ(*benefit.AmountOff({2, yen}), 1);  // 0.5
  EXPECT_EQ(*benefit.AmountOff({1, yen}), 0);
  EXPECT_EQ(*benefit.AmountOff({1003, euro}), 251);  // 250.75
}

// Purchases are named by the ids that the timeline gives them.
class CouponPurchaseTest : public CouponTest {
 protected:
  static constexpr int64_t kDays = 86400 * int64_t{1000000};
  static constexpr FactId kPurchase{{2, 1000}};

  void SetUp() override {
    ada_ = store_.Record("shop:ada");
    Issue(1, 0);
    Redeem(1, test::kNow, "a");
    book_.AddBuyer(Hash(1), Named("a"), ada_, kPurchase);
  }
  void Buy() {
    store_.Add(ada_, test::Event()
                         .At(test::kNow)
                         .Worth("10.00", "EUR")
                         .With("tea", 2, 600)
                         .With("cup", 1, 400)
                         .Fact(1000));
  }
  void Return(int64_t days, double tea, double cups, int64_t amount_minor) {
    Interaction it;
    it.type = store_.names.Add("return");
    it.at_us = test::kNow + days * kDays;
    it.amount = {amount_minor, *Currency::Parse("EUR")};
    for (const auto& [product, quantity] :
         {std::pair("tea", tea), std::pair("cup", cups)}) {
      if (quantity == 0) continue;
      it.lines.push_back({store_.names.Add(product), 0,
                          static_cast<int64_t>(quantity * 1e6), 0, 0});
    }
    it.reply_to = kPurchase;
    it.position = ++returns_;
    store_.timeline.Insert(ada_, std::move(it));
  }
  CouponRelease WhyAt(int64_t days) {
    return At(1, test::kNow + days * kDays).uses.front().released.why;
  }
  RecordNumber ada_ = 0;
  uint64_t returns_ = 2000;
};

TEST_F(CouponPurchaseTest, AReturnOfAllQuantitiesFreesTheUseWhateverTheSign) {
  Buy();
  Return(1, -1, 0, 0);
  Return(2, 0, 1, 0);
  Return(3, -1, 0, 0);
  EXPECT_EQ(WhyAt(2), CouponRelease::kNone);
  EXPECT_EQ(WhyAt(3), CouponRelease::kReturned);
  EXPECT_EQ(At(1, test::kNow + 9 * kDays).uses.front().released.at_us,
            test::kNow + 3 * kDays);
}

TEST_F(CouponPurchaseTest, AReturnOfTheAmountFreesTheUse) {
  Return(1, 0, 0, -400);
  Return(2, 0, 0, -600);
  EXPECT_EQ(WhyAt(2), CouponRelease::kNone);  // of what, is not known yet
  Buy();
  EXPECT_EQ(WhyAt(1), CouponRelease::kNone);
  EXPECT_EQ(WhyAt(2), CouponRelease::kReturned);
}

TEST_F(CouponPurchaseTest, AReturnThatOnlyNamesThePurchaseTakesAllOfIt) {
  Return(2, 0, 0, 0);
  EXPECT_EQ(WhyAt(1), CouponRelease::kNone);
  EXPECT_EQ(WhyAt(2), CouponRelease::kReturned);
}

TEST_F(CouponPurchaseTest, APartOfItFreesNothing) {
  Buy();
  Return(1, -2, 0, -600);
  EXPECT_EQ(WhyAt(5), CouponRelease::kNone);
}

}  // namespace
}  // namespace trato::core
