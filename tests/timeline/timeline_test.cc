// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace trato::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;
using ::testing::SizeIs;

constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

FactId Fact(uint64_t number) { return {{0, number}}; }

class TimelineTest : public ::testing::Test {
 protected:
  Interaction Make(uint64_t fact, int64_t at_us,
                   std::string_view source = "shop",
                   std::string_view type = "purchase") {
    Interaction interaction;
    interaction.fact = Fact(fact);
    interaction.at_us = at_us;
    interaction.type = names_.Add(type);
    interaction.source = names_.Add(source);
    return interaction;
  }

  uint32_t Purchase() { return names_.Add("purchase"); }

  // The fact numbers of record 0's purchases with from < time <= until.
  std::vector<uint64_t> Facts(int64_t from = kFirst, int64_t until = kLast) {
    std::vector<uint64_t> facts;
    const Timeline::Run* run = timeline_.RunOf(0, Purchase());
    if (run == nullptr) return facts;
    for (const Interaction* it : run->Within(from, until)) {
      facts.push_back(it->fact.low);
    }
    return facts;
  }

  Interner names_;
  Timeline timeline_{&names_};
};

TEST_F(TimelineTest, SortsByTimeWhateverArrivesFirst) {
  timeline_.Insert(0, Make(3, 30));
  timeline_.Insert(0, Make(1, 10));
  timeline_.Insert(0, Make(2, 20));
  EXPECT_THAT(Facts(), ElementsAre(1, 2, 3));
}

TEST_F(TimelineTest, NegativeTimesComeFirst) {
  timeline_.Insert(0, Make(2, 0));
  timeline_.Insert(0, Make(1, -1));
  EXPECT_THAT(Facts(), ElementsAre(1, 2));
}

TEST_F(TimelineTest, AtOneTimeTheSourceDecides) {
  timeline_.Insert(0, Make(1, 10, "web"));
  timeline_.Insert(0, Make(2, 10, "app"));
  EXPECT_THAT(Facts(), ElementsAre(2, 1));
}

// Sources are numbered as they come; the name decides and not the number.
TEST_F(TimelineTest, SourcesAreOrderedByNameAndNotByArrival) {
  names_.Add("zoo");
  names_.Add("app");
  timeline_.Insert(0, Make(1, 10, "app"));
  timeline_.Insert(0, Make(2, 10, "zoo"));
  EXPECT_THAT(Facts(), ElementsAre(1, 2));
}

TEST_F(TimelineTest, NoSourceComesBeforeAnySource) {
  timeline_.Insert(0, Make(1, 10, "app"));
  timeline_.Insert(0, Make(2, 10, ""));
  EXPECT_THAT(Facts(), ElementsAre(2, 1));
}

TEST_F(TimelineTest, AtOneTimeOfOneSourceTheFactIdDecides) {
  timeline_.Insert(0, Make(9, 10));
  timeline_.Insert(0, Make(7, 10));
  timeline_.Insert(0, Make(8, 10));
  EXPECT_THAT(Facts(), ElementsAre(7, 8, 9));
}

TEST_F(TimelineTest, EveryOrderOfArrivalGivesOneOrder) {
  struct Given {
    uint64_t fact;
    int64_t at_us;
    std::string_view source;
  };
  // In the order that is expected.
  const std::vector<Given> given = {{5, -3, "b"}, {1, 0, "a"}, {2, 0, "a"},
                                    {0, 0, "b"},  {4, 7, ""},  {3, 7, "c"}};
  std::vector<int> order = {0, 1, 2, 3, 4, 5};
  do {
    Interner names;
    Timeline timeline(&names);
    for (int i : order) {
      Interaction interaction;
      interaction.fact = Fact(given[i].fact);
      interaction.at_us = given[i].at_us;
      interaction.type = names.Add("purchase");
      interaction.source = names.Add(given[i].source);
      timeline.Insert(0, interaction);
    }
    std::vector<uint64_t> facts;
    for (const Interaction* it : timeline.RunsOf(0)[0].interactions) {
      facts.push_back(it->fact.low);
    }
    ASSERT_THAT(facts, ElementsAre(5, 1, 2, 0, 4, 3))
        << ::testing::PrintToString(order);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(TimelineTest, WithinLeavesOutItsBeginning) {
  timeline_.Insert(0, Make(1, 10));
  timeline_.Insert(0, Make(2, 11));
  EXPECT_THAT(Facts(10, 20), ElementsAre(2));
}

TEST_F(TimelineTest, WithinHoldsItsEnd) {
  timeline_.Insert(0, Make(1, 20));
  timeline_.Insert(0, Make(2, 21));
  EXPECT_THAT(Facts(10, 20), ElementsAre(1));
}

TEST_F(TimelineTest, WithinTakesOrLeavesAllOfOneTime) {
  for (uint64_t fact : {1, 2, 3}) timeline_.Insert(0, Make(fact, 10));
  EXPECT_THAT(Facts(9, 10), SizeIs(3));
  EXPECT_THAT(Facts(10, 11), IsEmpty());
}

TEST_F(TimelineTest, WithinNothingIsEmpty) {
  timeline_.Insert(0, Make(1, 10));
  EXPECT_THAT(Facts(10, 10), IsEmpty());
}

TEST_F(TimelineTest, WithinATimeThatEndsBeforeItBeginsIsEmpty) {
  for (uint64_t fact : {1, 2, 3}) {
    timeline_.Insert(0, Make(fact, static_cast<int64_t>(fact)));
  }
  EXPECT_THAT(Facts(2, 1), IsEmpty());
  EXPECT_THAT(Facts(kLast, kFirst), IsEmpty());
}

TEST_F(TimelineTest, WithinBeforeAndAfterEverythingIsEmpty) {
  timeline_.Insert(0, Make(1, 10));
  EXPECT_THAT(Facts(kFirst, 9), IsEmpty());
  EXPECT_THAT(Facts(11, kLast), IsEmpty());
}

TEST_F(TimelineTest, EachRecordHasItsOwn) {
  timeline_.Insert(0, Make(1, 10));
  timeline_.Insert(5, Make(2, 10));
  EXPECT_THAT(Facts(), ElementsAre(1));
  EXPECT_THAT(timeline_.RunsOf(3), IsEmpty());
  EXPECT_THAT(timeline_.RunsOf(5), SizeIs(1));
}

TEST_F(TimelineTest, EachTypeHasItsOwnRun) {
  timeline_.Insert(0, Make(1, 10, "shop", "purchase"));
  timeline_.Insert(0, Make(2, 10, "shop", "visit"));
  EXPECT_THAT(timeline_.RunsOf(0), SizeIs(2));
  EXPECT_THAT(Facts(), ElementsAre(1));
}

TEST_F(TimelineTest, ARecordThatWasNeverSeenHasNoRuns) {
  EXPECT_THAT(timeline_.RunsOf(0), IsEmpty());
  EXPECT_THAT(timeline_.RunsOf(4'000'000'000u), IsEmpty());
  EXPECT_THAT(timeline_.RunOf(7, Purchase()), IsNull());
}

TEST_F(TimelineTest, ATypeThatTheRecordLacksHasNoRun) {
  timeline_.Insert(0, Make(1, 10));
  EXPECT_THAT(timeline_.RunOf(0, Purchase()), NotNull());
  EXPECT_THAT(timeline_.RunOf(0, names_.Add("visit")), IsNull());
}

TEST_F(TimelineTest, InteractionsNeverMove) {
  timeline_.Insert(0, Make(1, 10));
  const Interaction* first =
      timeline_.RunOf(0, Purchase())->interactions.front();
  for (uint64_t fact = 2; fact < 5000; ++fact) {
    timeline_.Insert(static_cast<uint32_t>(fact % 7), Make(fact, 20));
  }
  EXPECT_EQ(timeline_.RunOf(0, Purchase())->interactions.front(), first);
  EXPECT_EQ(first->fact, Fact(1));
}

TEST_F(TimelineTest, CountsInteractionsOfAllRecords) {
  timeline_.Insert(0, Make(1, 10));
  timeline_.Insert(1, Make(2, 10, "shop", "visit"));
  EXPECT_EQ(timeline_.interaction_count(), 2u);
}

TEST(Line, IsFreeWhenNeitherPriceNorAmountIsThere) {
  Line line;
  EXPECT_TRUE(line.is_free());
  line.amount_minor = -5;
  EXPECT_FALSE(line.is_free());
  line.amount_minor = 0;
  line.unit_price = 1;
  EXPECT_FALSE(line.is_free());
}

}  // namespace
}  // namespace trato::core
