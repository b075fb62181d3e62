// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace trato::core {
namespace {

// Pairs drawn from known rates: what is found is what was planted.
TEST(Model, FindsPlantedRates) {
  std::mt19937_64 draw(11);
  const IdentityModel usual = UsualModel();
  std::uniform_real_distribution<double> uniform(0, 1);
  const auto level = [&](const std::array<double, kLevels>& rates) {
    double rest = uniform(draw);
    for (int l = 1; l < kLevels; ++l) {
      rest -= rates[static_cast<size_t>(l)];
      if (rest < 0) return l;
    }
    return kDifferent;
  };
  // Only half as many birth dates as usual are the same.
  IdentityModel planted = usual;
  LevelRates& birth =
      planted.rates[static_cast<size_t>(Comparison::kBirthDate)];
  birth.m = {0, .45, .30, .05, .05, .05, 0, .10};
  constexpr int kPairs = 400000, kOfOne = 2000;
  PatternCounts found;
  LevelCounts random;
  constexpr uint32_t kAll = (1u << kComparisons) - 1;
  for (int i = 0; i < kPairs; ++i) {
    const bool is_one = i < kOfOne;
    Pattern pattern = 0;
    for (int f = 0; f < static_cast<int>(Comparison::kText); ++f) {
      const LevelRates& rates = planted.rates[static_cast<size_t>(f)];
      pattern |= static_cast<Pattern>(level(is_one ? rates.m : rates.u))
                 << (4 * f);
    }
    ++found[{pattern, kAll, 0, 0}];
    random.Add(pattern, 1);
  }
  const IdentityModel model = FindModel(found, 1, random, 1, kPairs);
  EXPECT_NEAR(model.prior * kPairs, kOfOne, 0.02 * kOfOne);
  EXPECT_LT(model.household * kPairs, 0.02 * kOfOne);
  const LevelRates& rates =
      model.rates[static_cast<size_t>(Comparison::kBirthDate)];
  for (size_t l = 1; l < kLevels; ++l) {
    EXPECT_NEAR(rates.m[l], birth.m[l],
                4 * std::sqrt(birth.m[l] / kOfOne) + 0.01)
        << l;
  }
}

TEST(Model, SaysSomethingOfNothing) {
  const IdentityModel model = FindModel({}, 1, {}, 1, 0);
  EXPECT_TRUE(std::isfinite(model.prior));
  for (const LevelRates& rates : model.rates) {
    for (size_t l = 1; l < kLevels; ++l) {
      EXPECT_TRUE(std::isfinite(rates.m[l]));
      EXPECT_TRUE(std::isfinite(rates.u[l]));
      EXPECT_TRUE(std::isfinite(rates.h[l]));
    }
  }
}

TEST(Model, ProbabilitiesAreBits) {
  EXPECT_DOUBLE_EQ(ProbabilityOf(0), 0.5);
  EXPECT_NEAR(BitsOf(ProbabilityOf(7.25)), 7.25, 1e-9);
}

}  // namespace
}  // namespace trato::core
