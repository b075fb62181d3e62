// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/stable_vector.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace trato::core {
namespace {

TEST(StableVector, BeginsEmpty) {
  const StableVector<int> numbers;
  EXPECT_EQ(numbers.size(), 0u);
}

TEST(StableVector, KeepsEverythingAcrossChunks) {
  StableVector<size_t> numbers;
  for (size_t i = 0; i < 10000; ++i) {
    EXPECT_EQ(numbers.push_back(i * 3), i * 3);
    ASSERT_EQ(numbers.size(), i + 1);
  }
  for (size_t i = 0; i < 10000; ++i) ASSERT_EQ(numbers[i], i * 3);
}

TEST(StableVector, ElementsNeverMove) {
  StableVector<std::string> texts;
  std::vector<const std::string*> places;
  for (int i = 0; i < 1000; ++i) {
    places.push_back(&texts.push_back(std::to_string(i)));
  }
  for (size_t i = 0; i < places.size(); ++i) {
    ASSERT_EQ(&texts[i], places[i]);
    ASSERT_EQ(*places[i], std::to_string(i));
  }
}

TEST(StableVector, TakesWhatCanOnlyBeMoved) {
  StableVector<std::unique_ptr<int>> owners;
  for (int i = 0; i < 200; ++i) owners.push_back(std::make_unique<int>(i));
  EXPECT_EQ(*owners[199], 199);
}

// Back and forth over the border of each chunk.
TEST(StableVector, WhatWasTakenOffMayBeAddedAgain) {
  StableVector<std::shared_ptr<int>> owners;
  for (int i = 0; i < 1000; ++i) {
    auto added = std::make_shared<int>(-1);
    const std::weak_ptr<int> gone = added;
    owners.push_back(std::move(added));
    owners.pop_back();
    ASSERT_TRUE(gone.expired()) << i;
    ASSERT_EQ(owners.size(), static_cast<size_t>(i));
    owners.push_back(std::make_shared<int>(i));
  }
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(*owners[static_cast<size_t>(i)], i);
}

TEST(StableVector, OthersReadWhatTheyKnowWhileItGrows) {
  StableVector<size_t> numbers;
  std::atomic<size_t> known = 0;
  std::atomic<bool> wrong = false;
  constexpr size_t kCount = 100'000;
  std::thread reader([&] {
    for (;;) {
      const size_t until = known.load(std::memory_order_acquire);
      if (until > 0 && (numbers[until - 1] != until - 1 ||
                        numbers[until / 2] != until / 2)) {
        wrong = true;
      }
      if (until == kCount) return;
    }
  });
  for (size_t i = 0; i < kCount; ++i) {
    numbers.push_back(i);
    known.store(i + 1, std::memory_order_release);
  }
  reader.join();
  EXPECT_FALSE(wrong);
}

}  // namespace
}  // namespace trato::core
