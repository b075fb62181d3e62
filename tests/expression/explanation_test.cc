// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "expression/plan.h"
#include "support/instants.h"
#include "support/status_matchers.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::Amount;
using test::Event;
using test::kDay;
using test::kNow;
using test::World;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ExplanationTest : public ::testing::Test {
 protected:
  Explanation Why(std::string_view text) {
    auto program = world_.Compile(text);
    EXPECT_TRUE(program.ok()) << program.status();
    programs_.push_back(*program);
    return Explain(**program,
                   {&world_.customers, &world_.timeline, &world_.names},
                   world_.customers.LeaderOf(ada_), kNow);
  }
  std::vector<std::string> Missing(std::string_view text) {
    return MissingOf(Why(text));
  }

  World world_;
  RecordNumber ada_ = world_.Record("shop:ada");
  std::vector<std::shared_ptr<const Program>> programs_;
};

TEST_F(ExplanationTest, NothingIsMissingWhereItHolds) {
  EXPECT_EQ(Why("1 < 2").value, "true");
  EXPECT_THAT(Missing("1 < 2 || customer.vip"), IsEmpty());
}

TEST_F(ExplanationTest, AComparisonSaysByHowMuch) {
  world_.Add(ada_, Event().At(kNow - 1).Worth("4.00", "EUR"));
  EXPECT_THAT(Missing("interactions('purchase').count() >= 3"),
              ElementsAre("interactions('purchase').count() is 1, needs at "
                          "least 3: 2 more"));
  EXPECT_THAT(Missing("interactions('purchase').count() > 1"),
              ElementsAre("interactions('purchase').count() is 1, needs more "
                          "than 1: 1 more"));
  EXPECT_THAT(Missing("interactions('purchase').count() < 1"),
              ElementsAre("interactions('purchase').count() is 1, needs less "
                          "than 1: 1 too many"));
  EXPECT_THAT(Missing("interactions('purchase').sum(i, i.amount) >= "
                      "money('10', 'EUR')"),
              ElementsAre("interactions('purchase').sum(i, i.amount) is "
                          "money(\"4.00\", \"EUR\"), needs at least "
                          "money(\"10.00\", \"EUR\"): 6.00 EUR short"));
}

TEST_F(ExplanationTest, ANegationTurnsWhatIsNeeded) {
  world_.Add(ada_, Event().At(kNow - 1));
  EXPECT_THAT(Missing("!(interactions('purchase').count() >= 1)"),
              ElementsAre("interactions('purchase').count() is 1, needs less "
                          "than 1: 1 too many"));
  EXPECT_THAT(Missing("!interactions('purchase').exists()"),
              ElementsAre("interactions('purchase').exists(): there is one, "
                          "it must not be"));
}

TEST_F(ExplanationTest, OnlyWhatStandsAgainstItIsMissing) {
  world_.Set(ada_, "country", std::string("ES"));
  EXPECT_THAT(Missing("customer.country == 'ES' && customer.visits > 3 && "
                      "interactions('visit').exists()"),
              ElementsAre(HasSubstr("there is no visits"),
                          "interactions('visit').exists(): there is none"));
}

TEST_F(ExplanationTest, TheTreeHasEachPartWithItsText) {
  world_.Set(ada_, "visits", int64_t{7});
  const Explanation why = Why("(customer.visits + 1) * 2 > 20 || false");
  EXPECT_EQ(why.text, "(customer.visits + 1) * 2 > 20 || false");
  EXPECT_EQ(why.value, "false");
  ASSERT_THAT(why.parts, SizeIs(1));  // literals say nothing
  const Explanation& product = why.parts[0].parts[0];
  EXPECT_EQ(product.text, "(customer.visits + 1) * 2");
  EXPECT_EQ(product.value, "16");
  EXPECT_EQ(product.parts[0].parts[0].text, "customer.visits");
}

TEST_F(ExplanationTest, AnAttributeNamesItsVersion) {
  world_.Set(ada_, "country", std::string("ES"), kNow - kDay);
  const Explanation why = Why("customer.country == 'FR'");
  ASSERT_THAT(why.parts, SizeIs(1));
  ASSERT_THAT(why.parts[0].facts, SizeIs(1));
  const DecidingFact& fact = why.parts[0].facts[0];
  EXPECT_EQ(fact.attribute, "country");
  EXPECT_EQ(fact.value, "\"ES\"");
  EXPECT_EQ(fact.at_us, kNow - kDay);
  EXPECT_EQ(fact.record, ada_);
}

TEST_F(ExplanationTest, AQuestionNamesTheLatestInteractions) {
  for (int i = 0; i < 15; ++i) world_.Add(ada_, Event().At(kNow - i * kDay));
  const Explanation why =
      Why("interactions('purchase').within('13d').count() > 20");
  const Explanation& count = why.parts[0];
  EXPECT_EQ(count.fact_count, 13u);
  ASSERT_THAT(count.facts, SizeIs(10));
  EXPECT_EQ(count.facts[0].at_us, kNow);
  EXPECT_EQ(count.facts[9].at_us, kNow - 9 * kDay);
}

TEST_F(ExplanationTest, ExistsNamesThoseThatFulfilItAndAllThoseThatDoNot) {
  world_.Add(ada_, Event().At(kNow - 1).Says("rating", int64_t{1}));
  world_.Add(ada_, Event().At(kNow - 2).Says("rating", int64_t{5}));
  EXPECT_THAT(Why("interactions('purchase').exists(i, i.rating > 3)").facts,
              ElementsAre(testing::Field(&DecidingFact::at_us, kNow - 2)));
  EXPECT_THAT(Why("interactions('purchase').all(i, i.rating > 3)").facts,
              ElementsAre(testing::Field(&DecidingFact::at_us, kNow - 1)));
}

TEST_F(ExplanationTest, AConditionalExplainsTheSideThatIsChosen) {
  world_.Set(ada_, "vip", true);
  world_.Set(ada_, "visits", int64_t{1});
  EXPECT_THAT(Missing("customer.vip ? customer.visits > 3 : customer.score > "
                      "1.0"),
              ElementsAre("customer.visits is 1, needs more than 3: 3 more"));
}

TEST_F(ExplanationTest, AFailureIsExplainedAndUndecided) {
  const Explanation why = Why("1 / 0 == 1");
  EXPECT_THAT(why.error, HasSubstr("division by zero"));
  EXPECT_FALSE(why.is_absent);
  EXPECT_TRUE(Why("customer.vip").is_absent);
}

TEST_F(ExplanationTest, ManyPartsAreCutOff) {
  std::string text = "customer.visits > 1";
  for (int i = 0; i < 1000; ++i) text += " && customer.visits > 1";
  EXPECT_LE(Why(text).parts.size(), kMaxPartsExplained);
}

TEST(Plan, SaysHowMuchEachQuestionReads) {
  World world;
  auto program = world.Compile(
      "interactions('visit').count() > 1 && interactions('visit').where(i, "
      "i.channel == 'web').count() > 1 && interactions('purchase').sum(i, "
      "i.lines().count()) > 1 && interactions('visit').count() < 9 && "
      "sequence(interactions('visit')).then(interactions('purchase')).count() "
      "> 1");
  ASSERT_TRUE(program.ok()) << program.status();
  std::vector<Reading> readings;
  std::vector<bool> shared;
  for (const Question& question : QuestionsOf(**program)) {
    readings.push_back(question.reading);
    shared.push_back(question.is_shared);
  }
  EXPECT_THAT(readings, ElementsAre(Reading::kTimes, Reading::kInteractions,
                                    Reading::kLines, Reading::kTimes,
                                    Reading::kInteractions));
  EXPECT_THAT(shared, ElementsAre(true, false, false, true, false));
  EXPECT_THAT((*program)->reads().fields, ElementsAre("channel"));
}

}  // namespace
}  // namespace trato::core
