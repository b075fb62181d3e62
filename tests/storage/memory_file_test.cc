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

// ---- In memory.

TEST(StoreFile, WithoutPathItKeepsNothing) {
  auto file = StoreFile::Open("", OpenMode::kOpenOrCreate);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Append("one"), IsOkAnd(1u));
  EXPECT_THAT((*file)->Append("two"), IsOkAnd(2u));
  EXPECT_THAT((*file)->Sync({}), IsOk());
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
