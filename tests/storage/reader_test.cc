// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Beside the writer: stores that are open to be read, backups, checks.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
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

class ReaderTest : public StoreFixture {};

TEST_F(ReaderTest, OpensWhatIsThere) {
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kRead),
              IsError(absl::StatusCode::kNotFound, HasSubstr("no store at")));
  EXPECT_THAT(StoreFile::Open("", OpenMode::kRead),
              IsInvalid(HasSubstr("path")));
  Make({"one", "two"});
  auto file = Open(OpenMode::kRead);
  EXPECT_TRUE(file->read_only());
  EXPECT_EQ(file->head(), (Head{2, ChainOf(2)}));
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(SizeIs(2)));
  EXPECT_THAT(file->Close(), IsOk());
}

TEST_F(ReaderTest, AnotherFileIsRefusedAndNotTouched) {
  WriteFile(path_, std::string(5000, 'x'));
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kRead),
              IsInvalid(path_ + " is not a Trato store"));
  EXPECT_EQ(ReadFile(path_), std::string(5000, 'x'));
  EXPECT_THAT(Names(), ElementsAre("a.trato"));
}

TEST_F(ReaderTest, WritesNothing) {
  Make({"one"});
  auto file = Open(OpenMode::kRead);
  const auto refused = IsError(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("is open to be read only"));
  EXPECT_THAT(file->Append("two"), refused);
  EXPECT_THAT(file->Sync({}), refused);
  EXPECT_THAT(file->Seal({}, {}), refused);
}

TEST_F(ReaderTest, ManyReadBesideOneWriter) {
  auto writer = Open();
  Add(*writer, {"one"});
  auto one = Open(OpenMode::kRead);
  auto two = Open(OpenMode::kRead);
  EXPECT_FALSE(writer->read_only());
  Add(*writer, {"two"});
  EXPECT_THAT(EntriesOf(*one), IsOkAnd(SizeIs(1)));
  EXPECT_THAT(EntriesOf(*two), IsOkAnd(SizeIs(1)));
}

TEST_F(ReaderTest, StaysAtItsInstantUntilARefresh) {
  auto writer = Open();
  Add(*writer, {"one"});
  ASSERT_THAT(writer->Seal(Putting({{{1, 0, 0}, "old"}}), ChainOf(1)), IsOk());
  auto reader = Open(OpenMode::kRead);
  ASSERT_THAT(writer->Append("two"), IsOk());
  Sealing sealing = Putting({{{1, 0, 0}, "new"}, {{1, 0, 1}, "more"}}, 2);
  ASSERT_THAT(writer->Seal(sealing, ChainOf(2)), IsOk());

  EXPECT_EQ(reader->head(), (Head{1, ChainOf(1)}));
  EXPECT_THAT(EntriesOf(*reader), IsOkAnd(ElementsAre(Pair(1, "one"))));
  EXPECT_THAT(reader->ReadBlock({1, 0, 0}), IsOkAnd("old"));
  EXPECT_THAT(reader->ListBlocks(1), IsOkAnd(SizeIs(1)));

  ASSERT_THAT(reader->Refresh(), IsOk());
  EXPECT_EQ(reader->head(), (Head{2, ChainOf(2)}));
  EXPECT_THAT(EntriesOf(*reader), IsOkAnd(IsEmpty()));
  EXPECT_THAT(reader->ReadBlock({1, 0, 0}), IsOkAnd("new"));
  EXPECT_THAT(reader->ListBlocks(1), IsOkAnd(SizeIs(2)));
}

TEST_F(ReaderTest, StaysAtItsInstantWhenTheWriterCloses) {
  auto writer = Open();
  Add(*writer, {"one"});
  auto reader = Open(OpenMode::kRead);
  Add(*writer, {"two"});
  ASSERT_THAT(writer->Close(), IsOk());
  EXPECT_THAT(EntriesOf(*reader), IsOkAnd(SizeIs(1)));
  writer = Open();
  Add(*writer, {"three"});
  EXPECT_THAT(EntriesOf(*reader), IsOkAnd(SizeIs(1)));
  ASSERT_THAT(reader->Refresh(), IsOk());
  EXPECT_THAT(EntriesOf(*reader), IsOkAnd(SizeIs(3)));
  ASSERT_THAT(reader->Close(), IsOk());
  ASSERT_THAT(writer->Close(), IsOk());
  EXPECT_THAT(Names(), ElementsAre("a.trato"));
}

TEST_F(ReaderTest, ARefreshOfTheWriterDoesNothing) {
  auto writer = Open();
  Add(*writer, {"one"});
  EXPECT_THAT(writer->Refresh(), IsOk());
  EXPECT_EQ(writer->head().position, 1u);
}

// Block 0 holds the number of seals so far, and each seal replaces all others:
// a reader sees them all of one seal.
TEST_F(ReaderTest, AnotherProcessSeesWholeTransactionsOnly) {
  constexpr uint32_t kBlocks = 5;
  const auto sealing = [](int i) {
    Sealing result;
    for (uint32_t n = 0; n < kBlocks; ++n) {
      result.put.emplace_back(BlockId{1, 0, n},
                              std::string(20000, static_cast<char>(i)));
    }
    result.journal_until = static_cast<uint64_t>(i);
    return result;
  };
  auto writer = Open();
  ASSERT_THAT(writer->Append("entry"), IsOk());
  ASSERT_THAT(writer->Seal(sealing(1), ChainOf(1)), IsOk());
  const pid_t child = fork();
  if (child == 0) {
    // Nothing of the parent's is used here.
    auto reader = StoreFile::Open(path_, OpenMode::kRead);
    if (!reader.ok()) _exit(2);
    int refreshes = 0;
    for (; (*reader)->head().position < 100; ++refreshes) {
      const uint64_t position = (*reader)->head().position;
      if ((*reader)->head().chain != ChainOf(static_cast<int>(position))) {
        _exit(3);
      }
      for (uint32_t n = 0; n < kBlocks; ++n) {
        const auto block = (*reader)->ReadBlock({1, 0, n});
        if (!block.ok()) _exit(4);
        if (*block != std::string(20000, static_cast<char>(position))) _exit(5);
      }
      if (!(*reader)->Refresh().ok()) _exit(6);
    }
    _exit(refreshes > 1 ? 0 : 7);
  }
  for (int i = 2; i <= 100; ++i) {
    ASSERT_THAT(writer->Append("entry"), IsOk());
    ASSERT_THAT(writer->Seal(sealing(i), ChainOf(i)), IsOk());
    if (i % 10 == 0) usleep(2000);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_THAT(writer->Close(), IsOk());
}

TEST_F(ReaderTest, AReaderThatIsKilledHoldsNothingUp) {
  auto writer = Open();
  Add(*writer, {"one"});
  InAProcessThatDies([&] {
    auto reader = StoreFile::Open(path_, OpenMode::kRead);
    raise(SIGKILL);
  });
  Add(*writer, {"two"});
  ASSERT_THAT(writer->Close(), IsOk());
  EXPECT_THAT(Names(), ElementsAre("a.trato"));
}

TEST_F(ReaderTest, ReadsBesideAWriterThatDied) {
  InAProcessThatDies([&] {
    auto file = Open();
    Add(*file, {"one", "two"});
    raise(SIGKILL);
  });
  EXPECT_THAT(EntriesOf(*Open(OpenMode::kRead)), IsOkAnd(SizeIs(2)));
  EXPECT_THAT(EntriesOf(*Open()), IsOkAnd(SizeIs(2)));
}

// A folder for others to look into.
class ReadOnlyFolderTest : public StoreFixture {
 protected:
  void Freeze() {
    ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
    for (const std::string& name : Names()) {
      ASSERT_EQ(chmod((folder_ / name).c_str(), 0444), 0);
    }
  }
  ~ReadOnlyFolderTest() override { chmod(folder_.path().c_str(), 0755); }
};

TEST_F(ReadOnlyFolderTest, AStoreCanBeRead) {
  {
    auto file = Open();
    Add(*file, {"one", "two"});
    ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, "block"}}, 1), ChainOf(2)),
                IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  // What a URI must not take for its own.
  std::filesystem::create_directory(folder_ / "100% #1?");
  const std::string moved = folder_ / "100% #1?/b.trato";
  std::filesystem::rename(path_, moved);
  ASSERT_EQ(chmod(moved.c_str(), 0444), 0);
  ASSERT_EQ(chmod((folder_ / "100% #1?").c_str(), 0555), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
  {
    OrdinaryUser user;
    auto file = StoreFile::Open(moved, OpenMode::kRead);
    ASSERT_THAT(file, IsOk());
    EXPECT_EQ((*file)->head(), (Head{2, ChainOf(2)}));
    EXPECT_THAT(EntriesOf(**file), IsOkAnd(ElementsAre(Pair(2, "two"))));
    EXPECT_THAT((*file)->ReadBlock({1, 0, 0}), IsOkAnd("block"));
    EXPECT_THAT((*file)->Refresh(), IsOk());
    EXPECT_THAT((*file)->ReadBlock({1, 0, 0}), IsOkAnd("block"));
    std::vector<Damage> damage;
    EXPECT_THAT((*file)->Verify({}, damage), IsOk());
    EXPECT_THAT(damage, IsEmpty());
    EXPECT_THAT((*file)->Close(), IsOk());
    EXPECT_THAT(
        StoreFile::Open(moved, OpenMode::kOpenExisting),
        IsError(absl::StatusCode::kUnavailable, HasSubstr("cannot write")));
  }
  ASSERT_EQ(chmod((folder_ / "100% #1?").c_str(), 0755), 0);
}

TEST_F(ReadOnlyFolderTest, ALogThatIsNotFoldedInIsNotIgnored) {
  InAProcessThatDies([&] {
    auto file = Open();
    Add(*file, {"one"});
    raise(SIGKILL);
  });
  std::filesystem::remove(path_ + "-shm");
  Freeze();
  OrdinaryUser user;
  const auto file = StoreFile::Open(path_, OpenMode::kRead);
  if (file.ok()) {
    EXPECT_EQ((*file)->head().position, 1u);
  } else {
    EXPECT_THAT(file, IsError(absl::StatusCode::kUnavailable,
                              HasSubstr("has to be folded in first")));
  }
}

// ---- Backups.

class BackupTest : public StoreFixture {
 protected:
  const std::string copy_ = folder_ / "copy.trato";
};

TEST_F(BackupTest, IsACompleteStore) {
  auto file = Open();
  Add(*file, {"one", "two"});
  ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, std::string(50000, 'x')}}, 1),
                         ChainOf(2)),
              IsOk());
  Add(*file, {"three"});
  ASSERT_THAT(file->Append("waits"), IsOk());
  uint64_t last = 0, total = 0;
  ASSERT_THAT(file->Backup(copy_,
                           [&](uint64_t done, uint64_t all) {
                             EXPECT_GE(done, last);
                             last = done;
                             total = all;
                             return true;
                           }),
              IsOk());
  EXPECT_EQ(last, total);
  EXPECT_EQ(total, std::filesystem::file_size(copy_));
  EXPECT_FALSE(std::filesystem::exists(copy_ + "-part"));

  auto copy = StoreFile::Open(copy_, OpenMode::kOpenExisting);
  ASSERT_THAT(copy, IsOk());
  EXPECT_EQ((*copy)->head(), (Head{3, ChainOf(3)}));
  EXPECT_THAT(EntriesOf(**copy),
              IsOkAnd(ElementsAre(Pair(2, "two"), Pair(3, "three"))));
  EXPECT_THAT((*copy)->ReadBlock({1, 0, 0}), IsOkAnd(std::string(50000, 'x')));
  std::vector<Damage> damage;
  EXPECT_THAT((*copy)->Verify({}, damage), IsOk());
  EXPECT_THAT(damage, IsEmpty());
  Add(**copy, {"on its own"});
  EXPECT_EQ(file->head().position, 3u);
  EXPECT_EQ(file->pending_entries(), 1u);
}

TEST_F(BackupTest, ReplacesNothing) {
  auto file = Open();
  Add(*file, {"one"});
  WriteFile(copy_, "mine");
  EXPECT_THAT(file->Backup(copy_, {}), IsError(absl::StatusCode::kAlreadyExists,
                                               copy_ + " exists already"));
  EXPECT_THAT(file->Backup(path_, {}),
              IsError(absl::StatusCode::kAlreadyExists, HasSubstr(path_)));
  EXPECT_EQ(ReadFile(copy_), "mine");
}

TEST_F(BackupTest, OneThatIsCancelledLeavesNothing) {
  auto file = Open();
  Add(*file, {std::string(10 << 20, 'x')});
  int calls = 0;
  EXPECT_THAT(
      file->Backup(copy_, [&](uint64_t, uint64_t) { return ++calls < 2; }),
      IsError(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  EXPECT_EQ(calls, 2);
  EXPECT_FALSE(std::filesystem::exists(copy_));
  EXPECT_FALSE(std::filesystem::exists(copy_ + "-part"));
}

TEST_F(BackupTest, OneThatFailsLeavesNothing) {
  FaultyVfs vfs;
  auto file = Open();
  Add(*file, {std::string(10 << 20, 'x')});
  vfs.FailWrite(SQLITE_FULL, 50);
  EXPECT_THAT(file->Backup(copy_, {}),
              IsError(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  vfs.Heal();
  EXPECT_FALSE(std::filesystem::exists(copy_));
  EXPECT_FALSE(std::filesystem::exists(copy_ + "-part"));
  Add(*file, {"two"});
}

TEST_F(BackupTest, AFolderThatIsNotThereIsUnavailable) {
  auto file = Open();
  Add(*file, {"one"});
  EXPECT_THAT(
      file->Backup(folder_ / "none/copy", {}),
      IsError(absl::StatusCode::kUnavailable, HasSubstr("cannot write")));
  EXPECT_THAT(file->Backup("", {}), IsInvalid(HasSubstr("path is empty")));
}

TEST_F(BackupTest, OfAReaderIsOfWhatItSees) {
  auto file = Open();
  Add(*file, {"one"});
  auto reader = Open(OpenMode::kRead);
  Add(*file, {"two"});
  ASSERT_THAT(reader->Backup(copy_, {}), IsOk());
  auto copy = StoreFile::Open(copy_, OpenMode::kRead);
  ASSERT_THAT(copy, IsOk());
  EXPECT_EQ((*copy)->head(), reader->head());
}

TEST_F(BackupTest, UnderWritesIsOfOneInstant) {
  auto file = Open();
  Add(*file, {std::string(20 << 20, 'x')});
  std::atomic<bool> done = false;
  absl::Status status;
  std::thread thread([&] {
    status = file->Backup(copy_, [&](uint64_t, uint64_t) {
      usleep(1000);
      return true;
    });
    done = true;
  });
  int written = 1;
  while (!done) {
    ++written;
    const auto position = file->Append("entry");
    ASSERT_THAT(position, IsOk());
    ASSERT_THAT(
        file->Seal(Putting({{{1, 0, static_cast<uint32_t>(written)}, "block"}}),
                   ChainOf(written)),
        IsOk());
  }
  thread.join();
  ASSERT_THAT(status, IsOk());
  auto copy = StoreFile::Open(copy_, OpenMode::kOpenExisting);
  ASSERT_THAT(copy, IsOk());
  const Head head = (*copy)->head();
  EXPECT_GE(head.position, 1u);
  EXPECT_LE(head.position, static_cast<uint64_t>(written));
  EXPECT_EQ(head.chain, ChainOf(static_cast<int>(head.position)));
  EXPECT_THAT((*copy)->ListBlocks(1), IsOkAnd(SizeIs(head.position - 1)));
  std::vector<Damage> damage;
  EXPECT_THAT((*copy)->Verify({}, damage), IsOk());
  EXPECT_THAT(damage, IsEmpty());
}

// ---- Checks.

TEST_F(ReaderTest, AGoodStoreIsVerifiedBesideTheWriter) {
  auto file = Open();
  std::vector<Damage> damage;
  EXPECT_THAT(file->Verify({}, damage), IsOk());
  Add(*file, {"one", std::string(3 << 20, 'x')});
  ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, std::string(3 << 20, 'y')}}, 1),
                         ChainOf(2)),
              IsOk());
  uint64_t last = 0, total = 0;
  EXPECT_THAT(file->Verify(
                  [&](uint64_t done, uint64_t all) {
                    EXPECT_GE(done, last);
                    last = done;
                    total = all;
                    return true;
                  },
                  damage),
              IsOk());
  EXPECT_EQ(last, total);
  EXPECT_GT(total, 6u << 20);
  auto reader = Open(OpenMode::kRead);
  EXPECT_THAT(reader->Verify({}, damage), IsOk());
  EXPECT_THAT(damage, IsEmpty());
}

TEST_F(ReaderTest, ACheckCanBeCancelled) {
  auto file = Open();
  Add(*file, {std::string(3 << 20, 'x')});
  std::vector<Damage> damage;
  int calls = 0;
  EXPECT_THAT(
      file->Verify([&](uint64_t, uint64_t) { return ++calls < 2; }, damage),
      IsError(absl::StatusCode::kCancelled, HasSubstr("cancelled")));
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace trato::core
