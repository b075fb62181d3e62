// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A store's file in a folder of its own, and other programs' hands on it.

#ifndef TRATO_TESTS_STORAGE_STORE_FIXTURE_H_
#define TRATO_TESTS_STORAGE_STORE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
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

#include "storage/store_file.h"
#include "support/status_matchers.h"
#include "support/temporary_folder.h"

namespace trato::core {

using Entries = std::vector<std::pair<uint64_t, std::string>>;

inline auto IsDamaged(const std::string& why) {
  return test::IsError(absl::StatusCode::kDataLoss, ::testing::HasSubstr(why));
}

// A chain that tells itself from others.
inline Head::Chain ChainOf(int number) {
  Head::Chain chain{};
  chain[0] = static_cast<uint8_t>(number);
  chain[31] = static_cast<uint8_t>(number >> 8);
  return chain;
}

inline absl::StatusOr<Entries> EntriesOf(StoreFile& file) {
  Entries entries;
  const absl::Status status =
      file.ScanJournal([&](uint64_t position, std::string_view entry) {
        entries.emplace_back(position, entry);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return entries;
}

inline Sealing Putting(std::vector<std::pair<BlockId, std::string>> blocks,
                       uint64_t journal_until = 0) {
  Sealing sealing;
  sealing.put = std::move(blocks);
  sealing.journal_until = journal_until;
  return sealing;
}

// Another program's hands on the file, while no store has it open.
inline void RunSql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
      << error;
  sqlite3_free(error);
  sqlite3_close(db);
}

inline int64_t QuerySql(const std::string& path, const std::string& sql) {
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

class StoreFixture : public ::testing::Test {
 protected:
  std::unique_ptr<StoreFile> Open(OpenMode mode = OpenMode::kOpenOrCreate) {
    auto file = StoreFile::Open(path_, mode);
    EXPECT_THAT(file, test::IsOk());
    return file.ok() ? *std::move(file) : nullptr;
  }

  // Appends them, synced one by one: a row each.
  static void Add(StoreFile& file, const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
      const auto position = file.Append(entry);
      ASSERT_THAT(position, test::IsOk());
      ASSERT_THAT(file.Sync(ChainOf(static_cast<int>(*position))),
                  test::IsOk());
    }
  }

  // A store of these entries, closed again.
  void Make(const std::vector<std::string>& entries) {
    auto file = Open();
    Add(*file, entries);
    ASSERT_THAT(file->Close(), test::IsOk());
  }

  absl::Status ScanAgain() {
    auto file = StoreFile::Open(path_, OpenMode::kOpenExisting);
    if (!file.ok()) return file.status();
    return EntriesOf(**file).status();
  }

  // Does `work` in a process that then dies without a word.
  template <typename Work>
  void InAProcessThatDies(const Work& work) {
    const pid_t child = fork();
    if (child == 0) {
      work();
      raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "a.trato";
};

}  // namespace trato::core

#endif  // TRATO_TESTS_STORAGE_STORE_FIXTURE_H_
