// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "support/places.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsErrorAt;
using test::IsInvalid;
using test::IsOk;
using ::testing::HasSubstr;

std::string_view WordOf(Op op) {
  switch (op) {
    case Op::kNegate:
      return "neg";
    case Op::kNot:
      return "!";
    case Op::kAnd:
      return "&&";
    case Op::kOr:
      return "||";
    case Op::kConditional:
      return "?";
    case Op::kEqual:
      return "==";
    case Op::kNotEqual:
      return "!=";
    case Op::kLess:
      return "<";
    case Op::kLessOrEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterOrEqual:
      return ">=";
    case Op::kIn:
      return "in";
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kModulo:
      return "%";
    case Op::kList:
      return "list";
    case Op::kMap:
      return "map";
    case Op::kIndex:
      return "[]";
    default:
      return "?op";
  }
}

// (+ 1 (* 2 3)), (.size a), (call f a).
std::string Dump(const Node& node) {
  std::string text;
  if (node.op == Op::kLiteral) {
    if (const auto* it = std::get_if<bool>(&node.literal)) {
      return *it ? "true" : "false";
    }
    if (const auto* it = std::get_if<int64_t>(&node.literal)) {
      return std::to_string(*it);
    }
    if (const auto* it = std::get_if<double>(&node.literal)) {
      return StrCat(*it, "d");
    }
    return StrCat("'", std::get<std::string_view>(node.literal), "'");
  }
  if (node.op == Op::kName) return node.text;
  if (node.op == Op::kMember) {
    text = StrCat("(.", node.text);
  } else if (node.op == Op::kCall) {
    text = StrCat(node.is_method ? "(." : "(", node.text, "()");
  } else {
    text = StrCat("(", WordOf(node.op));
  }
  for (const auto& arg : node.args) StrAppend(&text, " ", Dump(*arg));
  return text + ")";
}

std::string TreeOf(std::string_view text) {
  auto tree = Parse(text);
  if (!tree.ok()) return std::string(tree.status().message());
  return Dump(**tree);
}

// ---- Precedence and grouping.

TEST(Parser, ProductsBindTighterThanSums) {
  EXPECT_EQ(TreeOf("1 + 2 * 3"), "(+ 1 (* 2 3))");
  EXPECT_EQ(TreeOf("1 * 2 + 3"), "(+ (* 1 2) 3)");
  EXPECT_EQ(TreeOf("1 - 2 / 3 % 4"), "(- 1 (% (/ 2 3) 4))");
}

TEST(Parser, OperatorsOfOneLevelGroupToTheLeft) {
  EXPECT_EQ(TreeOf("1 - 2 - 3"), "(- (- 1 2) 3)");
  EXPECT_EQ(TreeOf("8 / 4 * 2"), "(* (/ 8 4) 2)");
  EXPECT_EQ(TreeOf("a < b == c"), "(== (< a b) c)");
}

TEST(Parser, SumsBindTighterThanComparisons) {
  EXPECT_EQ(TreeOf("1 + 2 < 3 + 4"), "(< (+ 1 2) (+ 3 4))");
  EXPECT_EQ(TreeOf("a + b in [c]"), "(in (+ a b) (list c))");
}

TEST(Parser, ComparisonsBindTighterThanAnd) {
  EXPECT_EQ(TreeOf("a == b && c != d"), "(&& (== a b) (!= c d))");
}

TEST(Parser, AndBindsTighterThanOr) {
  EXPECT_EQ(TreeOf("a || b && c || d"), "(|| a (&& b c) d)");
}

TEST(Parser, OrBindsTighterThanTheConditional) {
  EXPECT_EQ(TreeOf("a || b ? c || d : e || f"),
            "(? (|| a b) (|| c d) (|| e f))");
}

TEST(Parser, TheConditionalGroupsToTheRight) {
  EXPECT_EQ(TreeOf("a ? b : c ? d : e"), "(? a b (? c d e))");
  EXPECT_EQ(TreeOf("a ? b ? c : d : e"), "(? a (? b c d) e)");
}

TEST(Parser, UnaryOperatorsBindTighterThanProducts) {
  EXPECT_EQ(TreeOf("-a * b"), "(* (neg a) b)");
  EXPECT_EQ(TreeOf("!a == b"), "(== (! a) b)");
}

TEST(Parser, MembersAndCallsBindTightest) {
  EXPECT_EQ(TreeOf("-a.b"), "(neg (.b a))");
  EXPECT_EQ(TreeOf("!a.f(x)"), "(! (.f() a x))");
}

TEST(Parser, ParenthesesGroup) {
  EXPECT_EQ(TreeOf("(1 + 2) * 3"), "(* (+ 1 2) 3)");
  EXPECT_EQ(TreeOf("((a))"), "a");
}

TEST(Parser, EveryComparisonHasItsOperator) {
  EXPECT_EQ(TreeOf("a == b"), "(== a b)");
  EXPECT_EQ(TreeOf("a != b"), "(!= a b)");
  EXPECT_EQ(TreeOf("a < b"), "(< a b)");
  EXPECT_EQ(TreeOf("a <= b"), "(<= a b)");
  EXPECT_EQ(TreeOf("a > b"), "(> a b)");
  EXPECT_EQ(TreeOf("a >= b"), "(>= a b)");
  EXPECT_EQ(TreeOf("a in b"), "(in a b)");
}

TEST(Parser, ChainsOfAndAreOneNode) {
  EXPECT_EQ(TreeOf("a && b && c"), "(&& a b c)");
}

TEST(Parser, CallsHoldTheirArguments) {
  EXPECT_EQ(TreeOf("f()"), "(f())");
  EXPECT_EQ(TreeOf("f(a, b + 1)"), "(f() a (+ b 1))");
  EXPECT_EQ(TreeOf("a.f(x).g().h"), "(.h (.g() (.f() a x)))");
}

TEST(Parser, ListsHoldTheirItems) {
  EXPECT_EQ(TreeOf("[]"), "(list)");
  EXPECT_EQ(TreeOf("['a', 1, -2]"), "(list 'a' 1 -2)");
}

// ---- Literals.

TEST(Parser, ReadsTheExtremesOfInt64) {
  EXPECT_EQ(TreeOf("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(TreeOf("-9223372036854775808"), "-9223372036854775808");
}

TEST(Parser, OnePastTheExtremesIsRefused) {
  EXPECT_THAT(Parse("1 < 9223372036854775808"),
              IsErrorAt(1, 5, "the number does not fit in 64 bits"));
  EXPECT_FALSE(Parse("-9223372036854775809").ok());
}

TEST(Parser, ReadsHexadecimal) {
  EXPECT_EQ(TreeOf("0x1F"), "31");
  EXPECT_EQ(TreeOf("-0x10"), "-16");
  EXPECT_EQ(TreeOf("0x7fffffffffffffff"), "9223372036854775807");
  EXPECT_EQ(TreeOf("-0x8000000000000000"), "-9223372036854775808");
}

TEST(Parser, HexadecimalThatDoesNotFitIsRefused) {
  EXPECT_FALSE(Parse("0x8000000000000000").ok());
  EXPECT_FALSE(Parse("0x").ok());
}

TEST(Parser, ZerosAtTheStartAreNotOctal) { EXPECT_EQ(TreeOf("010"), "10"); }

TEST(Parser, ReadsDoubles) {
  EXPECT_EQ(TreeOf("1.5"), "1.5d");
  EXPECT_EQ(TreeOf("-.5"), "-0.5d");
  EXPECT_EQ(TreeOf("2e3"), "2000d");
}

TEST(Parser, ADoubleThatDoesNotFitIsRefused) {
  EXPECT_THAT(Parse("1e999"), IsErrorAt(1, 1, "the number does not fit"));
}

TEST(Parser, TheMinusOfASubtractionIsNotASign) {
  EXPECT_EQ(TreeOf("5-3"), "(- 5 3)");
  EXPECT_EQ(TreeOf("5 - -3"), "(- 5 -3)");
  EXPECT_EQ(TreeOf("a -3"), "(- a 3)");
}

TEST(Parser, TwoMinusSignsNegateTwice) { EXPECT_EQ(TreeOf("--3"), "(neg -3)"); }

TEST(Parser, BooleansAreLiterals) {
  EXPECT_EQ(TreeOf("true || false"), "(|| true false)");
}

// ---- Places.

TEST(Parser, AnOperatorIsAtItsSymbol) {
  auto tree = Parse("a\n  +  b");
  ASSERT_THAT(tree, IsOk());
  EXPECT_EQ((*tree)->place.line, 2u);
  EXPECT_EQ((*tree)->place.column, 3u);
}

TEST(Parser, AMemberIsAtItsName) {
  auto tree = Parse("customer.country");
  ASSERT_THAT(tree, IsOk());
  EXPECT_EQ((*tree)->place.column, 10u);
}

// ---- Errors.

TEST(Parser, NothingIsRefused) {
  EXPECT_THAT(Parse(""), IsErrorAt(1, 1, "the expression ends too early"));
  EXPECT_THAT(Parse(" \n // nothing\n"),
              IsErrorAt(1, 1, "the expression ends too early"));
}

TEST(Parser, WhatIsMissingAtTheEndIsMissingAfterTheLastWord) {
  EXPECT_THAT(Parse("a &&  // and\n\n"),
              IsErrorAt(1, 5, "the expression ends too early"));
  EXPECT_THAT(Parse("(a \n"), IsErrorAt(1, 3, "')' is missing at the end"));
}

TEST(Parser, AnOperatorWithoutRightSideIsRefused) {
  EXPECT_THAT(Parse("a &&"), IsErrorAt(1, 5, "the expression ends too early"));
  EXPECT_THAT(Parse("a + * b"), IsErrorAt(1, 5, "unexpected '*'"));
}

TEST(Parser, AnOperatorWithoutLeftSideIsRefused) {
  EXPECT_THAT(Parse("&& a"), IsErrorAt(1, 1, "unexpected '&&'"));
  EXPECT_THAT(Parse("in [1]"), IsErrorAt(1, 1, "unexpected 'in'"));
}

TEST(Parser, AParenthesisThatIsNotClosedIsRefused) {
  EXPECT_THAT(Parse("(a"), IsErrorAt(1, 3, "')' is missing at the end"));
  EXPECT_THAT(Parse("f(a"), IsErrorAt(1, 4, "')' is missing at the end"));
  EXPECT_THAT(Parse("[a"), IsErrorAt(1, 3, "']' is missing at the end"));
}

TEST(Parser, AnotherSymbolInPlaceOfTheClosingOneIsNamed) {
  EXPECT_THAT(Parse("(a]"), IsErrorAt(1, 3, "expected ')' before ']'"));
  EXPECT_THAT(Parse("(a b)"), IsErrorAt(1, 4, "expected ')' before 'b'"));
  EXPECT_THAT(Parse("f(a 'b')"), IsErrorAt(1, 5, "expected ')' before text"));
}

TEST(Parser, WhatFollowsAWholeExpressionIsRefused) {
  EXPECT_THAT(Parse("a b"), IsErrorAt(1, 3, "unexpected 'b'"));
  EXPECT_THAT(Parse("a)"), IsErrorAt(1, 2, "unexpected ')'"));
  EXPECT_THAT(Parse("a 'b'"), IsErrorAt(1, 3, "unexpected text"));
}

TEST(Parser, AConditionalWithoutElseIsRefused) {
  EXPECT_THAT(Parse("a ? b"), IsErrorAt(1, 6, "':' is missing at the end"));
}

TEST(Parser, APointWithoutNameIsRefused) {
  EXPECT_THAT(Parse("a."), IsErrorAt(1, 3, "the expression ends too early"));
  EXPECT_THAT(Parse("a.1"), IsErrorAt(1, 2, HasSubstr("unexpected")));
  EXPECT_THAT(Parse("a.'b'"), IsErrorAt(1, 3, "unexpected text"));
  EXPECT_THAT(Parse("."), IsErrorAt(1, 2, "the expression ends too early"));
  EXPECT_EQ(TreeOf(".a"), "a");  // from the root
}

TEST(Parser, ACommaTooManyIsRefused) {
  EXPECT_FALSE(Parse("f(a,)").ok());
  EXPECT_FALSE(Parse("f(,a)").ok());
  EXPECT_FALSE(Parse("[1,,2]").ok());
  EXPECT_FALSE(Parse("a, b").ok());
}

TEST(Parser, AndAndOrInWordsAreRefusedWithHelp) {
  EXPECT_THAT(Parse("a and b"), IsErrorAt(1, 3, "write '&&' for 'and'"));
  EXPECT_THAT(Parse("a OR b"), IsErrorAt(1, 3, "write '||' for 'OR'"));
}

TEST(Parser, IndexesBindLikeMembers) {
  EXPECT_EQ(TreeOf("a[0].b[1]"), "([] (.b ([] a 0)) 1)");
  EXPECT_EQ(TreeOf("-a[0]"), "(neg ([] a 0))");
}

TEST(Parser, MapsArePairs) {
  EXPECT_EQ(TreeOf("{'a': 1, b: c ? 1 : 2}"), "(map 'a' 1 b (? c 1 2))");
  EXPECT_EQ(TreeOf("{}"), "(map)");
  EXPECT_THAT(Parse("{'a'}"), IsErrorAt(1, 5, "expected ':' before '}'"));
}

TEST(Parser, MessagesAreNotSupported) {
  EXPECT_THAT(Parse("Foo{a: 1}"),
              IsErrorAt(1, 4, "messages as in Name{...} are not supported"));
}

TEST(Parser, AListAndAMapMayEndWithAComma) {
  EXPECT_EQ(TreeOf("[1, 2, ]"), "(list 1 2)");
  EXPECT_EQ(TreeOf("{1: 2, }"), "(map 1 2)");
  EXPECT_FALSE(Parse("f(1, )").ok());
}

TEST(Parser, KeywordsAreNoNames) {
  EXPECT_FALSE(Parse("a.in").ok());
  EXPECT_FALSE(Parse("a.null").ok());
  EXPECT_EQ(TreeOf("a.for"), "(.for a)");
  EXPECT_THAT(Parse("for == 1"),
              IsErrorAt(1, 1, "'for' is a reserved word of CEL"));
}

TEST(Parser, ANodeKnowsItsText) {
  const std::string_view text = "a && (b + -1) * c[0] == d.f(1, 2)";
  auto tree = Parse(text);
  ASSERT_THAT(tree, IsOk());
  const auto slice = [&](const Node& node) {
    return text.substr(node.begin, node.end - node.begin);
  };
  EXPECT_EQ(slice(**tree), text);
  const Node& relation = *(*tree)->args[1];
  EXPECT_EQ(slice(relation), "(b + -1) * c[0] == d.f(1, 2)");
  EXPECT_EQ(slice(*relation.args[0]), "(b + -1) * c[0]");
  EXPECT_EQ(slice(*relation.args[0]->args[0]), "(b + -1)");
  EXPECT_EQ(slice(*relation.args[0]->args[0]->args[1]), "-1");
  EXPECT_EQ(slice(*relation.args[1]), "d.f(1, 2)");
}

// An error on the last of many lines, with characters of several bytes before
// it.
TEST(Parser, PlacesCountCharactersOfTheirLine) {
  EXPECT_THAT(Parse("a == 'caf\xc3\xa9'\n\n  && 'sm\xc3\xb8rrebr\xc3\xb8"
                    "d' )"),
              IsErrorAt(3, 19, "unexpected ')'"));
}

// ---- Depth.

std::string Repeat(std::string_view text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Parser, NestsReasonablyDeep) {
  EXPECT_THAT(Parse(Repeat("(", 40) + "a" + Repeat(")", 40)), IsOk());
  EXPECT_THAT(Parse(Repeat("!", 95) + "a"), IsOk());
  EXPECT_THAT(Parse(Repeat("- ", 95) + "a"), IsOk());
  EXPECT_THAT(Parse("a" + Repeat(" + a", 99)), IsOk());
  EXPECT_THAT(Parse("a" + Repeat(".a", 99)), IsOk());
  EXPECT_THAT(Parse(Repeat("[", 40) + Repeat("]", 40)), IsOk());
  EXPECT_THAT(Parse(Repeat("a ? a : ", 95) + "a"), IsOk());
}

TEST(Parser, NestsNoDeeperThanItsLimit) {
  for (const std::string& text :
       {Repeat("(", 101) + "a" + Repeat(")", 101), Repeat("!", 101) + "a",
        Repeat("- ", 101) + "a", "a" + Repeat(" + a", 100),
        "a" + Repeat(" * a", 101), "a" + Repeat(" < a", 101),
        "a" + Repeat(".a", 100), "a" + Repeat(".f()", 101),
        Repeat("[", 101) + Repeat("]", 101), Repeat("a ? a : ", 101) + "a",
        Repeat("f(", 101) + "a" + Repeat(")", 101)}) {
    EXPECT_THAT(Parse(text),
                IsInvalid(HasSubstr("nested deeper than 100 levels")))
        << text.substr(0, 20);
  }
}

TEST(Parser, ChainsOfAndAndOrAreAsLongAsOneLikes) {
  EXPECT_THAT(Parse("a" + Repeat("&&a", 20000)), IsOk());
  EXPECT_THAT(Parse("a" + Repeat("||a", 20000)), IsOk());
}

TEST(Parser, ListsAreAsLongAsOneLikes) {
  EXPECT_THAT(Parse("a in [1" + Repeat(",1", 30000) + "]"), IsOk());
}

TEST(Parser, SixtyKilobytesOfAnyOneThingAreRefusedInOrder) {
  for (std::string_view piece :
       {"(",     "[",  "{",  "!",   "-",    "- ",  "f(", "a.f(",    "a?",
        "a?a:",  "!(", "-(", "a+(", "a&&(", "[a,", ")",  "]",       ".",
        ",",     "?",  ":",  "\"",  "'",    "\\",  "a.", "a+",      "a<",
        "a in ", "&&", "||", "0x",  "1.",   "\n",  "//", "\xc3\xa9"}) {
    const auto tree = Parse(Repeat(piece, 60000 / piece.size()));
    EXPECT_FALSE(tree.ok()) << piece;
  }
}

// A chain may be the first part of another one, deeper inside: the tree's depth
// is the sum, whatever the depth of the brackets.
TEST(Parser, ChainsInsideChainsCountTogether) {
  std::string text = "a";
  for (int i = 0; i < 90; ++i) text = "(" + text + Repeat("+a", 15) + ")";
  EXPECT_THAT(Parse(text),
              IsInvalid(HasSubstr("nested deeper than 100 levels")));
}

TEST(Parser, ChainsOfDifferentOperatorsCountTogether) {
  const std::string text = "a" + Repeat(".a", 150) + Repeat("*a", 150) +
                           Repeat("+a", 150) + Repeat("<a", 150);
  EXPECT_THAT(Parse(text),
              IsInvalid(HasSubstr("nested deeper than 100 levels")));
}

}  // namespace
}  // namespace trato::core
