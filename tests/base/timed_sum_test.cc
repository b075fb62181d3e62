// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/timed_sum.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace trato::core {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// All parts, added up anew for each question.
struct Plain {
  std::vector<std::pair<int64_t, int64_t>> parts;

  int64_t At(int64_t now) const {
    int64_t sum = 0;
    for (const auto& [at, amount] : parts) sum += at <= now ? amount : 0;
    return sum;
  }
  int64_t MaxFrom(int64_t now) const {
    int64_t most = At(now);
    for (const auto& [at, amount] : parts) {
      if (at > now) most = std::max(most, At(at));
    }
    return most;
  }
  int64_t BelowFrom(int64_t limit, int64_t now) const {
    if (MaxFrom(now) < limit) return now;
    int64_t first = kNever;
    for (const auto& [at, amount] : parts) {
      if (at > now && MaxFrom(at) < limit) first = std::min(first, at);
    }
    return first;
  }
};

TEST(TimedSum, EqualsAddingEverythingUp) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 300; ++round) {
    TimedSum sum;
    Plain plain;
    for (int i = 0; i < 30; ++i) {
      const auto at = static_cast<int64_t>(random() % 20);
      const auto amount = static_cast<int64_t>(random() % 5) - 2;
      sum.Add(at, amount);
      plain.parts.emplace_back(at, amount);
      for (int64_t now = -1; now <= 21; ++now) {
        ASSERT_EQ(sum.At(now), plain.At(now));
        ASSERT_EQ(sum.MaxFrom(now), plain.MaxFrom(now));
        for (int64_t limit = -3; limit <= 4; ++limit) {
          ASSERT_EQ(sum.BelowFrom(limit, now, kNever),
                    plain.BelowFrom(limit, now))
              << limit << " " << now;
        }
      }
    }
  }
}

TEST(TimedSum, WhatCancelsOutLeavesNothing) {
  TimedSum sum;
  sum.Add(10, 5);
  sum.Add(20, 1);
  sum.Add(10, -5);
  sum.Add(20, -1);
  EXPECT_EQ(sum.steps(), 0u);
}

}  // namespace
}  // namespace trato::core
