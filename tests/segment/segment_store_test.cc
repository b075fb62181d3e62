// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/segment_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"

namespace trato::core {
namespace {

using testing::HasSubstr;

class SegmentStoreTest : public testing::Test {
 protected:
  SegmentStoreTest() {
    for (std::string_view name : schema_.InteractionTypeNames()) {
      names_.Add(name);
    }
    customer_ = customers_.Touch("shop:1", 0);
  }

  absl::Status Define(const std::string& name, const std::string& expression) {
    const SegmentDefinition definition{name, expression};
    const absl::Status status = segments_.Check(definition, context_);
    if (status.ok()) segments_.Define(definition, context_, 0);
    return status;
  }

  bool IsIn(std::string_view name) {
    const auto segment = segments_.Find(name);
    EXPECT_TRUE(segment.ok()) << segment.status();
    const auto verdict = segments_.Test(**segment, customer_, 10);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict->holds;
  }

  Schema schema_;
  Interner names_;
  CustomerStore customers_{&names_};
  Timeline timeline_{&names_, [](uint32_t, const InteractionRef& it,
                                 std::string_view, uint32_t) {
                       return FactId{{0, it.position()}};
                     }};
  World world_{&customers_, &timeline_, &names_};
  Registry registry_;
  SegmentStore segments_{&world_, &registry_};
  CompileContext context_{&schema_, &names_, absl::UTCTimeZone(), Currency()};
  RecordNumber customer_ = 0;
};

TEST_F(SegmentStoreTest, ASegmentMayUseAnother) {
  ASSERT_TRUE(Define("a", "true").ok());
  ASSERT_TRUE(Define("b", "in_segment('a')").ok());
  ASSERT_TRUE(Define("c", "!in_segment('b')").ok());
  EXPECT_TRUE(IsIn("b"));
  EXPECT_FALSE(IsIn("c"));
}

TEST_F(SegmentStoreTest, ARedefinitionIsFollowed) {
  ASSERT_TRUE(Define("a", "true").ok());
  ASSERT_TRUE(Define("b", "in_segment('a')").ok());
  ASSERT_TRUE(Define("a", "false").ok());
  EXPECT_FALSE(IsIn("b"));
  EXPECT_EQ((*segments_.Find("a"))->version, 2u);
}

TEST_F(SegmentStoreTest, ACircleIsRefusedAndChangesNothing) {
  ASSERT_TRUE(Define("a", "true").ok());
  ASSERT_TRUE(Define("b", "in_segment('a')").ok());
  const absl::Status status = Define("a", "in_segment('b')");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("depend on itself through in_segment"));
  EXPECT_TRUE(IsIn("b"));
  EXPECT_FALSE(Define("self", "in_segment('self')").ok());
}

TEST_F(SegmentStoreTest, AnUnknownSegmentIsRefusedWithTheNearestName) {
  ASSERT_TRUE(Define("loyal", "true").ok());
  const absl::Status status = Define("x", "true && in_segment('loyl')");
  EXPECT_THAT(
      std::string(status.message()),
      HasSubstr("segment 'loyl' is not defined, did you mean 'loyal'?"));
  EXPECT_EQ(PlaceOf(status)->column, 20u);
}

TEST_F(SegmentStoreTest, NestingIsBoundedAtDefinition) {
  ASSERT_TRUE(Define("s0", "true").ok());
  absl::Status status;
  int depth = 0;
  while (status.ok() && depth < 100) {
    ++depth;
    status =
        Define(StrCat("s", depth), StrCat("in_segment('s", depth - 1, "')"));
  }
  EXPECT_EQ(depth, kMaxSegmentDepth + 1);
  EXPECT_TRUE(IsIn(StrCat("s", kMaxSegmentDepth)));
}

TEST_F(SegmentStoreTest, NestingDeepenedFromBelowIsCaughtAtTheTest) {
  ASSERT_TRUE(Define("t", "true").ok());
  ASSERT_TRUE(Define("s0", "true").ok());
  for (int i = 1; i <= kMaxSegmentDepth; ++i) {
    ASSERT_TRUE(
        Define(StrCat("s", i), StrCat("in_segment('s", i - 1, "')")).ok());
  }
  // Now the chain is one deeper than a definition of its top would allow.
  ASSERT_TRUE(Define("s0", "in_segment('t')").ok());
  const auto top = segments_.Find(StrCat("s", kMaxSegmentDepth));
  const auto verdict = segments_.Test(**top, customer_, 10);
  ASSERT_TRUE(verdict.ok());
  EXPECT_FALSE(verdict->holds);
  EXPECT_TRUE(verdict->is_undecided());
}

TEST_F(SegmentStoreTest, TheWorkOfOneTestIsBounded) {
  ASSERT_TRUE(Define("a", "true").ok());
  std::string often = "in_segment('a')";
  for (int i = 0; i < 15; ++i) often += " && in_segment('a')";
  ASSERT_TRUE(Define("b", often).ok());  // 16 conditions
  std::string wide = "in_segment('b')";
  for (int i = 0; i < 20; ++i) wide += " && in_segment('b')";
  const absl::Status status = Define("c", wide);  // more than 21 x 16
  EXPECT_THAT(std::string(status.message()), HasSubstr("256 conditions"));
}

TEST_F(SegmentStoreTest, AFailureInsideIsAFailureOutside) {
  ASSERT_TRUE(Define("a", "1 / 0 == 1").ok());
  ASSERT_TRUE(Define("b", "in_segment('a')").ok());
  const auto verdict = segments_.Test(**segments_.Find("b"), customer_, 10);
  EXPECT_TRUE(verdict->is_undecided());
  ASSERT_TRUE(Define("c", "in_segment('a') || true").ok());
  EXPECT_TRUE(IsIn("c"));
}

}  // namespace
}  // namespace trato::core
