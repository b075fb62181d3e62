// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/store_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/status_matchers.h"
#include "support/temporary_folder.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsInvalid;
using test::IsOk;
using test::IsOkAnd;
using test::ReadFile;
using test::TemporaryFolder;
using test::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using Entries = std::vector<std::pair<uint64_t, std::string>>;

auto IsDamaged(const std::string& why) {
  return IsError(absl::StatusCode::kDataLoss, HasSubstr(why));
}

absl::StatusOr<Entries> EntriesOf(StoreFile& file) {
  Entries entries;
  const absl::Status status =
      file.Scan([&](uint64_t position, std::string_view entry) {
        entries.emplace_back(position, entry);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return entries;
}

// Another program's hands on the file, while no store has it open.
void RunSql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
      << error;
  sqlite3_free(error);
  sqlite3_close(db);
}

int64_t QuerySql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << sql;
  const int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return value;
}

class StoreFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<StoreFile> Open(OpenMode mode = OpenMode::kOpenOrCreate) {
    auto file = StoreFile::Open(path_, mode);
    EXPECT_THAT(file, IsOk());
    return file.ok() ? *std::move(file) : nullptr;
  }

  // A store of these entries, closed again.
  void Make(const std::vector<std::string>& entries) {
    auto file = Open();
    for (const std::string& entry : entries) {
      ASSERT_THAT(file->Append(entry), IsOk());
    }
    ASSERT_THAT(file->Close(), IsOk());
  }

  absl::Status ScanAgain() {
    auto file = StoreFile::Open(path_, OpenMode::kOpenExisting);
    if (!file.ok()) return file.status();
    return EntriesOf(**file).status();
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "a.trato";
};

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
  ASSERT_THAT(file->Close(), IsOk());
  file = Open();
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(SizeIs(3)));
}

TEST_F(StoreFileTest, NumbersGoOnAfterASync) {
  auto file = Open();
  ASSERT_THAT(file->Append("one"), IsOkAnd(1u));
  ASSERT_THAT(file->Sync(), IsOk());
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
  const absl::Status status = file->Scan([&](uint64_t, std::string_view) {
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
  ASSERT_THAT(file->Sync(), IsOk());
  EXPECT_EQ(file->pending_bytes(), 0u);
}

TEST_F(StoreFileTest, APendingEntryIsNotScanned) {
  auto file = Open();
  ASSERT_THAT(file->Append("one"), IsOk());
  ASSERT_THAT(file->Sync(), IsOk());
  ASSERT_THAT(file->Append("two"), IsOk());
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(1, "one"))));
}

// A process that dies without a word, with one entry synced and one pending.
TEST_F(StoreFileTest, AfterACrashExactlyWhatWasSyncedIsThere) {
  const pid_t child = fork();
  if (child == 0) {
    auto file = StoreFile::Open(path_, OpenMode::kCreateNew);
    if (!file.ok() || !(*file)->Append("synced").ok() ||
        !(*file)->Sync().ok() || !(*file)->Append("pending").ok()) {
      _exit(1);
    }
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  auto file = Open(OpenMode::kOpenExisting);
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(1, "synced"))));
  EXPECT_THAT(file->Append("next"), IsOkAnd(2u));
}

TEST_F(StoreFileTest, CloseSyncs) {
  Make({"one"});
  EXPECT_EQ(QuerySql(path_, "SELECT count(*) FROM journal"), 1);
}

TEST_F(StoreFileTest, AStoreClosedWithoutEntriesCanBeOpenedAgain) {
  Make({});
  auto file = Open();
  EXPECT_THAT(file->Append("one"), IsOkAnd(1u));
}

TEST_F(StoreFileTest, CloseLeavesOneFile) {
  Make({"one"});
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_.path())) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(names, ElementsAre("a.trato"));
}

// The application id is "TRAT" in ASCII.
TEST_F(StoreFileTest, TheFileSaysWhatItIs) {
  Make({"one"});
  EXPECT_EQ(QuerySql(path_, "PRAGMA application_id"), 0x54524154);
  EXPECT_EQ(QuerySql(path_, "PRAGMA user_version"), 1);
  EXPECT_EQ(QuerySql(path_, "PRAGMA page_size"), 16384);
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
  RunSql(path_, "PRAGMA user_version = 2");
  const std::string content = ReadFile(path_);
  EXPECT_THAT(
      StoreFile::Open(path_, OpenMode::kOpenOrCreate),
      IsError(absl::StatusCode::kUnimplemented,
              path_ + " has file format 2, this version of Trato reads up "
                      "to 1"));
  EXPECT_EQ(ReadFile(path_), content);
}

// ---- Damage.

TEST_F(StoreFileTest, AFlippedBitOfAPayloadIsFound) {
  const std::string entry = "a payload to be found in the file";
  Make({"one", entry, "three"});
  std::string content = ReadFile(path_);
  const size_t at = content.find(entry);
  ASSERT_NE(at, std::string::npos);
  content[at + 5] = static_cast<char>(content[at + 5] ^ 0x01);
  WriteFile(path_, content);
  EXPECT_THAT(ScanAgain(),
              IsDamaged("the checksum of log position 2 does not match"));
}

TEST_F(StoreFileTest, EveryFlippedBitOfAPayloadIsFound) {
  const std::string entry = "PAYLOAD";
  Make({entry});
  const std::string content = ReadFile(path_);
  const size_t at = content.find(entry);
  ASSERT_NE(at, std::string::npos);
  for (size_t bit = 0; bit < entry.size() * 8; ++bit) {
    std::string damaged = content;
    char& byte = damaged[at + bit / 8];
    byte = static_cast<char>(byte ^ 1 << bit % 8);
    WriteFile(path_, damaged);
    EXPECT_THAT(ScanAgain(), IsDamaged("log position 1")) << bit;
  }
}

TEST_F(StoreFileTest, AChangedChecksumIsFound) {
  Make({"one"});
  RunSql(path_, "UPDATE journal SET checksum = checksum + 1");
  EXPECT_THAT(ScanAgain(), IsDamaged("log position 1"));
}

TEST_F(StoreFileTest, EntriesInEachOthersPlaceAreFound) {
  Make({"one", "two"});
  RunSql(path_,
         "UPDATE journal SET position = -1 WHERE position = 1;"
         "UPDATE journal SET position = 1 WHERE position = 2;"
         "UPDATE journal SET position = 2 WHERE position = -1");
  EXPECT_THAT(ScanAgain(), IsDamaged("log position 1"));
}

TEST_F(StoreFileTest, AMissingEntryIsFound) {
  Make({"one", "two", "three"});
  RunSql(path_, "DELETE FROM journal WHERE position = 2");
  EXPECT_THAT(ScanAgain(), IsDamaged("log position 2 is missing"));
}

TEST_F(StoreFileTest, AMissingFirstEntryIsFound) {
  Make({"one", "two"});
  RunSql(path_, "DELETE FROM journal WHERE position = 1");
  EXPECT_THAT(ScanAgain(), IsDamaged("log position 1 is missing"));
}

TEST_F(StoreFileTest, DamageIsReportedBeforeTheEntryIsVisited) {
  Make({"one", "two"});
  RunSql(path_, "UPDATE journal SET payload = x'00' WHERE position = 2");
  auto file = Open();
  Entries entries;
  (void)file->Scan([&](uint64_t position, std::string_view entry) {
    entries.emplace_back(position, entry);
    return absl::OkStatus();
  });
  EXPECT_THAT(entries, ElementsAre(Pair(1, "one")));
}

TEST_F(StoreFileTest, AFileThatWasCutOffIsFound) {
  const std::string large(200000, 'x');
  Make({large, large});
  std::filesystem::resize_file(path_, 65536);
  EXPECT_THAT(ScanAgain(),
              IsError(absl::StatusCode::kDataLoss, HasSubstr(path_)));
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

class StoreFileOnAFullDiskTest : public StoreFileTest {
 protected:
  void SetUp() override {
    file_ = Open();
    ASSERT_THAT(file_->Append("one"), IsOk());
    ASSERT_THAT(file_->Sync(), IsOk());
    ASSERT_THAT(file_->Append(std::string(1 << 20, 'x')), IsOk());
    FullDisk full(1 << 18);
    failure_ = file_->Sync();
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
  EXPECT_EQ(file_->Sync(), failure_);
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

// ---- In memory.

TEST(StoreFile, WithoutPathItKeepsNothing) {
  auto file = StoreFile::Open("", OpenMode::kOpenOrCreate);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Append("one"), IsOkAnd(1u));
  EXPECT_THAT((*file)->Append("two"), IsOkAnd(2u));
  EXPECT_THAT((*file)->Sync(), IsOk());
  EXPECT_EQ((*file)->pending_bytes(), 0u);
  EXPECT_THAT(EntriesOf(**file), IsOkAnd(IsEmpty()));
  EXPECT_THAT((*file)->Close(), IsOk());
}

TEST(StoreFile, WithoutPathThereIsNothingToOpen) {
  EXPECT_THAT(StoreFile::Open("", OpenMode::kOpenExisting),
              IsInvalid(HasSubstr("path is empty")));
}

TEST(StoreFile, ManyMayLiveInMemoryBesideEachOther) {
  auto one = StoreFile::Open("", OpenMode::kCreateNew);
  auto two = StoreFile::Open("", OpenMode::kCreateNew);
  EXPECT_THAT(one, IsOk());
  EXPECT_THAT(two, IsOk());
}

}  // namespace
}  // namespace trato::core
