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
using ::testing::SizeIs;

constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

// The position says which fact it is.
FactId IdOfPosition(uint32_t, const InteractionRef& it, std::string_view,
                    uint32_t) {
  return {{0, it.position()}};
}

class TimelineTest : public ::testing::Test {
 protected:
  Interaction Make(uint64_t fact, int64_t at_us,
                   std::string_view source = "shop",
                   std::string_view type = "purchase") {
    Interaction interaction;
    interaction.position = fact;
    interaction.at_us = at_us;
    interaction.type = names_.Add(type);
    interaction.source = names_.Add(source);
    return interaction;
  }

  uint32_t Purchase() { return names_.Add("purchase"); }

  // The fact numbers of record 0's purchases with from < time <= until.
  std::vector<uint64_t> Facts(int64_t from = kFirst, int64_t until = kLast) {
    std::vector<uint64_t> facts;
    timeline_.ForEach(0, Purchase(), {from, until, kLast},
                      [&](const InteractionRef& it) {
                        facts.push_back(it.position());
                        return true;
                      });
    EXPECT_EQ(timeline_.Count(0, Purchase(), {from, until, kLast}),
              facts.size());
    return facts;
  }

  Interner names_;
  Timeline timeline_{&names_, IdOfPosition};
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
    Timeline timeline(&names, IdOfPosition);
    for (int i : order) {
      Interaction interaction;
      interaction.position = given[i].fact;
      interaction.at_us = given[i].at_us;
      interaction.type = names.Add("purchase");
      interaction.source = names.Add(given[i].source);
      timeline.Insert(0, interaction);
    }
    std::vector<uint64_t> facts;
    timeline.ForEach(0, names.Add("purchase"), Window::Until(kLast),
                     [&](const InteractionRef& it) {
                       facts.push_back(it.position());
                       return true;
                     });
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
  EXPECT_THAT(timeline_.TypesOf(3), IsEmpty());
  EXPECT_THAT(timeline_.TypesOf(5), SizeIs(1));
}

TEST_F(TimelineTest, EachTypeHasItsOwn) {
  timeline_.Insert(0, Make(1, 10, "shop", "purchase"));
  timeline_.Insert(0, Make(2, 10, "shop", "visit"));
  EXPECT_THAT(timeline_.TypesOf(0), SizeIs(2));
  EXPECT_THAT(Facts(), ElementsAre(1));
}

TEST_F(TimelineTest, ARecordThatWasNeverSeenHasNoTypes) {
  EXPECT_THAT(timeline_.TypesOf(0), IsEmpty());
  EXPECT_THAT(timeline_.TypesOf(4'000'000'000u), IsEmpty());
  EXPECT_EQ(timeline_.Count(7, Purchase(), Window::Until(kLast)), 0u);
}

TEST_F(TimelineTest, ATypeThatTheRecordLacksHasNothing) {
  timeline_.Insert(0, Make(1, 10));
  EXPECT_EQ(timeline_.Count(0, Purchase(), Window::Until(kLast)), 1u);
  EXPECT_EQ(timeline_.Count(0, names_.Add("visit"), Window::Until(kLast)), 0u);
}

TEST_F(TimelineTest, AVisitThatSaysEnoughIsNotCalledAgain) {
  for (uint64_t fact : {1, 2, 3}) {
    timeline_.Insert(0, Make(fact, static_cast<int64_t>(fact)));
  }
  int calls = 0;
  EXPECT_FALSE(
      timeline_.ForEach(0, Purchase(), Window::Until(kLast),
                        [&](const InteractionRef&) { return ++calls < 2; }));
  EXPECT_EQ(calls, 2);
}

TEST_F(TimelineTest, InteractionsOfTheTailNeverMove) {
  timeline_.Insert(0, Make(1, 10));
  std::vector<InteractionRef> first, again;
  Pins pins;
  timeline_.Collect(0, Purchase(), Window::Until(kLast), first, pins);
  for (uint64_t fact = 2; fact < 5000; ++fact) {
    timeline_.Insert(static_cast<uint32_t>(fact % 7), Make(fact, 20));
  }
  timeline_.Collect(0, Purchase(), Window::Until(kLast), again, pins);
  EXPECT_EQ(first.at(0), again.at(0));
  EXPECT_EQ(first.at(0).position(), 1u);
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
