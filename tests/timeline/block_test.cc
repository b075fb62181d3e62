// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "random_rows.h"
#include "support/seed.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A block that was packed and parsed, with its keys.
class Packed {
 public:
  Packed(const PlainRows& rows, uint32_t first_record, uint32_t record_count)
      : packed_(PackRows(rows, first_record, record_count)) {
    auto block = Block::Parse(packed_.bytes);
    EXPECT_THAT(block, IsOk());
    if (!block.ok()) return;
    block_ = *block;
    slot_ = SlotOf(packed_, *block_);
    if (slot_->has_keys) {
      auto keys = BlockKeys::Parse(packed_.keys, *block_);
      EXPECT_THAT(keys, IsOk());
      keys_ = keys.value_or(nullptr);
    }
    cache_.Put(*slot_, block_, keys_);
  }
  explicit Packed(const std::vector<Interaction>& rows)
      : Packed({{rows.at(0).type, {{0, rows}}}}, 0, 1) {}

  const Block& block() const { return *block_; }
  const Cluster& cluster() const { return block_->clusters()[0]; }
  const BlockKeys* keys() const { return keys_.get(); }
  const Block::Packed& packed() const { return packed_; }

  InteractionRef Ref(const Cluster& cluster, uint32_t row) {
    return {&cluster, row, slot_.get()};
  }
  std::string Row(const Cluster& cluster, uint32_t row) {
    return ToText(Ref(cluster, row).Unpack(cache_));
  }
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    for (uint32_t i = 0; i < cluster().rows(); ++i) {
      rows.push_back(Row(cluster(), i));
    }
    return rows;
  }
  BlockCache& cache() { return cache_; }

 private:
  Block::Packed packed_;
  std::shared_ptr<const Block> block_;
  std::shared_ptr<const BlockKeys> keys_;
  std::shared_ptr<BlockSlot> slot_;
  BlockCache cache_{BlockCache::Load(), 0};
};

std::vector<std::string> Texts(const std::vector<Interaction>& rows) {
  std::vector<std::string> texts;
  for (const Interaction& it : rows) texts.push_back(ToText(it));
  return texts;
}

void ExpectSame(const PlainRows& rows, Packed& packed, uint32_t record_count) {
  const Block& block = packed.block();
  size_t count = 0, lines = 0;
  uint64_t max_position = 0;
  for (const auto& [type, records] : rows) {
    const Cluster* cluster = block.Find(type);
    ASSERT_NE(cluster, nullptr) << type;
    std::vector<std::pair<uint32_t, std::string>> got, expected, by_entry;
    for (const auto& [record, interactions] : records) {
      for (const Interaction& it : interactions) {
        expected.emplace_back(record, ToText(it));
        ++count;
        lines += it.lines.size();
        max_position = std::max(max_position, it.position);
      }
    }
    for (uint32_t record = 0; record < record_count; ++record) {
      const auto [begin, end] = cluster->RowsOf(record);
      ASSERT_LE(begin, end);
      for (uint32_t row = begin; row < end; ++row) {
        got.emplace_back(record, packed.Row(*cluster, row));
      }
    }
    ASSERT_EQ(got, expected);
    cluster->ForEachEntry([&](uint32_t at, uint32_t begin, uint32_t end) {
      EXPECT_LT(begin, end);
      for (uint32_t row = begin; row < end; ++row) {
        by_entry.emplace_back(at, packed.Row(*cluster, row));
      }
    });
    ASSERT_EQ(by_entry, expected);
  }
  EXPECT_EQ(block.clusters().size(), rows.size());
  EXPECT_EQ(block.rows(), count);
  EXPECT_EQ(block.lines(), lines);
  EXPECT_EQ(block.max_position(), max_position);
  EXPECT_EQ(block.record_count(), record_count);
}

TEST(Block, SaysWhatItsRowsSaid) {
  RandomRows random(test::Seed());
  for (int round = 0; round < 200; ++round) {
    random.NewManner();
    const auto record_count = static_cast<uint32_t>(1 + random.Below(300));
    const auto first_record = static_cast<uint32_t>(random.Below(4'000'000));
    const PlainRows rows =
        DrawRows(random, static_cast<uint32_t>(1 + random.Below(4)),
                 record_count, 1 + random.Below(400));
    Packed packed(rows, first_record, record_count);
    EXPECT_EQ(packed.block().first_record(), first_record);
    ExpectSame(rows, packed, record_count);
    if (testing::Test::HasFailure()) {
      FAIL() << "in round " << round;
    }
  }
}

// What a merge of runs does.
TEST(Block, UnpackedAndPackedAgainItHasTheSameBytes) {
  RandomRows random(test::Seed());
  for (int round = 0; round < 100; ++round) {
    random.NewManner();
    const auto record_count = static_cast<uint32_t>(1 + random.Below(100));
    const PlainRows rows = DrawRows(random, 3, record_count, 200);
    const Packed packed(rows, 7, record_count);
    std::vector<ClusterRows> again;
    for (const Cluster& cluster : packed.block().clusters()) {
      ClusterRows& to = again.emplace_back();
      to.type = cluster.type();
      cluster.ForEachEntry([&](uint32_t at, uint32_t begin, uint32_t end) {
        // In two parts, as pieces of several blocks come.
        const uint32_t middle =
            begin + static_cast<uint32_t>(random.Below(end - begin + 1));
        cluster.Unpack(begin, middle, packed.keys(), to);
        cluster.Unpack(middle, end, packed.keys(), to);
        to.record.push_back(at);
        to.end.push_back(static_cast<int64_t>(to.rows()));
      });
    }
    const Block::Packed repacked = Block::Pack(7, record_count, again);
    ASSERT_EQ(repacked.bytes, packed.packed().bytes) << round;
    ASSERT_EQ(repacked.keys, packed.packed().keys) << round;
  }
}

// Rows with keys, lines and extras beside rows of blocks without any.
TEST(Block, WhatOnlySomeBlocksHaveIsNotShifted) {
  Interaction bare;
  bare.type = 1;
  Interaction full = bare;
  full.key = "k";
  full.lines = {{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}};
  full.fields = {{3, Value(true)}};
  const std::vector<Interaction> bares = {bare, bare};
  const std::vector<Interaction> fulls = {full, bare, full};
  const Packed a(bares), b(fulls);
  for (const bool bare_first : {true, false}) {
    ClusterRows rows;
    rows.type = 1;
    std::vector<std::string> expected;
    for (const bool take_bare : {bare_first, !bare_first, bare_first}) {
      const Packed& from = take_bare ? a : b;
      from.cluster().Unpack(0, from.cluster().rows(), from.keys(), rows);
      for (const auto& text : Texts(take_bare ? bares : fulls)) {
        expected.push_back(text);
      }
    }
    rows.record = {0};
    rows.end = {static_cast<int64_t>(rows.rows())};
    const Block::Packed packed = Block::Pack(0, 1, {&rows, 1});
    const auto block = *Block::Parse(packed.bytes);
    const auto keys = *BlockKeys::Parse(packed.keys, *block);
    auto slot = SlotOf(packed, *block);
    BlockCache cache(BlockCache::Load(), 0);
    cache.Put(*slot, block, keys);
    std::vector<std::string> got;
    for (uint32_t i = 0; i < block->rows(); ++i) {
      got.push_back(ToText(
          InteractionRef(&block->clusters()[0], i, slot.get()).Unpack(cache)));
    }
    EXPECT_EQ(got, expected);
  }
}

TEST(Block, FewRecordsOfManyAreListedAndManyAreCounted) {
  Interaction it;
  it.type = 1;
  PlainRows rows;
  rows[1][900] = {it, it};
  rows[1][17] = {it};
  it.type = 2;
  for (uint32_t record = 0; record < 1000; ++record) rows[2][record] = {it, it};
  it.type = 3;
  rows[3][0] = {it};
  it.type = 4;
  rows[4][999] = {it};
  Packed packed(rows, 0, 1000);
  EXPECT_EQ(packed.block().Find(1)->entries(), 2u);
  EXPECT_EQ(packed.block().Find(2)->entries(), 0u);
  ExpectSame(rows, packed, 1000);
  EXPECT_EQ(packed.block().Find(5), nullptr);
}

TEST(Block, ALineThatCostsQuantityTimesPriceTakesNoBitsForIt) {
  Interaction it;
  it.type = 1;
  it.amount = {0, CurrencyOf("EUR")};
  std::vector<Interaction> rows;
  for (int64_t i = 1; i < 100; ++i) {
    it.lines = {{1, 0, i * 1'000'000, i * 10'000, i * i}};
    rows.push_back(it);
  }
  // Half a piece at 0.25 is 0.125, so 0.13; and below zero the same.
  it.lines = {{1, 0, 500'000, 250'000, 13}, {1, 0, -500'000, 250'000, -13}};
  rows.push_back(it);
  it.amount.currency = CurrencyOf("JPY");
  it.lines = {{1, 0, 2'000'000, 30'000'000, 60}};
  rows.push_back(it);
  it.amount.currency = CurrencyOf("KWD");
  it.lines = {{1, 0, 2'000'000, 1'500'000, 3000}};
  rows.push_back(it);
  Packed exact(rows);
  EXPECT_TRUE(exact.cluster().column(ColumnId::kLineAmount).is_constant());
  EXPECT_EQ(exact.cluster().column(ColumnId::kLineAmount)[0], 0);
  EXPECT_EQ(exact.Rows(), Texts(rows));

  rows[3].lines[0].amount_minor += 1;
  Packed inexact(rows);
  EXPECT_FALSE(inexact.cluster().column(ColumnId::kLineAmount).is_constant());
  EXPECT_EQ(inexact.Rows(), Texts(rows));
}

// A product that fits no number, and amounts that wrap beside it.
TEST(Block, LinesOfAnySizeComeBack) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  Interaction it;
  it.type = 1;
  it.amount = {kLeast, CurrencyOf("EUR")};
  for (int64_t quantity : {kLeast, int64_t{-1}, int64_t{0}, kMost}) {
    for (int64_t price : {kLeast, int64_t{0}, int64_t{1}, kMost}) {
      for (int64_t amount : {kLeast, int64_t{0}, kMost}) {
        it.lines.push_back({0, 0, quantity, price, amount});
      }
    }
  }
  Packed packed({it, it});
  EXPECT_EQ(packed.Rows(), Texts({it, it}));
}

TEST(Block, TheTimeOfRecordingIsKeptInTheFormThatIsShorter) {
  Interaction it;
  it.type = 1;
  std::vector<Interaction> imported, live;
  for (int64_t i = 0; i < 100; ++i) {
    it.at_us = i * i * 1'000'003;
    it.recorded_us = 1'700'000'000'000'000;
    imported.push_back(it);
    it.recorded_us = it.at_us + 5;
    live.push_back(it);
  }
  for (const auto& rows : {imported, live}) {
    Packed packed(rows);
    EXPECT_TRUE(packed.cluster().column(ColumnId::kRecorded).is_constant());
    EXPECT_EQ(packed.Rows(), Texts(rows));
  }
}

TEST(Block, FieldsAreFoundByName) {
  Interaction it;
  it.type = 1;
  it.reply_to = FactId{{1, 2}};
  it.fields = {{4, Value(int64_t{-9})},
               {2, Value(std::string("a\0b", 3))},
               {300, Value(Money{5, CurrencyOf("GBP")})},
               {7, Value(Timestamp{-1})},
               {8, Value(true)},
               {9, Value(0.25)}};
  Interaction bare;
  bare.type = 1;
  Packed packed({bare, it, bare});
  const InteractionRef ref = packed.Ref(packed.cluster(), 1);
  EXPECT_TRUE(ref.has_extras());
  EXPECT_EQ(ref.reply_to(), it.reply_to);
  for (const Field& field : it.fields) {
    const auto found = ref.FindField(field.name);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(ToText(found->ToValue()), ToText(field.value));
    // As from a row that is not packed.
    EXPECT_EQ(ToText(InteractionRef(&it).FindField(field.name)->ToValue()),
              ToText(field.value));
  }
  EXPECT_EQ(ref.FindField(5), std::nullopt);
  for (uint32_t row : {0, 2}) {
    const InteractionRef empty = packed.Ref(packed.cluster(), row);
    EXPECT_FALSE(empty.has_extras());
    EXPECT_EQ(empty.reply_to(), std::nullopt);
    EXPECT_THAT(empty.fields(), IsEmpty());
    EXPECT_EQ(empty.FindField(4), std::nullopt);
  }
}

TEST(Block, SameContentIsWhatIsSaidAndNotWhenItWasRecorded) {
  RandomRows random(test::Seed());
  for (int round = 0; round < 200; ++round) {
    random.NewManner();
    Interaction it = random.Next(1);
    Packed packed({it});
    const InteractionRef sealed = packed.Ref(packed.cluster(), 0);
    Interaction later = it;
    later.recorded_us = 0;
    later.position = 0;
    later.actor ^= 1;
    later.batch ^= 1;
    later.key = "another";
    EXPECT_TRUE(SameContent(sealed, InteractionRef(&later)));
    EXPECT_TRUE(SameContent(InteractionRef(&later), sealed));
    for (int part = 0; part < 9; ++part) {
      Interaction other = it;
      if (part == 0) other.at_us ^= 1;
      if (part == 1) other.type ^= 1;
      if (part == 2) other.source ^= 1;
      if (part == 3) other.channel ^= 1;
      if (part == 4) {
        other.direction =
            static_cast<Direction>(1 - static_cast<int>(other.direction));
      }
      if (part == 5) other.amount.minor ^= 1;
      if (part == 6) other.lines.push_back({});
      if (part == 7) other.fields.push_back({1, Value(int64_t{1})});
      if (part == 8) other.reply_to = FactId{{1, 1}};
      EXPECT_FALSE(SameContent(sealed, InteractionRef(&other))) << part;
      EXPECT_FALSE(SameContent(InteractionRef(&other), sealed)) << part;
    }
  }
}

// ---- Keys.

std::vector<std::string> KeysBack(const std::vector<std::string>& keys,
                                  size_t* bytes = nullptr) {
  std::vector<Interaction> rows;
  for (const std::string& key : keys) {
    Interaction& it = rows.emplace_back();
    it.type = 1;
    it.key = key;
  }
  const Packed packed(rows);
  std::vector<std::string> back;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    back.push_back(packed.keys() == nullptr ? std::string()
                                            : packed.keys()->Key(0, i));
  }
  if (bytes != nullptr) *bytes = packed.packed().keys.size();
  return back;
}

TEST(BlockKeys, AllKindsComeBack) {
  const std::string nines(18, '9');
  for (const std::vector<std::string>& keys :
       std::vector<std::vector<std::string>>{
           {"1"},
           {"0"},
           {"1", "20", "300"},
           {"007", "070", "700"},
           {"7", "07"},
           {"00", "01", "1"},
           {"a1", "a"},
           {"a", "a1"},
           {"order-1", "order-10", "order-9"},
           {"order-01", "order-10"},
           {"order-1", "invoice-1"},
           {"2026-1", "2026-2"},
           {"12x", "13x"},
           {"", "", "x"},
           {"x", "", ""},
           {"", "5"},
           {"-1", "-2"},
           {"+1", "1"},
           {nines, "1"},
           {"18446744073709551615", "0"},
           {"18446744073709551616", "0"},
           {"9223372036854775807", "9223372036854775808"},
           {"18446744073709551615", "00000000000000000000"},
           {std::string(21, '0'), std::string(21, '1')},
           {std::string(20, '9'), std::string(20, '0')},
           {std::string(300, 'k') + "1", std::string(300, 'k') + "2"},
           {std::string("\0\0001", 3), std::string("\0\0002", 3)},
           {"550e8400-e29b-41d4-a716-446655440000",
            "550e8400-e29b-41d4-a716-446655440001"}}) {
    EXPECT_EQ(KeysBack(keys), keys);
  }
}

TEST(BlockKeys, NumbersInARowTakeLittle) {
  std::vector<std::string> plain, padded, texts;
  for (int i = 0; i < 1000; ++i) {
    plain.push_back(absl::StrCat("INV-", 5000 + i));
    padded.push_back(absl::StrCat("INV-", absl::Dec(i, absl::kZeroPad8)));
    texts.push_back(absl::StrCat("INV-", 5000 + i, "x"));
  }
  size_t bytes = 0;
  EXPECT_EQ(KeysBack(plain, &bytes), plain);
  EXPECT_LE(bytes, 1300u);  // 10 bits each
  EXPECT_EQ(KeysBack(padded, &bytes), padded);
  EXPECT_LE(bytes, 1300u);
  EXPECT_EQ(KeysBack(texts, &bytes), texts);
}

TEST(BlockKeys, ABlockWithoutKeysHasNone) {
  size_t bytes = 1;
  EXPECT_THAT(KeysBack({"", ""}, &bytes), ElementsAre("", ""));
  EXPECT_EQ(bytes, 0u);
}

TEST(BlockKeys, OnlyOneOfTheTypesHasKeys) {
  Interaction with, without;
  with.type = 2;
  with.key = "5";
  without.type = 1;
  PlainRows rows;
  rows[1][0] = {without};
  rows[2][0] = {with};
  rows[3][0] = {without};
  rows[3][0][0].type = 3;
  Packed packed(rows, 0, 1);
  ExpectSame(rows, packed, 1);
}

}  // namespace
}  // namespace trato::core
