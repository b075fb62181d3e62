// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/name_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace trato::core {
namespace {

TEST(NameTable, BeginsEmpty) {
  const NameTable names;
  EXPECT_EQ(names.size(), 0u);
  EXPECT_EQ(names.Find("shop:1"), std::nullopt);
}

TEST(NameTable, FindsWhatWasAdded) {
  NameTable names;
  for (uint32_t i = 0; i < 20000; ++i) {
    ASSERT_EQ(names.Add("shop:" + std::to_string(i)), i);
  }
  EXPECT_EQ(names.size(), 20000u);
  for (uint32_t i = 0; i < 20000; ++i) {
    const std::string name = "shop:" + std::to_string(i);
    ASSERT_EQ(names.Text(i), name);
    ASSERT_EQ(names.Find(name), i);
  }
  EXPECT_EQ(names.Find("shop:20000"), std::nullopt);
  EXPECT_EQ(names.Find(""), std::nullopt);
}

TEST(NameTable, KeepsNamesOfAnyLengthAcrossPages) {
  NameTable names;
  std::vector<std::string> expected;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{254}, size_t{255},
                            size_t{256}, size_t{4000}, NameTable::kMaxBytes}) {
    for (int i = 0; i < 40; ++i) {
      if (size == 0 && i > 0) break;
      std::string name(size, static_cast<char>('A' + i));
      // Any byte may be in a name.
      if (size > 1) name[size / 2] = '\0';
      names.Add(name);
      expected.push_back(name);
    }
  }
  for (uint32_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(names.Text(i), expected[i]) << i;
    ASSERT_EQ(names.Find(expected[i]), i);
  }
}

TEST(NameTable, ManyAtOnceAreAsIfOneByOne) {
  NameTable names;
  names.Add("first");
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) texts.push_back("n:" + std::to_string(i * 7));
  names.AddAll(std::vector<std::string_view>(texts.begin(), texts.end()));
  names.AddAll({});
  EXPECT_EQ(names.size(), 5001u);
  for (uint32_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(names.Text(i + 1), texts[i]);
    ASSERT_EQ(names.Find(texts[i]), i + 1);
  }
}

TEST(NameTable, FindsAllAfterItWasTrimmed) {
  NameTable names;
  names.Trim();
  for (int round = 0; round < 3; ++round) {
    // Room for more than there are, given back, and then more of them.
    names.Reserve(names.size() + 20000);
    for (int i = 0; i < 2500; ++i) names.Add(std::to_string(names.size()));
    names.Trim();
    for (uint32_t i = 0; i < names.size(); ++i) {
      ASSERT_EQ(names.Find(std::to_string(i)), i);
    }
    EXPECT_FALSE(names.Find(std::to_string(names.size())));
  }
}

TEST(NameTable, FindsANameOrElseAddsIt) {
  NameTable names;
  names.Prefetch("a");
  EXPECT_EQ(names.FindOrAdd("a"), 0u);
  for (uint32_t round = 0; round < 2; ++round) {
    for (uint32_t i = 0; i < 5000; ++i) {
      const std::string name = "n:" + std::to_string(i);
      names.Prefetch(name);
      ASSERT_EQ(names.FindOrAdd(name), i + 1);
    }
  }
  EXPECT_EQ(names.size(), 5001u);
  EXPECT_EQ(names.Find("n:4999"), 5000u);
}

TEST(NameTable, WhatWasTakenBackIsNotFoundAndMayBeAddedAgain) {
  NameTable names;
  names.Add("a");
  names.Add("b");
  names.DropLast();
  EXPECT_EQ(names.size(), 1u);
  EXPECT_EQ(names.Find("b"), std::nullopt);
  EXPECT_EQ(names.Add("c"), 1u);
  EXPECT_EQ(names.Text(1), "c");
  EXPECT_EQ(names.Find("c"), 1u);
  EXPECT_EQ(names.Add("b"), 2u);
}

// Back and forth over each size at which the index grows.
TEST(NameTable, FindsWhatIsLeftAfterMuchWasTakenBack) {
  NameTable names;
  uint32_t count = 0;
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 50; ++i) names.Add("n" + std::to_string(count++));
    for (int i = 0; i < 30; ++i, --count) names.DropLast();
    ASSERT_EQ(names.size(), count);
    for (uint32_t i = 0; i < count; ++i) {
      ASSERT_EQ(names.Find("n" + std::to_string(i)), i);
    }
    ASSERT_EQ(names.Find("n" + std::to_string(count)), std::nullopt);
  }
}

TEST(NameTable, NamesNeverMove) {
  NameTable names;
  std::vector<std::string_view> views;
  for (int i = 0; i < 10000; ++i) {
    views.push_back(names.Text(names.Add("x" + std::to_string(i))));
  }
  for (uint32_t i = 0; i < views.size(); ++i) {
    ASSERT_EQ(views[i].data(), names.Text(i).data());
    ASSERT_EQ(views[i], "x" + std::to_string(i));
  }
}

TEST(NameTable, MayBeReadWhileItGrows) {
  NameTable names;
  constexpr uint32_t kNames = 50000;
  std::atomic<uint32_t> known = 0;
  std::thread reader([&] {
    for (uint32_t seen = 0; seen < kNames;) {
      const uint32_t until = known.load(std::memory_order_acquire);
      for (; seen < until; ++seen) {
        ASSERT_EQ(names.Text(seen), std::to_string(seen));
      }
    }
  });
  for (uint32_t i = 0; i < kNames; ++i) {
    names.Add(std::to_string(i));
    known.store(i + 1, std::memory_order_release);
  }
  reader.join();
}

}  // namespace
}  // namespace trato::core
