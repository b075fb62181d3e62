// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Blocks that are not what was packed. The storage has checksums, so this is
// about bytes that somebody made: whatever they are, nothing outside of them is
// read. Run it with a sanitizer to see that.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "random_rows.h"
#include "support/seed.h"
#include "timeline/block.h"

namespace trato::core {
namespace {

// Rows that a block only says it has may be very many.
constexpr uint32_t kMostRows = 2000;

// Reads everything that the bytes say, to see that it can be read.
size_t ReadAll(const std::string& bytes, const std::string& key_bytes) {
  const auto block = Block::Parse(bytes);
  if (!block.ok()) {
    EXPECT_EQ(block.status().code(), absl::StatusCode::kDataLoss);
    return 0;
  }
  std::shared_ptr<const BlockKeys> keys;
  if (!key_bytes.empty()) {
    auto parsed = BlockKeys::Parse(key_bytes, **block);
    if (parsed.ok()) {
      keys = *parsed;
    } else {
      EXPECT_EQ(parsed.status().code(), absl::StatusCode::kDataLoss);
    }
  }
  size_t read = 0;
  for (const Cluster& cluster : (*block)->clusters()) {
    const uint32_t records = std::min((*block)->record_count(), kMostRows);
    for (uint32_t at = 0; at < records; ++at) {
      const auto [begin, end] = cluster.RowsOf(at);
      EXPECT_LE(begin, end);
      EXPECT_LE(end, cluster.rows());
    }
    const uint32_t rows = std::min(cluster.rows(), kMostRows);
    for (uint32_t row = 0; row < rows; ++row) {
      const InteractionRef it(&cluster, row, nullptr);
      read += static_cast<size_t>(it.at_us() ^ it.recorded_us()) & 1;
      read += it.channel() + it.source() + it.actor() + it.batch();
      read += it.position() & 1;
      read += it.amount().currency.code().size();
      const auto [begin, end] = cluster.LinesOf(row);
      for (uint32_t i = begin; i < end && i - begin < kMostRows; ++i) {
        read += cluster.line(row, i).product;
      }
      for (const FieldView& field : it.fields()) {
        read += field.text.size() + field.name;
        read += ToText(field.ToValue()).size();
      }
      if (it.reply_to()) ++read;
      if (keys != nullptr) read += keys->Key(cluster.index(), row).size();
    }
    uint64_t lines = (*block)->lines();
    if (lines <= kMostRows && cluster.rows() <= kMostRows) {
      ClusterRows out;
      cluster.Unpack(0, cluster.rows(), keys.get(), out);
      read += out.rows();
    }
  }
  return read + 1;
}

class BlockDamageTest : public ::testing::Test {
 protected:
  Block::Packed Draw() {
    random_.NewManner();
    const auto records = static_cast<uint32_t>(1 + random_.Below(60));
    return PackRows(DrawRows(random_, 3, records, 1 + random_.Below(40)), 5,
                    records);
  }
  void Flip(std::string& bytes) {
    // The beginning says what the rest is, so more often there.
    const size_t within =
        random_.OneIn(2) ? std::min<size_t>(bytes.size(), 100) : bytes.size();
    char& byte = bytes[random_.Below(within)];
    switch (random_.Below(4)) {
      case 0:
        byte = static_cast<char>(byte ^ (1 << random_.Below(8)));
        break;
      case 1:
        byte = '\xff';
        break;
      case 2:
        byte = '\0';
        break;
      default:
        byte = static_cast<char>(random_.Below(256));
    }
  }

  RandomRows random_{test::Seed()};
};

TEST_F(BlockDamageTest, ReadsAWholeBlock) {
  for (int round = 0; round < 20; ++round) {
    const Block::Packed packed = Draw();
    EXPECT_GT(ReadAll(packed.bytes, packed.keys), 0u);
  }
}

TEST_F(BlockDamageTest, ABlockThatIsCutOffIsDataLoss) {
  for (int round = 0; round < 10; ++round) {
    const Block::Packed packed = Draw();
    for (size_t size = 0; size < packed.bytes.size(); ++size) {
      ASSERT_FALSE(Block::Parse(packed.bytes.substr(0, size)).ok()) << size;
      ASSERT_EQ(ReadAll(packed.bytes.substr(0, size), ""), 0u);
    }
    const auto block = *Block::Parse(packed.bytes);
    for (size_t size = 0; size < packed.keys.size(); ++size) {
      ASSERT_FALSE(BlockKeys::Parse(packed.keys.substr(0, size), *block).ok())
          << size;
    }
  }
}

TEST_F(BlockDamageTest, FlippedBytesLeadNowhereElse) {
  size_t parsed = 0;
  for (int round = 0; round < 60; ++round) {
    const Block::Packed packed = Draw();
    for (int i = 0; i < 300; ++i) {
      std::string bytes = packed.bytes;
      std::string keys = packed.keys;
      for (uint64_t flips = 1 + random_.Below(3); flips > 0; --flips) {
        if (keys.empty() || random_.OneIn(2)) {
          Flip(bytes);
        } else {
          Flip(keys);
        }
      }
      parsed += ReadAll(bytes, keys) > 0;
    }
  }
  // Else nothing was tried.
  EXPECT_GT(parsed, 1000u);
}

TEST_F(BlockDamageTest, TheKeysOfAnotherBlockLeadNowhereElse) {
  for (int round = 0; round < 200; ++round) {
    const Block::Packed one = Draw();
    const Block::Packed other = Draw();
    ReadAll(one.bytes, other.keys);
  }
}

TEST_F(BlockDamageTest, AnyBytesLeadNowhereElse) {
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = "TrB1";
    for (uint64_t i = random_.Below(60); i > 0; --i) {
      bytes.push_back(static_cast<char>(random_.OneIn(2) ? random_.Below(4)
                                                         : random_.random()()));
    }
    bytes.append(8, '\0');
    ReadAll(bytes, bytes.substr(4));
  }
}

TEST_F(BlockDamageTest, AnyExtrasCanBeRead) {
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = EncodeExtras(random_.Next(1));
    if (bytes.empty()) bytes = "\1";
    Flip(bytes);
    bytes.resize(random_.Below(bytes.size() + 1));
    const std::vector<char> place(bytes.begin(), bytes.end());
    size_t read = 0;
    for (const FieldView& field :
         DecodeExtras({place.data(), place.size()}).fields) {
      read += ToText(field.ToValue()).size();
    }
    EXPECT_LT(read, 10000u);
    if (round % 100 == 0) random_.NewManner();
  }
}

}  // namespace
}  // namespace trato::core
