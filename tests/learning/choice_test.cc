// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace trato::core {
namespace {

std::vector<Belief> Random(std::mt19937& draw, size_t count) {
  std::uniform_real_distribution<double> even;
  std::vector<Belief> beliefs(count);
  for (Belief& it : beliefs) {
    it.mean = std::exp(-4 * even(draw));
    const double seen = std::exp(8 * even(draw));
    it.relative_variance = (1 - it.mean) / (it.mean * (seen + 1));
    it.value = 1 + 4 * even(draw);
  }
  return beliefs;
}

// The same integral by its definition, on a fine grid of the logarithm.
std::vector<double> ByDefinition(const std::vector<Belief>& beliefs,
                                 double exploration) {
  std::vector<double> centre;
  std::vector<double> deviation;
  double low = 1e9;
  double high = -1e9;
  for (const Belief& it : beliefs) {
    const double variance =
        std::log(1 + exploration * exploration * it.relative_variance);
    centre.push_back(std::log(it.value * it.mean) - variance / 2);
    deviation.push_back(std::sqrt(variance));
    low = std::min(low, centre.back() - 8 * deviation.back());
    high = std::max(high, centre.back() + 8 * deviation.back());
  }
  std::vector<double> chance(beliefs.size());
  const int steps = 8000;
  const double width = (high - low) / steps;
  for (int i = 0; i < steps; ++i) {
    const double at = low + (i + 0.5) * width;
    for (size_t a = 0; a < beliefs.size(); ++a) {
      const double z = (at - centre[a]) / deviation[a];
      double term =
          std::exp(-z * z / 2) / (deviation[a] * std::sqrt(2 * M_PI)) * width;
      for (size_t b = 0; b < beliefs.size(); ++b) {
        if (b == a) continue;
        term *= 0.5 * std::erfc(-(at - centre[b]) / deviation[b] /
                                std::sqrt(2.0));
      }
      chance[a] += term;
    }
  }
  return chance;
}

TEST(ChoiceMaker, ThompsonIsTheIntegralOfItsDefinition) {
  std::mt19937 draw(7);
  ChoiceMaker maker;
  for (int round = 0; round < 60; ++round) {
    const std::vector<Belief> beliefs = Random(draw, 2 + draw() % 7);
    const double exploration = round % 2 == 0 ? 1 : 0.3;
    std::vector<double> chance(beliefs.size());
    maker.Thompson(beliefs, exploration, chance);
    const std::vector<double> wanted = ByDefinition(beliefs, exploration);
    for (size_t i = 0; i < beliefs.size(); ++i) {
      EXPECT_NEAR(chance[i], wanted[i], 0.015) << round << " " << i;
    }
  }
}

TEST(ChoiceMaker, ProbabilitiesSumToOneForAnyNumberOfOffers) {
  std::mt19937 draw(8);
  ChoiceMaker maker;
  for (size_t count : {1u, 2u, 50u, 1000u, 10000u}) {
    const std::vector<Belief> beliefs = Random(draw, count);
    std::vector<double> chance(count);
    maker.Thompson(beliefs, 1, chance);
    EXPECT_NEAR(std::accumulate(chance.begin(), chance.end(), 0.0), 1, 1e-9);
    ChoiceMaker::SquareCb(beliefs, 500, chance);
    EXPECT_NEAR(std::accumulate(chance.begin(), chance.end(), 0.0), 1, 1e-9);
    ChoiceMaker::Mix(0.01, chance);
    EXPECT_NEAR(std::accumulate(chance.begin(), chance.end(), 0.0), 1, 1e-9);
    for (double p : chance) {
      EXPECT_GE(p, 0.01 / static_cast<double>(count) * (1 - 1e-12));
    }
  }
}

TEST(ChoiceMaker, WhatIsWorthNothingIsOnlyShownWhenAllIs) {
  ChoiceMaker maker;
  std::vector<Belief> beliefs = {{0.5, 0.1, 0}, {0.01, 0.1, 1}};
  std::vector<double> chance(2);
  maker.Thompson(beliefs, 1, chance);
  EXPECT_EQ(chance, (std::vector<double>{0, 1}));
  beliefs[1].value = 0;
  maker.Thompson(beliefs, 1, chance);
  EXPECT_EQ(chance, (std::vector<double>{0.5, 0.5}));
}

TEST(ChoiceMaker, SquareCbIsItsFormula) {
  const std::vector<Belief> beliefs = {{0.1, 0, 1}, {0.3, 0, 1}, {0.2, 0, 1}};
  std::vector<double> chance(3);
  ChoiceMaker::SquareCb(beliefs, 50, chance);
  EXPECT_DOUBLE_EQ(chance[0], 1 / (3 + 50 * 0.2));
  EXPECT_DOUBLE_EQ(chance[2], 1 / (3 + 50 * (0.3 - 0.2)));
  EXPECT_DOUBLE_EQ(chance[1], 1 - chance[0] - chance[2]);
}

TEST(ChoiceMaker, ADrawFallsByTheProbabilities) {
  const std::vector<double> chance = {0.25, 0, 0.75};
  EXPECT_EQ(ChoiceMaker::Drawn(0, chance), 0u);
  EXPECT_EQ(ChoiceMaker::Drawn(0.2499, chance), 0u);
  EXPECT_EQ(ChoiceMaker::Drawn(0.25, chance), 2u);
  EXPECT_EQ(ChoiceMaker::Drawn(1 - 1e-17, chance), 2u);
}

}  // namespace
}  // namespace trato::core
