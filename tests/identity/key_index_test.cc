// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/key_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace trato::core {
namespace {

constexpr size_t kAll = 1u << 30;

// Hashes that lie close together and far apart, some of many records.
uint32_t Draw(std::mt19937_64& random) {
  constexpr uint32_t kOnes = 0xffffffff;
  switch (random() % 6) {
    case 0:
      return 1 + static_cast<uint32_t>(random() % 40);
    case 1:
      return kOnes - static_cast<uint32_t>(random() % 3);
    case 2:
      return static_cast<uint32_t>(random() % 5) << 16 | 7;
    case 3:
      return 0;
    default:
      return static_cast<uint32_t>(random());
  }
}

class KeyIndexTest : public testing::Test {
 protected:
  std::vector<std::pair<uint32_t, Keys>> Records(size_t count) {
    std::vector<std::pair<uint32_t, Keys>> records;
    for (size_t i = 0; i < count; ++i) {
      Keys keys{};
      for (uint32_t& key : keys) {
        const uint32_t hash = Draw(random_);
        // A record has a key once.
        if (std::find(keys.begin(), keys.end(), hash) == keys.end()) key = hash;
        if (key != 0) known_[key].push_back(next_);
      }
      records.emplace_back(next_++, keys);
    }
    return records;
  }

  // Asks for one in `every` of the hashes of a single record, and for all others.
  void ExpectAll(const KeyIndex& index, size_t every = 1) {
    size_t rare = 0;
    for (auto& [hash, records] : known_) {
      if (records.size() == 1 && rare++ % every != 0) continue;
      std::sort(records.begin(), records.end());
      std::vector<uint32_t> found;
      EXPECT_TRUE(index.ForEach(hash, kAll, [&](uint32_t record) {
        found.push_back(record);
      }));
      std::sort(found.begin(), found.end());
      ASSERT_EQ(found, records) << hash;
      EXPECT_TRUE(index.ForEach(hash, records.size(), [](uint32_t) {}));
      EXPECT_FALSE(index.ForEach(hash, records.size() - 1, [](uint32_t) {
        ADD_FAILURE() << "there are more";
      }));
    }
    for (int i = 0; i < 1000; ++i) {
      const uint32_t hash = Draw(random_);
      if (hash == 0 || known_.contains(hash)) continue;
      EXPECT_TRUE(index.ForEach(
          hash, 0, [](uint32_t) { ADD_FAILURE() << "nobody has it"; }));
    }
  }

  std::mt19937_64 random_{5};
  uint32_t next_ = 0;
  std::map<uint32_t, std::vector<uint32_t>> known_;
};

TEST_F(KeyIndexTest, FindsWhoHasAKeyWheneverTheyCame) {
  KeyIndex index;
  ExpectAll(index);
  index.Build(Records(3000));
  ExpectAll(index);
  // So many that those that came one by one are put beside the others, twice.
  for (int round = 0; round < 4; ++round) {
    for (const auto& [record, keys] : Records(3000)) index.Add(record, keys);
    ExpectAll(index);
  }
}

TEST_F(KeyIndexTest, FindsAmongMoreThanAMillionKeys) {
  KeyIndex index;
  index.Build(Records(120000));
  ExpectAll(index, 16);
}

}  // namespace
}  // namespace trato::core
