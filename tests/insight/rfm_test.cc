// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/rfm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace trato::core {
namespace {

// By definition: how many are below, half of the equals, in `groups` parts.
uint8_t ScoreByRank(const std::vector<double>& all, double value,
                    uint32_t groups) {
  double below = 0;
  double equal = 0;
  for (const double other : all) {
    below += other < value;
    equal += other == value;
  }
  return static_cast<uint8_t>(
      1 + std::floor(groups * (below + equal / 2) /
                     static_cast<double>(all.size())));
}

TEST(Rfm, ScoresAreThoseOfTheMidRank) {
  std::mt19937_64 draw(11);
  for (int round = 0; round < 200; ++round) {
    const size_t n = 1 + draw() % 60;
    const uint32_t groups = 2 + static_cast<uint32_t>(draw() % 9);
    const uint64_t distinct = 1 + draw() % 40;
    std::vector<double> recency, frequency, money;
    for (size_t i = 0; i < n; ++i) {
      recency.push_back(static_cast<double>(draw() % distinct));
      frequency.push_back(static_cast<double>(1 + draw() % 3));
      // Also below 0, and alike in the leading bits.
      money.push_back(1000 - static_cast<double>(draw() % distinct) * 51.25);
    }
    const RfmColumns columns{recency, frequency, money};
    const auto edges = FindRfmEdges(columns, groups, {});
    ASSERT_TRUE(edges.ok());
    std::vector<uint8_t> r(n), f(n), m(n);
    ScoreRfm(*edges, columns, {}, r, f, m);
    std::vector<double> minus;
    for (const double it : recency) minus.push_back(-it);
    for (size_t i = 0; i < n; ++i) {
      EXPECT_EQ(r[i], ScoreByRank(minus, minus[i], groups));
      EXPECT_EQ(f[i], ScoreByRank(frequency, frequency[i], groups));
      EXPECT_EQ(m[i], ScoreByRank(money, money[i], groups));
    }
  }
}

TEST(Rfm, OneCustomerIsInTheMiddle) {
  const std::vector<double> one = {7};
  const auto edges = FindRfmEdges({one, one, one}, 5, {});
  ASSERT_TRUE(edges.ok());
  const RfmScore score = ScoreRfm(*edges, 7, 7, 7);
  EXPECT_EQ(score.recency, 3);
  EXPECT_EQ(score.frequency, 3);
  EXPECT_EQ(score.money, 3);
}

TEST(Rfm, EveryScoreOfFiveHasOneSegment) {
  const auto& rules = DefaultRfmRules();
  for (uint8_t r = 1; r <= 5; ++r) {
    for (uint8_t f = 1; f <= 5; ++f) {
      int fits = 0;
      for (const RfmRule& rule : rules) {
        fits += SegmentOf(std::vector{rule}, {r, f, 3}) == 0;
      }
      EXPECT_EQ(fits, 1) << int{r} << int{f};
      EXPECT_LT(SegmentOf(rules, {r, f, 3}), rules.size());
    }
  }
  EXPECT_EQ(rules[SegmentOf(rules, {5, 5, 1})].name, "champions");
  EXPECT_EQ(rules[SegmentOf(rules, {1, 1, 5})].name, "hibernating");
}

TEST(Rfm, SaysWhatIsWrong) {
  const std::vector<double> one = {1}, none, bad = {std::nan("")};
  EXPECT_EQ(FindRfmEdges({none, none, none}, 5, {}).status().message(),
            "count: there is nobody");
  EXPECT_EQ(FindRfmEdges({one, one, bad}, 5, {}).status().message(),
            "money[0] is no number");
  EXPECT_EQ(FindRfmEdges({one, none, one}, 5, {}).status().message(),
            "frequency is not as long as recency");
  EXPECT_EQ(FindRfmEdges({one, one, one}, 1, {}).status().message(),
            "groups is not within 2 and 10");
}

}  // namespace
}  // namespace trato::core
