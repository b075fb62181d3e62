// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "support/places.h"
#include "support/status_matchers.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::IsErrorAt;
using test::IsOk;
using test::World;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// is_even(int), as a module above would register what it knows.
Function IsEven() {
  Function function;
  function.name = "is_even";
  function.parameters = {{Kind::kInt}};
  function.result = {Kind::kBool};
  function.compile = [](const CompileContext&, std::span<const Datum>,
                        Reads& reads) -> absl::StatusOr<Evaluator> {
    ++reads.segments["even"];
    return Evaluator([](Evaluation&, std::span<const Datum> args) {
      return Datum(std::get<int64_t>(args[0]) % 2 == 0);
    });
  };
  return function;
}

TEST(Registry, HoldsTheFunctionsOfTheLanguage) {
  const Registry registry;
  for (std::string_view name :
       {"interactions", "money", "span", "sequence", "dyn"}) {
    EXPECT_THAT(registry.Find(name, false), SizeIs(1)) << name;
  }
  for (std::string_view name :
       {"between", "startsWith", "endsWith", "contains", "matches"}) {
    EXPECT_THAT(registry.Find(name, true), SizeIs(1)) << name;
  }
}

TEST(Registry, KeepsFunctionsAndMethodsApart) {
  const Registry registry;
  EXPECT_THAT(registry.Find("within", false), IsEmpty());
  EXPECT_THAT(registry.Find("money", true), IsEmpty());
  EXPECT_THAT(registry.Names(false), Not(Contains("within")));
}

TEST(Registry, OneNameMayHaveSeveralFunctions) {
  EXPECT_THAT(Registry().Find("lines", true), SizeIs(2));
}

TEST(Registry, AnAddedFunctionCanBeCalled) {
  World world;
  world.registry.Add(IsEven());
  const RecordNumber ada = world.Record("shop:ada");
  EXPECT_EQ(test::ValueOf(world, "is_even(4)", ada), "true");
  EXPECT_EQ(test::ValueOf(world, "is_even(3)", ada), "false");
}

TEST(Registry, AnAddedFunctionSaysWhatItReads) {
  World world;
  world.registry.Add(IsEven());
  auto program = world.Compile("is_even(4) && is_even(6)");
  ASSERT_THAT(program, IsOk());
  EXPECT_EQ((*program)->reads().segments.at("even"), 2);
}

TEST(Registry, AFunctionIsNotRunOnAFailure) {
  World world;
  world.registry.Add(IsEven());
  const RecordNumber ada = world.Record("shop:ada");
  EXPECT_EQ(test::ValueOf(world, "is_even(customer.visits)", ada),
            "line 1, column 18: there is no visits");
}

TEST(Registry, AnErrorOfAFunctionIsReportedWhereItIsCalled) {
  World world;
  Function function = IsEven();
  function.compile = [](const CompileContext&, std::span<const Datum>,
                        Reads&) -> absl::StatusOr<Evaluator> {
    return absl::NotFoundError("there are no even numbers");
  };
  world.registry.Add(std::move(function));
  EXPECT_THAT(world.Compile("true && is_even(4)"),
              IsErrorAt(1, 9, "there are no even numbers"));
}

}  // namespace
}  // namespace trato::core
