// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The store's id: a page of another store is found. And what a creation leaves
// that was cut off, which is no store yet.

#include <fstream>
#include <sstream>

#include "storage/store_fixture.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsInvalid;
using test::IsOk;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

void WriteAll(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class IdentityTest : public StoreFixture {
 protected:
  // Two stores that say the same, page by page.
  void MakeTwo() {
    for (const std::string& path : {path_, other_}) {
      auto file = StoreFile::Open(path, OpenMode::kCreateNew);
      ASSERT_THAT(file, IsOk());
      Add(**file, {"one", "two", "three"});
      ASSERT_THAT(
          (*file)->Seal(Putting({{{1, 0, 0}, "sealed"}}, 1), ChainOf(3)),
          IsOk());
      ASSERT_THAT((*file)->Close(), IsOk());
    }
  }

  const std::string other_ = folder_ / "b.trato";
};

TEST_F(IdentityTest, ARowOfAnotherStoreIsFound) {
  MakeTwo();
  RunSql(path_, "ATTACH '" + other_ +
                    "' AS b; DELETE FROM journal WHERE position = 2; INSERT "
                    "INTO journal SELECT * FROM b.journal WHERE position = 2");
  EXPECT_THAT(ScanAgain(), IsDamaged("the checksum of log position 2"));
}

TEST_F(IdentityTest, ABlockOfAnotherStoreIsFound) {
  MakeTwo();
  RunSql(path_, "ATTACH '" + other_ +
                    "' AS b; DELETE FROM block WHERE id <> 0; INSERT INTO "
                    "block SELECT * FROM b.block WHERE id <> 0");
  auto file = Open();
  EXPECT_THAT(file->ReadBlock({1, 0, 0}), IsDamaged("does not match"));
}

TEST_F(IdentityTest, WithAnotherStoresHeadNothingFits) {
  MakeTwo();
  RunSql(path_, "ATTACH '" + other_ +
                    "' AS b; DELETE FROM block WHERE id = 0; INSERT INTO "
                    "block SELECT * FROM b.block WHERE id = 0");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsDamaged("log position 3"));
}

TEST_F(IdentityTest, WithoutItsHeadTheRestIsStillRead) {
  MakeTwo();
  RunSql(path_, "DELETE FROM block WHERE id = 0");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsDamaged("block 0 (the head) is missing"));
  std::vector<Damage> damage;
  auto file = StoreFile::OpenDamaged(path_, damage);
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ((*file)->ReadBlock({1, 0, 0}).value_or(""), "sealed");
  const auto entries = EntriesOf(**file);
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ(entries->size(), 2u);
}

TEST_F(IdentityTest, ABackupKeepsIt) {
  MakeTwo();
  const std::string copy = folder_ / "copy.trato";
  {
    auto file = Open();
    ASSERT_THAT(file->Backup(copy, {}), IsOk());
  }
  RunSql(path_, "ATTACH '" + copy +
                    "' AS b; DELETE FROM journal WHERE position = 2; INSERT "
                    "INTO journal SELECT * FROM b.journal WHERE position = 2");
  EXPECT_THAT(ScanAgain(), IsOk());
}

class UnfinishedTest : public StoreFixture {
 protected:
  void BecomesAStore(OpenMode mode) {
    auto file = Open(mode);
    ASSERT_NE(file, nullptr);
    Add(*file, {"one"});
    EXPECT_THAT(file->Close(), IsOk());
    EXPECT_THAT(ScanAgain(), IsOk());
  }
};

// What SQLite writes first: a page without a table.
std::string FirstPage(const std::string& path) {
  RunSql(path, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL");
  return ReadAll(path);
}

TEST_F(UnfinishedTest, WhatACutOffCreationLeavesBecomesAStore) {
  const std::string page = FirstPage(folder_ / "first");
  ASSERT_EQ(page.size(), 16384u);
  for (const std::string& left :
       {std::string(), std::string(4096, '\0'), std::string(16384, '\0'), page,
        page.substr(0, 512), page.substr(0, 4096)}) {
    for (const OpenMode mode :
         {OpenMode::kOpenOrCreate, OpenMode::kCreateNew}) {
      if (mode == OpenMode::kCreateNew && left == page) continue;
      WriteAll(path_, left);
      SCOPED_TRACE(left.size());
      BecomesAStore(mode);
    }
    WriteAll(path_, left.substr(0, left.size() / 2));
    EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
                IsInvalid(path_ + " is not a Trato store"));
  }
}

TEST_F(UnfinishedTest, AStoreCutShortIsNone) {
  Make({"one"});
  const std::string bytes = ReadAll(path_);
  for (const size_t size : {1, 100, 512, 4096, 16383, 16384, 20000}) {
    WriteAll(path_, bytes.substr(0, size));
    EXPECT_FALSE(StoreFile::Open(path_, OpenMode::kOpenOrCreate).ok()) << size;
    EXPECT_THAT(StoreFile::Open(path_, OpenMode::kCreateNew),
                IsError(absl::StatusCode::kAlreadyExists,
                        ::testing::HasSubstr("exists already")))
        << size;
    EXPECT_TRUE(ReadAll(path_) == bytes.substr(0, size)) << size;
  }
}

TEST_F(UnfinishedTest, WhatHeldAcknowledgedEntriesIsNone) {
  InAProcessThatDies([&] {
    StoreFile* const file = Open().release();
    Add(*file, {"one"});
  });
  const std::string wal = ReadAll(path_ + "-wal");
  for (const bool has_wal : {true, false}) {
    WriteAll(path_, std::string(16384, '\0'));
    WriteAll(path_ + "-wal", has_wal ? wal : "");
    for (const OpenMode mode :
         {OpenMode::kOpenOrCreate, OpenMode::kCreateNew}) {
      const auto file = StoreFile::Open(path_, mode);
      EXPECT_FALSE(file.ok()) << has_wal << static_cast<int>(mode);
    }
    EXPECT_TRUE(ReadAll(path_ + "-wal") == (has_wal ? wal : ""));
  }
}

}  // namespace
}  // namespace trato::core
