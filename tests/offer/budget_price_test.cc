// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The price of a budget against a simulation that goes instant by instant.

#include "offer/budget_price.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace trato::core {
namespace {

using Parts = std::vector<std::pair<int64_t, int64_t>>;

// Dual descent as it is in books: each instant the price moves by what was
// taken less what was planned, and is never below 0.
double Simulated(const SpendingPlan& plan, const Parts& parts, int64_t now) {
  int64_t before = 0;
  for (const auto& [at, amount] : parts) {
    if (at < plan.start_us) before += amount;
  }
  const double rate =
      static_cast<double>(std::max<int64_t>(plan.amount - before, 0)) /
      static_cast<double>(plan.end_us - plan.start_us);
  double ahead = 0;
  for (int64_t t = plan.start_us; t <= now; ++t) {
    if (t > plan.start_us) ahead = std::max(0.0, ahead - rate);
    for (const auto& [at, amount] : parts) {
      if (at == t) ahead += static_cast<double>(amount);
    }
    ahead = std::max(0.0, ahead);
  }
  return ahead;
}

TEST(SpendingPathTest, IsDualDescentWhateverComesFirst) {
  std::mt19937 random(7);
  const auto below = [&](int64_t limit) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(limit));
  };
  for (int round = 0; round < 300; ++round) {
    const SpendingPlan plan{50, 50 + 20 + below(200), 1 + below(400)};
    Parts parts;
    // What is taken, and given back later by some.
    for (int64_t i = below(40); i > 0; --i) {
      const int64_t at = 30 + below(250);
      const int64_t amount = 1 + below(30);
      parts.emplace_back(at, amount);
      if (below(3) == 0) parts.emplace_back(at + below(60), -amount);
    }
    std::shuffle(parts.begin(), parts.end(), random);
    SpendingPath path;
    TimedSum taken;
    // The plan may come in between.
    const size_t early = parts.empty() ? 0 : random() % parts.size();
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i == early) path.Plan(plan, taken);
      taken.Add(parts[i].first, parts[i].second);
      path.Add(parts[i].first, parts[i].second);
    }
    if (parts.empty()) path.Plan(plan, taken);
    for (int64_t now = plan.start_us; now < plan.end_us; now += 7) {
      EXPECT_NEAR(path.AheadAt(now), Simulated(plan, parts, now), 1e-9);
    }
    EXPECT_EQ(path.AheadAt(plan.start_us - 1), 0);
    EXPECT_EQ(path.AheadAt(plan.end_us), 0);
  }
}

TEST(SpendingPathTest, TakesTheLargestAmountsAndLongestPeriods) {
  TimedSum taken;
  SpendingPath path;
  const int64_t most = INT64_MAX - 1;
  path.Plan({-most, most, most}, taken);
  path.Add(-most, most);
  EXPECT_DOUBLE_EQ(path.AheadAt(-most), static_cast<double>(most));
  EXPECT_DOUBLE_EQ(path.AheadAt(0), static_cast<double>(most) / 2);
}

TEST(PriceOfOneTest, IsATypicalScoreAtTheRootOfTheAmount) {
  // 100 decisions of 5 each; ahead by 10 of them.
  EXPECT_DOUBLE_EQ(PriceOfOne(1, 40, 5, 500, 50) * 5, 40);
  EXPECT_DOUBLE_EQ(PriceOfOne(0.5, 40, 5, 500, 50) * 5, 20);
  EXPECT_EQ(PriceOfOne(1, 40, 0, 500, 50), 0);
  EXPECT_EQ(PriceOfOne(1, 40, 5, 500, 0), 0);
  EXPECT_EQ(PriceOfOne(1, -1, 5, 500, 50), 0);
}

TEST(PlanOfTest, NeedsBothDates) {
  OfferDefinition offer;
  EXPECT_EQ(PlanOf(offer, 10), SpendingPlan{});
  offer.valid_from_us = 5;
  EXPECT_EQ(PlanOf(offer, 10), SpendingPlan{});
  offer.valid_until_us = 9;
  EXPECT_EQ(PlanOf(offer, 10), (SpendingPlan{5, 9, 10}));
  EXPECT_EQ(PlanOf(offer, kUnlimited), SpendingPlan{});
}

}  // namespace
}  // namespace trato::core
