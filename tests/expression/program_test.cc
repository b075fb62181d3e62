// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "support/status_matchers.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::Amount;
using test::Event;
using test::IsError;
using test::IsOk;
using test::kNow;
using test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProgramTest : public ::testing::Test {
 protected:
  std::shared_ptr<const Program> Compile(std::string_view text) {
    auto program = world_.Compile(text);
    EXPECT_THAT(program, IsOk());
    return program.ok() ? *program : nullptr;
  }
  Verdict Test(std::string_view text) {
    return world_.Test(*Compile(text), ada_);
  }

  World world_;
  RecordNumber ada_ = world_.Record("shop:ada");
};

TEST_F(ProgramTest, KeepsItsText) {
  EXPECT_EQ(Compile("1 <  2 // yes")->text(), "1 <  2 // yes");
}

TEST_F(ProgramTest, SaysWhichAttributesItReads) {
  EXPECT_THAT(Compile("has(customer.vip) && customer.country == 'ES'")
                  ->reads()
                  .attributes,
              ElementsAre("country", "vip"));
}

TEST_F(ProgramTest, SaysWhichTypesOfInteractionItReads) {
  EXPECT_THAT(Compile("interactions('visit', 'purchase', 'visit').count() > 0")
                  ->reads()
                  .interaction_types,
              ElementsAre("purchase", "visit"));
}

TEST_F(ProgramTest, ReadsNothingWhenItAsksForNothing) {
  const auto program = Compile("1 < 2");
  EXPECT_THAT(program->reads().attributes, IsEmpty());
  EXPECT_THAT(program->reads().interaction_types, IsEmpty());
  EXPECT_THAT(program->reads().segments, IsEmpty());
}

TEST_F(ProgramTest, AConditionThatHoldsIsDecided) {
  const Verdict verdict = Test("1 < 2");
  EXPECT_TRUE(verdict.holds);
  EXPECT_FALSE(verdict.failure);
  EXPECT_FALSE(verdict.is_undecided());
}

TEST_F(ProgramTest, AMissingAttributeDoesNotHoldAndIsDecided) {
  const Verdict verdict = Test("customer.country == 'ES'");
  EXPECT_FALSE(verdict.holds);
  EXPECT_TRUE(verdict.failure);
  EXPECT_FALSE(verdict.is_undecided());
}

TEST_F(ProgramTest, ADivisionByZeroIsUndecided) {
  const Verdict verdict = Test("1 / 0 == 1");
  EXPECT_FALSE(verdict.holds);
  EXPECT_TRUE(verdict.is_undecided());
}

TEST_F(ProgramTest, ExplainsAMissingAttribute) {
  const auto program = Compile("true &&\n  customer.country == 'ES'");
  const Verdict verdict = world_.Test(*program, ada_);
  ASSERT_TRUE(verdict.failure);
  const absl::Status status = program->Explain(*verdict.failure);
  EXPECT_THAT(status, IsError(absl::StatusCode::kFailedPrecondition,
                              "line 2, column 12: there is no country"));
  ASSERT_TRUE(PlaceOf(status));
  EXPECT_EQ(PlaceOf(status)->line, 2u);
  EXPECT_EQ(PlaceOf(status)->column, 12u);
}

TEST_F(ProgramTest, ExplainsADivisionByZero) {
  EXPECT_EQ(test::ValueOf(world_, "1 / 0 == 1", ada_),
            "line 1, column 3: division by zero");
}

TEST_F(ProgramTest, ExplainsAnOverflow) {
  EXPECT_EQ(test::ValueOf(world_, "0 < 9223372036854775807 + 1", ada_),
            "line 1, column 25: the result does not fit in 64 bits");
}

TEST_F(ProgramTest, ExplainsTwoCurrencies) {
  EXPECT_EQ(test::ValueOf(world_, "money('1.00', 'EUR') < money('1.00', 'USD')",
                          ada_),
            "line 1, column 22: amounts in EUR and USD cannot be added or "
            "compared");
}

TEST_F(ProgramTest, PlacesCountCharactersAndNotBytes) {
  EXPECT_EQ(test::ValueOf(world_,
                          "'caf\xc3\xa9' == 'caf\xc3\xa9' && 1 / 0 == 1", ada_),
            "line 1, column 23: division by zero");
}

TEST_F(ProgramTest, OutlivesTheTextThatItWasCompiledFrom) {
  auto text = std::make_unique<std::string>(
      "'a text that is too long to be kept inside the object' + '!' == "
      "'a text that is too long to be kept inside the object!'");
  const auto program = Compile(*text);
  text.reset();
  EXPECT_TRUE(world_.Test(*program, ada_).holds);
}

TEST_F(ProgramTest, CanBeTestedAgainAndAgain) {
  world_.Add(ada_, Event().At(kNow - 1));
  const auto program =
      Compile("interactions('purchase').where(i, true).count() == 1");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(world_.Test(*program, ada_).holds);
}

TEST_F(ProgramTest, SeesWhatIsAddedAfterItWasCompiled) {
  const auto program = Compile("interactions('purchase').count() == 1");
  EXPECT_FALSE(world_.Test(*program, ada_).holds);
  world_.Add(ada_, Event().At(kNow - 1));
  EXPECT_TRUE(world_.Test(*program, ada_).holds);
}

TEST_F(ProgramTest, AsksAboutTheInstantThatIsGiven) {
  world_.Set(ada_, "country", std::string("ES"), kNow);
  const auto program = Compile("customer.country == 'ES'");
  EXPECT_FALSE(world_.Test(*program, ada_, kNow - 1).holds);
  EXPECT_TRUE(world_.Test(*program, ada_, kNow).holds);
}

}  // namespace
}  // namespace trato::core
