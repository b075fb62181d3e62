// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/affinity.h"

#include <gtest/gtest.h>

#include <vector>

namespace trato::core {
namespace {

constexpr int64_t kNow = int64_t{1} << 50;

class AffinityTest : public testing::Test {
 protected:
  void Buy(int64_t at_us, std::vector<uint32_t> products,
           std::string_view record = "shop:1") {
    Interaction interaction;
    interaction.position = next_++;
    interaction.at_us = at_us;
    interaction.type = purchase_;
    for (uint32_t product : products) {
      Line line;
      line.product = product;
      interaction.lines.push_back(line);
    }
    timeline_.Insert(customers_.Touch(record, at_us), std::move(interaction));
  }

  struct Found {
    double value;
    double organic;
    int64_t purchases;
    int64_t purchases_with_product;
  };
  struct Answer {
    int64_t at_us;
    bool accepted;
  };

  Found Of(std::vector<Answer> answers = {}) {
    Evidence evidence;
    const PurchaseTotal all = ForEachPurchase(
        world_, customers_.LeaderOf(customers_.Touch("shop:1", 0)), purchase_,
        kNow, [&](const InteractionRef& it, double weight) {
          const bool holds = !it.ForEachLine(
              [&](const Line& line) { return line.product != kTea; });
          if (holds) evidence.AddPurchase(it.at_us(), weight);
        });
    for (const Answer& answer : answers) {
      evidence.AddAnswer(answer.accepted, FadedWeight(answer.at_us, kNow));
    }
    return {AffinityOf(all, evidence, 0.05), OrganicRate(all, evidence),
            all.count, evidence.purchases};
  }

  static constexpr uint32_t kTea = 100, kBag = 101;
  Interner names_;
  uint32_t purchase_ = names_.Add("purchase");
  CustomerStore customers_{&names_};
  Timeline timeline_{&names_, [](uint32_t, const InteractionRef& it,
                                 std::string_view, uint32_t) {
                       return FactId{{0, it.position()}};
                     }};
  World world_{&customers_, &timeline_, &names_};
  uint64_t next_ = 1;
};

TEST_F(AffinityTest, OfSomebodyUnknownIsThePrior) {
  EXPECT_DOUBLE_EQ(Of().value, 0.05);
}

// By hand: (1 + 0.1) / (2 + 2).
TEST_F(AffinityTest, IsTheSmoothedShareOfPurchasesThatHoldAProduct) {
  Buy(kNow, {kTea, kBag});
  Buy(kNow, {kBag});
  EXPECT_DOUBLE_EQ(Of().value, 1.1 / 4);
  EXPECT_EQ(Of().purchases, 2);
  EXPECT_EQ(Of().purchases_with_product, 1);
}

// By hand: a half-life ago counts 1/2, so (0.5 + 0.1) / (1.5 + 2).
TEST_F(AffinityTest, EvidenceFadesByHalfIn180Days) {
  Buy(kNow - kAffinityHalfLifeUs, {kTea});
  Buy(kNow, {kBag});
  EXPECT_DOUBLE_EQ(Of().value, 0.6 / 3.5);
}

TEST_F(AffinityTest, AnOrderCountsOnceHoweverManyLinesHoldTheProduct) {
  Buy(kNow, {kTea, kTea, kTea});
  EXPECT_DOUBLE_EQ(Of().value, 1.1 / 3);
}

TEST_F(AffinityTest, ARefusalLowersAndAnAcceptanceRaisesIt) {
  Buy(kNow, {kTea});
  EXPECT_DOUBLE_EQ(Of({{kNow, false}}).value, 1.1 / 4);
  EXPECT_DOUBLE_EQ(Of({{kNow, true}}).value, 2.1 / 4);
}

TEST_F(AffinityTest, WhatIsDatedAfterNowDoesNotCount) {
  Buy(kNow + 1, {kTea});
  EXPECT_DOUBLE_EQ(Of().value, 0.05);
}

// By hand: 1 of 2 purchases, drawn towards nothing by 2 more.
TEST_F(AffinityTest, TheOrganicRateKnowsPurchasesOnly) {
  Buy(kNow, {kTea});
  Buy(kNow, {kBag});
  EXPECT_DOUBLE_EQ(Of({{kNow, true}}).organic, 1.0 / 4);
}

TEST_F(AffinityTest, CountsThePurchasesOfAllRecordsOfTheCustomer) {
  Buy(kNow, {kTea});
  Buy(kNow, {kTea}, "web:9");
  EXPECT_EQ(Of().purchases, 1);
  customers_.SetPair(*customers_.FindRecord("shop:1"),
                     *customers_.FindRecord("web:9"), {1, true});
  EXPECT_EQ(Of().purchases, 2);
}

}  // namespace
}  // namespace trato::core
