// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/hash_each.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <random>
#include <string>
#include <vector>

#include "support/seed.h"

namespace trato::core {
namespace {

TEST(HashEach, GivesWhatSodiumGivesOneByOne) {
  std::mt19937_64 random(test::Seed());
  // Shorter than a block, about one, several, and of every sort.
  for (const size_t longest : {20, 130, 400, 3000}) {
    for (size_t count : {0, 1, 3, 4, 7, 8, 9, 40, 100}) {
      std::vector<std::string> texts(count);
      for (std::string& text : texts) {
        size_t size = random() % longest;
        if (random() % 4 == 0) size = size / 128 * 128;
        while (text.size() < size) text.push_back(static_cast<char>(random()));
      }
      const std::vector<std::string_view> messages(texts.begin(), texts.end());
      std::vector<std::array<uint8_t, 32>> hashes(count);
      HashEach(messages, hashes.data());
      for (size_t i = 0; i < count; ++i) {
        std::array<uint8_t, 32> expected;
        crypto_generichash(
            expected.data(), expected.size(),
            reinterpret_cast<const unsigned char*>(texts[i].data()),
            texts[i].size(), nullptr, 0);
        ASSERT_EQ(hashes[i], expected) << i << ", " << texts[i].size();
      }
    }
  }
}

}  // namespace
}  // namespace trato::core
