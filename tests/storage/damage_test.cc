// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

class DamageTest : public StoreFixture {};

TEST_F(DamageTest, AFlippedBitOfAPayloadIsFound) {
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

TEST_F(DamageTest, EveryFlippedBitOfAPayloadIsFound) {
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

TEST_F(DamageTest, AChangedChecksumIsFound) {
  Make({"one"});
  RunSql(path_, "UPDATE journal SET checksum = checksum + 1");
  EXPECT_THAT(ScanAgain(), IsDamaged("log position 1"));
}

TEST_F(DamageTest, EntriesInEachOthersPlaceAreFound) {
  Make({"one", "two"});
  RunSql(path_,
         "UPDATE journal SET position = -1, first = 1 WHERE position = 1;"
         "UPDATE journal SET position = 1, first = 1 WHERE position = 2;"
         "UPDATE journal SET position = 2, first = 2 WHERE position = -1");
  EXPECT_THAT(ScanAgain(), IsDamaged("log position 2"));
}

TEST_F(DamageTest, AMissingEntryIsFound) {
  Make({"one", "two", "three"});
  RunSql(path_, "DELETE FROM journal WHERE position = 2");
  EXPECT_THAT(ScanAgain(), IsDamaged("missing: log position 2 is"));
}

TEST_F(DamageTest, AMissingFirstEntryIsFound) {
  Make({"one", "two"});
  RunSql(path_, "DELETE FROM journal WHERE position = 1");
  EXPECT_THAT(ScanAgain(), IsDamaged("missing: log position 1 is"));
}

TEST_F(DamageTest, DamageIsReportedBeforeTheEntryIsVisited) {
  Make({"one", "two", "three"});
  RunSql(path_, "UPDATE journal SET payload = x'00' WHERE position = 2");
  auto file = Open();
  Entries entries;
  (void)file->ScanJournal([&](uint64_t position, std::string_view entry) {
    entries.emplace_back(position, entry);
    return absl::OkStatus();
  });
  EXPECT_THAT(entries, ElementsAre(Pair(1, "one")));
}

TEST_F(DamageTest, AFileThatWasCutOffIsFound) {
  const std::string large(200000, 'x');
  Make({large, large});
  std::filesystem::resize_file(path_, 65536);
  EXPECT_THAT(ScanAgain(),
              IsError(absl::StatusCode::kDataLoss, HasSubstr(path_)));
}

TEST_F(DamageTest, AMissingLastEntryIsFound) {
  Make({"one", "two", "three"});
  RunSql(path_, "DELETE FROM journal WHERE position = 3");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsDamaged("missing: log position 3 is not in the journal"));
}

TEST_F(DamageTest, AMissingJournalIsFound) {
  Make({"one", "two", "three"});
  RunSql(path_, "DELETE FROM journal");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsDamaged("log positions 1 to 3 are not in the journal"));
}

TEST_F(DamageTest, AMissingStartAfterASealIsFound) {
  {
    auto file = Open();
    Add(*file, {"one", "two"});
    ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, "block"}}, 1), ChainOf(2)),
                IsOk());
    Add(*file, {"three"});
    ASSERT_THAT(file->Close(), IsOk());
  }
  RunSql(path_, "DELETE FROM journal WHERE position = 2");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsDamaged("log position 2 is not in the journal"));
}

TEST_F(DamageTest, AChangedChainIsFound) {
  Make({"one", "two"});
  RunSql(path_, "UPDATE journal SET chain = zeroblob(32) WHERE position = 1");
  EXPECT_THAT(ScanAgain(), IsDamaged("checksum of log position 1"));
}

TEST_F(DamageTest, AChangedBlockIsFound) {
  {
    auto file = Open();
    ASSERT_THAT(
        file->Seal(Putting({{{3, 1, 7}, "block"}, {{3, 1, 8}, "other"}}), {}),
        IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  const int64_t id = BlockId{3, 1, 7}.Packed();
  RunSql(path_,
         "UPDATE block SET payload = x'00' WHERE id = " + std::to_string(id));
  auto file = Open();
  EXPECT_THAT(file->ReadBlock({3, 1, 7}),
              IsDamaged("the checksum of block 3/1/7 (kind/run/number)"));
  EXPECT_THAT(file->ReadBlock({3, 1, 8}), IsOkAnd("other"));
  std::vector<Damage> damage;
  EXPECT_THAT(file->Verify({}, damage), IsOk());
  ASSERT_THAT(damage, SizeIs(1));
  EXPECT_THAT(damage[0].what, HasSubstr("block 3/1/7"));
}

TEST_F(DamageTest, ABlockInAnothersPlaceIsFound) {
  {
    auto file = Open();
    ASSERT_THAT(file->Seal(Putting({{{3, 1, 7}, "block"}}), {}), IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  RunSql(path_,
         "UPDATE block SET id = " + std::to_string(BlockId{3, 2, 7}.Packed()) +
             " WHERE id <> 0");
  EXPECT_THAT(Open()->ReadBlock({3, 2, 7}), IsDamaged("block 3/2/7"));
}

TEST_F(DamageTest, AMissingBlockIsFoundByVerify) {
  {
    auto file = Open();
    ASSERT_THAT(
        file->Seal(Putting({{{3, 1, 7}, "block"}, {{3, 1, 8}, "other"}}), {}),
        IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  RunSql(path_, "DELETE FROM block WHERE id = " +
                    std::to_string(BlockId{3, 1, 7}.Packed()));
  std::vector<Damage> damage;
  EXPECT_THAT(Open()->Verify({}, damage), IsOk());
  ASSERT_THAT(damage, SizeIs(1));
  EXPECT_EQ(damage[0].what, "there are 1 blocks instead of 2");
}

// A row with an older version of itself is whole.
TEST_F(DamageTest, AnOlderVersionOfABlockIsFoundByVerify) {
  const BlockId id{3, 1, 7};
  {
    auto file = Open();
    ASSERT_THAT(file->Seal(Putting({{id, "older"}}), {}), IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  RunSql(path_, "ATTACH '" + (folder_ / "older") +
                    "' AS older; CREATE TABLE older.b AS SELECT * FROM block "
                    "WHERE id <> 0");
  {
    auto file = Open();
    ASSERT_THAT(file->Seal(Putting({{id, "newer"}}), {}), IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  RunSql(path_, "ATTACH '" + (folder_ / "older") +
                    "' AS older; INSERT OR REPLACE INTO block "
                    "SELECT * FROM older.b");
  auto file = Open();
  EXPECT_THAT(file->ReadBlock(id), IsOkAnd("older"));
  std::vector<Damage> damage;
  EXPECT_THAT(file->Verify({}, damage), IsOk());
  ASSERT_THAT(damage, SizeIs(1));
  EXPECT_THAT(damage[0].what, HasSubstr("an older version"));
}

TEST_F(DamageTest, AnOlderVersionOfAJournalPageIsFound) {
  constexpr size_t kPage = 16384;
  Make({"one"});
  const std::string before = ReadFile(path_);
  Make({"two"});
  const std::string after = ReadFile(path_);
  int found = 0;
  for (size_t page = 0; page < before.size(); page += kPage) {
    if (before.compare(page, kPage, after, page, kPage) == 0) continue;
    std::string mixed = after;
    mixed.replace(page, kPage, before, page, kPage);
    WriteFile(path_, mixed);
    const absl::Status status = ScanAgain();
    const bool is_harmless =
        status.ok() && Open()->head() == Head{2, ChainOf(2)};
    EXPECT_TRUE(!status.ok() || is_harmless) << page;
    if (!status.ok()) ++found;
  }
  EXPECT_GE(found, 1);
}

TEST_F(DamageTest, AnotherTableIsFound) {
  Make({"one"});
  RunSql(path_, "DROP TABLE block; CREATE TABLE block(id, checksum, payload)");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenExisting),
              IsDamaged("its tables (page 1)"));
}

TEST_F(DamageTest, StatisticsOfSqliteDoNoHarm) {
  Make({"one"});
  RunSql(path_, "ANALYZE");
  EXPECT_THAT(ScanAgain(), IsOk());
}

TEST_F(DamageTest, VerifyGoesOnBeyondAPageThatCannotBeRead) {
  constexpr size_t kPage = 16384;
  {
    auto file = Open();
    Sealing sealing;
    for (uint32_t i = 0; i < 40; ++i) {
      sealing.put.emplace_back(BlockId{1, 0, i},
                               std::string(9000, static_cast<char>('A' + i)));
    }
    ASSERT_THAT(file->Seal(sealing, {}), IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  std::string content = ReadFile(path_);
  const size_t page = content.find(std::string(2000, 'A' + 20)) / kPage * kPage;
  content.replace(page, kPage, kPage, '\0');
  const size_t byte = content.find(std::string(2000, 'A' + 30));
  content[byte + 100] = 'x';
  WriteFile(path_, content);
  std::vector<Damage> damage;
  auto file = StoreFile::OpenDamaged(path_, damage);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->ReadBlock({1, 0, 0}), IsOk());
  EXPECT_THAT((*file)->ReadBlock({1, 0, 30}), IsDamaged("block 1/0/30"));
  EXPECT_THAT((*file)->ReadBlock({1, 0, 39}), IsOk());
  damage.clear();
  EXPECT_THAT((*file)->Verify({}, damage), IsOk());
  std::string all;
  for (const Damage& one : damage) all += one.what + "\n";
  EXPECT_THAT(all, HasSubstr("cannot be read"));
  EXPECT_THAT(all, HasSubstr("block 1/0/30"));
  EXPECT_THAT(all, HasSubstr("do not fit together"));
}

// ---- What a process that died leaves.

class CrashDamageTest : public StoreFixture {
 protected:
  void SetUp() override {
    InAProcessThatDies([&] {
      auto file = Open();
      Add(*file, {"one", "two"});
      raise(SIGKILL);
    });
    ASSERT_TRUE(std::filesystem::exists(path_ + "-wal"));
  }
};

TEST_F(CrashDamageTest, WithTheLogEverythingIsThere) {
  EXPECT_EQ(Open(OpenMode::kRead)->head().position, 2u);
  auto file = Open();
  EXPECT_EQ(file->head().position, 2u);
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(path_ + "-lock"));
}

TEST_F(CrashDamageTest, AFlippedBitInTheLogIsFoundAndTheLogIsKept) {
  std::string log = ReadFile(path_ + "-wal");
  // In the last transaction.
  log[log.size() - 100] = static_cast<char>(log[log.size() - 100] ^ 4);
  WriteFile(path_ + "-wal", log);
  for (const OpenMode mode :
       {OpenMode::kOpenExisting, OpenMode::kRead, OpenMode::kOpenOrCreate}) {
    const auto status = StoreFile::Open(path_, mode).status();
    EXPECT_THAT(status,
                IsDamaged("missing: log position 2 is not in the journal"));
    EXPECT_THAT(test::MessageOf(status),
                HasSubstr("removes " + path_ + "-lock"));
  }
  EXPECT_EQ(ReadFile(path_ + "-wal"), log);
}

TEST_F(CrashDamageTest, ALogThatIsGoneIsFound) {
  std::filesystem::remove(path_ + "-wal");
  std::filesystem::remove(path_ + "-shm");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
              IsDamaged("-lock"));
  // On purpose.
  std::filesystem::remove(path_ + "-lock");
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate), IsOk());
}

TEST_F(CrashDamageTest, AStoreThatIsGoneIsFound) {
  std::filesystem::remove(path_);
  EXPECT_THAT(StoreFile::Open(path_, OpenMode::kOpenOrCreate),
              IsDamaged("is empty or gone"));
  EXPECT_FALSE(std::filesystem::exists(path_));
  // Whoever says that it is new means it.
  auto file = Open(OpenMode::kCreateNew);
  Add(*file, {"new"});
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_EQ(Open()->head(), (Head{1, ChainOf(1)}));
}

TEST_F(CrashDamageTest, AnOlderCopyIsFoundUntilTheLockIsRemoved) {
  ASSERT_THAT(Open()->Close(), IsOk());
  const std::string older = ReadFile(path_);
  InAProcessThatDies([&] {
    auto file = Open();
    Add(*file, {"three"});
    raise(SIGKILL);
  });
  std::filesystem::remove(path_ + "-wal");
  std::filesystem::remove(path_ + "-shm");
  WriteFile(path_, older);
  EXPECT_THAT(ScanAgain(), IsDamaged("older copy"));
  EXPECT_THAT(ScanAgain(), IsDamaged("older copy"));  // the note is kept
  std::filesystem::remove(path_ + "-lock");
  EXPECT_THAT(ScanAgain(), IsOk());
}

// ---- Opening in spite of it.

TEST_F(DamageTest, OpenDamagedGivesWhatIsUndamaged) {
  Make({"one", "two", "three", "four", "five"});
  RunSql(path_,
         "UPDATE journal SET payload = x'00' WHERE position = 2;"
         "DELETE FROM journal WHERE position = 4");
  ASSERT_THAT(ScanAgain(), IsDamaged("log position"));
  std::vector<Damage> damage;
  auto file = StoreFile::OpenDamaged(path_, damage);
  ASSERT_THAT(file, IsOk());
  EXPECT_TRUE((*file)->read_only());
  EXPECT_THAT(
      EntriesOf(**file),
      IsOkAnd(ElementsAre(Pair(1, "one"), Pair(3, "three"), Pair(5, "five"))));
  std::vector<std::string> what;
  for (const Damage& one : damage) what.push_back(one.what);
  EXPECT_THAT(
      what,
      ElementsAre("the checksum of log position 2 does not match (journal)",
                  "log position 2 cannot be read (journal)",
                  "acknowledged entries are missing: log position 4 is not in "
                  "the journal"));
}

TEST_F(DamageTest, OpenDamagedReadsBeyondAPageThatCannotBeRead) {
  constexpr size_t kPage = 16384;
  // A page or so each.
  std::vector<std::string> entries;
  for (int i = 0; i < 40; ++i) {
    entries.emplace_back(9000, static_cast<char>('A' + i));
  }
  Make(entries);
  std::string content = ReadFile(path_);
  const size_t at = content.find(std::string(2000, 'A' + 20)) / kPage * kPage;
  content.replace(at, kPage, kPage, '\0');
  WriteFile(path_, content);
  ASSERT_FALSE(ScanAgain().ok());
  std::vector<Damage> damage;
  auto file = StoreFile::OpenDamaged(path_, damage);
  ASSERT_THAT(file, IsOk());
  const auto left = EntriesOf(**file);
  ASSERT_THAT(left, IsOk());
  EXPECT_GE(left->size(), 35u);
  EXPECT_EQ(left->front().first, 1u);
  EXPECT_EQ(left->back().first, 40u);
  for (const auto& [position, entry] : *left) {
    EXPECT_EQ(entry, entries[position - 1]);
  }
  EXPECT_THAT(damage, ::testing::Not(IsEmpty()));
}

// Every byte of a small store, flipped: what is then read is what was written,
// or there is an error.
TEST_F(DamageTest, EveryFlippedByteIsFoundOrHarmless) {
  const std::vector<BlockId> ids = {{1, 0, 0}, {1, 0, 1}, {2, 5, 9}};
  const auto payload = [](const BlockId& id) {
    return std::string(50 + id.number, static_cast<char>('a' + id.number));
  };
  {
    auto file = Open();
    Add(*file, {"one", "two"});
    Sealing sealing;
    for (const BlockId& id : ids) sealing.put.emplace_back(id, payload(id));
    sealing.journal_until = 1;
    ASSERT_THAT(file->Seal(sealing, ChainOf(2)), IsOk());
    Add(*file, {"three"});
    ASSERT_THAT(file->Close(), IsOk());
  }
  const std::string content = ReadFile(path_);
  const Entries entries = {{2, "two"}, {3, "three"}};
  int found = 0, harmless = 0;
  for (size_t at = 0; at < content.size(); ++at) {
    // Pages are mostly room that nobody uses.
    if (content[at] == '\0' && at % 512 > 16 && at % 61 != 0) continue;
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    WriteFile(path_, damaged);
    const bool is_same = [&] {
      auto file = StoreFile::Open(path_, OpenMode::kRead);
      if (!file.ok()) return false;
      const auto read = EntriesOf(**file);
      if (!read.ok()) return false;
      EXPECT_EQ(*read, entries) << at;
      EXPECT_EQ((*file)->head(), (Head{3, ChainOf(3)})) << at;
      for (const BlockId& id : ids) {
        const auto block = (*file)->ReadBlock(id);
        if (!block.ok()) return false;
        EXPECT_EQ(*block, payload(id)) << at;
      }
      const auto one = (*file)->ListBlocks(1);
      const auto two = (*file)->ListBlocks(2);
      if (!one.ok() || !two.ok()) return false;
      EXPECT_THAT(*one, ElementsAre(ids[0], ids[1])) << at;
      EXPECT_THAT(*two, ElementsAre(ids[2])) << at;
      return true;
    }();
    ++(is_same ? harmless : found);
  }
  RecordProperty("found", found);
  RecordProperty("harmless", harmless);
  std::printf("%d found, %d harmless of %zu bytes\n", found, harmless,
              content.size());
  EXPECT_GT(found, 300);
}

}  // namespace
}  // namespace trato::core
