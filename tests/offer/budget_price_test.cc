// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/budget_price.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

namespace trato::core {
namespace {

constexpr int64_t kStart = 1000;
constexpr int64_t kEnd = 2000;
constexpr int64_t kAmount = 50;

// Projected dual descent, instant by instant: what is spent less what the plan
// would have, never below 0.
double Descent(const std::map<int64_t, int64_t>& spent, int64_t now,
               int64_t before) {
  double ahead = 0;
  const double rate = static_cast<double>(kAmount - before) / (kEnd - kStart);
  for (int64_t t = kStart; t <= now; ++t) {
    if (t > kStart) ahead = std::max(0.0, ahead - rate);
    const auto found = spent.find(t);
    if (found != spent.end()) {
      ahead = std::max(0.0, ahead + static_cast<double>(found->second));
    }
  }
  return ahead;
}

SpendingPath PathOf(const std::vector<std::pair<int64_t, int64_t>>& taken) {
  SpendingPath path;
  path.Plan({kStart, kEnd, kAmount}, TimedSum());
  for (const auto& [at, amount] : taken) path.Add(at, amount);
  return path;
}

TEST(SpendingPath, IsDescentInClosedForm) {
  std::mt19937_64 engine(3);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::pair<int64_t, int64_t>> taken;
    std::map<int64_t, int64_t> spent;
    for (int i = 0; i < 30; ++i) {
      // What is given back comes after what was taken, and never alone.
      const auto at = static_cast<int64_t>(kStart + engine() % 990);
      taken.emplace_back(at, 2);
      spent[at] += 2;
      if (engine() % 4 == 0) {
        const auto back = static_cast<int64_t>(at + 1 + engine() % 300);
        taken.emplace_back(back, -1);
        spent[back] -= 1;
      }
    }
    const SpendingPath in_order = [&] {
      auto sorted = taken;
      std::sort(sorted.begin(), sorted.end());
      return PathOf(sorted);
    }();
    std::shuffle(taken.begin(), taken.end(), engine);
    const SpendingPath shuffled = PathOf(taken);
    for (int64_t now = kStart; now < kEnd; now += 7) {
      EXPECT_EQ(shuffled.AheadAt(now), in_order.AheadAt(now)) << now;
      EXPECT_NEAR(shuffled.AheadAt(now), Descent(spent, now, 0), 1e-9) << now;
    }
  }
}

TEST(SpendingPath, GoesByWhatIsLeftAtTheStart) {
  SpendingPath path = PathOf({{500, 20}, {1100, 10}});
  // 30 are left for 1,000: by 1,100 it should be 3.
  EXPECT_NEAR(path.AheadAt(1100), 10, 1e-9);
  EXPECT_NEAR(path.AheadAt(1200), 7, 1e-9);
  EXPECT_EQ(path.AheadAt(999), 0);
  EXPECT_EQ(path.AheadAt(kEnd), 0);
}

TEST(SpendingPath, HasNoPlanWithoutDates) {
  OfferDefinition offer;
  EXPECT_EQ(PlanOf(offer, 5).amount, 0);
  offer.valid_from_us = 10;
  EXPECT_EQ(PlanOf(offer, 5).amount, 0);
  offer.valid_until_us = 20;
  EXPECT_EQ(PlanOf(offer, 5).amount, 5);
  EXPECT_EQ(PlanOf(offer, kUnlimited).amount, 0);
}

TEST(PriceOfOne, IsTheTypicalScoreWhenAheadByTheRootOfTheDecisions) {
  // 400 decisions of 3 each: 20 decisions ahead are 60.
  EXPECT_NEAR(PriceOfOne(1, 90, 3, 1200, 60), 30, 1e-9);
  EXPECT_NEAR(PriceOfOne(0.5, 90, 3, 1200, 60), 15, 1e-9);
  EXPECT_EQ(PriceOfOne(1, 90, 3, 1200, 0), 0);
  EXPECT_EQ(PriceOfOne(1, 0, 3, 1200, 60), 0);
}

}  // namespace
}  // namespace trato::core
