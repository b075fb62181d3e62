// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/file_lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/status_matchers.h"
#include "support/temporary_folder.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsOk;
using test::ReadFile;
using test::TemporaryFolder;
using test::WriteFile;
using ::testing::HasSubstr;

auto IsOpenIn(const std::string& owner) {
  return IsError(absl::StatusCode::kFailedPrecondition,
                 HasSubstr("is open in " + owner));
}

class FileLockTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::string store_ = folder_ / "a.trato";
  const std::string lock_ = folder_ / "a.trato-lock";
};

TEST_F(FileLockTest, HoldsTheProcessNumber) {
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  EXPECT_EQ(ReadFile(lock_), std::to_string(getpid()));
}

TEST_F(FileLockTest, ASecondOneOfThisProcessIsRefused) {
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  EXPECT_THAT(FileLock::Acquire(store_),
              IsError(absl::StatusCode::kFailedPrecondition,
                      "the store " + store_ + " is open in this process"));
}

TEST_F(FileLockTest, ARefusalLeavesTheLockToItsOwner) {
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  (void)FileLock::Acquire(store_);
  EXPECT_TRUE(std::filesystem::exists(lock_));
  EXPECT_FALSE(FileLock::Acquire(store_).ok());
}

TEST_F(FileLockTest, TheMessageNamesAnotherProcess) {
  WriteFile(lock_, "4711");
  const int fd = open(lock_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(fd, LOCK_EX), 0);
  EXPECT_THAT(FileLock::Acquire(store_), IsOpenIn("process 4711"));
  close(fd);
}

TEST_F(FileLockTest, AnOwnerThatHasNotWrittenItsNumberYetIsAnotherProcess) {
  WriteFile(lock_, "");
  const int fd = open(lock_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(fd, LOCK_EX), 0);
  EXPECT_THAT(FileLock::Acquire(store_), IsOpenIn("another process"));
  close(fd);
}

TEST_F(FileLockTest, AFileLeftBehindLocksNothing) {
  WriteFile(lock_, "4711");
  EXPECT_THAT(FileLock::Acquire(store_), IsOk());
}

TEST_F(FileLockTest, SomebodyElsesFileIsLeftAlone) {
  WriteFile(lock_, "4711 and more text than a number has");
  EXPECT_THAT(FileLock::Acquire(store_),
              IsError(absl::StatusCode::kFailedPrecondition,
                      testing::HasSubstr("is in the way")));
  EXPECT_EQ(ReadFile(lock_), "4711 and more text than a number has");
}

TEST_F(FileLockTest, TheNumberOfALongerOwnerIsWrittenOver) {
  WriteFile(lock_, "99999999999999");
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  EXPECT_EQ(ReadFile(lock_), std::to_string(getpid()));
}

TEST_F(FileLockTest, AForkedChildDoesNotGiveBackItsParentsLock) {
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  const pid_t child = fork();
  if (child == 0) {
    { const FileLock gone = *std::move(lock); }
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(std::filesystem::exists(lock_));
  EXPECT_FALSE(FileLock::Acquire(store_).ok());
}

TEST_F(FileLockTest, AProcessThatDiesLeavesNoLock) {
  const pid_t child = fork();
  if (child == 0) {
    auto lock = FileLock::Acquire(store_);
    if (lock.ok()) raise(SIGKILL);
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_TRUE(std::filesystem::exists(lock_));
  EXPECT_THAT(FileLock::Acquire(store_), IsOk());
}

TEST_F(FileLockTest, AnotherProcessIsRefused) {
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  const std::string owner = "process " + std::to_string(getpid());
  const pid_t child = fork();
  if (child == 0) {
    const auto second = FileLock::Acquire(store_);
    const bool good =
        !second.ok() &&
        test::MessageOf(second.status()).ends_with(" is open in " + owner);
    _exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(FileLockTest, IsGoneWithItsObject) {
  { auto lock = FileLock::Acquire(store_); }
  EXPECT_FALSE(std::filesystem::exists(lock_));
}

TEST_F(FileLockTest, MovingKeepsIt) {
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  FileLock moved(std::move(*lock));
  EXPECT_THAT(FileLock::Acquire(store_), IsOpenIn("this process"));
  FileLock assigned;
  assigned = std::move(moved);
  EXPECT_THAT(FileLock::Acquire(store_), IsOpenIn("this process"));
}

TEST_F(FileLockTest, TwoStoresHaveTwoLocks) {
  auto one = FileLock::Acquire(store_);
  EXPECT_THAT(one, IsOk());
  EXPECT_THAT(FileLock::Acquire(folder_ / "b.trato"), IsOk());
}

TEST_F(FileLockTest, AFolderThatIsNotThereIsUnavailable) {
  EXPECT_THAT(
      FileLock::Acquire(folder_ / "none/a.trato"),
      IsError(absl::StatusCode::kUnavailable,
              HasSubstr("cannot write " + (folder_ / "none/a.trato: "))));
}

// ---- The note.

TEST_F(FileLockTest, ANoteIsReadBesideItsOwner) {
  EXPECT_EQ(FileLock::ReadNote(store_), std::nullopt);
  auto lock = FileLock::Acquire(store_);
  EXPECT_EQ(FileLock::ReadNote(store_), std::nullopt);
  for (const uint64_t position : {1ull, 99ull, 100ull, ~0ull}) {
    lock->Note(position);
    EXPECT_EQ(FileLock::ReadNote(store_), position);
  }
  EXPECT_THAT(ReadFile(lock_),
              testing::StartsWith(std::to_string(getpid()) + " 18446744073"));
  EXPECT_THAT(FileLock::Acquire(store_), IsOpenIn("this process"));
}

TEST_F(FileLockTest, ANoteStaysUntilItIsCleared) {
  { FileLock::Acquire(store_)->Note(7); }
  {
    auto lock = FileLock::Acquire(store_);
    ASSERT_THAT(lock, IsOk());
    EXPECT_EQ(lock->left_position(), 7u);
  }
  {
    auto lock = FileLock::Acquire(store_);
    ASSERT_THAT(lock, IsOk());
    EXPECT_EQ(lock->left_position(), 7u);
    lock->Clear();
    EXPECT_EQ(FileLock::ReadNote(store_), std::nullopt);
  }
  EXPECT_FALSE(std::filesystem::exists(lock_));
}

TEST_F(FileLockTest, AProcessThatDiesLeavesItsNote) {
  const pid_t child = fork();
  if (child == 0) {
    auto lock = FileLock::Acquire(store_);
    lock->Note(12);
    raise(SIGKILL);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  auto lock = FileLock::Acquire(store_);
  ASSERT_THAT(lock, IsOk());
  EXPECT_EQ(lock->left_position(), 12u);
}

TEST_F(FileLockTest, ANoteThatIsNotWholeSaysNothing) {
  { FileLock::Acquire(store_)->Note(7); }
  const std::string whole = ReadFile(lock_);
  std::vector<std::string> torn = {whole.substr(0, whole.size() - 1),
                                   std::string(40, '\0')};
  for (size_t i = whole.find(' ') + 1; i < whole.size(); ++i) {
    torn.push_back(whole);
    torn.back()[i] = whole[i] == '3' ? '4' : '3';
  }
  for (const std::string& content : torn) {
    WriteFile(lock_, content);
    EXPECT_EQ(FileLock::ReadNote(store_), std::nullopt) << content;
    auto lock = FileLock::Acquire(store_);
    ASSERT_THAT(lock, IsOk()) << content;
    EXPECT_EQ(lock->left_position(), std::nullopt);
  }
}

}  // namespace
}  // namespace trato::core
