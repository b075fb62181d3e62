// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/packed_column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/seed.h"

namespace trato::core {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// Packs the values into bytes that end where they may, and compares all.
PackedColumn::Shape ExpectKept(const std::vector<int64_t>& values) {
  const PackedColumn::Shape shape = PackedColumn::Fit(values);
  std::string bytes = "before";
  PackedColumn::Append(values, shape, bytes);
  EXPECT_EQ(bytes.size() - 6,
            PackedColumn::BytesFor(values.size(), shape.width));
  EXPECT_EQ(bytes.substr(0, 6), "before");
  const std::vector<char> place = [&] {
    std::vector<char> made(bytes.begin() + 6, bytes.end());
    // What follows must not matter.
    made.insert(made.end(), PackedColumn::kPadding, '\xa5');
    made.shrink_to_fit();
    return made;
  }();
  const PackedColumn column(shape, place.data());
  EXPECT_EQ(column.is_constant(), shape.width == 0);
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(column[i], values[i])
        << "value " << i << ", width " << int{shape.width};
    if (column[i] != values[i]) break;
  }
  return shape;
}

TEST(PackedColumn, TheDefaultIsAllZeros) {
  const PackedColumn zeros;
  EXPECT_EQ(zeros[0], 0);
  EXPECT_EQ(zeros[1'000'000'000], 0);
  EXPECT_TRUE(PackedColumn::Fit(std::vector<int64_t>{}).is_zero());
  EXPECT_TRUE(PackedColumn::Fit(std::vector<int64_t>{0, 0, 0}).is_zero());
  EXPECT_FALSE(PackedColumn::Fit(std::vector<int64_t>{1, 1}).is_zero());
}

TEST(PackedColumn, EqualValuesTakeNoBits) {
  for (int64_t value : {int64_t{0}, int64_t{-7}, kLeast, kMost}) {
    const auto shape = ExpectKept(std::vector<int64_t>(100, value));
    EXPECT_EQ(shape.width, 0);
    EXPECT_EQ(shape.base, value);
  }
}

TEST(PackedColumn, EveryWidthKeepsItsValues) {
  std::mt19937_64 random(test::Seed());
  for (int bits = 0; bits <= 64; ++bits) {
    const uint64_t most = bits == 0 ? 0 : ~uint64_t{0} >> (64 - bits);
    for (size_t count : {1, 2, 3, 7, 8, 9, 63, 64, 65, 200}) {
      std::vector<int64_t> values;
      const uint64_t base =
          bits == 64 ? uint64_t{1} << 63
                     : static_cast<uint64_t>(-1000 + int64_t(random() % 2000));
      for (size_t i = 0; i < count; ++i) {
        values.push_back(static_cast<int64_t>(base + (random() & most)));
      }
      // The whole range, and no common divisor.
      if (count > 2) {
        values[0] = static_cast<int64_t>(base);
        values[count - 1] = static_cast<int64_t>(base + most);
        if (bits > 1) values[1] = static_cast<int64_t>(base + 1);
      }
      const auto shape = ExpectKept(values);
      if (count > 2) {
        EXPECT_EQ(shape.width, bits > 57 ? 64 : bits) << count;
      }
    }
  }
}

// Offsets of a column that differ in every bit of a byte, for each width.
TEST(PackedColumn, NeighboursDoNotMix) {
  for (int bits = 1; bits <= 57; ++bits) {
    const auto most = static_cast<int64_t>(~uint64_t{0} >> (64 - bits));
    std::vector<int64_t> values;
    for (int i = 0; i < 130; ++i) values.push_back(i % 2 == 0 ? 0 : most);
    values.push_back(1 % (most + 1));
    ExpectKept(values);
  }
}

TEST(PackedColumn, WhatAllDifferencesShareCostsNothing) {
  std::mt19937_64 random(test::Seed());
  for (uint64_t unit : {uint64_t{2}, uint64_t{3}, uint64_t{10},
                        uint64_t{1'000'000}, uint64_t{86'400'000'000}}) {
    std::vector<int64_t> values = {-5, static_cast<int64_t>(unit) * 100 - 5};
    for (int i = 0; i < 100; ++i) {
      values.push_back(static_cast<int64_t>(unit * (random() % 101)) - 5);
    }
    values.push_back(static_cast<int64_t>(unit) - 5);
    const auto shape = ExpectKept(values);
    EXPECT_EQ(shape.scale, unit);
    EXPECT_EQ(shape.width, 7);
    EXPECT_EQ(shape.base, -5);
  }
}

TEST(PackedColumn, TwoValuesTakeOneBitHoweverFarApart) {
  for (const auto& [a, b] :
       std::vector<std::pair<int64_t, int64_t>>{{kLeast, kMost},
                                                {0, kMost},
                                                {kLeast, 0},
                                                {-1, 1},
                                                {kMost - 1, kMost}}) {
    EXPECT_EQ(ExpectKept({a, b, b, a, b}).width, 1);
    EXPECT_EQ(ExpectKept({b, a}).width, 1);
  }
}

TEST(PackedColumn, ARangeWiderThanANumberWraps) {
  EXPECT_EQ(ExpectKept({kLeast, kMost, 0, -1, 1, kLeast + 1, kMost - 1}).width,
            64);
  // A scale that is larger than any signed number.
  EXPECT_EQ(ExpectKept({kLeast, kMost}).scale, ~uint64_t{0});
}

TEST(PackedColumn, UpperBoundIsThatOfTheValues) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> values;
    const auto spread = static_cast<int64_t>(1 + random() % 50);
    for (size_t i = random() % 60 + 1; i > 0; --i) {
      values.push_back(
          static_cast<int64_t>(random() % static_cast<uint64_t>(spread)) * 10 -
          100);
    }
    if (round % 5 == 0) values.push_back(kMost);
    if (round % 7 == 0) values.push_back(kLeast);
    std::sort(values.begin(), values.end());
    const auto shape = PackedColumn::Fit(values);
    std::string bytes;
    PackedColumn::Append(values, shape, bytes);
    bytes.append(PackedColumn::kPadding, '\0');
    const PackedColumn column(shape, bytes.data());
    for (int i = 0; i < 30; ++i) {
      const size_t begin = random() % (values.size() + 1);
      const size_t end = begin + random() % (values.size() + 1 - begin);
      const int64_t wanted = i == 0 ? kMost
                             : i == 1
                                 ? kLeast
                                 : static_cast<int64_t>(random() % 600) - 105;
      const auto expected =
          std::upper_bound(values.begin() + static_cast<long>(begin),
                           values.begin() + static_cast<long>(end), wanted);
      ASSERT_EQ(column.UpperBound(begin, end, wanted),
                static_cast<size_t>(expected - values.begin()));
    }
  }
}

}  // namespace
}  // namespace trato::core
