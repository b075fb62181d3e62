// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How many customers a watch tests that is opened from what another one saved:
// those that facts since then were about, where the log is still that one, and
// everybody otherwise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/status_matchers.h"
#include "support/temporary_folder.h"
#include "trato/batch.h"
#include "trato/store.h"
#include "trato/watch.h"

namespace trato::core {
namespace {

constexpr int64_t kDay = 86'400'000'000;
constexpr uint64_t kCustomers = 500;

using test::IsOk;
using test::TemporaryFolder;

void Ok(const absl::Status& status) { EXPECT_THAT(status, IsOk()); }

class SavedWatchTest : public testing::Test {
 protected:
  SavedWatchTest() { Open(); }

  void Open() {
    if (store_ != nullptr) Ok(store_->Close());
    StoreOptions options;
    options.zone = "UTC";
    options.currency = "EUR";
    auto store = Store::Open(path_, options);
    Ok(store.status());
    store_ = *std::move(store);
  }

  void Record(const std::string& customer, std::string_view type,
              int64_t at_us) {
    InteractionInput input;
    input.customer = customer;
    input.type = type;
    input.at_us = at_us;
    WriteOptions options;
    options.buffered = true;
    Ok(store_->RecordInteractions({&input, 1}, at_us, options).status());
  }

  std::string Name(uint64_t i) { return "a:" + std::to_string(i); }

  void Fill() {
    Ok(store_->DefineSegment(
        "recent", "interactions(\"purchase\").within(\"30d\").exists()", 0,
        {}));
    Ok(store_->DefineSegment(
        "awake",
        "now.getHours() >= 8 && interactions(\"visit\").within(\"90d\").exists()",
        0, {}));
    for (uint64_t i = 0; i < kCustomers; ++i) {
      Record(Name(i), i % 2 == 0 ? "purchase" : "visit", kDay);
    }
  }

  std::string Save(int64_t now_us) {
    WatchOptions options;
    auto watch = Watch::Open(*store_, options, now_us);
    Ok(watch.status());
    auto saved = (*watch)->Save();
    Ok(saved.status());
    return *std::move(saved);
  }

  // From the saved one: how many it tested, and whether it tells and counts what
  // one says that finds all out anew from the same cursor.
  uint64_t GoOn(std::string_view saved, ChangeCursor cursor, int64_t now_us) {
    WatchOptions options;
    options.saved = saved;
    auto watch = Watch::Open(*store_, options, now_us);
    Ok(watch.status());
    options.saved = {};
    options.since = cursor;
    auto anew = Watch::Open(*store_, options, now_us);
    Ok(anew.status());
    for (const char* segment : {"recent", "awake"}) {
      EXPECT_EQ((*watch)->Count(segment).value(),
                (*anew)->Count(segment).value());
    }
    EXPECT_EQ(Told(**watch), Told(**anew));
    return (*watch)->Advance(now_us, 0)->tested;
  }

  static std::vector<std::string> Told(Watch& watch) {
    std::vector<std::string> told;
    Ok(watch.Take([&](const Change& it) {
      told.push_back(std::to_string(it.at_us) + " " +
                     std::to_string(it.position) + " " +
                     std::string(it.segment) + " " + std::string(it.customer) +
                     (it.entered ? " in " : " out ") +
                     std::to_string(it.cause));
      return true;
    }));
    return told;
  }

  uint64_t Position() { return store_->Head()->position; }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "store.trato";
  std::shared_ptr<Store> store_;
};

TEST_F(SavedWatchTest, NobodyIsTestedWhereNothingWasWritten) {
  Fill();
  const std::string saved = Save(2 * kDay);
  const ChangeCursor cursor{2 * kDay, Position()};
  Open();
  EXPECT_EQ(GoOn(saved, cursor, 2 * kDay), 0u);
}

TEST_F(SavedWatchTest, OfWhatWasWrittenSinceThoseAreTestedWhomItIsAbout) {
  Fill();
  const std::string saved = Save(2 * kDay);
  const ChangeCursor cursor{2 * kDay, Position()};
  Record(Name(1), "purchase", 3 * kDay);
  Record("new:1", "visit", 3 * kDay);
  // As of the second day nothing is known of the one; the other, who is, is
  // tested then, and both when what they did counts.
  EXPECT_EQ(GoOn(saved, cursor, 4 * kDay), 3u);
  Open();
  EXPECT_EQ(GoOn(saved, cursor, 4 * kDay), 3u);
  // Also when all of it is sealed, and what was before with it.
  Ok(store_->Checkpoint(0).status());
  EXPECT_EQ(GoOn(saved, cursor, 4 * kDay), 3u);
  Open();
  EXPECT_EQ(GoOn(saved, cursor, 4 * kDay), 3u);
  // Time goes on as ever: 250 leave after 30 days.
  EXPECT_EQ(GoOn(saved, cursor, 40 * kDay), 3u + kCustomers / 2 + 1);
}

TEST_F(SavedWatchTest, WhoWasLinkedOrPartedSinceIsTested) {
  Fill();
  Ok(store_->LinkRecords(Name(7), Name(8), "", 0, 2 * kDay, {}));
  const std::string saved = Save(2 * kDay);
  const ChangeCursor cursor{2 * kDay, Position()};
  Ok(store_->LinkRecords(Name(0), Name(3), "", 0, 3 * kDay, {}));
  Ok(store_->UnlinkRecords(Name(7), Name(8), "", 3 * kDay, {}));
  Open();
  EXPECT_EQ(GoOn(saved, cursor, 4 * kDay), 3u);
}

TEST_F(SavedWatchTest, ADefinitionSinceIsTestedForEverybodyButNotTheRest) {
  Fill();
  const std::string saved = Save(2 * kDay);
  const ChangeCursor cursor{2 * kDay, Position()};
  Ok(store_->DefineSegment(
      "recent", "interactions(\"purchase\").within(\"3d\").exists()", 3 * kDay,
      {}));
  Open();
  EXPECT_EQ(GoOn(saved, cursor, 3 * kDay), kCustomers);
  // Another one, which had gates and has none any more.
  Ok(store_->EnableSegment("awake", false, 3 * kDay, {}));
  EXPECT_EQ(GoOn(saved, cursor, 3 * kDay), 2 * kCustomers);
}

TEST_F(SavedWatchTest, OfAnotherLogEverybodyIsTested) {
  Fill();
  const std::string saved = Save(2 * kDay);
  const ChangeCursor cursor{2 * kDay, Position()};
  Ok(store_->Close());
  store_ = nullptr;
  path_ = folder_ / "other.trato";
  Open();
  Fill();
  ASSERT_EQ(Position(), cursor.position);
  EXPECT_EQ(GoOn(saved, cursor, 3 * kDay), kCustomers);
}

}  // namespace
}  // namespace trato::core
