// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text that nobody would write: whatever comes, there is a program that runs or
// an error with a place inside the text.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "expression/program.h"
#include "support/status_matchers.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::Amount;
using test::Event;
using test::kDay;
using test::kNow;
using test::World;

constexpr std::string_view kSeeds[] = {
    "customer.country in [\"ES\", \"PT\", \"FR\"]",
    "has(customer.vip) && customer.vip",
    "customer.visits * 2 + 1 > 10 || customer.score >= 0.5",
    "customer.born < timestamp(\"2000-01-01\")",
    "interactions(\"purchase\", \"return\").sum(i, i.amount) > customer.limit",
    "interactions(\"purchase\").within(\"6mo\").lines().exists(l, "
    "l.product.startsWith(\"22\") && l.quantity >= 10.0)",
    "interactions(\"review\").where(i, i.rating <= 2).count() % 3 == 1",
    "interactions(\"purchase\").exists(i, i.lines().count() >= 20)",
    "interactions(\"visit\").count() > 0 ? customer.vip : "
    "customer.country.size() == 2",
    "money('5.00', 'EUR') * 3 in [money(\"15.00\", \"EUR\")]",
    "'caf\xc3\xa9' + '\\u00e9' != \"\"\"a\nb\"\"\" // so",
};

constexpr std::string_view kPieces[] = {"customer",
                                        ".country",
                                        ".visits",
                                        ".score",
                                        ".vip",
                                        ".born",
                                        ".limit",
                                        "now",
                                        "i",
                                        "l",
                                        ".amount",
                                        ".at",
                                        ".lines()",
                                        ".product",
                                        ".quantity",
                                        "interactions('purchase')",
                                        "interactions('visit', 'review')",
                                        ".within('90d')",
                                        ".where(i, ",
                                        ".exists(l, ",
                                        ".sum(i, ",
                                        ".count()",
                                        "has(customer.vip)",
                                        "size(",
                                        ".size()",
                                        "double(",
                                        "money('1', 'EUR')",
                                        "timestamp('2011-12-10')",
                                        "true",
                                        "false",
                                        "null",
                                        "1",
                                        "0",
                                        "-1",
                                        "9223372036854775807",
                                        "-9223372036854775808",
                                        "1.5",
                                        "0.0",
                                        "2e308",
                                        "'ES'",
                                        "\"\"",
                                        "[",
                                        "]",
                                        "[1, 2]",
                                        "['ES']",
                                        "[]",
                                        "(",
                                        ")",
                                        ",",
                                        "==",
                                        "!=",
                                        "<",
                                        "<=",
                                        ">",
                                        ">=",
                                        "in",
                                        "+",
                                        "-",
                                        "*",
                                        "/",
                                        "%",
                                        "!",
                                        "&&",
                                        "||",
                                        "?",
                                        ":",
                                        ".",
                                        " ",
                                        "\n",
                                        "//",
                                        "'",
                                        "\"",
                                        "\\",
                                        "{",
                                        "}",
                                        "=",
                                        "&",
                                        "\xc3\xa9",
                                        "\xe2\x80\x9c"};

class SoupTest : public ::testing::Test {
 protected:
  SoupTest() {
    ada_ = world_.Record("shop:ada");
    world_.Set(ada_, "country", std::string("ES"));
    world_.Set(ada_, "visits", int64_t{7});
    world_.Set(ada_, "limit", Amount("10.00", "EUR"));
    for (int day = 0; day < 5; ++day) {
      world_.Add(ada_, Event()
                           .At(kNow - day * kDay)
                           .Worth("4.00", day % 2 ? "EUR" : "USD")
                           .With("22423", 10, 400)
                           .With("POST", 1, 0));
      world_.Add(ada_, Event()
                           .Of("review")
                           .At(kNow - day * kDay)
                           .Says("rating", int64_t{day}));
    }
  }

  size_t Below(size_t n) { return random_() % n; }

  // Whether it compiled.
  bool Try(const std::string& text) {
    const auto program = world_.Compile(text);
    if (program.ok()) {
      const Verdict verdict = world_.Test(**program, ada_);
      if (verdict.failure) {
        EXPECT_FALSE((*program)->Explain(*verdict.failure).ok());
      }
      return true;
    }
    if (!IsUtf8(text)) return false;  // has no characters to count
    const auto place = PlaceOf(program.status());
    if (!place.has_value()) {
      ADD_FAILURE() << "no place: " << program.status() << "\n" << text;
      return false;
    }
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    EXPECT_GE(place->line, 1u) << text;
    EXPECT_LE(place->line, lines) << text;
    EXPECT_GE(place->column, 1u) << text;
    EXPECT_LE(place->column, CharacterCount(text) + 1) << text;
    const std::string message = test::MessageOf(program.status());
    EXPECT_TRUE(message.starts_with("line ")) << message;
    EXPECT_TRUE(IsUtf8(message)) << text;
    EXPECT_EQ(message.find('\n'), std::string::npos) << text;
    return false;
  }

  std::mt19937 random_{1815};
  World world_;
  RecordNumber ada_;
};

TEST_F(SoupTest, BytesThatAreChangedNeverCrash) {
  for (int round = 0; round < 8000; ++round) {
    std::string text(kSeeds[Below(std::size(kSeeds))]);
    for (size_t edits = Below(4) + 1; edits > 0; --edits) {
      const size_t at = Below(text.size() + 1);
      switch (Below(4)) {
        case 0:
          text.insert(at, 1, static_cast<char>(Below(256)));
          break;
        case 1:
          if (at < text.size()) text.erase(at, Below(5) + 1);
          break;
        case 2:
          if (at < text.size()) text[at] = static_cast<char>(Below(128));
          break;
        default:
          text.insert(at, text.substr(Below(text.size() + 1), Below(20)));
      }
    }
    Try(text);
    if (HasFailure()) return;
  }
}

TEST_F(SoupTest, PiecesThatAreExchangedNeverCrash) {
  for (int round = 0; round < 6000; ++round) {
    std::string text(kSeeds[Below(std::size(kSeeds))]);
    for (size_t edits = Below(3) + 1; edits > 0; --edits) {
      const size_t at = Below(text.size() + 1);
      text.replace(at, Below(8), kPieces[Below(std::size(kPieces))]);
    }
    Try(text);
    if (HasFailure()) return;
  }
}

TEST_F(SoupTest, PiecesInAnyOrderNeverCrash) {
  for (int round = 0; round < 6000; ++round) {
    std::string text;
    for (size_t pieces = Below(12) + 1; pieces > 0; --pieces) {
      text += kPieces[Below(std::size(kPieces))];
    }
    Try(text);
    if (HasFailure()) return;
  }
}

// Grown along the grammar without regard to types, most of it nonsense that
// only the checker can refuse.
TEST_F(SoupTest, SentencesWithoutSenseNeverCrash) {
  const auto grow = [&](const auto& self, int depth) -> std::string {
    constexpr std::string_view kLeaves[] = {"1",
                                            "2.5",
                                            "'ES'",
                                            "true",
                                            "false",
                                            "now",
                                            "customer",
                                            "[1]",
                                            "[]",
                                            "customer.country",
                                            "customer.visits",
                                            "customer.score",
                                            "customer.limit",
                                            "money('2.00', 'EUR')",
                                            "i",
                                            "l",
                                            "i.amount",
                                            "i.rating",
                                            "l.quantity",
                                            "[true, false]",
                                            "['ES', 'PT']",
                                            "timestamp('2011-12-10')",
                                            "interactions('purchase')",
                                            "interactions('review')",
                                            "i.lines()",
                                            "-9223372036854775808"};
    constexpr std::string_view kOperators[] = {"==", "!=", "<",  "<=", ">",
                                               ">=", "in", "+",  "-",  "*",
                                               "/",  "%",  "&&", "||"};
    if (depth == 0) return std::string(kLeaves[Below(std::size(kLeaves))]);
    const auto part = [&] { return self(self, depth - 1); };
    switch (Below(9)) {
      case 0:
        return "!" + part();
      case 1:
        return "-" + part();
      case 2:
        return "(" + part() + " ? " + part() + " : " + part() + ")";
      case 3:
        return "interactions('purchase').exists(i, " + part() + ")";
      case 4:
        return part() + ".where(l, " + part() + ").count()";
      case 5:
        return part() + ".lines().sum(l, " + part() + ")";
      case 6:
        return "size(" + part() + ")";
      default:
        return "(" + part() + " " +
               std::string(kOperators[Below(std::size(kOperators))]) + " " +
               part() + ")";
    }
  };
  int compiled = 0;
  for (int round = 0; round < 30000; ++round) {
    compiled += Try(grow(grow, static_cast<int>(Below(3)) + 1));
    if (HasFailure()) return;
  }
  // Some of it makes sense, or this tests nothing.
  EXPECT_GT(compiled, 100);
}

}  // namespace
}  // namespace trato::core
