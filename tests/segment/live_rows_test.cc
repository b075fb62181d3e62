// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "segment/wait_lists.h"

namespace trato::core {
namespace {

constexpr int64_t kNow = int64_t{1} << 40;

const Currency kEuro = *Currency::Parse("EUR");
const Currency kYen = *Currency::Parse("JPY");
constexpr Op kOps[] = {Op::kEqual,       Op::kNotEqual, Op::kLess,
                       Op::kLessOrEqual, Op::kGreater,  Op::kGreaterOrEqual};

FactId IdOfPosition(uint32_t, const InteractionRef& it, std::string_view,
                    uint32_t) {
  return {{0, it.position()}};
}

struct Row {
  uint32_t type;
  int64_t at_us;
  Money amount;
};

// What is added to rows that are kept against the timeline read anew, and both
// against a list.
class LiveRowsTest : public testing::Test {
 protected:
  LiveRowsTest() : timeline_(&names_, IdOfPosition) {
    for (const char* name : {"buy", "return", "view", "other"}) {
      numbers_.push_back(names_.Add(name));
    }
    types_ = {{numbers_[0], true}, {numbers_[1], true}, {numbers_[2], false}};
    groups_ = {{{0}, {}, true},
               {{2}, {}, false},
               {{0, 1}, {}, true},
               {{1, 2, 0}, {}, false},
               {{0}, {{Op::kGreater, 50, kEuro}}, true},
               {{0, 1},
                {{Op::kGreaterOrEqual, -20, kEuro}, {Op::kLess, 90, {}}},
                true}};
  }

  void Insert(const Row& row) {
    Interaction it;
    it.type = numbers_[row.type];
    it.at_us = row.at_us;
    it.amount = row.amount;
    it.position = ++position_;
    timeline_.Insert(7, std::move(it));
    rows_.push_back(row);
  }

  void Expect(LiveRows& rows) {
    const uint32_t record[] = {7};
    LiveRows anew(types_, &groups_, &pairs_);
    ASSERT_TRUE(anew.Begin(timeline_, record, kNow));
    for (uint16_t g = 0; g < groups_.size(); ++g) {
      for (LiveRows* it : {&rows, &anew}) ExpectGroup(it->Of(g, groups_[g].amounts), g);
    }
  }

  void ExpectGroup(const LiveRows::Group& found, uint16_t g) {
    const LiveGroup& group = groups_[g];
    std::multimap<int64_t, int64_t> expected;
    std::vector<Currency> seen;
    for (const LiveGroup::Condition& it : group.conditions) {
      if (it.currency) seen.push_back(it.currency);
    }
    for (const Row& row : rows_) {
      if (std::find(group.types.begin(), group.types.end(), row.type) ==
          group.types.end()) {
        continue;
      }
      const bool reads = types_[row.type].amounts;
      if (reads && row.amount.currency) seen.push_back(row.amount.currency);
      const int64_t amount = reads ? row.amount.minor : 0;
      if (std::all_of(group.conditions.begin(), group.conditions.end(),
                      [&](const LiveGroup::Condition& it) {
                        return ComparisonHolds(it.op, amount, it.minor);
                      })) {
        expected.emplace(row.at_us, amount);
      }
    }
    const bool clash = std::any_of(seen.begin(), seen.end(), [&](auto& it) {
      return it != seen.front();
    });
    ASSERT_EQ(found.fails(), clash) << g;
    if (clash) return;
    std::vector<int64_t> times, amounts;
    for (const auto& [at_us, amount] : expected) {
      times.push_back(at_us);
      amounts.push_back(amount);
    }
    ASSERT_EQ(std::vector<int64_t>(found.times().begin(), found.times().end()),
              times)
        << g;
    // Of one instant the order is free, so sums are asked between instants.
    const size_t size = times.size();
    for (int i = 0; i < 20 && size > 0 && group.amounts; ++i) {
      size_t begin = random_() % (size + 1);
      while (begin > 0 && begin < size && times[begin] == times[begin - 1]) {
        --begin;
      }
      int64_t total = 0;
      for (size_t k = begin; k < size; ++k) total += amounts[k];
      ASSERT_EQ(found.Sum(begin, size), total);
      const Op op = kOps[random_() % 6];
      const int64_t value =
          random_() % 3 == 0 ? total
                             : total - static_cast<int64_t>(random_() % 300);
      const bool now = ComparisonHolds(op, total, value);
      size_t changes = size;
      int64_t left = total;
      for (size_t k = begin; k < size && changes == size; ++k) {
        left -= amounts[k];
        const bool is_last = k + 1 == size || times[k + 1] != times[k];
        if (is_last && ComparisonHolds(op, left, value) != now) changes = k;
      }
      ASSERT_EQ(found.FirstToChange(op, value, now, begin, size), changes);
    }
  }

  std::mt19937 random_{11};
  Interner names_;
  Timeline timeline_;
  std::vector<uint32_t> numbers_;
  std::vector<CustomerRows::Type> types_;
  std::vector<LiveGroup> groups_;
  std::vector<LivePairs> pairs_;
  std::vector<Row> rows_;
  uint64_t position_ = 0;
};

TEST_F(LiveRowsTest, WhatIsAddedIsWhatIsRead) {
  LiveRows rows(types_, &groups_, &pairs_);
  const uint32_t record[] = {7};
  ASSERT_TRUE(rows.Begin(timeline_, record, kNow));
  rows.ReadAll();
  for (int i = 0; i < 600; ++i) {
    Row row{static_cast<uint32_t>(random_() % 4), 10 * i, {0, kEuro}};
    if (random_() % 5 == 0) {
      row.at_us = static_cast<int64_t>(random_() % 6000);
    } else if (random_() % 4 == 0) {
      row.at_us = rows_.empty() ? 0 : rows_.back().at_us;
    }
    row.amount.minor = static_cast<int64_t>(random_() % 160) - 60;
    if (random_() % 10 == 0) row.amount = {};
    // Late: until then sums are compared.
    if (i > 570 && random_() % 5 == 0) row.amount.currency = kYen;
    Insert(row);
    rows.Add(numbers_[row.type], row.at_us, row.amount);
    if (i % 7 == 0) {
      Expect(rows);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(LiveRowsTest, SumsThatDoNotFitFail) {
  LiveRows rows(types_, &groups_, &pairs_);
  const uint32_t record[] = {7};
  for (int i = 0; i < 3; ++i) {
    Insert({0, i, {std::numeric_limits<int64_t>::max() / 2, kEuro}});
  }
  ASSERT_TRUE(rows.Begin(timeline_, record, kNow));
  EXPECT_FALSE(rows.Of(0, false).fails());
  EXPECT_TRUE(rows.Of(0, true).fails());
}

TEST_F(LiveRowsTest, OfManyTheLastUsedAreKept) {
  LiveRowsCache cache;
  for (int i = 0; i < 1000; ++i) Insert({0, i, {1, kEuro}});
  const uint32_t many[] = {7};
  const uint32_t few[] = {8};
  const auto read = [&](std::span<const uint32_t> records) {
    auto rows = std::make_unique<LiveRows>(types_, &groups_, &pairs_);
    EXPECT_TRUE(rows->Begin(timeline_, records, kNow));
    rows->ReadAll();
    return rows;
  };
  // Who has little is not worth it, however often.
  for (int i = 0; i < 3; ++i) {
    auto rows = read(few);
    cache.Offer(8, rows);
    EXPECT_EQ(cache.Find(8), nullptr);
  }
  // Who comes once only displaces nobody.
  auto once = read(many);
  cache.Offer(5000, once);
  EXPECT_EQ(cache.Find(5000), nullptr);
  size_t kept = 0;
  for (RecordNumber customer = 0; customer < 3000; ++customer) {
    for (int i = 0; i < 2; ++i) {
      auto rows = read(many);
      cache.Offer(customer, rows);
    }
    ASSERT_NE(cache.Find(customer), nullptr);
    // This one is asked again and again.
    ASSERT_NE(cache.Find(0), nullptr);
  }
  for (RecordNumber customer = 0; customer < 3000; ++customer) {
    kept += cache.Find(customer) != nullptr;
  }
  EXPECT_GT(kept, 100u);
  EXPECT_LT(kept, 3000u);
  cache.Forget(0);
  EXPECT_EQ(cache.Find(0), nullptr);
}

TEST(WaitLists, HoldWhatWasSetLast) {
  std::mt19937 random(5);
  WaitLists lists;
  constexpr size_t kRecords = 700;
  lists.Grow(kRecords);
  std::vector<std::vector<Wait>> expected(kRecords);
  for (int i = 0; i < 20000; ++i) {
    const size_t record = random() % kRecords;
    std::vector<Wait>& waits = expected[record];
    waits.resize(random() % (random() % 50 == 0 ? 120 : 8));
    for (Wait& wait : waits) {
      wait = {static_cast<int64_t>(random()) - (int64_t{1} << 31),
              static_cast<uint16_t>(random())};
    }
    lists.Set(record, waits);
  }
  for (size_t record = 0; record < kRecords; ++record) {
    std::vector<Wait> found;
    lists.ForEach(record, [&](const Wait& wait) { found.push_back(wait); });
    ASSERT_EQ(found.size(), expected[record].size());
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].until_us, expected[record][i].until_us);
      EXPECT_EQ(found[i].segment, expected[record][i].segment);
    }
  }
}

}  // namespace
}  // namespace trato::core
