// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/window_ranks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace trato::core {
namespace {

TEST(WindowRanks, AreHowManyOfTheRowsBeforeLieInTheWindow) {
  std::mt19937_64 random(20111210);
  WindowRanks ranks;
  for (int round = 0; round < 500; ++round) {
    std::vector<int64_t> at_us(random() % 300);
    for (int64_t& it : at_us) it = static_cast<int64_t>(random() % 40) - 20;
    std::vector<uint32_t> ends(random() % 50);
    for (uint32_t& it : ends) {
      it = static_cast<uint32_t>(random() % (at_us.size() + 1));
    }
    int64_t from_us = static_cast<int64_t>(random() % 50) - 25;
    int64_t until_us = static_cast<int64_t>(random() % 50) - 25;
    if (round % 5 == 0) from_us = std::numeric_limits<int64_t>::min();
    if (round % 7 == 0) until_us = std::numeric_limits<int64_t>::max();
    const auto count = [&](uint32_t end) {
      return static_cast<uint32_t>(std::count_if(
          at_us.begin(), at_us.begin() + end,
          [&](int64_t it) { return it > from_us && it <= until_us; }));
    };
    std::vector<uint32_t> expected;
    for (const uint32_t end : ends) expected.push_back(count(end));
    std::vector<uint32_t> found;
    const auto all = static_cast<uint32_t>(at_us.size());
    EXPECT_EQ(ranks.Find(at_us, from_us, until_us, ends, found), count(all));
    EXPECT_EQ(found, expected);
    EXPECT_EQ(ranks.FindPlainly(at_us, from_us, until_us, ends, found),
              count(all));
    EXPECT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace trato::core
