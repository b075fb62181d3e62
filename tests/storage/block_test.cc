// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <string>
#include <thread>
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

auto IsNotFound() {
  return IsError(absl::StatusCode::kNotFound, HasSubstr("there is no block"));
}

TEST(BlockId, PackedIsKindRunNumber) {
  EXPECT_EQ((BlockId{1, 2, 3}).Packed(), 0x0100000200000003);
  EXPECT_EQ((BlockId{127, 0xffffff, 0xffffffff}).Packed(),
            std::numeric_limits<int64_t>::max());
}

TEST(BlockId, ComesBackFromPacked) {
  for (const BlockId id : {BlockId{1, 0, 0}, BlockId{127, 0xffffff, 0xffffffff},
                           BlockId{5, 77, 4000000000}}) {
    EXPECT_EQ(BlockId::FromPacked(id.Packed()), id);
  }
}

TEST(BlockId, IsOrderedAsItsPacked) {
  EXPECT_LT((BlockId{1, 2, 3}), (BlockId{1, 3, 0}));
  EXPECT_LT((BlockId{1, 3, 0}), (BlockId{2, 0, 0}));
}

// The same with a file and without.
class BlockTest : public StoreFixture,
                  public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    auto file = StoreFile::Open(GetParam() ? path_ : "", OpenMode::kCreateNew);
    ASSERT_THAT(file, IsOk());
    file_ = *std::move(file);
  }

  std::unique_ptr<StoreFile> file_;
};

TEST_P(BlockTest, ANewStoreHasNone) {
  EXPECT_THAT(file_->ReadBlock({1, 0, 0}), IsNotFound());
  EXPECT_THAT(file_->ListBlocks(1), IsOkAnd(IsEmpty()));
}

TEST_P(BlockTest, GivesBackWhatWasSealed) {
  std::string all;
  for (int i = 0; i < 100000; ++i) all.push_back(static_cast<char>(i * 31));
  ASSERT_THAT(
      file_->Seal(Putting({{{1, 0, 0}, all}, {{1, 0, 1}, ""}}), ChainOf(1)),
      IsOk());
  EXPECT_THAT(file_->ReadBlock({1, 0, 0}), IsOkAnd(all));
  EXPECT_THAT(file_->ReadBlock({1, 0, 1}), IsOkAnd(""));
  EXPECT_THAT(file_->ReadBlock({1, 0, 2}), IsNotFound());
  EXPECT_THAT(file_->ReadBlock({0, 0, 0}), IsNotFound());
}

TEST_P(BlockTest, ASealTakesTheEntriesAlong) {
  ASSERT_THAT(file_->Append("one"), IsOk());
  ASSERT_THAT(file_->Append("two"), IsOk());
  ASSERT_THAT(file_->Seal(Putting({{{1, 0, 0}, "block"}}), ChainOf(2)), IsOk());
  EXPECT_EQ(file_->head(), (Head{2, ChainOf(2)}));
  EXPECT_EQ(file_->pending_entries(), 0u);
  EXPECT_EQ(file_->pending_bytes(), 0u);
}

TEST_P(BlockTest, ReplacesAndErases) {
  ASSERT_THAT(
      file_->Seal(
          Putting({{{1, 0, 0}, "a"}, {{1, 0, 1}, "b"}, {{2, 0, 0}, "c"}}), {}),
      IsOk());
  Sealing sealing = Putting({{{1, 0, 0}, "new"}, {{2, 0, 0}, "again"}});
  // What is erased and put is put; what is not there does no harm.
  sealing.erase = {{1, 0, 1}, {2, 0, 0}, {9, 9, 9}};
  ASSERT_THAT(file_->Seal(sealing, {}), IsOk());
  EXPECT_THAT(file_->ReadBlock({1, 0, 0}), IsOkAnd("new"));
  EXPECT_THAT(file_->ReadBlock({1, 0, 1}), IsNotFound());
  EXPECT_THAT(file_->ReadBlock({2, 0, 0}), IsOkAnd("again"));
  std::vector<Damage> damage;
  EXPECT_THAT(file_->Verify({}, damage), IsOk());
  EXPECT_THAT(damage, IsEmpty());
}

TEST_P(BlockTest, ListsOneKindInOrder) {
  ASSERT_THAT(file_->Seal(Putting({{{1, 5, 0}, "a"},
                                   {{1, 0, 4000000000}, "b"},
                                   {{1, 0, 1}, "c"},
                                   {{2, 0, 0}, "d"},
                                   {{127, 0xffffff, 0xffffffff}, "e"}}),
                          {}),
              IsOk());
  EXPECT_THAT(file_->ListBlocks(1),
              IsOkAnd(ElementsAre(BlockId{1, 0, 1}, BlockId{1, 0, 4000000000},
                                  BlockId{1, 5, 0})));
  EXPECT_THAT(file_->ListBlocks(127), IsOkAnd(SizeIs(1)));
  EXPECT_THAT(file_->ListBlocks(3), IsOkAnd(IsEmpty()));
  EXPECT_THAT(file_->ListBlocks(0), IsOkAnd(IsEmpty()));  // the head's
  EXPECT_THAT(file_->ListBlocks(200), IsOkAnd(IsEmpty()));
}

TEST_P(BlockTest, AnIdOutOfItsRangeIsRefusedAndNothingIsWritten) {
  for (const BlockId id :
       {BlockId{0, 0, 0}, BlockId{128, 0, 0}, BlockId{1, 1 << 24, 0}}) {
    ASSERT_THAT(file_->Append("entry"), IsOkAnd(1u));
    EXPECT_THAT(file_->Seal(Putting({{{1, 0, 0}, "good"}, {id, "bad"}}), {}),
                IsInvalid(HasSubstr("a kind is 1 to 127")));
    EXPECT_THAT(file_->ReadBlock({1, 0, 0}), IsNotFound());
    EXPECT_EQ(file_->head().position, 0u);
    EXPECT_EQ(file_->pending_entries(), 0u);
  }
}

TEST_P(BlockTest, ManyThreadsReadBesideTheWriter) {
  ASSERT_THAT(file_->Seal(Putting({{{1, 0, 0}, std::string(40000, 'a')}}), {}),
              IsOk());
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto block = file_->ReadBlock({1, 0, 0});
        if (!block.ok() || block->size() != 40000 ||
            *block != std::string(40000, block->front()) ||
            !file_->ListBlocks(1).ok()) {
          ++wrong;
        }
      }
    });
  }
  for (int i = 1; i < 60; ++i) {
    const auto c = static_cast<char>('a' + i % 26);
    ASSERT_THAT(file_->Seal(Putting({{{1, 0, 0}, std::string(40000, c)}}), {}),
                IsOk());
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

INSTANTIATE_TEST_SUITE_P(InFileAndMemory, BlockTest, ::testing::Bool(),
                         [](const auto& which) {
                           return which.param ? "File" : "Memory";
                         });

// ---- With a file only.

class SealTest : public StoreFixture {};

TEST_F(SealTest, BlocksAreThereAgainWhenOpened) {
  {
    auto file = Open();
    ASSERT_THAT(file->Seal(Putting({{{1, 2, 3}, "block"}}), ChainOf(0)),
                IsOk());
    ASSERT_THAT(file->Close(), IsOk());
  }
  EXPECT_THAT(Open()->ReadBlock({1, 2, 3}), IsOkAnd("block"));
}

TEST_F(SealTest, BlocksAreThereAgainAfterACrash) {
  InAProcessThatDies([&] {
    auto file = Open();
    (void)file->Append("one");
    (void)file->Seal(Putting({{{1, 2, 3}, "block"}}, 1), ChainOf(1));
    raise(SIGKILL);
  });
  auto file = Open();
  EXPECT_THAT(file->ReadBlock({1, 2, 3}), IsOkAnd("block"));
  EXPECT_EQ(file->head(), (Head{1, ChainOf(1)}));
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(IsEmpty()));
}

TEST_F(SealTest, TheHeadOutlivesTheJournal) {
  {
    auto file = Open();
    Add(*file, {"one", "two", "three"});
    ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, "block"}}, 3), ChainOf(3)),
                IsOk());
    EXPECT_THAT(EntriesOf(*file), IsOkAnd(IsEmpty()));
    ASSERT_THAT(file->Close(), IsOk());
  }
  auto file = Open();
  EXPECT_EQ(file->head(), (Head{3, ChainOf(3)}));
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(IsEmpty()));
  EXPECT_THAT(file->Append("four"), IsOkAnd(4u));
  ASSERT_THAT(file->Sync(ChainOf(4)), IsOk());
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(4, "four"))));
  ASSERT_THAT(file->Close(), IsOk());
  file = Open();
  EXPECT_EQ(file->head(), (Head{4, ChainOf(4)}));
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(ElementsAre(Pair(4, "four"))));
}

// A row that ends after it stays whole.
TEST_F(SealTest, RowsGoWholeOrNotAtAll) {
  auto file = Open();
  Add(*file, {"one"});
  ASSERT_THAT(file->Append("two"), IsOk());
  ASSERT_THAT(file->Append("three"), IsOk());
  ASSERT_THAT(file->Sync(ChainOf(3)), IsOk());
  ASSERT_THAT(file->Seal(Putting({}, 2), ChainOf(3)), IsOk());
  EXPECT_THAT(EntriesOf(*file),
              IsOkAnd(ElementsAre(Pair(2, "two"), Pair(3, "three"))));
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_THAT(EntriesOf(*Open()), IsOkAnd(SizeIs(2)));
}

TEST_F(SealTest, EntriesThatAreSealedAtOnceLeaveNoRow) {
  auto file = Open();
  ASSERT_THAT(file->Append("one"), IsOk());
  ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, "block"}}, 1), ChainOf(1)),
              IsOk());
  EXPECT_THAT(EntriesOf(*file), IsOkAnd(IsEmpty()));
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_EQ(QuerySql(path_, "SELECT count(*) FROM journal"), 0);
  EXPECT_EQ(Open()->head(), (Head{1, ChainOf(1)}));
}

TEST_F(SealTest, WhatIsErasedIsNotInTheFile) {
  const std::string secret = "a secret to be looked for in the file";
  auto file = Open();
  Add(*file, {"one " + secret});
  ASSERT_THAT(file->Seal(Putting({{{1, 0, 0}, secret}, {{1, 0, 1}, "other"}}),
                         ChainOf(1)),
              IsOk());
  Sealing sealing;
  sealing.erase = {{1, 0, 0}};
  sealing.journal_until = 1;
  ASSERT_THAT(file->Seal(sealing, ChainOf(1)), IsOk());
  ASSERT_THAT(file->Close(), IsOk());
  EXPECT_THAT(ReadFile(path_), Not(HasSubstr(secret)));
  EXPECT_THAT(Names(), ElementsAre("a.trato"));
}

TEST_F(SealTest, AnEntryIsRefusedThatNoRowCanHold) {
  auto file = Open();
  ASSERT_THAT(file->Append(std::string(600'000'000, 'x')), IsOk());
  EXPECT_THAT(file->Append(std::string(500'000'000, 'x')),
              IsError(absl::StatusCode::kResourceExhausted,
                      HasSubstr("write in smaller parts")));
  EXPECT_EQ(file->pending_entries(), 1u);
}

}  // namespace
}  // namespace trato::core
