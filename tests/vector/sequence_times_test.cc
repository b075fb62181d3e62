// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/sequence_times.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace trato::core {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1'000'000;
constexpr int64_t kDay = 24 * kHour;

// By slot, sorted.
using Lists = std::vector<std::vector<int64_t>>;

std::vector<int64_t> TimesOf(const Times& times, uint32_t slot) {
  return {times.begin(slot), times.end(slot)};
}

void ExpectLists(const Times& times, const Lists& lists) {
  for (uint32_t slot = 0; slot < lists.size(); ++slot) {
    EXPECT_EQ(TimesOf(times, slot), lists[slot]) << slot;
  }
}

// Columns as a scan gives them.
struct PartColumns {
  std::vector<uint32_t> records, ends;
  std::vector<int64_t> at_us;
  uint32_t first_record = 0;

  TypeScan::Part Get() const {
    TypeScan::Part part;
    part.records = records;
    part.first_record = first_record;
    part.ends = ends;
    part.at_us = at_us;
    return part;
  }
};

// Parts of random ranges of slots, dense or not, ascending or not.
class RandomParts {
 public:
  explicit RandomParts(uint64_t seed) : random_(seed) {}

  void Fill(size_t slots, uint32_t first_record, Times& times, Lists& lists,
            int64_t from_us, int64_t until_us) {
    lists.assign(slots, {});
    times.Begin(slots);
    for (uint64_t parts = random_() % 6; parts > 0; --parts) {
      const auto from = static_cast<uint32_t>(random_() % slots);
      const auto until =
          from + 1 + static_cast<uint32_t>(random_() % (slots - from));
      const bool is_dense = random_() % 2 != 0;
      PartColumns part;
      part.first_record = first_record + from;
      for (uint32_t slot = from; slot < until; ++slot) {
        std::vector<int64_t> added(random_() % 4 == 0 ? random_() % 30 : 0);
        for (int64_t& it : added) it = RandomTime();
        std::sort(added.begin(), added.end());
        if (added.empty() && !is_dense) continue;
        part.at_us.insert(part.at_us.end(), added.begin(), added.end());
        if (!is_dense) part.records.push_back(first_record + slot);
        part.ends.push_back(static_cast<uint32_t>(part.at_us.size()));
        for (const int64_t at_us : added) {
          if (at_us > from_us && at_us <= until_us) {
            lists[slot].push_back(at_us);
          }
        }
      }
      if (part.at_us.empty()) continue;
      const bool is_whole = from_us == std::numeric_limits<int64_t>::min() &&
                            until_us == std::numeric_limits<int64_t>::max();
      times.AddPart(part.Get(), first_record, from_us, until_us, is_whole);
    }
    times.Sort();
    for (auto& list : lists) std::sort(list.begin(), list.end());
  }

  // Few different ones, so that many are equal.
  int64_t RandomTime() {
    return static_cast<int64_t>(random_() % 2000) * kHour / 4 - 100 * kHour;
  }
  uint64_t operator()() { return random_(); }

 private:
  std::mt19937_64 random_;
};

TEST(Times, AreInOrderWhateverComesFirst) {
  Times times;
  times.Begin(3);
  times.Add(1, 5);
  times.Add(1, 7);
  times.Add(0, 9);
  times.Add(1, 6);
  times.Add(0, -2);
  times.Sort();
  ExpectLists(times, {{-2, 9}, {5, 6, 7}, {}});
}

TEST(Times, OfPartsAreThoseOfTheWindow) {
  RandomParts random(20111210);
  for (int round = 0; round < 300; ++round) {
    Times times;
    Lists lists;
    const bool is_whole = random() % 2 != 0;
    const int64_t from_us =
        is_whole ? std::numeric_limits<int64_t>::min() : random.RandomTime();
    const int64_t until_us =
        is_whole ? std::numeric_limits<int64_t>::max() : random.RandomTime();
    random.Fill(1 + random() % 40, static_cast<uint32_t>(random() % 1000),
                times, lists, from_us, until_us);
    ExpectLists(times, lists);
  }
}

TEST(Times, KeepTheWorstState) {
  Times times;
  times.Begin(2);
  EXPECT_TRUE(times.states().empty());
  times.NoteState(1, kUnsure);
  times.NoteState(1, kAbsent);
  EXPECT_EQ(times.states(), (std::vector<uint8_t>{kKnown, kUnsure}));
}

TEST(SpanBack, HoldsWhatTheCalendarSays) {
  absl::TimeZone madrid;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Madrid", &madrid));
  std::mt19937_64 random(20111210);
  for (const Span& span : {Span{0, 0, kHour}, Span{0, 1, 0}, Span{0, 3, kHour},
                           Span{1, 0, 0}, Span{1, 2, kHour}, Span{0, 400, 0}}) {
    SpanBack back(span, madrid);
    for (int i = 0; i < 20'000; ++i) {
      const int64_t of_us = static_cast<int64_t>(random() % (3 * 366)) * kDay +
                            static_cast<int64_t>(random() % 96) * kHour / 4;
      const int64_t edge_us = Subtract(of_us, span, madrid);
      for (const int64_t us :
           {edge_us - 1, edge_us, edge_us + 1, of_us,
            of_us - static_cast<int64_t>(random() % 900) * kHour / 2}) {
        EXPECT_EQ(back.Holds(us, of_us), us > edge_us)
            << us << " in the window until " << of_us;
        if (us > edge_us && us <= of_us) {
          EXPECT_LE(static_cast<uint64_t>(of_us - us), back.AtMost());
        }
      }
    }
  }
}

TEST(Completing, IsWhatTheDefinitionSays) {
  absl::TimeZone madrid;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Madrid", &madrid));
  RandomParts random(20111210);
  constexpr int64_t kFrom = std::numeric_limits<int64_t>::min();
  constexpr int64_t kUntil = std::numeric_limits<int64_t>::max();
  for (int round = 0; round < 500; ++round) {
    const size_t slots = 1 + random() % 20;
    Times before, without, done;
    Lists steps, others, ends;
    random.Fill(slots, 0, before, steps, kFrom, kUntil);
    random.Fill(slots, 0, without, others, kFrom, kUntil);
    random.Fill(slots, 0, done, ends, kFrom, kUntil);
    PartColumns columns;
    for (const auto& list : ends) {
      columns.at_us.insert(columns.at_us.end(), list.begin(), list.end());
      columns.ends.push_back(static_cast<uint32_t>(columns.at_us.size()));
    }
    if (columns.at_us.empty()) continue;
    const TypeScan::Part part = columns.Get();
    Rows rows;
    SelectRows(part, 1, 0, kFrom, kUntil, true, rows);
    const Span span = {0, static_cast<int64_t>(random() % 3),
                       static_cast<int64_t>(1 + random() % 8) * kHour};
    SpanBack back(span, madrid);
    const bool has_span = random() % 3 != 0;
    std::vector<uint8_t> expected;
    std::vector<bool> any(slots);
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t slot = rows.slots[k];
      const int64_t at_us = rows.TimeAt(k);
      const int64_t* last = nullptr;
      for (const int64_t& it : steps[slot]) {
        if (it < at_us) last = &it;
      }
      bool completes = last != nullptr;
      if (completes && has_span) {
        completes = *last > Subtract(at_us, span, madrid);
      }
      for (const int64_t it : others[slot]) {
        if (last != nullptr && it > *last && it < at_us) completes = false;
      }
      expected.push_back(completes ? kTrue : kFalse);
      any[slot] = any[slot] || completes;
    }
    SpanBack* const used = has_span ? &back : nullptr;
    EXPECT_EQ(Completing(rows, before, without, used, false), expected);
    std::vector<bool> found(slots);
    const auto first = Completing(rows, before, without, used, true);
    for (size_t k = 0; k < rows.size(); ++k) {
      if (first[k] == kFalse) continue;
      EXPECT_EQ(expected[k], kTrue);
      found[rows.slots[k]] = true;
    }
    EXPECT_EQ(found, any);
  }
}

}  // namespace
}  // namespace trato::core
