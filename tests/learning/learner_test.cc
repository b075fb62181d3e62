// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace trato::core {
namespace {

constexpr int64_t kDay = int64_t{86400} * 1000000;

LearnerDefinition Some(size_t offers) {
  LearnerDefinition definition;
  for (size_t i = 0; i < offers; ++i) {
    definition.offers.push_back({std::to_string(i), kNoNeed});
  }
  return definition;
}

Learner Make(LearnerDefinition definition) {
  absl::StatusOr<Learner> learner = Learner::Create(std::move(definition));
  EXPECT_TRUE(learner.ok()) << learner.status();
  return *std::move(learner);
}

std::vector<Learner::Answer> Answers(std::mt19937& draw, size_t count,
                                     size_t offers) {
  std::vector<Learner::Answer> answers(count);
  for (Learner::Answer& it : answers) {
    it.customer = draw() % 30;
    it.segment = draw() % 5 == 0 ? kNoSegment : draw() % 4;
    it.offer = static_cast<uint32_t>(draw() % offers);
    it.accepted = draw() % 4 == 0;
    it.at_us = static_cast<int64_t>(draw() % 400) * kDay;
  }
  return answers;
}

std::vector<double> Asked(Learner& learner, uint64_t customer, size_t offers,
                          int64_t now_us) {
  std::vector<uint32_t> all(offers);
  for (size_t i = 0; i < offers; ++i) all[i] = static_cast<uint32_t>(i);
  Learner::Question question;
  question.customer = customer;
  question.segment = 2;
  question.offers = all;
  std::vector<double> chance(offers);
  EXPECT_TRUE(learner.Check(question).ok());
  learner.Decide(question, now_us, chance);
  return chance;
}

TEST(Learner, AnyOrderOfTheSameAnswersGivesTheSameBits) {
  std::mt19937 draw(1);
  for (int64_t half_life : {int64_t{0}, 30 * kDay}) {
    LearnerDefinition definition = Some(6);
    definition.half_life_us = half_life;
    std::vector<Learner::Answer> answers = Answers(draw, 3000, 6);
    Learner one = Make(definition);
    Learner other = Make(definition);
    ASSERT_TRUE(one.LearnAll(answers, false).ok());
    std::shuffle(answers.begin(), answers.end(), draw);
    for (const Learner::Answer& it : answers) {
      ASSERT_TRUE(other.Learn(it).ok());
      // Questions in between change nothing.
      Asked(other, it.customer, 6, it.at_us);
    }
    EXPECT_EQ(one.Save(), other.Save());
    for (uint64_t customer = 0; customer < 30; ++customer) {
      EXPECT_EQ(Asked(one, customer, 6, 401 * kDay),
                Asked(other, customer, 6, 401 * kDay));
    }
  }
}

TEST(Learner, WhatIsTakenBackIsAsIfItHadNeverBeen) {
  std::mt19937 draw(2);
  LearnerDefinition definition = Some(5);
  definition.half_life_us = 60 * kDay;
  definition.needs = {{"need", kNoNeed}};
  definition.offers[3].need = 0;
  Learner learner = Make(definition);
  ASSERT_TRUE(learner.LearnAll(Answers(draw, 500, 5), false).ok());
  const std::string before = learner.Save();
  const std::vector<double> chance = Asked(learner, 3, 5, 300 * kDay);
  std::vector<Learner::Answer> more = Answers(draw, 700, 5);
  ASSERT_TRUE(learner.LearnAll(more, false).ok());
  EXPECT_NE(learner.Save(), before);
  std::shuffle(more.begin(), more.end(), draw);
  ASSERT_TRUE(learner.LearnAll(more, true).ok());
  EXPECT_EQ(learner.Save(), before);
  EXPECT_EQ(Asked(learner, 3, 5, 300 * kDay), chance);
}

TEST(Learner, AListWithAWrongRowChangesNothing) {
  std::mt19937 draw(3);
  Learner learner = Make(Some(4));
  std::vector<Learner::Answer> answers = Answers(draw, 50, 4);
  answers[40].offer = 4;
  const absl::Status status = learner.LearnAll(answers, false);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("row 40"));
  EXPECT_EQ(learner.Save(), Make(Some(4)).Save());
  answers.resize(3);
  EXPECT_EQ(learner.LearnAll(answers, true).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(learner.Save(), Make(Some(4)).Save());
}

TEST(Learner, ALinkPutsAnswersTogetherAndUnlinkingTakesThemApart) {
  LearnerDefinition definition = Some(3);
  definition.exploration = 2;  // so that nothing is certain
  Learner learner = Make(definition);
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(learner.Learn({1, 2, 0, i % 3 != 0, 0, {}}).ok());
    ASSERT_TRUE(learner.Learn({2, 2, 1, i % 5 == 0, 0, {}}).ok());
  }
  const std::string before = learner.Save();
  const std::vector<double> one = Asked(learner, 1, 3, 0);
  const std::vector<double> two = Asked(learner, 2, 3, 0);
  EXPECT_NE(one, two);
  ASSERT_TRUE(learner.Link(1, 2).ok());
  EXPECT_EQ(Asked(learner, 1, 3, 0), Asked(learner, 2, 3, 0));
  EXPECT_NE(Asked(learner, 1, 3, 0), one);
  ASSERT_TRUE(learner.Unlink(2, 1).ok());
  EXPECT_EQ(learner.Save(), before);
  EXPECT_EQ(Asked(learner, 1, 3, 0), one);
  EXPECT_EQ(Asked(learner, 2, 3, 0), two);
}

TEST(Learner, BytesBringBackTheLearner) {
  std::mt19937 draw(4);
  LearnerDefinition definition = Some(5);
  definition.needs = {{"root", kNoNeed}, {"leaf", 0}};
  definition.offers[0].need = 1;
  definition.half_life_us = 90 * kDay;
  Learner learner = Make(definition);
  ASSERT_TRUE(learner.LearnAll(Answers(draw, 900, 5), false).ok());
  ASSERT_TRUE(learner.Link(4, 9).ok());
  const std::string bytes = learner.Save();
  absl::StatusOr<Learner> read = Learner::Load(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->Save(), bytes);
  EXPECT_EQ(Asked(*read, 9, 5, 300 * kDay), Asked(learner, 9, 5, 300 * kDay));
  for (int i = 0; i < 300; ++i) {
    std::string wrong = bytes;
    wrong[draw() % wrong.size()] ^= static_cast<char>(1 << draw() % 8);
    EXPECT_FALSE(Learner::Load(wrong).ok());
    EXPECT_FALSE(Learner::Load(bytes.substr(0, draw() % bytes.size())).ok());
  }
}

TEST(Learner, ANewOfferStartsWithWhatIsKnownOfItsNeed) {
  LearnerDefinition definition = Some(2);
  definition.needs = {{"liked", kNoNeed}, {"not", kNoNeed}};
  definition.offers[0].need = 0;
  definition.offers[1].need = 1;
  Learner learner = Make(definition);
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(learner.Learn({0, 2, 0, i % 2 == 0, 0, {}}).ok());
    ASSERT_TRUE(learner.Learn({0, 2, 1, false, 0, {}}).ok());
  }
  ASSERT_EQ(*learner.AddOffer({"new liked", 0}), 2u);
  ASSERT_EQ(*learner.AddOffer({"new not", 1}), 3u);
  EXPECT_GT(learner.Describe(2, 0).rate, 0.4);
  EXPECT_LT(learner.Describe(3, 0).rate, 0.02);
}

// Of one customer and one offer, with a floor and exploration that do not matter.
double Expected(Learner& learner, uint64_t customer, uint32_t offer) {
  Learner::Question question;
  question.customer = customer;
  question.segment = 2;
  question.offers = std::span(&offer, 1);
  double chance = 0;
  EXPECT_TRUE(learner.Check(question).ok());
  return learner.Decide(question, 0, std::span(&chance, 1)).expected;
}

// drink: tea, mate; wear: hat, shoe; drink and wear are of home.
TEST(Learner, WhatACustomerTakesToIsCarriedToOtherOffersOfTheNeed) {
  LearnerDefinition definition = Some(5);
  definition.needs = {{"home", kNoNeed}, {"drink", 0}, {"wear", 0}};
  const uint32_t needs[] = {1, 1, 2, 2, kNoNeed};
  for (size_t i = 0; i < 5; ++i) definition.offers[i].need = needs[i];
  definition.customer_weight = 10;
  Learner learner = Make(definition);
  for (int i = 0; i < 400; ++i) {
    for (uint32_t offer = 0; offer < 5; ++offer) {
      ASSERT_TRUE(learner.Learn({0, 2, offer, i % 10 == 0, 0, {}}).ok());
    }
  }
  const double nobody = Expected(learner, 0, 1);
  EXPECT_EQ(Expected(learner, 7, 1), nobody);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(learner.Learn({7, 2, 0, true, 0, {}}).ok());
    ASSERT_TRUE(learner.Learn({8, 2, 0, false, 0, {}}).ok());
  }
  // By hand: she was expected to take 5 m of 5, and took all.
  const double m = learner.Describe(0, 0).segments[0].rate;
  const double home = 6 / (5 * m + 1);
  const double drink = home * 6 / (home * 5 * m + 1);
  const double of_mate = learner.Describe(1, 0).segments[0].rate;
  const double of_hat = learner.Describe(2, 0).segments[0].rate;
  EXPECT_NEAR(Expected(learner, 7, 1), std::min(.99, of_mate * drink), 1e-12);
  EXPECT_NEAR(Expected(learner, 7, 2), of_hat * home, 1e-12);
  EXPECT_LT(Expected(learner, 8, 1), nobody);
  // An offer of no need gains nothing, and nobody else does.
  EXPECT_EQ(Expected(learner, 7, 4), Expected(learner, 9, 4));
  EXPECT_NEAR(Expected(learner, 9, 1), of_mate, 1e-12);
  // Her own answers to the offer itself count once, as such.
  EXPECT_NEAR(Expected(learner, 7, 0), (5 + 10 * m) / 15, 1e-12);
  // A link puts both together; without it each is as before.
  const double before = Expected(learner, 7, 2);
  ASSERT_TRUE(learner.Link(7, 8).ok());
  const double both = 6 / (10 * m + 1);
  EXPECT_NEAR(Expected(learner, 8, 2), of_hat * both, 1e-12);
  ASSERT_TRUE(learner.Unlink(7, 8).ok());
  EXPECT_EQ(Expected(learner, 7, 2), before);
}

TEST(Learner, TheFloorIsOnlySwitchedOffBySayingSo) {
  LearnerDefinition definition = Some(2);
  definition.floor = 0;
  EXPECT_EQ(Learner::Create(definition).status().code(),
            absl::StatusCode::kInvalidArgument);
  definition.floor = 0.005;
  EXPECT_FALSE(Learner::Create(definition).ok());
  definition.without_floor = true;
  EXPECT_FALSE(Learner::Create(definition).ok());
  definition.floor = 0;
  EXPECT_EQ(Make(definition).floor(), 0);
  EXPECT_EQ(Make(Some(2)).floor(), 0.01);
}

}  // namespace
}  // namespace trato::core
