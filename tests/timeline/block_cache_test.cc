// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/block_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "random_rows.h"
#include "support/seed.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsOk;
using ::testing::HasSubstr;

class BlockCacheTest : public ::testing::Test {
 protected:
  // Blocks of one row each: its position is the block's number, its key
  // "key-<number>".
  std::shared_ptr<BlockSlot> Make(uint32_t number) {
    Interaction it;
    it.type = 1;
    it.position = number;
    it.key = absl::StrCat("key-", number);
    const Block::Packed packed = PackRows({{1, {{0, {it}}}}}, number, 1);
    const auto block = *Block::Parse(packed.bytes);
    block_bytes_ = block->bytes();
    bytes_[number] = packed;
    return SlotOf(packed, *block, {1, number});
  }

  BlockCache::Load Load() {
    return [this](BlockPlace place, bool keys) -> absl::StatusOr<std::string> {
      ++(keys ? key_loads_ : loads_);
      auto found = bytes_.find(place.number);
      if (found == bytes_.end()) return absl::NotFoundError("gone");
      return keys ? found->second.keys : found->second.bytes;
    };
  }

  static uint64_t PositionOf(const Block* block) {
    return block == nullptr ? ~uint64_t{0} : block->max_position();
  }
  // Asks for the block and does not hold it.
  static uint64_t Get(BlockCache& cache, BlockSlot& slot) {
    std::shared_ptr<const void> owner;
    return PositionOf(cache.Get(slot, owner));
  }

  std::map<uint32_t, Block::Packed> bytes_;
  uint64_t block_bytes_ = 0;
  int loads_ = 0;
  int key_loads_ = 0;
};

TEST_F(BlockCacheTest, WithoutALimitABlockIsReadOnceAndStays) {
  BlockCache cache(Load(), 0);
  EXPECT_FALSE(cache.is_limited());
  const auto slot = Make(7);
  for (int i = 0; i < 3; ++i) {
    std::shared_ptr<const void> owner;
    EXPECT_EQ(PositionOf(cache.Get(*slot, owner)), 7u);
    EXPECT_EQ(owner, nullptr);
  }
  EXPECT_EQ(loads_, 1);
  EXPECT_EQ(key_loads_, 0);
  EXPECT_EQ(cache.resident_bytes(), block_bytes_);
}

TEST_F(BlockCacheTest, BlocksThatNobodyElseKeepsStay) {
  BlockCache cache(BlockCache::Load(), 1);
  EXPECT_FALSE(cache.is_limited());
  std::vector<std::shared_ptr<BlockSlot>> slots;
  for (uint32_t i = 0; i < 10; ++i) {
    slots.push_back(Make(i));
    cache.Put(*slots[i], *Block::Parse(bytes_[i].bytes), nullptr);
  }
  for (uint32_t i = 0; i < 10; ++i) EXPECT_EQ(Get(cache, *slots[i]), i);
}

TEST_F(BlockCacheTest, NoMoreThanTheLimitIsInMemory) {
  std::vector<std::shared_ptr<BlockSlot>> slots;
  for (uint32_t i = 0; i < 20; ++i) slots.push_back(Make(i));
  BlockCache cache(Load(), 3 * block_bytes_);
  EXPECT_TRUE(cache.is_limited());
  for (int round = 0; round < 3; ++round) {
    for (uint32_t i = 0; i < 20; ++i) {
      EXPECT_EQ(Get(cache, *slots[i]), i);
      EXPECT_LE(cache.resident_bytes(), 3 * block_bytes_);
    }
  }
  EXPECT_EQ(loads_, 60);
}

TEST_F(BlockCacheTest, WhatFitsStays) {
  std::vector<std::shared_ptr<BlockSlot>> slots;
  for (uint32_t i = 0; i < 5; ++i) slots.push_back(Make(i));
  BlockCache cache(Load(), 5 * block_bytes_);
  for (int round = 0; round < 3; ++round) {
    for (const auto& slot : slots) Get(cache, *slot);
  }
  EXPECT_EQ(loads_, 5);
}

TEST_F(BlockCacheTest, WhatIsAskedForOftenStays) {
  std::vector<std::shared_ptr<BlockSlot>> slots;
  for (uint32_t i = 0; i < 100; ++i) slots.push_back(Make(i));
  BlockCache cache(Load(), 4 * block_bytes_);
  for (uint32_t i = 1; i < 100; ++i) {
    Get(cache, *slots[0]);
    Get(cache, *slots[i]);
  }
  // Nearly all of the 99 others were read, and the first hardly ever again.
  EXPECT_LE(loads_, 99 + 40);
  EXPECT_GE(loads_, 99);
}

TEST_F(BlockCacheTest, WhoeverHoldsABlockMayReadItAfterItWent) {
  const auto held = Make(1);
  const auto other = Make(2);
  BlockCache cache(Load(), 1);
  std::shared_ptr<const void> owner;
  const Block* block = cache.Get(*held, owner);
  ASSERT_NE(owner, nullptr);
  Get(cache, *other);
  EXPECT_EQ(cache.resident_bytes(), 0u);
  EXPECT_EQ(held->block.load(), nullptr);
  EXPECT_EQ(PositionOf(block), 1u);
  EXPECT_EQ(block->clusters()[0].at_us(0), 0);
}

TEST_F(BlockCacheTest, KeysAreReadWhenTheyAreAskedForAndGoWithTheirBlock) {
  const auto slot = Make(1);
  const auto other = Make(2);
  BlockCache cache(Load(), 100 * block_bytes_);
  Get(cache, *slot);
  EXPECT_EQ(key_loads_, 0);
  for (int i = 0; i < 3; ++i) {
    const auto keys = cache.GetKeys(*slot);
    ASSERT_NE(keys, nullptr);
    EXPECT_EQ(keys->Key(0, 0), "key-1");
    EXPECT_EQ(cache.resident_bytes(), block_bytes_ + keys->bytes());
  }
  EXPECT_EQ(key_loads_, 1);
  BlockCache small(Load(), 1);
  const auto again = Make(3);
  EXPECT_EQ(small.GetKeys(*again)->Key(0, 0), "key-3");
  EXPECT_EQ(small.resident_bytes(), 0u);
  EXPECT_EQ(again->keys, nullptr);
}

TEST_F(BlockCacheTest, ABlockWithoutKeysAsksForNone) {
  const auto slot = Make(1);
  slot->has_keys = false;
  BlockCache cache(Load(), 0);
  EXPECT_EQ(cache.GetKeys(*slot), nullptr);
  EXPECT_EQ(key_loads_, 0);
}

TEST_F(BlockCacheTest, ReadingOnTheSideKeepsNothing) {
  const auto slot = Make(4);
  BlockCache cache(Load(), 0);
  const auto block = cache.Read(*slot);
  ASSERT_THAT(block, IsOk());
  EXPECT_EQ((*block)->max_position(), 4u);
  EXPECT_EQ(cache.resident_bytes(), 0u);
  EXPECT_EQ(slot->block.load(), nullptr);
}

TEST_F(BlockCacheTest, ARetiredBlockLivesAsLongAsWhoHoldsItsSlot) {
  for (const uint64_t limit : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 30}) {
    for (const bool was_read : {false, true}) {
      BlockCache cache(Load(), limit);
      auto slot = Make(5);
      auto holder = slot;
      if (was_read) Get(cache, *slot);
      cache.Retire(slot);
      slot = nullptr;
      bytes_.clear();
      // As a store of the past does.
      const ReadScope scope;
      EXPECT_EQ(Get(cache, *holder), 5u) << limit;
      const auto keys = cache.GetKeys(*holder);
      ASSERT_NE(keys, nullptr) << limit;
      EXPECT_EQ(keys->Key(0, 0), "key-5");
      EXPECT_THAT(scope.status(), IsOk());
      EXPECT_EQ(cache.resident_bytes(), 0u);
      // Others that come make no difference.
      const auto other = Make(6);
      Get(cache, *other);
      EXPECT_EQ(Get(cache, *holder), 5u);
      bytes_.clear();
    }
  }
}

TEST_F(BlockCacheTest, ARetiredBlockThatNobodyHoldsIsNotRead) {
  BlockCache cache(Load(), 0);
  auto slot = Make(5);
  cache.Retire(slot);
  EXPECT_EQ(loads_, 0);
}

TEST_F(BlockCacheTest, WhatCannotBeReadIsReportedToTheScope) {
  BlockCache cache(Load(), 0);
  const auto slot = Make(1);
  bytes_.clear();
  EXPECT_EQ(Get(cache, *slot), ~uint64_t{0});  // no scope: nobody is told
  const ReadScope outer;
  {
    const ReadScope inner;
    EXPECT_EQ(Get(cache, *slot), ~uint64_t{0});
    EXPECT_THAT(inner.status(),
                IsError(absl::StatusCode::kNotFound, std::string("gone")));
    EXPECT_THAT(outer.status(), IsOk());
  }
  EXPECT_THAT(outer.status(),
              IsError(absl::StatusCode::kNotFound, std::string("gone")));
  EXPECT_EQ(cache.GetKeys(*slot), nullptr);
}

TEST_F(BlockCacheTest, TheFirstThatGoesWrongIsTold) {
  const ReadScope scope;
  ReadScope::Report(absl::DataLossError("first"));
  ReadScope::Report(absl::DataLossError("second"));
  EXPECT_THAT(scope.status(),
              IsError(absl::StatusCode::kDataLoss, std::string("first")));
}

TEST_F(BlockCacheTest, KeysThatCannotBeReadAreReported) {
  BlockCache cache(Load(), 0);
  const auto slot = Make(1);
  bytes_[1].keys = "?";
  const ReadScope scope;
  EXPECT_EQ(cache.GetKeys(*slot), nullptr);
  EXPECT_THAT(scope.status(),
              IsError(absl::StatusCode::kDataLoss, HasSubstr("keys")));
  // The block itself is there.
  EXPECT_EQ(Get(cache, *slot), 1u);
}

TEST_F(BlockCacheTest, ABlockThatIsNotTheOneInTheDirectoryIsDataLoss) {
  for (int part = 0; part < 3; ++part) {
    BlockCache cache(Load(), 0);
    const auto slot = Make(1);
    if (part == 0) ++slot->first_record;
    if (part == 1) ++slot->record_count;
    if (part == 2) ++slot->rows;
    const ReadScope scope;
    EXPECT_EQ(Get(cache, *slot), ~uint64_t{0});
    EXPECT_THAT(scope.status(),
                IsError(absl::StatusCode::kDataLoss, HasSubstr("directory")));
  }
}

TEST_F(BlockCacheTest, ManyThreadsMayAsk) {
  std::vector<std::shared_ptr<BlockSlot>> slots;
  for (uint32_t i = 0; i < 30; ++i) slots.push_back(Make(i));
  const std::map<uint32_t, Block::Packed> bytes = bytes_;
  for (const uint64_t limit : {uint64_t{0}, 4 * block_bytes_}) {
    BlockCache cache(
        [&bytes](BlockPlace place, bool keys) -> absl::StatusOr<std::string> {
          const auto& packed = bytes.at(place.number);
          return keys ? packed.keys : packed.bytes;
        },
        limit);
    std::vector<std::shared_ptr<BlockSlot>> fresh;
    for (uint32_t i = 0; i < 30; ++i) fresh.push_back(Make(i));
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (uint64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937_64 random(test::Seed() + t);
        for (int i = 0; i < 3000; ++i) {
          const auto number = static_cast<uint32_t>(random() % 30);
          std::shared_ptr<const void> owner;
          const Block* block = cache.Get(*fresh[number], owner);
          if (PositionOf(block) != number) ++wrong;
          if (i % 3 == 0) {
            const auto keys = cache.GetKeys(*fresh[number]);
            if (keys == nullptr ||
                keys->Key(0, 0) != absl::StrCat("key-", number)) {
              ++wrong;
            }
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    if (limit != 0) {
      EXPECT_LE(cache.resident_bytes(), limit);
    }
  }
}

}  // namespace
}  // namespace trato::core
