// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A timeline in runs and tail, sealed, merged, opened again, held and amended
// by chance, against a plain list.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "other_reads.h"
#include "random_rows.h"
#include "run_store.h"
#include "support/seed.h"
#include "timeline/timeline.h"
#include "timeline_model.h"

namespace trato::core {
namespace {

using Runs = std::vector<std::shared_ptr<Run>>;

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLastTime = 20;

struct Limits {
  const char* name;
  bool in_memory;  // nobody keeps the bytes
  uint64_t bytes;
};

class TimelineRunsTest : public ::testing::TestWithParam<Limits> {
 protected:
  TimelineRunsTest() {
    for (const char* name : {"web", "app", "", "shop"}) {
      sources_.push_back(names_.Add(name));
    }
    plain_.names = &names_;
    NewTimeline();
  }

  void NewTimeline() {
    timeline_ = std::make_unique<Timeline>(&names_, IdsBy(&names_));
    if (!GetParam().in_memory) {
      timeline_->SetCache(
          std::make_shared<BlockCache>(store_.Loader(), GetParam().bytes));
    }
  }

  uint64_t Below(uint64_t limit) { return random_() % limit; }
  bool OneIn(uint64_t count) { return Below(count) == 0; }
  template <typename T>
  const T& AnyOf(const std::vector<T>& from) {
    return from[Below(from.size())];
  }
  uint32_t AnyRecord() {
    return static_cast<uint32_t>(OneIn(3) ? Below(3) : Below(records_));
  }

  // Little varies, so that much is alike and falls on one instant.
  Interaction Draw() {
    Interaction it;
    it.type = static_cast<uint32_t>(1 + Below(3));
    it.at_us = static_cast<int64_t>(Below(kLastTime));
    it.recorded_us = static_cast<int64_t>(position_);
    it.position = position_;
    it.source = AnyOf(sources_);
    it.actor = static_cast<uint32_t>(Below(3));
    it.channel = static_cast<uint32_t>(OneIn(8));
    it.amount.minor = static_cast<int64_t>(Below(2));
    if (OneIn(6)) it.lines = {{1, 0, 1'000'000, 0, 5}, {2, 0, 1, 2, 3}};
    if (OneIn(6)) it.fields = {{1, Value(static_cast<int64_t>(Below(2)))}};
    if (OneIn(9)) it.reply_to = FactId{{1, Below(2)}};
    return it;
  }

  void Insert(uint32_t record, const Interaction& it) {
    plain_.Add(record, it);
    timeline_->Insert(record, it);
    tail_.emplace_back(record, it);
  }
  void InsertSome() {
    ++position_;
    for (uint64_t i = Below(6) + 1; i > 0; --i) {
      Interaction it = Draw();
      if (OneIn(4)) it.key = absl::StrCat("k", ++keys_);
      Insert(AnyRecord(), it);
      if (OneIn(4)) ++position_;
    }
    // What an amendment waited for.
    if (OneIn(3) && !waiting_.empty()) {
      const auto [record, it] = waiting_.back();
      waiting_.pop_back();
      Interaction arrived = it;
      arrived.position = ++position_;
      Insert(record, arrived);
    }
  }

  void AmendSome() {
    ++position_;
    PlainTimeline::PlainAmendment plain;
    if (OneIn(4)) {
      // Of something that is yet to come.
      Interaction it = Draw();
      it.key = absl::StrCat("late", ++keys_);
      plain.record = AnyRecord();
      plain.target = FactId::OfKey(names_.Text(it.source), it.key);
      waiting_.emplace_back(plain.record, it);
    } else {
      if (plain_.rows.empty()) return;
      const auto& row = AnyOf(plain_.rows);
      plain.record = row.record;
      plain.target = row.id;
    }
    Amendment& amendment = plain.amendment;
    amendment.fact = {{9, random_()}};
    amendment.at_us = static_cast<int64_t>(Below(kLastTime + 5));
    amendment.source = AnyOf(sources_);
    amendment.position = position_;
    amendment.retracts = OneIn(3);
    amendment.record = plain.record;
    if (!amendment.retracts) {
      amendment.content = Draw();
      if (OneIn(3)) amendment.record = AnyRecord();
    }
    Amend(*timeline_, plain);
    plain_.amendments.push_back(std::move(plain));
  }
  static void Amend(Timeline& timeline,
                    const PlainTimeline::PlainAmendment& plain) {
    timeline.Amend(plain.record, plain.target, plain.amendment);
  }

  void SealTail() {
    Seal(*timeline_, store_);
    tail_.clear();
  }

  void StepMerge() {
    if (!merger_) {
      if (timeline_->runs().size() < 2) return;
      Runs inputs = timeline_->runs();
      std::shuffle(inputs.begin(), inputs.end(), random_);
      inputs.resize(2 + Below(inputs.size() - 1));
      merger_.emplace(&store_, std::move(inputs));
    }
    if (merger_->Step(*timeline_, 1 + Below(OneIn(3) ? 5 : 60))) {
      merger_.reset();
    }
  }

  // The store is closed and opened: blocks are not in memory, the tail and the
  // amendments are read again, the places of those that were found maybe known.
  void Reopen() {
    if (GetParam().in_memory || merger_) return;
    const auto closed = std::move(timeline_);
    NewTimeline();
    Runs runs;
    for (const auto& run : closed->runs()) {
      runs.push_back(RunStore::Reopened(*run));
    }
    std::vector<AmendedInteraction> places;
    closed->amendments().ForEach([&](const AmendedInteraction& it) {
      if (!it.found || OneIn(2)) return;
      AmendedInteraction& place = places.emplace_back();
      place.fact = it.fact;
      place.record = it.record;
      place.type = it.type;
      place.at_us = it.at_us;
      place.source = it.source;
      place.position = it.position;
      place.key = it.key;
    });
    timeline_->amendments().Expect(std::move(places));
    const bool amend_first = OneIn(2);
    const auto amend = [&] {
      for (const auto& it : plain_.amendments) Amend(*timeline_, it);
    };
    if (amend_first) amend();
    timeline_->SetRuns(std::move(runs));
    if (amend_first) {
      for (const auto& run : timeline_->runs()) {
        timeline_->ResolveSealed(*run);
      }
    }
    for (const auto& [record, it] : tail_) timeline_->Insert(record, it);
    if (!amend_first) amend();
    held_.clear();  // they belong to the store that was closed
    past_.clear();
  }

  // ---- What must hold.

  static std::string TextOf(const Timeline& timeline, uint32_t record,
                            const InteractionRef& it) {
    return timeline.IdOf(record, it).Hex() + " " +
           ToText(it.Unpack(timeline.cache()));
  }

  Window AnyWindow() {
    Window window = Window::Until(static_cast<int64_t>(Below(kLastTime + 6)));
    window.until_us = window.now_us - static_cast<int64_t>(Below(4));
    if (OneIn(2)) {
      window.from_us = window.until_us - static_cast<int64_t>(Below(8));
    }
    if (OneIn(4)) window.known_at = Below(position_ + 1);
    return window;
  }

  void ExpectAnswers(const Timeline& timeline, const PlainTimeline& plain,
                     uint32_t record, const Window& window) {
    const Horizon& horizon = timeline.horizon();
    ASSERT_EQ(timeline.TypesOf(record), plain.TypesOf(record));
    std::vector<std::string> all, all_expected;
    for (uint32_t type = 1; type <= 4; ++type) {
      const auto expected = plain.Read(record, type, window, horizon);
      all_expected.insert(all_expected.end(), expected.begin(), expected.end());
      std::vector<std::string> got;
      EXPECT_TRUE(
          timeline.ForEach(record, type, window, [&](const InteractionRef& it) {
            got.push_back(TextOf(timeline, record, it));
            return true;
          }));
      ASSERT_EQ(got, expected)
          << "record " << record << " type " << type << " from "
          << window.from_us << " until " << window.until_us << " now "
          << window.now_us << " known " << window.known_at;
      ASSERT_EQ(timeline.Count(record, type, window), expected.size());
      if (!expected.empty()) {
        size_t left = 1 + Below(expected.size());
        const size_t wanted = left;
        got.clear();
        const bool through = timeline.ForEach(
            record, type, window, [&](const InteractionRef& it) {
              got.push_back(TextOf(timeline, record, it));
              return --left > 0;
            });
        EXPECT_FALSE(through);
        ASSERT_EQ(got, std::vector<std::string>(
                           expected.begin(),
                           expected.begin() + static_cast<long>(wanted)));
      }
      std::vector<InteractionRef> refs;
      Pins pins;
      timeline.Collect(record, type, window, refs, pins);
      got.clear();
      for (const auto& it : refs) {
        got.push_back(TextOf(timeline, record, it));
      }
      ASSERT_EQ(got, expected);
    }
    std::vector<InteractionRef> refs;
    Pins pins;
    timeline.CollectAll(record, window, refs, pins);
    for (const auto& it : refs) all.push_back(TextOf(timeline, record, it));
    std::sort(all.begin(), all.end());
    std::sort(all_expected.begin(), all_expected.end());
    ASSERT_EQ(all, all_expected);
  }

  // Of several records, which some pages are of.
  void ExpectOtherReads(const Timeline& timeline) {
    const Window window = AnyWindow();
    std::vector<uint32_t> records = {AnyRecord()};
    while (OneIn(3)) {
      const uint32_t other = AnyRecord();
      if (std::find(records.begin(), records.end(), other) == records.end()) {
        records.push_back(other);
      }
    }
    PageRequest request;
    request.records = records;
    if (OneIn(3)) request.type = static_cast<uint32_t>(1 + Below(3));
    request.window = window;
    request.newest_first = OneIn(2);
    request.with_ids = OneIn(2);
    request.limit = OneIn(3) ? 0 : 1 + Below(12);
    ExpectPage(timeline, request);
    ScanOptions options;
    options.type = static_cast<uint32_t>(1 + Below(4));
    options.now_us = window.now_us;
    options.known_at = window.known_at;
    options.from_us = window.from_us;
    options.times = OneIn(2);
    options.amounts = OneIn(2);
    ExpectScan(timeline, options, records_,
               static_cast<uint32_t>(1 + Below(records_ + 5)));
  }

  void ExpectRaw(uint32_t record) {
    std::vector<std::string> got, got_of, expected, expected_of;
    for (const auto& row : plain_.rows) {
      const std::string text = absl::StrCat(row.record, " ", ToText(row.it));
      expected.push_back(text);
      if (row.record == record) expected_of.push_back(text);
    }
    timeline_->ForEachRaw([&](uint32_t of, const InteractionRef& it) {
      got.push_back(
          absl::StrCat(of, " ", ToText(it.Unpack(timeline_->cache()))));
    });
    timeline_->ForEachRawOf(record, [&](const InteractionRef& it) {
      got_of.push_back(
          absl::StrCat(record, " ", ToText(it.Unpack(timeline_->cache()))));
    });
    for (auto* it : {&got, &got_of, &expected, &expected_of}) {
      std::sort(it->begin(), it->end());
    }
    ASSERT_EQ(got, expected);
    ASSERT_EQ(got_of, expected_of);
    if (!merger_) {
      ASSERT_EQ(timeline_->interaction_count(), expected.size());
    }
  }

  void ExpectFound() {
    if (plain_.rows.empty()) return;
    const auto& row = AnyOf(plain_.rows);
    if (!row.it.key.empty()) {
      const auto found =
          timeline_->FindKey(row.record, row.it.source, row.it.key);
      ASSERT_TRUE(found.has_value());
      ASSERT_EQ(ToText(*found), ToText(row.it));
    }
    ASSERT_EQ(timeline_->FindKey(row.record, row.it.source, "no such key"),
              std::nullopt);
    const InteractionRef ref(&row.it);
    uint32_t expected = 0;
    for (const auto& other : plain_.rows) {
      expected += other.record == row.record && other.it.key.empty() &&
                  ContentOf(InteractionRef(&other.it), names_) ==
                      ContentOf(ref, names_);
    }
    ASSERT_EQ(timeline_->CountLike(row.record, row.it.type, row.it.at_us,
                                   [&](const InteractionRef& it) {
                                     return SameContent(it, ref);
                                   }),
              expected);
  }

  // Something read now that is looked at later.
  struct Held {
    std::vector<InteractionRef> refs;
    Pins pins;
    std::vector<std::string> expected;
  };
  void HoldSome() {
    Held& held = held_.emplace_back();
    const uint32_t record = AnyRecord();
    timeline_->CollectAll(record, AnyWindow(), held.refs, held.pins);
    for (const auto& it : held.refs) {
      held.expected.push_back(ToText(it.Unpack(timeline_->cache())));
    }
    if (held_.size() > 4) held_.erase(held_.begin());
  }
  void ExpectHeld() {
    for (const Held& held : held_) {
      std::vector<std::string> got;
      for (const auto& it : held.refs) {
        got.push_back(ToText(it.Unpack(timeline_->cache())));
      }
      ASSERT_EQ(got, held.expected);
    }
  }

  // A store of the past, which later writing does not change.
  struct Past {
    std::unique_ptr<Timeline> timeline;
    PlainTimeline plain;
  };
  void KeepPast() {
    Past& past = past_.emplace_back();
    past.timeline = std::make_unique<Timeline>(&names_, IdsBy(&names_));
    timeline_->ShareWith(*past.timeline);
    Horizon horizon;
    if (OneIn(2)) horizon.as_of_us = static_cast<int64_t>(Below(kLastTime));
    if (OneIn(2)) horizon.known_at = Below(position_ + 1);
    past.timeline->SetHorizon(horizon);
    for (const auto& it : plain_.amendments) Amend(*past.timeline, it);
    past.plain.names = &names_;
    past.plain.rows = plain_.rows;
    for (const auto& it : plain_.amendments) {
      past.plain.amendments.push_back(it);
    }
    if (past_.size() > 2) past_.erase(past_.begin());
  }

  void Check() {
    const ReadScope scope;
    for (int i = 0; i < 3; ++i) {
      ExpectAnswers(*timeline_, plain_, AnyRecord(), AnyWindow());
      for (const Past& past : past_) {
        ExpectAnswers(*past.timeline, past.plain, AnyRecord(), AnyWindow());
      }
    }
    ExpectOtherReads(*timeline_);
    for (const Past& past : past_) ExpectOtherReads(*past.timeline);
    ExpectAnswers(*timeline_, plain_, 0, {kLeast, kMost, kMost});
    ExpectFound();
    ExpectHeld();
    if (OneIn(5)) ExpectRaw(AnyRecord());
    ASSERT_TRUE(scope.status().ok()) << scope.status();
  }

  uint32_t records_ = 30;
  Interner names_;
  std::vector<uint32_t> sources_;
  RunStore store_;
  std::unique_ptr<Timeline> timeline_;
  PlainTimeline plain_;
  std::vector<std::pair<uint32_t, Interaction>> tail_;
  std::vector<std::pair<uint32_t, Interaction>> waiting_;
  std::optional<Merger> merger_;
  std::vector<Held> held_;
  std::vector<Past> past_;
  std::mt19937_64 random_{test::Seed()};
  uint64_t position_ = 0;
  uint64_t keys_ = 0;
};

TEST_P(TimelineRunsTest, AnswersAsAPlainListDoes) {
  for (int round = 0; round < 6; ++round) {
    held_.clear();
    past_.clear();
    merger_.reset();
    tail_.clear();
    waiting_.clear();
    plain_.rows.clear();
    plain_.amendments.clear();
    NewTimeline();
    // Rounds without amendments take the shorter ways.
    const bool amends = round % 2 == 1;
    records_ = round % 3 == 0 ? 3 : 40;
    for (int step = 0; step < 120; ++step) {
      switch (Below(8)) {
        case 0:
          SealTail();
          break;
        case 1:
        case 2:
          StepMerge();
          break;
        case 3:
          if (amends) AmendSome();
          break;
        case 4:
          if (OneIn(4)) Reopen();
          if (OneIn(4)) KeepPast();
          HoldSome();
          break;
        default:
          InsertSome();
      }
      Check();
      ASSERT_FALSE(HasFailure()) << "round " << round << " step " << step;
    }
  }
}

// Each input has many blocks, and parts end between them.
TEST_P(TimelineRunsTest, RunsOfManyBlocksAreMergedAPartAtATime) {
  records_ = 2000;
  for (int run = 0; run < 3; ++run) {
    for (uint32_t i = 0; i < 25'000; ++i) {
      Interaction it;
      it.type = 1;
      it.at_us = static_cast<int64_t>(Below(1000));
      it.position = ++position_;
      it.source = AnyOf(sources_);
      if (run == 1) it.key = absl::StrCat("k", i);
      // Runs differ in the records that they have.
      timeline_->Insert(
          static_cast<uint32_t>(Below(run == 2 ? records_ : records_ / 2)), it);
    }
    SealTail();
    EXPECT_GE(timeline_->runs().back()->blocks.size(), 3u);
  }
  const auto sum = [&](const Timeline& timeline) {
    std::vector<std::pair<uint64_t, std::string>> rows;
    for (uint32_t record = 0; record < records_; ++record) {
      timeline.ForEach(record, 1, Window::Until(kMost),
                       [&](const InteractionRef& it) {
                         rows.emplace_back(it.position(), timeline.KeyOf(it));
                         return true;
                       });
    }
    return rows;
  };
  const auto expected = sum(*timeline_);
  EXPECT_EQ(expected.size(), 75'000u);
  // In ranges that begin and end within blocks.
  const TypeScan scan(*timeline_, {.type = 1, .now_us = kMost});
  TypeScan::Buffer buffer;
  std::vector<std::vector<uint64_t>> positions(records_);
  for (uint32_t from = 0; from < records_; from += 300) {
    scan.Read(from, from + 300, buffer, [&](const TypeScan::Part& part) {
      size_t row = 0;
      for (size_t i = 0; i < part.size(); ++i) {
        EXPECT_GE(part.RecordAt(i), from);
        EXPECT_LT(part.RecordAt(i), from + 300);
        for (; row < part.ends[i]; ++row) {
          positions[part.RecordAt(i)].push_back(part.Row(row).position());
          EXPECT_EQ(part.at_us[row], part.Row(row).at_us());
        }
      }
    });
  }
  std::vector<uint64_t> scanned;
  std::vector<uint64_t> read;
  for (auto& of_record : positions) {
    std::sort(of_record.begin(), of_record.end());
    scanned.insert(scanned.end(), of_record.begin(), of_record.end());
  }
  for (uint32_t record = 0; record < records_; ++record) {
    std::vector<uint64_t> of_record;
    timeline_->ForEach(record, 1, Window::Until(kMost),
                       [&](const InteractionRef& it) {
                         of_record.push_back(it.position());
                         return true;
                       });
    std::sort(of_record.begin(), of_record.end());
    read.insert(read.end(), of_record.begin(), of_record.end());
  }
  EXPECT_EQ(scanned, read);
  Merger merger(&store_, timeline_->runs());
  int steps = 0;
  for (bool done = false; !done; ++steps) {
    done = merger.Step(*timeline_, 8'000);
    // Quickly, but for some of the parts.
    if (done || steps == 1) {
      ASSERT_EQ(sum(*timeline_), expected) << steps;
    }
  }
  EXPECT_GE(steps, 3);
  ASSERT_EQ(timeline_->runs().size(), 1u);
  EXPECT_EQ(timeline_->runs()[0]->rows, 75'000u);
  EXPECT_EQ(timeline_->runs()[0]->max_position, position_);
}

INSTANTIATE_TEST_SUITE_P(Caches, TimelineRunsTest,
                         ::testing::Values(Limits{"InMemory", true, 0},
                                           Limits{"Unlimited", false, 0},
                                           Limits{"Small", false, 20'000},
                                           Limits{"Nothing", false, 1}),
                         [](const auto& info) { return info.param.name; });

// With room for nothing each read loads its block anew, unless the record is
// known to have nothing in it.
TEST(SparseRun, ABlockIsNotReadToFindNothingInIt) {
  Interner names;
  RunStore store;
  Timeline timeline(&names, IdsBy(&names));
  timeline.SetCache(std::make_shared<BlockCache>(store.Loader(), 1));
  for (const uint32_t record : {7u, 90'000u}) {
    Interaction it;
    it.type = 1;
    timeline.Insert(record, it);
  }
  Seal(timeline, store);
  const auto count = [&](uint32_t record) {
    store.loads = 0;
    return timeline.Count(record, 1, Window::Until(kMost));
  };
  EXPECT_EQ(count(7), 1u);
  EXPECT_EQ(store.loads, 1);
  EXPECT_EQ(count(8), 0u);
  EXPECT_EQ(store.loads, 0);
  EXPECT_EQ(count(90'000), 1u);
  EXPECT_EQ(store.loads, 1);
  EXPECT_EQ(count(89'999), 0u);
  EXPECT_EQ(store.loads, 0);
  EXPECT_EQ(count(90'001), 0u);
  EXPECT_EQ(store.loads, 0);
}

}  // namespace
}  // namespace trato::core
