// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/store_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

class StoreFileTest : public StoreFixture {};

TEST_F(StoreFileTest, NumbersEntriesFromOne) {
  auto file = Open();
  EXPECT_THAT(file->Append("one"), IsOkAnd(1u));
  EXPECT_THAT(file->Append("two"), IsOkAnd(2u));
}

TEST_F(StoreFileTest, GivesBackItsEntriesInOrderWhenOpenedAgain) {
  Make({"one", "two", "three"});
  auto file = Open();
  EXPECT_THAT(
      EntriesOf(*file),
      IsOkAnd(ElementsAre(Pair(1, "one"), Pair(2, "two"), Pair(3, "three"))));
}

TEST_F(StoreFileTest, GoesOnWithTheNextNumberWhenOpenedAgain) {
  Make({"one", "two"});
  auto file = Open();
  EXPECT_THAT(file->Append("three"), IsOkAnd(3u));
  ASSERT_THAT(file->Sync({}), IsOk());
  ASSERT_THAT(file->Close(), IsOk());
  file = Open();
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(SizeIs(3)));
}

TEST_F(StoreFileTest, NumbersGoOnAfterASync) {
  auto file = Open();
  ASSERT_THAT(file->Append("one"), IsOkAnd(1u));
  ASSERT_THAT(file->Sync({}), IsOk());
  EXPECT_THAT(file->Append("two"), IsOkAnd(2u));
}

TEST_F(StoreFileTest, KeepsEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  Make({all});
  auto file = Open();
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(1, all))));
}

TEST_F(StoreFileTest, KeepsAnEmptyEntry) {
  Make({"", "two"});
  auto file = Open();
  EXPECT_THAT(EntriesOf(*file),
              IsOkAnd(ElementsAre(Pair(1, ""), Pair(2, "two"))));
}

TEST_F(StoreFileTest, KeepsAnEntryLargerThanAPage) {
  const std::string large(100000, 'x');
  Make({large, "two"});
  auto file = Open();
  EXPECT_THAT(EntriesOf(*file),
              IsOkAnd(ElementsAre(Pair(1, large), Pair(2, "two"))));
}

TEST_F(StoreFileTest, ScanStopsAtTheFirstErrorOfItsVisitor) {
  Make({"one", "two", "three"});
  auto file = Open();
  int visited = 0;
  const absl::Status status =
      file->ScanJournal([&](uint64_t, std::string_view) {
        return ++visited == 2 ? absl::AbortedError("enough") : absl::OkStatus();
      });
  EXPECT_THAT(status, IsError(absl::StatusCode::kAborted, "enough"));
  EXPECT_EQ(visited, 2);
}

TEST_F(StoreFileTest, ANewStoreHasNoEntries) {
  auto file = Open();
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(IsEmpty()));
}

TEST_F(StoreFileTest, WhatIsNotSyncedIsPending) {
  auto file = Open();
  ASSERT_THAT(file->Append("12345"), IsOk());
  ASSERT_THAT(file->Append("678"), IsOk());
  EXPECT_EQ(file->pending_bytes(), 8u);
  ASSERT_THAT(file->Sync({}), IsOk());
  EXPECT_EQ(file->pending_bytes(), 0u);
}

TEST_F(StoreFileTest, APendingEntryIsNotScanned) {
  auto file = Open();
  ASSERT_THAT(file->Append("one"), IsOk());
  ASSERT_THAT(file->Sync({}), IsOk());
  ASSERT_THAT(file->Append("two"), IsOk());
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(1, "one"))));
}

// A process that dies without a word, with one entry synced and one pending.
TEST_F(StoreFileTest, AfterACrashExactlyWhatWasSyncedIsThere) {
  InAProcessThatDies([&] {
    auto file = Open(OpenMode::kCreateNew);
    Add(*file, {"synced"});
    (void)file->Append("pending");
    raise(SIGKILL);
  });
  auto file = Open(OpenMode::kOpenExisting);
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(1, "synced"))));
  EXPECT_THAT(file->Append("next"), IsOkAnd(2u));
}

TEST_F(StoreFileTest, CloseKeepsNothingThatWaits) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Append("two"), IsOk());
  EXPECT_THAT(file->Close(), IsError(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("1 entries waited")));
  EXPECT_EQ(QuerySql(path_, "SELECT count(*) FROM journal"), 1);
}

TEST_F(StoreFileTest, OneSyncIsOneRow) {
  auto file = Open();
  for (int i = 0; i < 5; ++i) ASSERT_THAT(file->Append("entry"), IsOk());
  EXPECT_EQ(file->pending_entries(), 5u);
  ASSERT_THAT(file->Sync(ChainOf(1)), IsOk());
  EXPECT_EQ(file->pending_entries(), 0u);
  ASSERT_THAT(file->Append(std::string(300, 'x')), IsOk());
  ASSERT_THAT(file->Sync(ChainOf(2)), IsOk());
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(SizeIs(6)));
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_EQ(QuerySql(path_, "SELECT count(*) FROM journal"), 2);
  EXPECT_EQ(QuerySql(path_, "SELECT sum(position - first) FROM journal"), 4);
}

TEST_F(StoreFileTest, TheHeadIsTheLastOneSynced) {
  auto file = Open();
  EXPECT_EQ(file->head(), Head());
  ASSERT_THAT(file->Append("one"), IsOk());
  EXPECT_EQ(file->head(), Head());
  ASSERT_THAT(file->Sync(ChainOf(7)), IsOk());
  EXPECT_EQ(file->head(), (Head{1, ChainOf(7)}));
}

TEST_F(StoreFileTest, ASyncOfNothingChangesNothing) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Sync(ChainOf(7)), IsOk());
  EXPECT_EQ(file->head(), (Head{1, ChainOf(1)}));
}

TEST_F(StoreFileTest, TheHeadIsThereAgainAfterClose) {
  Make({"one", "two"});
  EXPECT_EQ(Open()->head(), (Head{2, ChainOf(2)}));
}

TEST_F(StoreFileTest, TheHeadIsThereAgainAfterACrash) {
  InAProcessThatDies([&] { Add(*Open(), {"one", "two"}); });
  EXPECT_EQ(Open()->head(), (Head{2, ChainOf(2)}));
}

TEST_F(StoreFileTest, AStoreClosedWithoutEntriesCanBeOpenedAgain) {
  Make({});
  auto file = Open();
  EXPECT_THAT(file->Append("one"), IsOkAnd(1u));
}

TEST_F(StoreFileTest, CloseLeavesOneFile) {
  Make({"one"});
  EXPECT_THAT(Names(), ElementsAre("a.trato"));
}

// The application id is "TRAT" in ASCII.
TEST_F(StoreFileTest, TheFileSaysWhatItIs) {
  Make({"one"});
  EXPECT_EQ(QuerySql(path_, "PRAGMA application_id"), 0x54524154);
  EXPECT_EQ(QuerySql(path_, "PRAGMA user_version"), 5);
  EXPECT_EQ(QuerySql(path_, "PRAGMA page_size"), 16384);
}

TEST_F(StoreFileTest, AFormatOfAPreviewIsRefused) {
  Make({"one"});
  for (int version : {1, 2, 3}) {
    RunSql(path_, "PRAGMA user_version = " + std::to_string(version));
    EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
                IsError(absl::StatusCode::kFailedPrecondition,
                        HasSubstr("made by a preview of Trato")));
  }
}

TEST_F(StoreFileTest, WhatIsStagedIsThereWithTheSealAndNotBefore) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, "old"}}), {}), IsOk());
  const auto count = [&] { return file->ListBlocks(1)->size(); };
  for (const bool drops : {true, false}) {
    for (uint32_t i = 0; i < 3; ++i) {
      ASSERT_THAT(file->Stage({1, 0, i}, "new" + std::to_string(i)), IsOk());
    }
    EXPECT_EQ(count(), 1u);
    EXPECT_EQ(*file->ReadBlock({1, 0, 0}), "old");
    if (drops) {
      ASSERT_THAT(file->DropStaged(), IsOk());
      continue;
    }
    ASSERT_THAT(file->Append("two"), IsOk());
    ASSERT_THAT(file->Seal(Putting({{{2, 0, 0}, "with"}}), {}), IsOk());
  }
  EXPECT_EQ(count(), 3u);
  EXPECT_EQ(*file->ReadBlock({1, 0, 0}), "new0");
  EXPECT_EQ(*file->ReadBlock({2, 0, 0}), "with");
  std::vector<Damage> damage;
  ASSERT_THAT(file->Verify(nullptr, damage), IsOk());
  EXPECT_TRUE(damage.empty());
  // A close takes back what nobody sealed.
  ASSERT_THAT(file->Stage({1, 0, 9}, "never"), IsOk());
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_EQ(Open()->ListBlocks(1)->size(), 3u);
}

TEST_F(StoreFileTest, WhatIsStagedFirstMakesTheStore) {
  auto file = Open();
  ASSERT_THAT(file->Stage({1, 0, 0}, "first"), IsOk());
  ASSERT_THAT(file->DropStaged(), IsOk());
  ASSERT_THAT(file->Stage({1, 0, 1}, "second"), IsOk());
  EXPECT_THAT(file->Stage({0, 0, 1}, "no kind"),
              IsError(absl::StatusCode::kInvalidArgument, HasSubstr("kind")));
  ASSERT_THAT(file->Stage({1, 0, 2}, "third"), IsOk());
  ASSERT_THAT(file->Seal({}, {}), IsOk());
  file = nullptr;
  EXPECT_THAT(*Open()->ListBlocks(1), ElementsAre(BlockId{1, 0, 2}));
}

TEST_F(StoreFileTest, AForkedChildCanDoNothing) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, "block"}}), {}), IsOk());
  ASSERT_THAT(file->ReadBlock({1, 0, 0}), IsOk());
  const pid_t child = fork();
  if (child == 0) {
    const bool refused = !file->Append("two").ok() && !file->Sync({}).ok() &&
                         !file->ReadBlock({1, 0, 0}).ok() &&
                         !file->Close().ok();
    file.reset();
    _exit(refused ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  Add(*file, {"two"});
  EXPECT_THAT(file->Close(), IsOk());
  EXPECT_EQ(Open()->head().position, 2u);
}

// ---- Modes.

TEST_F(StoreFileTest, OpeningWhatIsNotThereIsNotFound) {
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsError(absl::StatusCode::kNotFound, "no store at " + path_));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(StoreFileTest, CreatingWhatIsThereAlreadyExists) {
  Make({"one"});
  EXPECT_THAT(
      StoreFile::Open(path_, OpenMode::kCreateNew),
      IsError(absl::StatusCode::kAlreadyExists, path_ + " exists already"));
  EXPECT_THAT(ScanAgain(), IsOk());
}

TEST_F(StoreFileTest, CreatesWhatIsNotThere) {
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kCreateNew), IsOk());
}

TEST_F(StoreFileTest, ARefusalLeavesNoLockBehind) {
  WriteFile(path_, "not a store");
  EXPECT_FALSE(StoreFile::Open(path_, OpenMode::kOpenOrCreate).ok());
  EXPECT_FALSE(std::filesystem::exists(path_ + "-lock"));
}

// ---- What is not a store.

TEST_F(StoreFileTest, AnotherFileIsRefusedAndNotTouched) {
  const std::string content = "customer;amount\n12748;7.50\n";
  WriteFile(path_, content);
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
              IsInvalid(path_ + " is not a Trato store"));
  EXPECT_EQ(ReadFile(path_), content);
}

TEST_F(StoreFileTest, AFileThatOnlyStartsLikeADatabaseIsRefused) {
  WriteFile(path_, "SQLite format");
  EXPECT_FALSE(StoreFile::Open(path_, OpenMode::kOpenOrCreate).ok());
}

TEST_F(StoreFileTest, AHeaderWithoutADatabaseBehindItIsRefused) {
  WriteFile(path_, std::string("SQLite format 3\0", 16) + "and then nonsense");
  EXPECT_FALSE(StoreFile::Open(path_, OpenMode::kOpenOrCreate).ok());
}

// What a creation that was cut off leaves.
TEST_F(StoreFileTest, AnEmptyFileBecomesAStore) {
  WriteFile(path_, "");
  auto file = Open();
  EXPECT_THAT(file->Append("one"), IsOkAnd(1u));
  ASSERT_THAT(file->Sync({}), IsOk());
  EXPECT_THAT(file->Close(), IsOk());
  EXPECT_THAT(ScanAgain(), IsOk());
}

TEST_F(StoreFileTest, AnEmptyFileIsNoStoreToOpen) {
  WriteFile(path_, "");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsInvalid(path_ + " is not a Trato store"));
}

TEST_F(StoreFileTest, AFolderIsRefused) {
  EXPECT_THAT(StoreFile::Open(folder_.path(), OpenMode::kOpenOrCreate),
              IsInvalid(folder_.path() + " is not a Trato store"));
}

TEST_F(StoreFileTest, ADeviceIsRefused) {
  EXPECT_THAT(StoreFile::Open("/dev/null", OpenMode::kOpenOrCreate),
              IsInvalid("/dev/null is not a Trato store"));
}

TEST_F(StoreFileTest, AnotherDatabaseIsRefusedAndNotTouched) {
  RunSql(path_, "CREATE TABLE customers(name TEXT)");
  const std::string content = ReadFile(path_);
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
              IsInvalid(path_ + " is not a Trato store"));
  EXPECT_EQ(ReadFile(path_), content);
}

TEST_F(StoreFileTest, ADatabaseOfAnotherApplicationIsRefused) {
  RunSql(path_, "PRAGMA application_id = 252006674");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
              IsInvalid(path_ + " is not a Trato store"));
}

TEST_F(StoreFileTest, ANewerFormatIsRefusedAndNotTouched) {
  Make({"one"});
  RunSql(path_, "PRAGMA user_version = 6");
  const std::string content = ReadFile(path_);
  EXPECT_THAT(
      StoreFile::Open(path_, OpenMode::kOpenOrCreate),
      IsError(absl::StatusCode::kUnimplemented,
              path_ + " has file format 6, this version of Trato reads up "
                      "to 5"));
  EXPECT_EQ(ReadFile(path_), content);
}

// ---- One handle.

TEST_F(StoreFileTest, ASecondHandleIsRefused) {
  auto file = Open();
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
              IsError(absl::StatusCode::kFailedPrecondition,
                      "the store " + path_ + " is open in this process"));
}

TEST_F(StoreFileTest, ASecondHandleByALinkIsRefused) {
  Make({"one"});
  auto file = Open();
  std::filesystem::create_symlink(path_, folder_ / "link");
  EXPECT_THAT(StoreFile::Open(folder_ / "link", OpenMode::kOpenExisting),
              IsError(absl::StatusCode::kFailedPrecondition,
                      HasSubstr("is open in this process")));
}

TEST_F(StoreFileTest, ASecondHandleByARoundaboutPathIsRefused) {
  auto file = Open();
  EXPECT_THAT(
      StoreFile::Open(folder_ / "./x/../a.trato", OpenMode::kOpenOrCreate),
      IsError(absl::StatusCode::kFailedPrecondition,
              HasSubstr("is open in this process")));
}

TEST_F(StoreFileTest, TheLockIsGoneAfterClose) {
  auto file = Open();
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(path_ + "-lock"));
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate), IsOk());
}

TEST_F(StoreFileTest, TheLockIsGoneAfterTheHandle) {
  auto file = Open();
  EXPECT_TRUE(std::filesystem::exists(path_ + "-lock"));
  file.reset();
  EXPECT_FALSE(std::filesystem::exists(path_ + "-lock"));
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate), IsOk());
}

TEST_F(StoreFileTest, ALockFileLeftBehindLocksNothing) {
  WriteFile(path_ + "-lock", "4711");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate), IsOk());
}

// ---- Where nothing can be written.

// Root may write anywhere, so it becomes somebody else for as long as this
// lives.
class OrdinaryUser {
 public:
  OrdinaryUser() : became_(geteuid() == 0 && seteuid(65534) == 0) {}
  ~OrdinaryUser() {
    if (became_ && seteuid(0) != 0) ADD_FAILURE() << "no way back";
  }

 private:
  bool became_;
};

TEST_F(StoreFileTest, AFolderThatCannotBeWrittenIsUnavailable) {
  ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
  {
    OrdinaryUser user;
    EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
                IsError(absl::StatusCode::kUnavailable,
                        HasSubstr("cannot write " + path_ + ": ")));
  }
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
}

TEST_F(StoreFileTest, AFileThatCannotBeReadIsUnavailable) {
  Make({"one"});
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  ASSERT_EQ(chmod(path_.c_str(), 0), 0);
  OrdinaryUser user;
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
              IsError(absl::StatusCode::kUnavailable,
                      HasSubstr("cannot read " + path_)));
}

TEST_F(StoreFileTest, AFolderThatIsNotThereIsUnavailable) {
  EXPECT_THAT(
      StoreFile::Open(folder_ / "none/a.trato", OpenMode::kOpenOrCreate),
      IsError(absl::StatusCode::kUnavailable, HasSubstr("cannot write ")));
}

TEST_F(StoreFileTest, AFileInPlaceOfTheFolderIsUnavailable) {
  WriteFile(folder_ / "file", "x");
  EXPECT_THAT(
      StoreFile::Open(folder_ / "file/a.trato", OpenMode::kOpenOrCreate),
      IsError(absl::StatusCode::kUnavailable, HasSubstr("file")));
}

}  // namespace
}  // namespace trato::core
