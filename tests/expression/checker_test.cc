// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/places.h"
#include "support/status_matchers.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::IsErrorAt;
using test::IsOk;
using test::World;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CheckerTest : public ::testing::Test {
 protected:
  absl::Status Compile(std::string_view text) const {
    return world_.Compile(text).status();
  }

  World world_;
};

// ---- A condition is needed.

TEST_F(CheckerTest, TheWholeIsACondition) {
  EXPECT_THAT(Compile("1 + 2"),
              IsErrorAt(1, 3, "a condition is needed here, this is int"));
  EXPECT_THAT(Compile("customer.country"),
              IsErrorAt(1, 10, "a condition is needed here, this is string"));
  EXPECT_THAT(Compile("customer"),
              IsErrorAt(1, 1, "a condition is needed here, this is customer"));
  EXPECT_THAT(Compile("['a']"),
              IsErrorAt(1, 1, HasSubstr("this is list of string")));
}

TEST_F(CheckerTest, InteractionsAreNoConditionButHaveACount) {
  EXPECT_THAT(Compile("interactions('purchase')"),
              IsErrorAt(1, 1,
                        "a condition is needed here, this is "
                        "interactions; ask for .count() > 0, for "
                        "example"));
}

TEST_F(CheckerTest, PartsOfAndAreConditions) {
  EXPECT_THAT(Compile("true && 1"),
              IsErrorAt(1, 9, "a condition is needed here, this is int"));
  EXPECT_THAT(Compile("'a' || true"),
              IsErrorAt(1, 1, "a condition is needed here, this is string"));
  EXPECT_THAT(Compile("!1"), IsErrorAt(1, 2, HasSubstr("this is int")));
  EXPECT_THAT(Compile("1 ? true : false"),
              IsErrorAt(1, 1, HasSubstr("this is int")));
}

// ---- Names.

TEST_F(CheckerTest, AnUnknownAttributeIsRefusedWithTheNearestName) {
  EXPECT_THAT(Compile("customer.contry == 'ES'"),
              IsErrorAt(1, 10,
                        "unknown customer attribute 'contry', did you "
                        "mean 'country'?"));
}

TEST_F(CheckerTest, AnUnknownAttributeInHasIsRefused) {
  EXPECT_THAT(Compile("has(customer.contry)"),
              IsErrorAt(1, 14, HasSubstr("did you mean 'country'?")));
}

TEST_F(CheckerTest, AnUnknownNameIsRefusedWithTheNearestName) {
  EXPECT_THAT(Compile("custmer.country == 'ES'"),
              IsErrorAt(1, 1,
                        "unknown name 'custmer', did you mean "
                        "'customer'?"));
}

TEST_F(CheckerTest, AnAttributeWithoutCustomerIsRefusedWithHelp) {
  EXPECT_THAT(Compile("country == 'ES'"),
              IsErrorAt(1, 1,
                        "unknown name 'country', did you mean "
                        "'customer.country'?"));
}

TEST_F(CheckerTest, AnUnknownNameWithoutNeighbourIsJustRefused) {
  EXPECT_THAT(Compile("nonsense"), IsErrorAt(1, 1, "unknown name 'nonsense'"));
}

TEST_F(CheckerTest, AVariableIsKnownInsideOnly) {
  EXPECT_THAT(Compile("interactions('visit').exists(i, true) && i.at == now"),
              IsErrorAt(1, 42, "unknown name 'i'"));
}

TEST_F(CheckerTest, AFunctionIsNotAName) {
  EXPECT_THAT(Compile("money == 1"),
              IsErrorAt(1, 1, "'money' is a function: write money(...)"));
  EXPECT_THAT(Compile("has"), IsErrorAt(1, 1, HasSubstr("write has(...)")));
}

TEST_F(CheckerTest, AMethodWithoutParenthesesIsRefusedWithHelp) {
  EXPECT_THAT(Compile("interactions('purchase').count > 3"),
              IsErrorAt(1, 26,
                        "interactions has no field 'count'; it is a "
                        "function: write ( ) after it"));
  EXPECT_THAT(Compile("customer.country.size == 2"),
              IsErrorAt(1, 18, HasSubstr("write ( ) after it")));
}

TEST_F(CheckerTest, AFieldOfWhatHasNoneIsRefused) {
  EXPECT_THAT(Compile("customer.country.length == 2"),
              IsErrorAt(1, 18, "string has no field 'length'"));
}

TEST_F(CheckerTest, AnUnknownFieldOfAnInteractionIsRefused) {
  EXPECT_THAT(Compile("interactions('review').exists(i, i.ratng > 2)"),
              IsErrorAt(1, 36,
                        "unknown interaction field 'ratng', did you "
                        "mean 'rating'?"));
  EXPECT_THAT(Compile("interactions('review').exists(i, i.amout > 2)"),
              IsErrorAt(1, 36, HasSubstr("did you mean 'amount'?")));
}

TEST_F(CheckerTest, AnUnknownFieldOfALineIsRefused) {
  EXPECT_THAT(
      Compile("interactions('purchase').lines().exists(l, l.prodct == 'a')"),
      IsErrorAt(1, 46,
                "unknown field of a line 'prodct', did you mean "
                "'product'?"));
}

TEST_F(CheckerTest, AnAttributeOfTheCustomerIsNoFieldOfAnInteraction) {
  EXPECT_THAT(
      Compile("interactions('visit').exists(i, i.country == 'ES')"),
      IsErrorAt(1, 35, HasSubstr("unknown interaction field 'country'")));
}

// ---- Functions.

TEST_F(CheckerTest, AnUnknownFunctionIsRefusedWithTheNearestName) {
  EXPECT_THAT(Compile("interaction('visit').count() > 0"),
              IsErrorAt(1, 1,
                        "unknown function 'interaction', did you mean "
                        "'interactions'?"));
  EXPECT_THAT(Compile("interactions('visit').cout() > 0"),
              IsErrorAt(1, 23,
                        "unknown function 'cout', did you mean "
                        "'count'?"));
}

TEST_F(CheckerTest, ArgumentsOfAnotherTypeAreRefusedWithWhatThereIs) {
  EXPECT_THAT(Compile("money(5, 'EUR') == money('5', 'EUR')"),
              IsErrorAt(1, 1,
                        "money(int, string) does not exist, there is "
                        "money(string, string)"));
  EXPECT_THAT(Compile("'a'.startsWith(1)"),
              IsErrorAt(1, 5,
                        "string.startsWith(int) does not exist, there is "
                        "string.startsWith(string)"));
  EXPECT_THAT(Compile("interactions()"),
              IsErrorAt(1, 1,
                        "interactions() does not exist, there is "
                        "interactions(string, ...)"));
}

TEST_F(CheckerTest, AMethodOfAnotherTypeIsRefused) {
  EXPECT_THAT(Compile("'a'.within('90d').count() > 0"),
              IsErrorAt(1, 5,
                        "string.within(string) does not exist, there is "
                        "interactions.within(string) or "
                        "interactions.within(duration)"));
}

TEST_F(CheckerTest, SpansAreLiterals) {
  EXPECT_THAT(
      Compile("interactions('visit').within(customer.country).count() > 0"),
      IsErrorAt(1, 39, "within takes a literal here, as \"...\""));
}

TEST_F(CheckerTest, AMalformedSpanIsRefused) {
  EXPECT_THAT(Compile("interactions('visit').within('90').count() > 0"),
              IsErrorAt(1, 30, HasSubstr("span '90' has an unknown unit")));
}

TEST_F(CheckerTest, AnUnknownTypeOfInteractionIsRefused) {
  EXPECT_THAT(Compile("interactions('purchse').count() > 0"),
              IsErrorAt(1, 14,
                        HasSubstr("interaction type 'purchse' is not "
                                  "defined, did you mean 'purchase'?")));
}

TEST_F(CheckerTest, AnErrorInALaterLiteralIsReportedThere) {
  EXPECT_THAT(Compile("interactions('purchase', 'retrn').count() > 0"),
              IsErrorAt(1, 26, HasSubstr("'retrn'")));
  EXPECT_THAT(Compile("money('1.00', 'EURO') == money('1.00', 'EUR')"),
              IsErrorAt(1, 15, HasSubstr("currency")));
}

TEST_F(CheckerTest, AnAmountThatIsNotANumberIsRefused) {
  EXPECT_THAT(Compile("money('5 euro', 'EUR') == money('5', 'EUR')"),
              IsErrorAt(1, 7, "the amount is not a decimal number"));
}

TEST_F(CheckerTest, AnAmountWithTooManyDecimalsIsRefused) {
  EXPECT_THAT(Compile("money('5.001', 'EUR') == money('5', 'EUR')"),
              IsErrorAt(1, 7,
                        "the amount has more than the 2 decimal digits "
                        "of EUR"));
}

TEST_F(CheckerTest, ACurrencyThatIsNotOneIsRefused) {
  EXPECT_FALSE(Compile("money('5', 'eur') == money('5', 'EUR')").ok());
}

TEST_F(CheckerTest, ATimestampThatIsNotOneIsRefused) {
  EXPECT_THAT(Compile("timestamp('yesterday') < now"),
              IsErrorAt(1, 11,
                        "the text is not a time like 2011-12-10 or "
                        "2011-12-10T09:30:15+01:00"));
  EXPECT_THAT(Compile("timestamp('2011-02-30') < now"),
              IsErrorAt(1, 11, "the text is not a date and time that exists"));
}

TEST_F(CheckerTest, HasTakesAnAttributeOrAFieldOnly) {
  for (std::string_view text : {"has()", "has(1)", "has(customer)", "has(now)",
                                "has(customer.country, customer.vip)",
                                "has('a')", "has(customer.country.size())"}) {
    EXPECT_THAT(
        Compile(text),
        IsErrorAt(1, 1,
                  "has( ) takes an attribute, as in has(customer.country), or "
                  "a field, as in has(i.rating)"))
        << text;
  }
}

TEST_F(CheckerTest, HasDoesNotTakeWhatIsAlwaysThere) {
  EXPECT_THAT(Compile("interactions('visit').exists(i, has(i.amount))"),
              IsErrorAt(1, 33, HasSubstr("has( ) takes an attribute")));
}

TEST_F(CheckerTest, HasOfAnUnknownFieldIsRefusedWithTheNearestName) {
  EXPECT_THAT(Compile("interactions('review').exists(i, has(i.ratng))"),
              IsErrorAt(1, 40, HasSubstr("did you mean 'rating'?")));
}

// ---- Macros.

TEST_F(CheckerTest, OnlyListsAndSetsHaveMacros) {
  EXPECT_THAT(Compile("customer.country.count() > 0"),
              IsErrorAt(1, 18,
                        "string has no .count( ), only interactions and "
                        "lines have"));
  EXPECT_THAT(Compile("['a'].count() > 0"),
              IsErrorAt(1, 7, HasSubstr("only interactions and lines have")));
  EXPECT_THAT(Compile("'a'.exists(x, x == 'a')"),
              IsErrorAt(1, 5,
                        HasSubstr("only lists and maps, interactions "
                                  "and lines have")));
  EXPECT_THAT(Compile("interactions('visit').filter(i, true).count() > 0"),
              IsErrorAt(1, 23, HasSubstr("write .where(i, condition)")));
}

TEST_F(CheckerTest, CountTakesNothing) {
  EXPECT_THAT(Compile("interactions('visit').count(i, true) > 0"),
              IsErrorAt(1, 23,
                        "count( ) takes nothing; filter with .where(i, "
                        "condition) before it"));
}

TEST_F(CheckerTest, MacrosTakeAVariableAndAnExpression) {
  EXPECT_THAT(Compile("interactions('visit').exists(i)"),
              IsErrorAt(1, 23,
                        HasSubstr("exists( ) takes a variable and an "
                                  "expression over it")));
  EXPECT_THAT(Compile("interactions('visit').sum(i) > 1"),
              IsErrorAt(1, 23, HasSubstr(".sum(i, i.amount)")));
  EXPECT_FALSE(
      Compile("interactions('visit').where(1, true).count() > 0").ok());
  EXPECT_FALSE(Compile("interactions('visit').exists(i, j, true)").ok());
}

TEST_F(CheckerTest, SumAddsNumbersOrMoney) {
  EXPECT_THAT(Compile("interactions('visit').sum(i, i.channel) > 1"),
              IsErrorAt(1, 32, "sum( ) adds numbers or money, this is string"));
}

TEST_F(CheckerTest, WhereAndExistsTakeConditions) {
  EXPECT_THAT(Compile("interactions('visit').where(i, i.amount).count() > 1"),
              IsErrorAt(1, 34, "a condition is needed here, this is money"));
  EXPECT_THAT(Compile("interactions('visit').exists(i, 1)"),
              IsErrorAt(1, 33, "a condition is needed here, this is int"));
}

TEST_F(CheckerTest, InteractionsInsideInteractionsAreRefused) {
  EXPECT_THAT(Compile("interactions('visit').exists(i, "
                      "interactions('purchase').count() > 0)"),
              IsErrorAt(1, 33, HasSubstr("the square of the history")));
}

TEST_F(CheckerTest, LinesInsideInteractionsAreFine) {
  EXPECT_THAT(Compile("interactions('purchase').exists(i, "
                      "i.lines().exists(l, l.amount > i.amount))"),
              IsOk());
}

TEST_F(CheckerTest, MacrosInsideMacrosAreCountedAndLimited) {
  std::string text = "true";
  for (int i = 0; i < 8; ++i) text = "i.lines().exists(l, " + text + ")";
  EXPECT_THAT(Compile("interactions('visit').exists(i, " + text + ")"),
              Not(IsOk()));
}

// ---- Operators.

TEST_F(CheckerTest, ComparesOnlyWhatHasOneType) {
  EXPECT_THAT(Compile("customer.country == 1"),
              IsErrorAt(1, 18, "'==' does not apply to string and int"));
  EXPECT_THAT(Compile("true < 1"),
              IsErrorAt(1, 6, "'<' does not apply to bool and int"));
}

TEST_F(CheckerTest, NumbersAreComparedButNotAdded) {
  EXPECT_THAT(Compile("1 < 1.5"), IsOk());
  EXPECT_THAT(Compile("1.5 >= 1"), IsOk());
  EXPECT_THAT(Compile("1 == 1.0"), IsOk());
  EXPECT_THAT(Compile("1 + 1.0 == 2"),
              IsErrorAt(1, 3, HasSubstr("; convert one with int( )")));
}

TEST_F(CheckerTest, MoneyAndNumbersAreNotComparedAndHelpIsGiven) {
  EXPECT_THAT(Compile("interactions('purchase').sum(i, i.amount) > 500"),
              IsErrorAt(1, 43,
                        "'>' does not apply to money and int; write an amount "
                        "as money(\"500.00\", \"EUR\")"));
}

TEST_F(CheckerTest, TheHelpWithMoneyNamesTheCurrencyOfTheStore) {
  world_.currency = *Currency::Parse("GBP");
  EXPECT_THAT(Compile("customer.limit > 500"),
              IsErrorAt(1, 16, HasSubstr("money(\"500.00\", \"GBP\")")));
}

TEST_F(CheckerTest, TimesAndTextAreNotComparedAndHelpIsGiven) {
  EXPECT_THAT(Compile("customer.born < '2000-01-01'"),
              IsErrorAt(1, 15, HasSubstr("timestamp(\"2011-12-10\")")));
}

TEST_F(CheckerTest, InteractionsAreNotComparedAndHelpIsGiven) {
  EXPECT_THAT(Compile("interactions('purchase') > 3"),
              IsErrorAt(1, 26,
                        AllOf(HasSubstr("interactions and int"),
                              HasSubstr(".count()"))));
}

TEST_F(CheckerTest, SetsAndCustomersAreNotEqualToAnything) {
  for (std::string_view text :
       {"interactions('visit') == interactions('visit')", "dyn(customer) == 1",
        "customer == customer", "interactions('visit').exists(i, i == i)"}) {
    EXPECT_FALSE(Compile(text).ok()) << text;
  }
}

TEST_F(CheckerTest, AddsOnlyWhatHasOneType) {
  EXPECT_THAT(Compile("1 + 1.0 > 1.0"),
              IsErrorAt(1, 3,
                        HasSubstr("'+' does not apply to int and "
                                  "double")));
  EXPECT_THAT(Compile("'a' + 1 == 'a1'"),
              IsErrorAt(1, 5, "'+' does not apply to string and int"));
  EXPECT_FALSE(Compile("true + true").ok());
}

TEST_F(CheckerTest, TextIsNotSubtracted) {
  EXPECT_THAT(Compile("'a' - 'b' == 'c'"),
              IsErrorAt(1, 5, "'-' does not apply to string and string"));
}

TEST_F(CheckerTest, MoneyTimesAnIntIsMoney) {
  EXPECT_THAT(Compile("customer.limit * 2 > customer.limit"), IsOk());
  EXPECT_THAT(Compile("2 * customer.limit > customer.limit"), IsOk());
}

TEST_F(CheckerTest, MoneyIsNotMultipliedOtherwise) {
  EXPECT_FALSE(Compile("customer.limit * 1.5 > customer.limit").ok());
  EXPECT_FALSE(
      Compile("customer.limit * customer.limit > customer.limit").ok());
  EXPECT_FALSE(Compile("customer.limit / 2 > customer.limit").ok());
  EXPECT_FALSE(Compile("customer.limit % 2 > customer.limit").ok());
  EXPECT_FALSE(Compile("customer.limit + 2 > customer.limit").ok());
}

TEST_F(CheckerTest, DoublesHaveNoRemainder) {
  EXPECT_THAT(Compile("1.5 % 2.0 > 0.0"),
              IsErrorAt(1, 5,
                        HasSubstr("'%' does not apply to double and "
                                  "double")));
}

TEST_F(CheckerTest, OnlyNumbersAndMoneyAreNegated) {
  EXPECT_THAT(Compile("-customer.limit < customer.limit"), IsOk());
  EXPECT_THAT(Compile("-customer.country == 'a'"),
              IsErrorAt(1, 1, "'-' does not apply to string"));
}

TEST_F(CheckerTest, BothSidesOfAConditionalHaveOneType) {
  EXPECT_THAT(Compile("(true ? 1 : 'a') == 1"),
              IsErrorAt(1, 13,
                        "both sides of ':' need one type, these are int "
                        "and string"));
  EXPECT_FALSE(Compile("(true ? 1 : 1.0) < 2").ok());
}

// ---- Lists.

TEST_F(CheckerTest, InNeedsAListOrMapOnItsRight) {
  EXPECT_THAT(Compile("customer.country in 'ES'"),
              IsErrorAt(1, 18,
                        "'in' needs a list or map on its right, this is "
                        "string"));
}

TEST_F(CheckerTest, InLooksForTheTypeOfTheList) {
  EXPECT_THAT(Compile("customer.country in [1, 2]"),
              IsErrorAt(1, 18, "'in' looks for string in a list of int"));
  EXPECT_THAT(Compile("1 in [1.0]"), IsOk());
}

TEST_F(CheckerTest, AListMayHoldAnyValue) {
  EXPECT_THAT(Compile("1 in [1, 'a']"), IsOk());
  EXPECT_THAT(Compile("'ES' in [customer.country, 'a' + 'b']"), IsOk());
}

TEST_F(CheckerTest, AListMayHoldMoneyAndTimestamps) {
  EXPECT_THAT(Compile("customer.limit in [money('1.00', 'EUR')]"), IsOk());
  EXPECT_THAT(Compile("customer.born in [timestamp('2000-01-01')]"), IsOk());
}

TEST_F(CheckerTest, AListCannotHoldInteractions) {
  EXPECT_THAT(Compile("1 in [interactions('visit')]"),
              IsErrorAt(1, 7, "a list cannot hold interactions"));
}

TEST_F(CheckerTest, NothingButAValueIsLookedForInAList) {
  for (std::string_view text :
       {"customer in []", "interactions('visit') in [1]",
        "interactions('visit') in []"}) {
    EXPECT_FALSE(Compile(text).ok()) << text;
  }
}

TEST_F(CheckerTest, AListMayBeChosenByACondition) {
  EXPECT_THAT(Compile("1 in (customer.vip ? [1] : [2])"), IsOk());
  EXPECT_FALSE(Compile("1 in (true ? ['a'] : [2])").ok());
}

// ---- Places over lines.

TEST_F(CheckerTest, AnErrorOnALaterLineIsReportedThere) {
  EXPECT_THAT(Compile("customer.country == 'ES'\n"
                      "  && customer.vip\n"
                      "  && customer.visit > 3"),
              IsErrorAt(3, 15, HasSubstr("did you mean 'visits'?")));
}

TEST_F(CheckerTest, PlacesCountCharactersAndNotBytes) {
  EXPECT_THAT(Compile("'caf\xc3\xa9 \xe8\x8c\xb6' == customer.nam"),
              IsErrorAt(1, 22, HasSubstr("unknown customer attribute 'nam'")));
}

TEST_F(CheckerTest, ATabIsOneCharacter) {
  EXPECT_THAT(Compile("\t\tnonsense"),
              IsErrorAt(1, 3, "unknown name 'nonsense'"));
}

TEST_F(CheckerTest, EveryErrorIsOneLine) {
  for (std::string_view text :
       {"interactions('a\\nb').count() > 0",
        "interactions('visit').within('1\\nd').count() > 0",
        "money('1\\n', 'EUR') == customer.limit",
        "money('1', 'E\\nR') == customer.limit",
        "timestamp('2011\\n') < now"}) {
    const absl::Status status = Compile(text);
    EXPECT_FALSE(status.ok()) << text;
    EXPECT_THAT(test::MessageOf(status), Not(HasSubstr("\n"))) << text;
  }
}

}  // namespace
}  // namespace trato::core
