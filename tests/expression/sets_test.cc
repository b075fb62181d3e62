// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/instants.h"
#include "support/places.h"
#include "support/status_matchers.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::Event;
using test::IsErrorAt;
using test::IsInvalid;
using test::IsOk;
using test::kDay;
using test::kHour;
using test::kNow;
using test::Utc;
using test::World;
using ::testing::HasSubstr;

class SetsTest : public ::testing::Test {
 protected:
  // As text, or what failed.
  std::string Value(std::string_view text, int64_t now_us = kNow) {
    auto program = Program::CompileValue(
        text, {&world_.schema, &world_.names, world_.zone, world_.currency},
        world_.registry);
    if (!program.ok()) return std::string(program.status().message());
    const auto value =
        (*program)->Value({&world_.customers, &world_.timeline, &world_.names},
                          world_.customers.LeaderOf(ada_), now_us);
    return value.ok() ? *value : test::MessageOf(value.status());
  }
  void Buy(int64_t at_us, std::string_view amount = "1.00",
           std::string_view currency = "EUR") {
    world_.Add(ada_, Event().At(at_us).Worth(amount, currency));
  }
  void Do(std::string_view type, int64_t at_us) {
    world_.Add(ada_, Event().Of(type).At(at_us));
  }

  World world_;
  RecordNumber ada_ = world_.Record("shop:ada");
};

// ---- Windows.

TEST_F(SetsTest, BetweenIsFromTheFirstOnAndBeforeTheSecond) {
  Buy(Utc(2011, 1, 1));
  Buy(Utc(2011, 2, 1) - 1);
  Buy(Utc(2011, 2, 1));
  const std::string_view january =
      "interactions('purchase').between(timestamp('2011-01-01'), "
      "timestamp('2011-02-01')).count()";
  EXPECT_EQ(Value(january), "2");
  EXPECT_EQ(Value("interactions('purchase').between(timestamp('2011-02-01'), "
                  "timestamp('2011-03-01')).count()"),
            "1");
}

TEST_F(SetsTest, BetweenSeesNothingThatIsDatedAfterNow) {
  Buy(kNow);
  Buy(kNow + 1);
  EXPECT_EQ(Value("interactions('purchase').between(now - duration('1s'), now "
                  "+ duration('1s')).count()"),
            "1");
}

TEST_F(SetsTest, BetweenThatEndsBeforeItBeginsIsEmpty) {
  Buy(kNow - 10);
  EXPECT_EQ(
      Value("interactions('purchase').between(now, now - span('1d')).count()"),
      "0");
}

TEST_F(SetsTest, WithinADurationIsExactTime) {
  Buy(kNow - kHour);
  Buy(kNow - kHour + 1);
  EXPECT_EQ(Value("interactions('purchase').within(duration('1h')).count()"),
            "1");
}

// ---- Aggregates.

TEST_F(SetsTest, MinAndMaxAreOfWhatCanBeOrdered) {
  Buy(kNow - 3, "2.00");
  Buy(kNow - 2, "5.00");
  Buy(kNow - 1, "3.00");
  EXPECT_EQ(Value("interactions('purchase').min(i, i.amount)"),
            "money(\"2.00\", \"EUR\")");
  EXPECT_EQ(Value("interactions('purchase').max(i, i.amount)"),
            "money(\"5.00\", \"EUR\")");
  EXPECT_EQ(Value("interactions('purchase').max(i, i.at) == now - "
                  "duration('1us')"),
            "true");
  EXPECT_EQ(Value("interactions('purchase').min(i, i.type + '!')"),
            "\"purchase!\"");
}

TEST_F(SetsTest, AMeanOfMoneyIsRoundedHalfAwayFromZero) {
  Buy(kNow - 3, "0.01");
  Buy(kNow - 2, "0.02");
  EXPECT_EQ(Value("interactions('purchase').avg(i, i.amount)"),
            "money(\"0.02\", \"EUR\")");
  EXPECT_EQ(Value("interactions('purchase').avg(i, -i.amount)"),
            "money(\"-0.02\", \"EUR\")");
  EXPECT_EQ(Value("interactions('purchase').avg(i, i.amount == "
                  "money('0.01', 'EUR') ? 1 : 2)"),
            "1.5");
}

TEST_F(SetsTest, OfNothingThereIsNoLeastNoMeanAndNoLast) {
  for (std::string_view text : {"interactions('purchase').min(i, i.amount)",
                                "interactions('purchase').max(i, i.amount)",
                                "interactions('purchase').avg(i, i.amount)",
                                "interactions('purchase').first().at",
                                "interactions('purchase').last().at",
                                "interactions('purchase').recency()"}) {
    EXPECT_THAT(Value(text), HasSubstr("there is nothing to take")) << text;
    EXPECT_EQ(
        Value("false && " + std::string(text) + " == " + std::string(text)),
        "false");
  }
  EXPECT_EQ(Value("interactions('purchase').sum(i, 1)"), "0");
}

TEST_F(SetsTest, TwoCurrenciesHaveNoLeastAndNoMean) {
  Buy(kNow - 3, "2.00", "EUR");
  Buy(kNow - 2, "5.00", "USD");
  for (std::string_view ask : {"min", "max", "avg", "sum"}) {
    EXPECT_THAT(
        Value("interactions('purchase')." + std::string(ask) + "(i, i.amount)"),
        HasSubstr("amounts in EUR and USD"));
  }
}

TEST_F(SetsTest, DistinctValuesAreAscending) {
  world_.Add(ada_, Event().At(kNow - 2).With("b", 1).With("a", 1));
  world_.Add(ada_, Event().At(kNow - 1).With("c", 1).With("a", 1));
  EXPECT_EQ(Value("interactions('purchase').lines().distinct(l, l.product)"),
            R"(["a", "b", "c"])");
  EXPECT_EQ(Value("interactions('purchase').distinct(i, i.lines().count())"),
            "[2]");
  EXPECT_EQ(Value("interactions('visit').distinct(i, i.channel)"), "[]");
}

TEST_F(SetsTest, DistinctIsTheSameForManyValues) {
  for (int i = 0; i < 500; ++i) {
    world_.Add(ada_,
               Event().At(kNow - i).Says("rating", int64_t{(i * 37) % 101}));
  }
  EXPECT_EQ(Value("interactions('purchase').distinct(i, i.rating).size()"),
            "101");
  EXPECT_EQ(Value("interactions('purchase').distinct(i, i.rating)[100]"),
            "100");
  EXPECT_EQ(Value("interactions('purchase').distinct(i, 'r' + "
                  "string(i.rating)).size()"),
            "101");
}

TEST_F(SetsTest, AllAndExistsOneFollowCel) {
  Buy(kNow - 2, "2.00");
  Buy(kNow - 1, "5.00");
  EXPECT_EQ(Value("interactions('purchase').all(i, i.amount > money('1', "
                  "'EUR'))"),
            "true");
  EXPECT_EQ(Value("interactions('purchase').all(i, i.amount > money('2', "
                  "'EUR') && i.rating == 1)"),
            "false");
  EXPECT_THAT(Value("interactions('purchase').all(i, i.rating == 1)"),
              HasSubstr("there is no rating"));
  EXPECT_EQ(Value("interactions('purchase').exists_one(i, i.amount > "
                  "money('2', 'EUR'))"),
            "true");
  EXPECT_EQ(Value("interactions('purchase').exists_one(i, true)"), "false");
  EXPECT_EQ(Value("interactions('visit').all(i, false)"), "true");
}

TEST_F(SetsTest, ExistsWithoutConditionAsksForAny) {
  EXPECT_EQ(Value("interactions('purchase').exists()"), "false");
  Buy(kNow);
  EXPECT_EQ(Value("interactions('purchase').exists()"), "true");
  EXPECT_EQ(Value("interactions('purchase').lines().exists()"), "false");
  EXPECT_THAT(Value("interactions('purchase').where(i, i.rating == 1)"
                    ".exists()"),
              HasSubstr("there is no rating"));
}

// ---- First and last.

TEST_F(SetsTest, FirstAndLastAreByTimeOverTypesAndRecords) {
  const RecordNumber other = world_.Record("shop:other");
  world_.Link(ada_, other);
  Do("visit", kNow - 5);
  world_.Add(other, Event().Of("review").At(kNow - 9));
  Buy(kNow - 7);
  EXPECT_EQ(Value("interactions('visit', 'review', 'purchase').first().type"),
            "\"review\"");
  EXPECT_EQ(Value("interactions('visit', 'review', 'purchase').last().type"),
            "\"visit\"");
  EXPECT_EQ(Value("interactions('review', 'purchase').last().at == now - "
                  "duration('7us')"),
            "true");
}

TEST_F(SetsTest, AtOneInstantTheSourceAndThenTheFactDecide) {
  world_.Add(ada_, Event().At(kNow - 5).From("b").By("web").Fact(1));
  world_.Add(ada_, Event().At(kNow - 5).From("a").By("mail").Fact(3));
  world_.Add(ada_, Event().At(kNow - 5).From("a").By("phone").Fact(2));
  EXPECT_EQ(Value("interactions('purchase').first().channel"), "\"phone\"");
  EXPECT_EQ(Value("interactions('purchase').last().channel"), "\"web\"");
}

TEST_F(SetsTest, FirstAndLastPassTheConditions) {
  Buy(kNow - 9, "1.00");
  Buy(kNow - 5, "7.00");
  Buy(kNow - 1, "2.00");
  EXPECT_EQ(Value("interactions('purchase').where(i, i.amount > money('5', "
                  "'EUR')).last().amount"),
            "money(\"7.00\", \"EUR\")");
  EXPECT_EQ(Value("interactions('purchase').last().amount"),
            "money(\"2.00\", \"EUR\")");
}

TEST_F(SetsTest, RecencyIsTheTimeSinceTheLast) {
  Buy(kNow - 2 * kHour);
  Buy(kNow - kHour);
  EXPECT_EQ(Value("interactions('purchase').recency()"), "duration(\"3600s\")");
}

TEST_F(SetsTest, LinesHaveNoFirst) {
  EXPECT_THAT(Value("interactions('purchase').lines().first()"),
              HasSubstr("lines have no order"));
}

// ---- Sequences.

TEST_F(SetsTest, AStepComesStrictlyAfterTheOneBefore) {
  Do("visit", kNow - 10);
  Buy(kNow - 10);
  const std::string_view bought =
      "sequence(interactions('visit')).then(interactions('purchase')).count()";
  EXPECT_EQ(Value(bought), "0");
  Buy(kNow - 9);
  EXPECT_EQ(Value(bought), "1");
  Do("visit", kNow - 8);
  EXPECT_EQ(Value(bought), "1");
  Buy(kNow - 7);
  Buy(kNow - 6);
  EXPECT_EQ(Value(bought), "3");
}

TEST_F(SetsTest, AStepWithinASpanIsAsAWindowAskedAtIt) {
  Do("visit", kNow - kDay);
  Buy(kNow - 1);
  const std::string_view bought =
      "sequence(interactions('visit')).then(interactions('purchase'), "
      "'1d').count()";
  EXPECT_EQ(Value(bought), "1");
  Buy(kNow);  // the day is over
  EXPECT_EQ(Value(bought), "1");
  Do("visit", kNow - 5);
  EXPECT_EQ(Value(bought), "2");
}

TEST_F(SetsTest, NothingOfWithoutLiesBetweenTheLastTwoSteps) {
  Do("visit", kNow - 10);
  Do("complaint", kNow - 9);
  Buy(kNow - 8);
  const std::string_view bought =
      "sequence(interactions('visit')).then(interactions('purchase'), "
      "'1d').without(interactions('complaint')).count()";
  EXPECT_EQ(Value(bought), "0");
  Do("visit", kNow - 7);
  Do("complaint", kNow - 7);  // at the step, not between
  Do("complaint", kNow - 6);
  Buy(kNow - 6);
  EXPECT_EQ(Value(bought), "1");
  EXPECT_EQ(Value("sequence(interactions('visit')).then(interactions("
                  "'purchase')).without(interactions('complaint')).without("
                  "interactions('visit')).exists()"),
            "true");
}

TEST_F(SetsTest, ThreeStepsAreTwoAfterEachOther) {
  const std::string_view came_back =
      "sequence(interactions('purchase')).then(interactions('complaint'))"
      ".then(interactions('purchase'), '30d').exists()";
  Buy(kNow - 40 * kDay);
  Do("complaint", kNow - 35 * kDay);
  Buy(kNow - kDay);
  EXPECT_EQ(Value(came_back), "false");
  Do("complaint", kNow - 10 * kDay);
  EXPECT_EQ(Value(came_back), "true");
}

TEST_F(SetsTest, ASequenceIsTheInteractionsThatCompleteIt) {
  Do("visit", kNow - 10);
  Buy(kNow - 9, "7.00");
  EXPECT_EQ(Value("sequence(interactions('visit')).then(interactions("
                  "'purchase')).sum(i, i.amount)"),
            "money(\"7.00\", \"EUR\")");
  EXPECT_EQ(Value("sequence(interactions('visit')).then(interactions("
                  "'purchase')).within('1d').where(i, i.amount > money('8', "
                  "'EUR')).exists()"),
            "false");
  EXPECT_EQ(Value("sequence(interactions('visit')).count()"), "1");
}

TEST_F(SetsTest, AFailureInAStepFailsTheSequence) {
  Do("visit", kNow - 10);
  Buy(kNow - 9);
  EXPECT_THAT(Value("sequence(interactions('visit').where(i, i.rating == 1))"
                    ".then(interactions('purchase')).exists()"),
              HasSubstr("there is no rating"));
}

TEST_F(SetsTest, WithoutComesAfterThen) {
  EXPECT_THAT(world_.Compile("sequence(interactions('visit')).without("
                             "interactions('complaint')).exists()"),
              IsErrorAt(1, 33, HasSubstr("write it after .then( )")));
  EXPECT_THAT(world_.Compile("interactions('visit').then(interactions("
                             "'purchase')).exists()"),
              IsInvalid(HasSubstr("there is sequence.then")));
  EXPECT_THAT(world_.Compile("sequence(interactions('visit')).then("
                             "interactions('purchase'), '1x').exists()"),
              IsErrorAt(1, 64, HasSubstr("unknown unit")));
}

// ---- Lists in the text, asked of the history.

TEST_F(SetsTest, AShortListMayBeAskedOfTheHistoryItemByItem) {
  world_.Add(ada_, Event().At(kNow - 2).With("a", 1).With("b", 1));
  EXPECT_EQ(Value("['a', 'b'].all(p, interactions('purchase').lines().exists("
                  "l, l.product == p))"),
            "true");
  EXPECT_EQ(Value("['a', 'c'].filter(p, interactions('purchase').lines()"
                  ".exists(l, l.product == p))"),
            "[\"a\"]");
}

TEST_F(SetsTest, ALongListOrOneOfTheHistoryMayNot) {
  std::string list = "[0";
  for (int i = 1; i <= 100; ++i) list += "," + std::to_string(i);
  EXPECT_THAT(world_.Compile(list + "].all(x, interactions('visit').count() > "
                                    "x)"),
              IsInvalid(HasSubstr("square of the history")));
  EXPECT_THAT(world_.Compile("interactions('visit').distinct(i, i.channel)"
                             ".all(x, interactions('visit').count() > 1)"),
              IsInvalid(HasSubstr("square of the history")));
  EXPECT_THAT(world_.Compile("[1].all(x, [1].all(y, interactions('visit')"
                             ".count() > 1))"),
              IsInvalid(HasSubstr("square of the history")));
}

// ---- What is asked twice.

TEST_F(SetsTest, WhatIsAskedTwiceIsWorkedOutOnce) {
  const auto shared = [&](std::string_view text) {
    auto program = world_.Compile(text);
    EXPECT_THAT(program, IsOk());
    return program.ok() ? (*program)->shared() : 0;
  };
  EXPECT_EQ(shared("interactions('visit').count() > 1 && "
                   "interactions('visit').count() < 5"),
            1u);
  EXPECT_EQ(shared("interactions('visit').count() > 1 && "
                   "interactions('purchase').count() < 5"),
            0u);
  // A variable from outside is worth something else each time.
  EXPECT_EQ(shared("['a', 'b'].all(p, interactions('visit').exists(i, "
                   "i.channel == p) || !interactions('visit').exists(i, "
                   "i.channel == p))"),
            0u);
  Do("visit", kNow - 1);
  Do("visit", kNow - 2);
  EXPECT_EQ(Value("[1, 2].map(x, interactions('visit').count() * x) == "
                  "[interactions('visit').count(), 4]"),
            "true");
}

}  // namespace
}  // namespace trato::core
