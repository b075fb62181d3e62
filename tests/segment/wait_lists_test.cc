// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/wait_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "support/seed.h"

namespace trato::core {
namespace {

// One arena for all would be moved as a whole when it grows, while a fact waits.
TEST(WaitLists, GrowInBlocksOfTheirOwnAndStayInProportionToWhatWaits) {
  constexpr size_t kRecords = 8 * WaitLists::kBlock;
  WaitLists lists;
  lists.Grow(kRecords);
  std::vector<std::vector<Wait>> expected(kRecords);
  std::vector<size_t> waiting(kRecords / WaitLists::kBlock);
  std::mt19937_64 random(test::Seed());
  std::vector<const void*> before(waiting.size());
  for (int round = 0; round < 40'000; ++round) {
    const size_t record = random() % kRecords;
    const size_t block = record / WaitLists::kBlock;
    for (size_t i = 0; i < before.size(); ++i) {
      before[i] = lists.BlockOf(i * WaitLists::kBlock);
    }
    waiting[block] -= expected[record].size();
    expected[record].clear();
    // Now and then very many at once, as of who is in every segment.
    const size_t count = random() % 50 == 0 ? random() % 500 : random() % 8;
    for (size_t i = 0; i < count; ++i) {
      expected[record].push_back(
          {static_cast<int64_t>(random()), static_cast<uint16_t>(random())});
    }
    waiting[block] += count;
    lists.Set(record, expected[record]);
    for (size_t i = 0; i < before.size(); ++i) {
      if (i != block) {
        ASSERT_EQ(lists.BlockOf(i * WaitLists::kBlock), before[i]);
      }
    }
    // A quarter more than what waits, with room for a few, and what came last.
    ASSERT_LE(lists.BytesBeside(record) / 10,
              waiting[block] + waiting[block] / 4 + 64 + 2 * 500);
  }
  for (size_t record = 0; record < kRecords; ++record) {
    size_t i = 0;
    lists.ForEach(record, [&](const Wait& wait) {
      ASSERT_LT(i, expected[record].size());
      EXPECT_EQ(wait.until_us, expected[record][i].until_us);
      EXPECT_EQ(wait.segment, expected[record][i].segment);
      ++i;
    });
    EXPECT_EQ(i, expected[record].size());
  }
}

}  // namespace
}  // namespace trato::core
