// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/row_directory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "support/seed.h"

namespace trato::core {
namespace {

struct Type {
  std::vector<int64_t> records, ends;
  std::vector<uint32_t> expected;  // by record
};

// Of `records` records, one in `one_in` has up to `most` rows.
Type Draw(std::mt19937_64& random, uint32_t records, uint32_t one_in,
          uint32_t most) {
  Type type;
  uint32_t end = 0;
  for (uint32_t i = 0; i < records; ++i) {
    if (random() % one_in == 0 || (i + 1 == records && end == 0)) {
      end += static_cast<uint32_t>(1 + random() % most);
      type.records.push_back(i);
      type.ends.push_back(end);
    }
    type.expected.push_back(end);
  }
  return type;
}

TEST(RowDirectory, GivesTheRowAfterEachRecordsLast) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 200; ++round) {
    const auto records = static_cast<uint32_t>(1 + random() % 300);
    std::vector<Type> types;
    RowDirectoryBuilder builder(records);
    std::vector<uint64_t> offsets;
    uint64_t stride = 0;
    for (uint64_t count = 1 + random() % 12; count > 0; --count) {
      types.push_back(Draw(random, records, 1 + random() % 2,
                           round % 5 == 0 ? 5'000'000 : 9));
    }
    for (const Type& type : types) {
      ASSERT_TRUE(builder.Add(type.records, type.ends));
      offsets.push_back(stride);
      stride += RowEndWidth(static_cast<uint32_t>(type.ends.back()));
    }
    std::string bits = builder.Finish();
    ASSERT_EQ(bits.size(), (stride * records + 7) / 8);
    bits.append(PackedColumn::kPadding, '\xff');
    for (size_t i = 0; i < types.size(); ++i) {
      const RowEnds ends(
          bits.data(), stride, offsets[i],
          RowEndWidth(static_cast<uint32_t>(types[i].ends.back())));
      std::vector<uint32_t> read(records);
      ends.Read(0, records, read.data());
      ASSERT_EQ(read, types[i].expected);
      const uint32_t half = records / 2;
      ends.Read(half, records - half, read.data());
      ASSERT_TRUE(std::equal(read.begin(), read.begin() + (records - half),
                             types[i].expected.begin() + half));
      for (uint32_t record = 0; record < records; ++record) {
        ASSERT_EQ(ends[record], types[i].expected[record]);
      }
    }
  }
}

TEST(RowDirectory, LeavesOutTypesThatFewRecordsHave) {
  RowDirectoryBuilder builder(100'000);
  const std::vector<int64_t> records = {5, 70'000};
  const std::vector<int64_t> ends = {1, 9};
  EXPECT_FALSE(builder.Add(records, ends));
  // But for a bit for each record.
  std::string listed(100'000 / 8, '\0');
  listed[0] = 1 << 5;
  listed[70'000 / 8] = 1 << 70'000 % 8;
  EXPECT_EQ(builder.Finish(), listed);
}

}  // namespace
}  // namespace trato::core
