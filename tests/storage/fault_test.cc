// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "faulty_vfs.h"
#include "storage/store_file.h"
#include "store_fixture.h"
#include "support/status_matchers.h"
#include "support/temporary_folder.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsInvalid;
using test::IsOk;
using test::IsOkAnd;
using test::ReadFile;
using test::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// No file may grow beyond this, for as long as this lives: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{bytes, limit_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  void (*before_)(int);
  rlimit limit_;
};

class StoreFileOnAFullDiskTest : public StoreFixture {
 protected:
  void SetUp() override {
    file_ = Open();
    ASSERT_THAT(file_->Append("one"), IsOk());
    ASSERT_THAT(file_->Sync({}), IsOk());
    ASSERT_THAT(file_->Append(std::string(1 << 20, 'x')), IsOk());
    FullDisk full(1 << 18);
    failure_ = file_->Sync({});
  }

  std::unique_ptr<StoreFile> file_;
  absl::Status failure_;
};

TEST_F(StoreFileOnAFullDiskTest, TheSyncFailsAndSaysWhatToDo) {
  EXPECT_FALSE(failure_.ok());
  EXPECT_THAT(test::MessageOf(failure_),
              HasSubstr("close the store and open it again"));
}

TEST_F(StoreFileOnAFullDiskTest, TheHandleTakesNothingMore) {
  EXPECT_EQ(file_->Append("two").status(), failure_);
}

TEST_F(StoreFileOnAFullDiskTest, SyncFailsAgainThoughThereIsRoom) {
  EXPECT_EQ(file_->Sync({}), failure_);
}

TEST_F(StoreFileOnAFullDiskTest, CloseReportsTheFailure) {
  EXPECT_EQ(file_->Close(), failure_);
}

TEST_F(StoreFileOnAFullDiskTest, WhatWasSyncedBeforeIsThereAgain) {
  (void)file_->Close();
  file_.reset();
  auto file = Open(OpenMode::kOpenExisting);
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(1, "one"))));
}

// ---- Faults of each call.

class FaultTest : public StoreFixture {
 protected:
  FaultyVfs vfs_;
};

TEST_F(FaultTest, AFullDiskRefusesAndThenGoesOn) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Append("two"), IsOkAnd(2u));
  vfs_.FailWrite(SQLITE_FULL);
  EXPECT_THAT(file->Sync(ChainOf(2)),
              IsError(absl::StatusCode::kResourceExhausted,
                      HasSubstr("nothing was written")));
  EXPECT_EQ(file->head(), (Head{1, ChainOf(1)}));
  EXPECT_EQ(file->pending_entries(), 0u);
  EXPECT_EQ(file->pending_bytes(), 0u);
  vfs_.Heal();
  // Its position is given again.
  EXPECT_THAT(file->Append("another"), IsOkAnd(2u));
  ASSERT_THAT(file->Sync(ChainOf(3)), IsOk());
  ASSERT_THAT(file->Close(), IsOk());
  file = Open();
  EXPECT_EQ(file->head(), (Head{2, ChainOf(3)}));
  EXPECT_THAT(EntriesOf(*file),
              IsOkAnd(ElementsAre(Pair(1, "one"), Pair(2, "another"))));
}

TEST_F(FaultTest, AFullDiskInTheMiddleOfASealTakesAllOfItBack) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, "before"}}), ChainOf(1)), IsOk());
  Sealing sealing = Putting({{{1, 0, 0}, "after"}}, 9);
  for (uint32_t i = 1; i < 20; ++i) {
    sealing.put.emplace_back(BlockId{1, 0, i}, std::string(1 << 20, 'x'));
  }
  ASSERT_THAT(file->Append("two"), IsOk());
  vfs_.FailWrite(SQLITE_FULL, 700);
  EXPECT_THAT(file->Seal(sealing, ChainOf(2)),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  EXPECT_THAT(file->ReadBlock({1, 0, 0}), IsOkAnd("before"));
  EXPECT_THAT(file->ListBlocks(1), IsOkAnd(SizeIs(1)));
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(SizeIs(1)));
  vfs_.Heal();
  ASSERT_THAT(file->Append("two"), IsOkAnd(2u));
  ASSERT_THAT(file->Seal(sealing, ChainOf(2)), IsOk());
  EXPECT_THAT(file->ListBlocks(1), IsOkAnd(SizeIs(20)));
  std::vector<Damage> damage;
  EXPECT_THAT(file->Verify({}, damage), IsOk());
  EXPECT_THAT(damage, IsEmpty());
}

TEST_F(FaultTest, AStoreThatIsFullClosesAndKeepsItsNote) {
  auto file = Open();
  Add(*file, {"one"});
  vfs_.FailWrite(SQLITE_FULL);
  EXPECT_THAT(file->Close(), IsOk());
  EXPECT_TRUE(std::filesystem::exists(path_ + "-lock"));
  vfs_.Heal();
  EXPECT_EQ(Open()->head(), (Head{1, ChainOf(1)}));
}

TEST_F(FaultTest, AFailedSyncPoisons) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Append("two"), IsOk());
  vfs_.FailSync(SQLITE_IOERR_FSYNC, 0, false);
  const absl::Status status = file->Sync(ChainOf(2));
  EXPECT_THAT(status, IsError(absl::StatusCode::kUnavailable,
                              HasSubstr("close the store and open it again")));
  EXPECT_EQ(file->Append("three").status(), status);
  EXPECT_EQ(file->Seal({}, {}), status);
  EXPECT_EQ(file->head(), (Head{1, ChainOf(1)}));
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(SizeIs(1)));
  EXPECT_EQ(file->Close(), status);
  // The second entry was never acknowledged; it may be there or not.
  EXPECT_GE(Open()->head().position, 1u);
}

TEST_F(FaultTest, AFailedSyncWhileTheLogIsFoldedBackPoisonsOnlyWhatComes) {
  auto file = Open();
  ASSERT_THAT(file->Append(std::string(20 << 20, 'x')), IsOk());
  // The first one is the commit's.
  vfs_.FailSync(SQLITE_IOERR_FSYNC, 2, false);
  EXPECT_THAT(file->Sync(ChainOf(1)), IsOk());
  EXPECT_EQ(file->head().position, 1u);
  EXPECT_FALSE(file->Append("two").ok());
  EXPECT_FALSE(file->Close().ok());
  EXPECT_EQ(Open()->head(), (Head{1, ChainOf(1)}));
}

// What was acknowledged is there afterwards, and nothing that was refused,
// whichever call fails with whatever, once or from then on.
TEST_F(FaultTest, EveryFailingCallLeavesWhatWasAcknowledged) {
  int points = 0;
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC}) {
    for (const bool sticky : {false, true}) {
      for (int after = 0;; ++after) {
        for (const char* end : {"", "-wal", "-shm", "-lock"}) {
          std::filesystem::remove(path_ + end);
        }
        vfs_.Heal();
        vfs_.writes = vfs_.syncs = 0;
        if (code == SQLITE_IOERR_FSYNC) {
          vfs_.FailSync(code, after, sticky);
        } else {
          vfs_.FailWrite(code, after, sticky);
        }
        uint64_t acknowledged = 0;
        std::string block;
        bool uncertain = false;
        if (auto file = StoreFile::Open(path_, OpenMode::kOpenOrCreate);
            file.ok()) {
          for (int i = 0; i < 6; ++i) {
            const auto position = (*file)->Append("entry");
            if (!position.ok()) break;
            const std::string payload(30000, static_cast<char>('a' + i));
            const Head::Chain chain = ChainOf(static_cast<int>(*position));
            const absl::Status status =
                i % 3 == 2
                    ? (*file)->Seal(
                          Putting({{{1, 0, 0}, payload}}, *position - 1), chain)
                    : (*file)->Sync(chain);
            if (status.ok()) {
              ASSERT_EQ(*position, acknowledged + 1);
              acknowledged = *position;
              if (i % 3 == 2) block = payload;
            } else if (status.code() != absl::StatusCode::kResourceExhausted) {
              uncertain = true;
            }
            ASSERT_EQ((*file)->head().position, acknowledged);
          }
          (void)(*file)->Close();
        }
        const int calls = code == SQLITE_IOERR_FSYNC ? vfs_.syncs : vfs_.writes;
        vfs_.Heal();
        auto file = StoreFile::Open(path_, OpenMode::kOpenOrCreate);
        ASSERT_THAT(file, IsOk()) << code << " " << after;
        const uint64_t position = (*file)->head().position;
        ASSERT_GE(position, acknowledged) << code << " " << after;
        ASSERT_LE(position, acknowledged + (uncertain ? 1 : 0))
            << code << " " << after;
        ASSERT_EQ((*file)->head().chain,
                  position == 0 ? Head::Chain{}
                                : ChainOf(static_cast<int>(position)));
        ASSERT_THAT(EntriesOf(**file), IsOk());
        if (!block.empty() && !uncertain) {
          ASSERT_THAT((*file)->ReadBlock({1, 0, 0}), IsOkAnd(block));
        }
        std::vector<Damage> damage;
        ASSERT_THAT((*file)->Verify({}, damage), IsOk());
        ASSERT_THAT(damage, IsEmpty()) << damage[0].what;
        ++points;
        if (calls <= after) break;
      }
    }
  }
  RecordProperty("points", points);
  EXPECT_GT(points, 100);
}

// ---- Processes that are killed at any instant.

class KillTest : public StoreFixture {};

TEST_F(KillTest, WhatWasAcknowledgedIsThereEachTime) {
  constexpr uint64_t kKills = 25;
  uint64_t acknowledged = 0;
  std::mt19937 random(20260101);
  for (uint64_t kill_number = 0; kill_number < kKills; ++kill_number) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      auto file = StoreFile::Open(path_, OpenMode::kOpenOrCreate);
      if (!file.ok()) _exit(1);
      for (;;) {
        const auto position = (*file)->Append("entry");
        if (!position.ok()) _exit(2);
        const Head::Chain chain = ChainOf(static_cast<int>(*position));
        const bool written =
            *position % 5 == 0
                ? (*file)
                      ->Seal(Putting({{{1, 0, 0},
                                       std::to_string(*position) +
                                           std::string(50000, 'x')}},
                                     *position - 3),
                             chain)
                      .ok()
                : (*file)->Sync(chain).ok();
        if (!written) _exit(3);
        if (write(ends[1], &*position, sizeof(*position)) < 0) _exit(4);
      }
    }
    close(ends[1]);
    uint64_t position = 0;
    // Every other one has written something, however busy the machine is; the
    // others may be killed while they open.
    if (kill_number % 2 == 1 &&
        read(ends[0], &position, sizeof(position)) == sizeof(position)) {
      acknowledged = position;
    }
    usleep(1000 + random() % 30000);
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    while (read(ends[0], &position, sizeof(position)) == sizeof(position)) {
      acknowledged = position;
    }
    close(ends[0]);
    if (acknowledged == 0) continue;

    auto file =
        Open(kill_number % 2 == 0 ? OpenMode::kRead : OpenMode::kOpenExisting);
    ASSERT_NE(file, nullptr);
    const Head head = file->head();
    ASSERT_GE(head.position, acknowledged);
    ASSERT_LE(head.position, acknowledged + 1);
    ASSERT_EQ(head.chain, ChainOf(static_cast<int>(head.position)));
    ASSERT_THAT(EntriesOf(*file), IsOk());
    if (head.position >= 5) {
      const auto block = file->ReadBlock({1, 0, 0});
      ASSERT_THAT(block, IsOk());
      ASSERT_EQ(std::stoull(*block), head.position / 5 * 5);
    }
    std::vector<Damage> damage;
    ASSERT_THAT(file->Verify({}, damage), IsOk());
    ASSERT_THAT(damage, IsEmpty()) << damage[0].what;
    acknowledged = head.position;
  }
  EXPECT_GE(acknowledged, kKills / 2);
}

}  // namespace
}  // namespace trato::core
