// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/key_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "engine/key_column.h"
#include "support/seed.h"

namespace trato::core {
namespace {

TEST(KeySet, KnowsWhatWasPutInAndNothingElse) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 20; ++round) {
    KeySet set;
    std::set<uint64_t> model;
    // Spread evenly, or all in one place.
    const int shift = round % 3 == 0 ? 40 : 0;
    for (int step = 0; step < 30; ++step) {
      std::vector<uint64_t> hashes;
      for (uint64_t n = random() % (step % 5 == 0 ? 5000 : 50); n > 0; --n) {
        hashes.push_back(random() >> shift);
        if (random() % 8 == 0) hashes.push_back(hashes.front());
      }
      model.insert(hashes.begin(), hashes.end());
      if (random() % 4 == 0) {
        for (uint64_t hash : hashes) set.Insert(hash);
      } else {
        SortHashes(hashes);
        set.InsertSorted(std::move(hashes));
      }
    }
    for (uint64_t hash : model) {
      ASSERT_TRUE(set.Contains(hash));
      ASSERT_EQ(set.Contains(hash + 1), model.contains(hash + 1));
    }
    KeySet copy;
    const absl::flat_hash_set<uint64_t> but = {*model.begin(), *model.rbegin()};
    copy.InsertFrom(set, but);
    for (uint64_t hash : model) {
      ASSERT_EQ(copy.Contains(hash), !but.contains(hash));
    }
    for (uint64_t edge : {uint64_t{0}, ~uint64_t{0}}) {
      EXPECT_EQ(set.Contains(edge), model.contains(edge));
    }
  }
}

TEST(SortHashes, SortsWhateverTheirSpread) {
  std::mt19937_64 random(test::Seed());
  for (size_t count : {0, 1, 100, 4096, 100000}) {
    for (const int shift : {0, 12, 50, 63}) {
      std::vector<uint64_t> hashes(count);
      for (uint64_t& hash : hashes) hash = random() >> shift;
      std::vector<uint64_t> sorted = hashes;
      std::sort(sorted.begin(), sorted.end());
      SortHashes(hashes);
      EXPECT_EQ(hashes, sorted) << count << ", " << shift;
    }
  }
}

TEST(KeyHasher, ANumberHasTheHashOfItsDecimalText) {
  const KeyHasher hasher("shop"), other("till");
  for (uint64_t number :
       {uint64_t{0}, uint64_t{7}, uint64_t{1234567890123}, ~uint64_t{0}}) {
    EXPECT_EQ(hasher(number), hasher(std::to_string(number)));
    EXPECT_NE(hasher(number), other(number));
  }
  // What is written in another way is another key.
  std::set<uint64_t> hashes;
  for (const char* key : {"7", "07", "7 ", "+7", "-7", "7.0", "x", "",
                          "18446744073709551615", "18446744073709551616"}) {
    EXPECT_TRUE(hashes.insert(hasher(std::string_view(key))).second) << key;
  }
}

TEST(KeyColumn, GivesKeysAsTheyWereGiven) {
  KeyColumn column;
  EXPECT_FALSE(column.any());
  column.AddNone(70000);
  EXPECT_FALSE(column.any());
  const std::string huge(3 << 20, 'h');
  for (const char* key : {"a", "0", "007", "18446744073709551615", "b c"}) {
    column.AddText(key);
  }
  column.AddText(huge);
  column.AddText("after");
  column.AddNumber(42);
  EXPECT_TRUE(column.any());
  const KeyHasher hasher("x");
  KeyColumn::Buffer buffer;
  size_t row = 70000;
  for (const std::string& key :
       {std::string("a"), std::string("0"), std::string("007"),
        std::string("18446744073709551615"), std::string("b c"), huge,
        std::string("after"), std::string("42")}) {
    EXPECT_EQ(column.Key(row, buffer), key);
    EXPECT_EQ(column.Hash(row, hasher), hasher(key));
    ++row;
  }
  EXPECT_EQ(column.size(), row);
  EXPECT_EQ(column.Key(0, buffer), "");
}

}  // namespace
}  // namespace trato::core
