// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/amendments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace trato::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr FactId kFact = {{1, 1}};

class AmendmentsTest : public ::testing::Test {
 protected:
  Amendment Make(uint64_t fact, int64_t at_us, std::string_view source = "",
                 uint32_t record = 0) {
    Amendment amendment;
    amendment.fact = {{2, fact}};
    amendment.at_us = at_us;
    amendment.source = names_.Add(source);
    amendment.record = record;
    amendment.content.type = 1;
    return amendment;
  }
  Amendment Retraction(uint64_t fact, int64_t at_us) {
    Amendment amendment = Make(fact, at_us);
    amendment.retracts = true;
    return amendment;
  }
  static std::vector<uint64_t> Facts(const AmendedInteraction& it) {
    std::vector<uint64_t> facts;
    for (const auto& amendment : it.amendments) {
      facts.push_back(amendment->fact.low);
    }
    return facts;
  }

  Interner names_;
  Amendments amendments_{&names_};
};

TEST_F(AmendmentsTest, BeginsWithNothing) {
  EXPECT_TRUE(amendments_.empty());
  EXPECT_EQ(amendments_.size(), 0u);
  EXPECT_FALSE(amendments_.Concern(0));
  EXPECT_FALSE(amendments_.HasUnresolved(0));
  EXPECT_THAT(amendments_.Of(0), IsEmpty());
  EXPECT_THAT(amendments_.PlacedIn(4'000'000'000u), IsEmpty());
}

TEST_F(AmendmentsTest, OverrideByTimeThenSourceThenFactWhateverComesFirst) {
  names_.Add("z");  // sources are ordered by name and not by number
  names_.Add("a");
  const auto make = [&](int i) {
    switch (i) {
      case 0:
        return Make(9, 10, "z");
      case 1:
        return Make(3, 20, "a");
      case 2:
        return Make(4, 20, "a");
      case 3:
        return Make(1, 20, "z");
      default:
        return Make(2, 30, "");
    }
  };
  std::vector<int> order = {0, 1, 2, 3, 4};
  do {
    Amendments amendments(&names_);
    for (int i : order) amendments.Add(0, kFact, make(i));
    ASSERT_THAT(amendments.Of(0), SizeIs(1));
    ASSERT_THAT(Facts(*amendments.Of(0)[0]), ElementsAre(9, 3, 4, 1, 2));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(AmendmentsTest, WaitForTheirInteraction) {
  AmendedInteraction& it = amendments_.Add(3, kFact, Make(1, 10));
  EXPECT_FALSE(it.found);
  EXPECT_TRUE(amendments_.HasUnresolved(3));
  EXPECT_FALSE(amendments_.HasUnresolved(2));
  amendments_.Found(it, 5, 77, names_.Add("shop"), 9, "key");
  EXPECT_TRUE(it.found);
  EXPECT_EQ(it.type, 5u);
  EXPECT_EQ(it.at_us, 77);
  EXPECT_EQ(it.position, 9u);
  EXPECT_FALSE(amendments_.HasUnresolved(3));
  // What is found is not found again.
  amendments_.Found(it, 6, 78, 0, 10, "other");
  EXPECT_EQ(it.type, 5u);
}

TEST_F(AmendmentsTest, TheContentTakesSourceAndKeyOfWhatItReplaces) {
  const uint32_t shop = names_.Add("shop");
  AmendedInteraction& it = amendments_.Add(0, kFact, Make(1, 10));
  EXPECT_EQ(it.amendments[0]->content.stands_for, kFact);
  amendments_.Found(it, 1, 1, shop, 1, "key");
  amendments_.Add(0, kFact, Make(2, 20));
  ASSERT_THAT(Facts(it), ElementsAre(1, 2));
  for (const auto& amendment : it.amendments) {
    EXPECT_EQ(amendment->content.source, shop);
    EXPECT_EQ(amendment->content.key, "key");
    EXPECT_EQ(amendment->content.stands_for, kFact);
  }
}

TEST_F(AmendmentsTest, OneRecordsIsNotAnothers) {
  amendments_.Add(0, kFact, Make(1, 10, "", 0));
  amendments_.Add(1, kFact, Make(2, 10, "", 1));
  EXPECT_EQ(amendments_.size(), 2u);
  EXPECT_THAT(Facts(*amendments_.Of(0)[0]), ElementsAre(1));
  EXPECT_THAT(Facts(*amendments_.Of(1)[0]), ElementsAre(2));
}

TEST_F(AmendmentsTest, ACorrectionThatMovesConcernsBothRecords) {
  amendments_.Add(0, kFact, Make(1, 10, "", 7));
  EXPECT_TRUE(amendments_.Concern(0));
  EXPECT_TRUE(amendments_.Concern(7));
  EXPECT_FALSE(amendments_.Concern(3));
  EXPECT_FALSE(amendments_.Concern(8));
  EXPECT_THAT(amendments_.Of(0), SizeIs(1));
  EXPECT_THAT(amendments_.Of(7), IsEmpty());
  EXPECT_THAT(amendments_.PlacedIn(0), IsEmpty());
  EXPECT_THAT(amendments_.PlacedIn(7), SizeIs(1));
  // Once for each record, however often.
  amendments_.Add(0, kFact, Make(2, 20, "", 7));
  EXPECT_THAT(amendments_.PlacedIn(7), SizeIs(1));
}

TEST_F(AmendmentsTest, ARetractionPlacesNothing) {
  amendments_.Add(0, kFact, Retraction(1, 10));
  EXPECT_TRUE(amendments_.Concern(0));
  EXPECT_THAT(amendments_.PlacedIn(0), IsEmpty());
}

TEST_F(AmendmentsTest, TellsWhichWereFoundUntilTheyAreSealed) {
  AmendedInteraction& one = amendments_.Add(0, kFact, Make(1, 10));
  AmendedInteraction& two = amendments_.Add(0, {{1, 2}}, Make(2, 10));
  EXPECT_THAT(amendments_.newly_found(), IsEmpty());
  amendments_.Found(one, 1, 1, 0, 1, "");
  EXPECT_THAT(amendments_.newly_found(), ElementsAre(&one));
  amendments_.SetFoundSealed();
  EXPECT_THAT(amendments_.newly_found(), IsEmpty());
  amendments_.Found(two, 1, 1, 0, 1, "");
  EXPECT_THAT(amendments_.newly_found(), ElementsAre(&two));
}

TEST_F(AmendmentsTest, WhatIsExpectedIsFoundAtOnceAndIsNotNew) {
  std::vector<AmendedInteraction> places(1);
  AmendedInteraction& place = places[0];
  place.fact = kFact;
  place.record = 3;
  place.type = 5;
  place.at_us = 77;
  place.source = names_.Add("shop");
  place.position = 9;
  place.key = "key";
  amendments_.Expect(std::move(places));
  EXPECT_TRUE(amendments_.empty());
  EXPECT_FALSE(amendments_.Concern(3));
  const AmendedInteraction& it = amendments_.Add(3, kFact, Make(1, 10));
  EXPECT_TRUE(it.found);
  EXPECT_EQ(it.at_us, 77);
  EXPECT_EQ(it.key, "key");
  EXPECT_EQ(it.amendments[0]->content.key, "key");
  EXPECT_FALSE(amendments_.HasUnresolved(3));
  EXPECT_THAT(amendments_.newly_found(), IsEmpty());
  // Of another record nothing is known.
  EXPECT_FALSE(amendments_.Add(4, kFact, Make(2, 10)).found);
}

}  // namespace
}  // namespace trato::core
