// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What lib/expression/README.md says of the language.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "expression/program.h"
#include "support/places.h"
#include "support/status_matchers.h"
#include "support/temporary_folder.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::IsErrorAt;
using test::IsInvalid;
using test::IsOk;
using test::World;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// The lines between "```language" and "```", of every such block.
std::vector<std::string> BlockOf(std::string_view language) {
  std::istringstream readme(test::ReadFile(TRATO_EXPRESSION_README));
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("```")) {
      inside = !inside && line == "```" + std::string(language);
    } else if (inside) {
      lines.push_back(line);
    }
  }
  return lines;
}

TEST(ExpressionReadme, EveryExampleCompiles) {
  const World world;
  const std::vector<std::string> examples = BlockOf("examples");
  EXPECT_THAT(examples, SizeIs(testing::Ge(10u)));
  for (const std::string& example : examples) {
    EXPECT_THAT(world.Compile(example), IsOk()) << example;
  }
}

TEST(ExpressionReadme, EveryExampleCanBeTested) {
  World world;
  const RecordNumber ada = world.Record("shop:ada");
  world.Add(ada, test::Event().At(test::kNow - 1).With("22423", 12, 999));
  for (const std::string& example : BlockOf("examples")) {
    auto program = world.Compile(example);
    ASSERT_THAT(program, IsOk()) << example;
    EXPECT_FALSE(world.Test(**program, ada).is_undecided()) << example;
  }
}

TEST(ExpressionReadme, TheOpeningExampleCompiles) {
  std::string example;
  for (const std::string& line : BlockOf("cel")) example += line + "\n";
  EXPECT_THAT(example, Not(testing::IsEmpty()));
  EXPECT_THAT(World().Compile(example), IsOk()) << example;
}

TEST(ExpressionReadme, TheErrorThatItShowsIsTheOneThatIsGiven) {
  const std::vector<std::string> shown = BlockOf("text");
  ASSERT_THAT(shown, SizeIs(3));
  const absl::Status status = World().Compile(shown[1]).status();
  EXPECT_THAT(shown[0], testing::EndsWith(": " + test::MessageOf(status)));
  // The caret is under the place.
  EXPECT_EQ(shown[2].find('^') + 1, PlaceOf(status)->column);
}

TEST(ExpressionReadme, MessagesAreRefusedWithAMessageThatSaysSo) {
  EXPECT_THAT(World().Compile("Customer{country: 'ES'} == customer"),
              IsInvalid(HasSubstr("not supported")));
}

}  // namespace
}  // namespace trato::core
