// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "support/instants.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::Amount;
using test::Event;
using test::kDay;
using test::kHour;
using test::kNow;
using test::Utc;
using test::World;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

const auto kAbsent = EndsWith("there is no country");
const auto kOverflow = EndsWith("the result does not fit in 64 bits");
const auto kDivision = EndsWith("division by zero");
const auto kCurrencies = EndsWith("cannot be added or compared");

class EvaluatorTest : public ::testing::Test {
 protected:
  std::string Value(std::string_view text, int64_t now_us = kNow) {
    return test::ValueOf(world_, text, ada_, now_us);
  }

  World world_;
  RecordNumber ada_ = world_.Record("shop:ada");
};

#define EXPECT_TRUE_IN_CEL(text) EXPECT_EQ(Value(text), "true") << (text)
#define EXPECT_FALSE_IN_CEL(text) EXPECT_EQ(Value(text), "false") << (text)

// ---- Logic. In each table the first operand is T, F or E (an error).

TEST_F(EvaluatorTest, AndIsFalseWhenEitherSideIs) {
  EXPECT_EQ(Value("true && true"), "true");
  EXPECT_EQ(Value("true && false"), "false");
  EXPECT_EQ(Value("false && true"), "false");
  EXPECT_EQ(Value("false && false"), "false");
}

TEST_F(EvaluatorTest, FalseAbsorbsAnErrorOnEitherSideOfAnd) {
  EXPECT_EQ(Value("false && customer.vip"), "false");
  EXPECT_EQ(Value("customer.vip && false"), "false");
  EXPECT_EQ(Value("true && customer.vip && false"), "false");
}

TEST_F(EvaluatorTest, TrueDoesNotAbsorbAnErrorOnEitherSideOfAnd) {
  EXPECT_EQ(Value("true && customer.vip"),
            "line 1, column 18: there is no vip");
  EXPECT_EQ(Value("customer.vip && true"),
            "line 1, column 10: there is no vip");
}

TEST_F(EvaluatorTest, OrIsTrueWhenEitherSideIs) {
  EXPECT_EQ(Value("true || true"), "true");
  EXPECT_EQ(Value("true || false"), "true");
  EXPECT_EQ(Value("false || true"), "true");
  EXPECT_EQ(Value("false || false"), "false");
}

TEST_F(EvaluatorTest, TrueAbsorbsAnErrorOnEitherSideOfOr) {
  EXPECT_EQ(Value("true || customer.vip"), "true");
  EXPECT_EQ(Value("customer.vip || true"), "true");
  EXPECT_EQ(Value("false || customer.vip || true"), "true");
}

TEST_F(EvaluatorTest, FalseDoesNotAbsorbAnErrorOnEitherSideOfOr) {
  EXPECT_EQ(Value("false || customer.vip"),
            "line 1, column 19: there is no vip");
  EXPECT_EQ(Value("customer.vip || false"),
            "line 1, column 10: there is no vip");
}

TEST_F(EvaluatorTest, OfTwoErrorsOneThatIsMoreThanAbsenceIsTheResult) {
  EXPECT_THAT(Value("customer.country == 'a' && 1 / 0 == 1"), kDivision);
  EXPECT_THAT(Value("1 / 0 == 1 && customer.country == 'a'"), kDivision);
  EXPECT_THAT(Value("1 / 0 == 1 || customer.country == 'a'"), kDivision);
}

TEST_F(EvaluatorTest, EveryKindOfErrorIsAbsorbed) {
  for (std::string_view error :
       {"1 / 0 == 1", "9223372036854775807 + 1 > 0",
        "money('1', 'EUR') == money('1', 'USD')", "customer.country == 'a'"}) {
    EXPECT_FALSE_IN_CEL(std::string(error) + " && false");
    EXPECT_TRUE_IN_CEL(std::string(error) + " || true");
  }
}

TEST_F(EvaluatorTest, NotAnErrorIsTheError) {
  EXPECT_EQ(Value("!true"), "false");
  EXPECT_EQ(Value("!false"), "true");
  EXPECT_THAT(Value("!(customer.country == 'ES')"), kAbsent);
}

TEST_F(EvaluatorTest, AConditionalRunsOnlyTheSideThatIsChosen) {
  EXPECT_EQ(Value("true ? true : customer.vip"), "true");
  EXPECT_EQ(Value("false ? customer.vip : true"), "true");
}

TEST_F(EvaluatorTest, AConditionalDoesNotAbsorbTheErrorOfItsCondition) {
  EXPECT_THAT(Value("customer.country == 'a' ? true : true"), kAbsent);
}

TEST_F(EvaluatorTest, AConditionalHasTheErrorOfTheSideThatIsChosen) {
  EXPECT_THAT(Value("true ? customer.country == 'a' : true"), kAbsent);
}

TEST_F(EvaluatorTest, AConditionalMayChooseAmongInteractions) {
  world_.Add(ada_, Event().Of("visit").At(kNow - 1));
  EXPECT_TRUE_IN_CEL(
      "(1 < 2 ? interactions('visit') : interactions('purchase')).count() == "
      "1");
}

// ---- Attributes.

TEST_F(EvaluatorTest, AttributesOfEveryTypeAreRead) {
  world_.Set(ada_, "country", std::string("ES"));
  world_.Set(ada_, "visits", int64_t{7});
  world_.Set(ada_, "score", 0.5);
  world_.Set(ada_, "vip", true);
  world_.Set(ada_, "born", Timestamp{Utc(1815, 12, 10)});
  world_.Set(ada_, "limit", Amount("10.00", "EUR"));
  EXPECT_TRUE_IN_CEL("customer.country == 'ES'");
  EXPECT_TRUE_IN_CEL("customer.visits == 7");
  EXPECT_TRUE_IN_CEL("customer.score == 0.5");
  EXPECT_TRUE_IN_CEL("customer.vip");
  EXPECT_TRUE_IN_CEL("customer.born == timestamp('1815-12-10')");
  EXPECT_TRUE_IN_CEL("customer.limit == money('10.00', 'EUR')");
}

TEST_F(EvaluatorTest, HasTellsWhetherAnAttributeIsThere) {
  EXPECT_FALSE_IN_CEL("has(customer.country)");
  world_.Set(ada_, "country", std::string(""));
  EXPECT_TRUE_IN_CEL("has(customer.country)");
}

TEST_F(EvaluatorTest, HasIsFalseOnceAnAttributeIsTakenAway) {
  world_.Set(ada_, "country", std::string("ES"), 10);
  world_.Set(ada_, "country", {}, 20);
  EXPECT_EQ(Value("has(customer.country)", 19), "true");
  EXPECT_EQ(Value("has(customer.country)", 20), "false");
}

TEST_F(EvaluatorTest, AMissingAttributeIsNeitherEqualNorUnequal) {
  EXPECT_THAT(Value("customer.country == 'ES'"), kAbsent);
  EXPECT_THAT(Value("customer.country != 'ES'"), kAbsent);
}

TEST_F(EvaluatorTest, HasLetsThoseInWhoseAttributeIsNotKnown) {
  EXPECT_TRUE_IN_CEL("!has(customer.country) || customer.country != 'ES'");
}

TEST_F(EvaluatorTest, ALaterVersionIsNotSeenBefore) {
  world_.Set(ada_, "visits", int64_t{1}, kNow - 1);
  world_.Set(ada_, "visits", int64_t{2}, kNow + 1);
  EXPECT_TRUE_IN_CEL("customer.visits == 1");
}

TEST_F(EvaluatorTest, NowIsTheInstantThatIsAskedAbout) {
  EXPECT_EQ(Value("now == timestamp('2011-12-10T12:00')"), "true");
  EXPECT_EQ(Value("now < timestamp('2011-12-10')", Utc(2011, 12, 9)), "true");
}

// ---- Ints.

TEST_F(EvaluatorTest, IntsAreAddedSubtractedAndMultiplied) {
  EXPECT_TRUE_IN_CEL("2 + 3 == 5");
  EXPECT_TRUE_IN_CEL("2 - 3 == -1");
  EXPECT_TRUE_IN_CEL("-2 * 3 == -6");
}

TEST_F(EvaluatorTest, DivisionOfIntsTruncates) {
  EXPECT_TRUE_IN_CEL("7 / 2 == 3");
  EXPECT_TRUE_IN_CEL("-7 / 2 == -3");
  EXPECT_TRUE_IN_CEL("7 / -2 == -3");
}

TEST_F(EvaluatorTest, TheRemainderHasTheSignOfTheDividend) {
  EXPECT_TRUE_IN_CEL("7 % 3 == 1");
  EXPECT_TRUE_IN_CEL("-7 % 3 == -1");
  EXPECT_TRUE_IN_CEL("7 % -3 == 1");
}

TEST_F(EvaluatorTest, IntsDoNotDivideByZero) {
  EXPECT_THAT(Value("1 / 0 == 0"), kDivision);
  EXPECT_THAT(Value("1 % 0 == 0"), kDivision);
}

TEST_F(EvaluatorTest, IntsThatDoNotFitAreAnError) {
  for (std::string_view text :
       {"9223372036854775807 + 1 == 0", "-9223372036854775808 - 1 == 0",
        "9223372036854775807 * 2 == 0", "-9223372036854775808 * -1 == 0",
        "-1 * -9223372036854775808 == 0", "-9223372036854775808 / -1 == 0",
        "-(-9223372036854775808) == 0", "--9223372036854775808 == 0"}) {
    EXPECT_THAT(Value(text), kOverflow) << text;
  }
}

TEST_F(EvaluatorTest, IntsThatJustFitAreNoError) {
  EXPECT_TRUE_IN_CEL("9223372036854775806 + 1 == 9223372036854775807");
  EXPECT_TRUE_IN_CEL("-9223372036854775807 - 1 == -9223372036854775808");
  EXPECT_TRUE_IN_CEL("-9223372036854775807 / -1 == 9223372036854775807");
  EXPECT_TRUE_IN_CEL("4611686018427387904 * -2 == -9223372036854775808");
}

TEST_F(EvaluatorTest, TheRemainderByMinusOneIsZero) {
  EXPECT_TRUE_IN_CEL("-9223372036854775808 % -1 == 0");
  EXPECT_TRUE_IN_CEL("7 % -1 == 0");
}

TEST_F(EvaluatorTest, AnAttributeIsNegated) {
  world_.Set(ada_, "visits", int64_t{7});
  EXPECT_TRUE_IN_CEL("-customer.visits == -7");
  world_.Set(ada_, "visits", kMin, 1);
  EXPECT_THAT(Value("-customer.visits == 0"), kOverflow);
}

// ---- Doubles.

TEST_F(EvaluatorTest, DoublesFollowIeee754) {
  // 0.1 + 0.2 is 0.30000000000000004.
  EXPECT_FALSE_IN_CEL("0.1 + 0.2 == 0.3");
  EXPECT_TRUE_IN_CEL("0.1 + 0.2 == 0.30000000000000004");
  EXPECT_TRUE_IN_CEL("1.5 - 2.0 == -0.5");
  EXPECT_TRUE_IN_CEL("1.5 * 2.0 == 3.0");
  EXPECT_TRUE_IN_CEL("-(1.5) == -1.5");
}

TEST_F(EvaluatorTest, DoublesDivideByZero) {
  EXPECT_TRUE_IN_CEL("1.0 / 0.0 > 1e308");
  EXPECT_TRUE_IN_CEL("-1.0 / 0.0 < -1e308");
  EXPECT_TRUE_IN_CEL("1e308 * 10.0 > 1e308");
}

TEST_F(EvaluatorTest, NotANumberIsUnequalToItselfAndNotOrdered) {
  EXPECT_FALSE_IN_CEL("0.0 / 0.0 == 0.0 / 0.0");
  EXPECT_TRUE_IN_CEL("0.0 / 0.0 != 0.0 / 0.0");
  EXPECT_FALSE_IN_CEL("0.0 / 0.0 < 1.0");
  EXPECT_FALSE_IN_CEL("0.0 / 0.0 >= 1.0");
  EXPECT_FALSE_IN_CEL("0.0 / 0.0 < 1");
  EXPECT_FALSE_IN_CEL("1 <= 0.0 / 0.0");
}

TEST_F(EvaluatorTest, ZerosOfBothSignsAreEqual) {
  EXPECT_TRUE_IN_CEL("0.0 == -0.0");
}

TEST_F(EvaluatorTest, AnIntBecomesADoubleOnDemand) {
  EXPECT_TRUE_IN_CEL("double(3) == 3.0");
  EXPECT_TRUE_IN_CEL("double(7) / double(2) == 3.5");
}

// ---- An int against a double. 2^53 + 1 has no double of its own.

TEST_F(EvaluatorTest, IntsAndDoublesAreOrderedByValue) {
  EXPECT_TRUE_IN_CEL("1 < 1.5");
  EXPECT_TRUE_IN_CEL("2 > 1.5");
  EXPECT_TRUE_IN_CEL("-1 > -1.5");
  EXPECT_TRUE_IN_CEL("1.5 > 1");
  EXPECT_TRUE_IN_CEL("-0.5 < 0");
  EXPECT_TRUE_IN_CEL("0 > -0.5");
  EXPECT_TRUE_IN_CEL("2 <= 2.0");
  EXPECT_TRUE_IN_CEL("2 >= 2.0");
  EXPECT_FALSE_IN_CEL("2 < 2.0");
}

TEST_F(EvaluatorTest, ALargeIntIsNotRoundedToADouble) {
  EXPECT_TRUE_IN_CEL("9007199254740993 > 9007199254740992.0");
  EXPECT_FALSE_IN_CEL("9007199254740993 <= 9007199254740992.0");
  EXPECT_TRUE_IN_CEL("9007199254740992.0 < 9007199254740993");
  EXPECT_TRUE_IN_CEL("9007199254740992 >= 9007199254740992.0");
}

TEST_F(EvaluatorTest, TheExtremesOfIntsAreOrderedAgainstDoubles) {
  // 2^63 as a double is one more than the largest int.
  EXPECT_TRUE_IN_CEL("9223372036854775807 < 9223372036854775808.0");
  EXPECT_TRUE_IN_CEL("-9223372036854775808 >= -9223372036854775808.0");
  EXPECT_FALSE_IN_CEL("-9223372036854775808 > -9223372036854775808.0");
  EXPECT_TRUE_IN_CEL("-9223372036854775808 > -1e300");
  EXPECT_TRUE_IN_CEL("9223372036854775807 < 1.0 / 0.0");
  EXPECT_TRUE_IN_CEL("-9223372036854775808 > -1.0 / 0.0");
}

// ---- Strings.

TEST_F(EvaluatorTest, TextIsJoined) {
  EXPECT_TRUE_IN_CEL("'ab' + 'c' + '' == 'abc'");
}

TEST_F(EvaluatorTest, JoinedTextStaysWhileMoreIsJoined) {
  EXPECT_TRUE_IN_CEL("('a' + 'b') + ('c' + 'd') == ('a' + 'bc') + 'd'");
}

TEST_F(EvaluatorTest, TextIsOrderedByCodePoint) {
  EXPECT_TRUE_IN_CEL("'a' < 'b'");
  EXPECT_TRUE_IN_CEL("'Z' < 'a'");
  EXPECT_TRUE_IN_CEL("'a' < 'ab'");
  EXPECT_TRUE_IN_CEL("'z' < '\xc3\xa9'");
  // U+FFFD before U+1F600, which UTF-16 would order otherwise.
  EXPECT_TRUE_IN_CEL("'\\ufffd' < '\\U0001f600'");
}

TEST_F(EvaluatorTest, TextIsNotNormalised) {
  EXPECT_FALSE_IN_CEL("'\\u00e9' == 'e\\u0301'");
}

TEST_F(EvaluatorTest, StartsWithEndsWithAndContains) {
  EXPECT_TRUE_IN_CEL("'caf\xc3\xa9'.startsWith('ca')");
  EXPECT_FALSE_IN_CEL("'caf\xc3\xa9'.startsWith('af')");
  EXPECT_TRUE_IN_CEL("'caf\xc3\xa9'.endsWith('\xc3\xa9')");
  EXPECT_FALSE_IN_CEL("'caf\xc3\xa9'.endsWith('e')");
  EXPECT_TRUE_IN_CEL("'caf\xc3\xa9'.contains('f\xc3\xa9')");
  EXPECT_FALSE_IN_CEL("'caf\xc3\xa9'.contains('fe')");
}

TEST_F(EvaluatorTest, EveryTextHoldsTheEmptyOne) {
  EXPECT_TRUE_IN_CEL("''.startsWith('') && ''.endsWith('') && ''.contains('')");
}

TEST_F(EvaluatorTest, SizeCountsCharacters) {
  EXPECT_TRUE_IN_CEL("'caf\xc3\xa9'.size() == 4");
  EXPECT_TRUE_IN_CEL("size('\xf0\x9f\x98\x80') == 1");
  EXPECT_TRUE_IN_CEL("size('') == 0");
}

TEST_F(EvaluatorTest, FalseComesBeforeTrue) {
  EXPECT_TRUE_IN_CEL("false < true");
  EXPECT_TRUE_IN_CEL("true == true");
  EXPECT_TRUE_IN_CEL("true != false");
}

// ---- Money.

TEST_F(EvaluatorTest, MoneyIsAddedSubtractedAndMultiplied) {
  EXPECT_TRUE_IN_CEL(
      "money('1.10', 'EUR') + money('2.20', 'EUR') == money('3.30', 'EUR')");
  EXPECT_TRUE_IN_CEL(
      "money('1.10', 'EUR') - money('2.20', 'EUR') == money('-1.10', 'EUR')");
  EXPECT_TRUE_IN_CEL("money('1.10', 'EUR') * 3 == money('3.30', 'EUR')");
  EXPECT_TRUE_IN_CEL("3 * money('1.10', 'EUR') == money('3.30', 'EUR')");
  EXPECT_TRUE_IN_CEL("-money('1.10', 'EUR') == money('-1.10', 'EUR')");
}

TEST_F(EvaluatorTest, MoneyIsOrdered) {
  EXPECT_TRUE_IN_CEL("money('9.99', 'EUR') < money('10', 'EUR')");
  EXPECT_TRUE_IN_CEL("money('10.00', 'EUR') == money('10', 'EUR')");
}

TEST_F(EvaluatorTest, TwoCurrenciesAreAnErrorInEveryOperator) {
  for (std::string_view op : {"==", "!=", "<", "<=", ">", ">=", "+", "-"}) {
    std::string text =
        "money('1', 'EUR') " + std::string(op) + " money('1', 'USD')";
    if (op == "+" || op == "-") text += " == money('0', 'EUR')";
    EXPECT_THAT(Value(text), kCurrencies) << text;
  }
}

TEST_F(EvaluatorTest, MoneyThatDoesNotFitIsAnError) {
  const std::string most = "money('92233720368547758.07', 'EUR')";
  const std::string least = "money('-92233720368547758.08', 'EUR')";
  for (const std::string& text :
       {most + " + money('0.01', 'EUR') == " + most,
        least + " - money('0.01', 'EUR') == " + most, most + " * 2 == " + most,
        "-" + least + " == " + most, least + " * -1 == " + most}) {
    EXPECT_THAT(Value(text), kOverflow) << text;
  }
}

// ---- Lists.

TEST_F(EvaluatorTest, InFindsAnItem) {
  EXPECT_TRUE_IN_CEL("'PT' in ['ES', 'PT']");
  EXPECT_FALSE_IN_CEL("'FR' in ['ES', 'PT']");
  EXPECT_TRUE_IN_CEL("2 in [1, 2]");
  EXPECT_TRUE_IN_CEL("1.5 in [1.5]");
  EXPECT_TRUE_IN_CEL("false in [true, false]");
  EXPECT_TRUE_IN_CEL(
      "timestamp('2011-12-10') in [timestamp('2011-12-10T00:00Z')]");
  EXPECT_TRUE_IN_CEL("money('1', 'EUR') in [money('1.00', 'EUR')]");
}

TEST_F(EvaluatorTest, NothingIsInAnEmptyList) {
  EXPECT_FALSE_IN_CEL("1 in []");
}

TEST_F(EvaluatorTest, WhatIsMissingIsNotLookedFor) {
  EXPECT_THAT(Value("customer.country in ['ES']"), kAbsent);
}

TEST_F(EvaluatorTest, NotANumberIsInNoList) {
  EXPECT_FALSE_IN_CEL("0.0 / 0.0 in [1.0]");
}

TEST_F(EvaluatorTest, InComparesMoneyAsEqualityDoes) {
  EXPECT_THAT(Value("money('1', 'EUR') in [money('1', 'USD')]"),
              testing::HasSubstr("EUR and USD"));
  EXPECT_EQ(
      Value("money('1', 'EUR') in [money('1', 'USD'), money('1', 'EUR')]"),
      "true");
}

TEST_F(EvaluatorTest, AnItemThatEqualsDecidesWhateverFailsBesideIt) {
  EXPECT_TRUE_IN_CEL(
      "money('1', 'EUR') in [money('1', 'USD'), money('1', 'EUR')]");
  EXPECT_TRUE_IN_CEL(
      "money('1', 'EUR') in [money('1', 'EUR'), money('1', 'USD')]");
}

// ---- Interactions.

TEST_F(EvaluatorTest, CountsInteractionsOfTheTypesAskedFor) {
  world_.Add(ada_, Event().Of("purchase"));
  world_.Add(ada_, Event().Of("return"));
  world_.Add(ada_, Event().Of("visit"));
  EXPECT_TRUE_IN_CEL("interactions('purchase').count() == 1");
  EXPECT_TRUE_IN_CEL("interactions('purchase', 'return').count() == 2");
  EXPECT_TRUE_IN_CEL("interactions('review').count() == 0");
}

TEST_F(EvaluatorTest, ATypeThatIsNamedTwiceCountsOnce) {
  world_.Add(ada_, Event());
  EXPECT_TRUE_IN_CEL("interactions('purchase', 'purchase').count() == 1");
}

TEST_F(EvaluatorTest, AnInteractionAtNowCountsAndOneAfterDoesNot) {
  world_.Add(ada_, Event().At(kNow));
  world_.Add(ada_, Event().At(kNow + 1));
  EXPECT_TRUE_IN_CEL("interactions('purchase').count() == 1");
}

TEST_F(EvaluatorTest, InteractionsOfOthersDoNotCount) {
  world_.Add(world_.Record("shop:grace"), Event());
  EXPECT_TRUE_IN_CEL("interactions('purchase').count() == 0");
}

TEST_F(EvaluatorTest, InteractionsOfAllHerRecordsCount) {
  const RecordNumber other = world_.Record("crm:ada");
  world_.Add(ada_, Event().Worth("1.00", "EUR"));
  world_.Add(other, Event().Worth("2.00", "EUR"));
  world_.Link(ada_, other);
  EXPECT_TRUE_IN_CEL("interactions('purchase').count() == 2");
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').sum(i, i.amount) == money('3.00', 'EUR')");
}

TEST_F(EvaluatorTest, AnOrderIsOneWhateverItsLines) {
  world_.Add(ada_, Event().With("a", 1).With("b", 1));
  EXPECT_TRUE_IN_CEL("interactions('purchase').count() == 1");
  EXPECT_TRUE_IN_CEL("interactions('purchase').lines().count() == 2");
}

TEST_F(EvaluatorTest, FieldsOfAnInteractionAreRead) {
  world_.Add(ada_, Event()
                       .Of("review")
                       .At(kNow - 5)
                       .By("web")
                       .Outbound()
                       .Worth("7.50", "EUR")
                       .Says("rating", int64_t{4}));
  const std::string exists = "interactions('review').exists(i, ";
  EXPECT_TRUE_IN_CEL(exists + "i.amount == money('7.50', 'EUR'))");
  EXPECT_TRUE_IN_CEL(exists + "i.at < now)");
  EXPECT_TRUE_IN_CEL(exists + "i.type == 'review')");
  EXPECT_TRUE_IN_CEL(exists + "i.channel == 'web')");
  EXPECT_TRUE_IN_CEL(exists + "i.direction == 'outbound')");
  EXPECT_TRUE_IN_CEL(exists + "i.rating == 4)");
}

TEST_F(EvaluatorTest, AnInteractionIsInboundAndWithoutChannelByDefault) {
  world_.Add(ada_, Event());
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').exists(i, i.direction == 'inbound' && "
      "i.channel == '')");
}

TEST_F(EvaluatorTest, AnInteractionWithoutAmountIsWorthZeroOfAnyCurrency) {
  world_.Add(ada_, Event());
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').exists(i, i.amount == money('0', 'USD'))");
}

TEST_F(EvaluatorTest, LinesHaveProductQuantityPriceAndAmount) {
  world_.Add(ada_,
             Event().Worth("30.00", "EUR").With("22423", 2.5, 3000, 12.0));
  const std::string exists = "interactions('purchase').lines().exists(l, ";
  EXPECT_TRUE_IN_CEL(exists + "l.product == '22423')");
  EXPECT_TRUE_IN_CEL(exists + "l.quantity == 2.5)");
  EXPECT_TRUE_IN_CEL(exists + "l.unit_price == 12.0)");
  EXPECT_TRUE_IN_CEL(exists + "l.amount == money('30.00', 'EUR'))");
}

// ---- Windows.

TEST_F(EvaluatorTest, AWindowLeavesOutItsBeginningAndHoldsNow) {
  const std::string count =
      "interactions('purchase').within('90d').count() == ";
  // 90 days before 10 December 2011 12:00 is 11 September 12:00.
  world_.Add(ada_, Event().At(Utc(2011, 9, 11, 12)));
  EXPECT_TRUE_IN_CEL(count + "0");
  world_.Add(ada_, Event().At(Utc(2011, 9, 11, 12) + 1));
  EXPECT_TRUE_IN_CEL(count + "1");
  world_.Add(ada_, Event().At(kNow));
  EXPECT_TRUE_IN_CEL(count + "2");
  world_.Add(ada_, Event().At(kNow + 1));
  EXPECT_TRUE_IN_CEL(count + "2");
}

TEST_F(EvaluatorTest, AWindowOfAMonthFollowsTheCalendar) {
  // One month before 31 March 2011 is 28 February.
  world_.Add(ada_, Event().At(Utc(2011, 2, 28)));
  world_.Add(ada_, Event().At(Utc(2011, 2, 28) + 1));
  EXPECT_EQ(Value("interactions('purchase').within('1mo').count() == 1",
                  Utc(2011, 3, 31)),
            "true");
}

TEST_F(EvaluatorTest, AWindowOfADayFollowsTheClockOfTheZone) {
  world_.SetZone("Europe/London");
  // 27 March 2011 12:00 BST - 1 day is 26 March 12:00 GMT, 23 hours before.
  world_.Add(ada_, Event().At(Utc(2011, 3, 26, 12)));
  EXPECT_EQ(Value("interactions('purchase').within('1d').count() == 0",
                  Utc(2011, 3, 27, 11)),
            "true");
  EXPECT_EQ(Value("interactions('purchase').within('24h').count() == 1",
                  Utc(2011, 3, 27, 11)),
            "true");
}

TEST_F(EvaluatorTest, TheNarrowerOfTwoWindowsHolds) {
  world_.Add(ada_, Event().At(kNow - 5 * kDay));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').within('10d').within('3d').count() == 0");
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').within('3d').within('10d').count() == 0");
}

TEST_F(EvaluatorTest, AWindowMayComeAfterACondition) {
  world_.Add(ada_, Event().At(kNow - 5 * kDay).By("web"));
  world_.Add(ada_, Event().At(kNow - kDay).By("web"));
  world_.Add(ada_, Event().At(kNow - kDay).By("app"));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').where(i, i.channel == 'web').within('3d')"
      ".count() == 1");
}

TEST_F(EvaluatorTest, AWindowMayBeginBeforeAllTime) {
  world_.Add(ada_, Event().At(kMinInstant));
  EXPECT_EQ(Value("interactions('purchase').within('9999y').count() == 1",
                  kMinInstant),
            "true");
}

TEST_F(EvaluatorTest, TimestampsAreReadInTheZoneOfTheStore) {
  world_.SetZone("America/Santiago");
  // Summer time, three hours behind.
  EXPECT_TRUE_IN_CEL("timestamp('2011-12-10 09:00') == now");
  EXPECT_TRUE_IN_CEL("timestamp('2011-12-10T12:00Z') == now");
}

// ---- Sums.

TEST_F(EvaluatorTest, TheSumOfNothingIsZero) {
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').sum(i, i.amount) == money('0', 'EUR')");
  EXPECT_TRUE_IN_CEL("interactions('review').sum(i, i.rating) == 0");
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').lines().sum(l, l.quantity) == 0.0");
}

TEST_F(EvaluatorTest, TheSumOfNothingIsZeroInEveryCurrency) {
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').sum(i, i.amount) < money('1', 'USD') && "
      "interactions('purchase').sum(i, i.amount) < money('1', 'EUR')");
}

TEST_F(EvaluatorTest, SumsAreOfTheTypeOfTheirTerms) {
  world_.Add(ada_, Event().Worth("1.10", "EUR").With("a", 0.5).With("b", 2));
  world_.Add(ada_, Event().Worth("2.20", "EUR"));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').sum(i, i.amount) == money('3.30', 'EUR')");
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').lines().sum(l, l.quantity) == 2.5");
  EXPECT_TRUE_IN_CEL("interactions('purchase').sum(i, 21) == 42");
}

TEST_F(EvaluatorTest, ASumOfTwoCurrenciesIsAnError) {
  world_.Add(ada_, Event().Worth("1.00", "EUR"));
  world_.Add(ada_, Event().Worth("1.00", "USD"));
  EXPECT_THAT(
      Value("interactions('purchase').sum(i, i.amount) > money('1', 'EUR')"),
      kCurrencies);
}

TEST_F(EvaluatorTest, AnAmountWithoutCurrencyDoesNotDisturbASum) {
  world_.Add(ada_, Event().At(kNow - 1));
  world_.Add(ada_, Event().Worth("1.00", "USD"));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').sum(i, i.amount) == money('1', 'USD')");
}

TEST_F(EvaluatorTest, ASumThatDoesNotFitIsAnError) {
  world_.Add(ada_, Event());
  world_.Add(ada_, Event());
  EXPECT_THAT(Value("interactions('purchase').sum(i, 9223372036854775807) > 0"),
              kOverflow);
}

TEST_F(EvaluatorTest, ASumIsExactUntilItsEnd) {
  for (int64_t rating :
       {std::numeric_limits<int64_t>::max(), int64_t{1}, int64_t{-1}}) {
    world_.Add(ada_, Event().Of("review").Says("rating", rating));
  }
  EXPECT_TRUE_IN_CEL(
      "interactions('review').sum(i, i.rating) == 9223372036854775807");
}

TEST_F(EvaluatorTest, ASumOfMoneyIsExactUntilItsEnd) {
  for (std::string_view amount : {"92233720368547758.07", "0.01", "-0.01"}) {
    world_.Add(ada_, Event().Worth(amount, "EUR"));
  }
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').sum(i, i.amount) == "
      "money('92233720368547758.07', 'EUR')");
}

TEST_F(EvaluatorTest, AMissingFieldFailsASum) {
  world_.Add(ada_, Event().Of("review"));
  EXPECT_THAT(Value("interactions('review').sum(i, i.rating) >= 0"),
              EndsWith("there is no rating"));
}

// 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 in doubles: the order must be one.
TEST_F(EvaluatorTest, ASumOfDoublesDoesNotDependOnArrival) {
  const std::vector<double> terms = {1e16, 1.0, -1e16, 3.0};
  std::vector<size_t> order = {0, 1, 2, 3};
  std::vector<std::string> values;
  do {
    World world;
    // Two records, and one after another by id only.
    for (size_t i : order) {
      const RecordNumber record = world.Record(i % 2 ? "shop:ada" : "crm:ada");
      world.Add(record, Event()
                            .At(kNow - static_cast<int64_t>(i / 2))
                            .From("s")
                            .Fact(i + 1)
                            .With("a", 0, 0, terms[i] / 1e6));
    }
    world.Link(world.Record("shop:ada"), world.Record("crm:ada"));
    std::string value;
    for (const char* sum : {"0.0", "1.0", "2.0", "3.0", "4.0"}) {
      value +=
          test::ValueOf(world,
                        std::string("interactions('purchase').lines().sum(l, "
                                    "l.unit_price * 1e6) == ") +
                            sum,
                        world.Record("shop:ada")) +
          " ";
    }
    values.push_back(value);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_THAT(values, testing::Each(values.front()));
}

TEST_F(EvaluatorTest, ASumOverTypesDoesNotDependOnWhichWasDefinedFirst) {
  // 1e16 + 1 is 1e16 in doubles: (1e16 - 1e16) + 1 is 1, (1e16 + 1) - 1e16 is
  // 0 or 2.
  std::vector<std::string> types = {"alpha", "beta", "gamma"};
  std::vector<std::string> values;
  do {
    World world;
    for (const std::string& type : types) {
      world.schema.Apply(InteractionTypeDefinition{type, ""});
      world.names.Add(type);
    }
    world.Define("weight", Subject::kInteraction, ValueType::kDouble);
    const RecordNumber ada = world.Record("shop:ada");
    world.Add(ada, Event().Of("alpha").Says("weight", 1e16));
    world.Add(ada, Event().Of("beta").Says("weight", 1.0));
    world.Add(ada, Event().Of("gamma").Says("weight", -1e16));
    values.push_back(test::ValueOf(
        world, "interactions('alpha', 'beta', 'gamma').sum(i, i.weight) == 0.0",
        ada));
  } while (std::next_permutation(types.begin(), types.end()));
  EXPECT_THAT(values, testing::Each(values.front()));
}

// ---- Exists and where.

TEST_F(EvaluatorTest, ExistsIsFalseOfNothing) {
  EXPECT_FALSE_IN_CEL("interactions('purchase').exists(i, true)");
}

TEST_F(EvaluatorTest, ExistsIsTrueWhenAnyHolds) {
  world_.Add(ada_, Event().By("app"));
  world_.Add(ada_, Event().By("web"));
  EXPECT_TRUE_IN_CEL("interactions('purchase').exists(i, i.channel == 'web')");
  EXPECT_FALSE_IN_CEL(
      "interactions('purchase').exists(i, i.channel == 'shop')");
}

TEST_F(EvaluatorTest, OneThatHoldsDecidesBeforeAndAfterOneThatFails) {
  for (int64_t failing : {kNow - 10, kNow - 1}) {
    World world;
    const RecordNumber ada = world.Record("shop:ada");
    world.Add(ada, Event().Of("review").At(failing));
    world.Add(ada,
              Event().Of("review").At(kNow - 5).Says("rating", int64_t{5}));
    EXPECT_EQ(
        test::ValueOf(world, "interactions('review').exists(i, i.rating == 5)",
                      ada),
        "true");
  }
}

TEST_F(EvaluatorTest, OneThatFailsIsAnErrorWhenNoneHolds) {
  for (int64_t failing : {kNow - 10, kNow - 1}) {
    World world;
    const RecordNumber ada = world.Record("shop:ada");
    world.Add(ada, Event().Of("review").At(failing));
    world.Add(ada,
              Event().Of("review").At(kNow - 5).Says("rating", int64_t{5}));
    EXPECT_THAT(
        test::ValueOf(world, "interactions('review').exists(i, i.rating == 1)",
                      ada),
        EndsWith("there is no rating"));
  }
}

TEST_F(EvaluatorTest, WhereKeepsThoseForWhichItHolds) {
  for (int64_t rating = 1; rating <= 5; ++rating) {
    world_.Add(ada_, Event().Of("review").Says("rating", rating));
  }
  EXPECT_TRUE_IN_CEL(
      "interactions('review').where(i, i.rating >= 4).count() == 2");
  EXPECT_TRUE_IN_CEL(
      "interactions('review').where(i, i.rating >= 4).sum(i, i.rating) == 9");
}

TEST_F(EvaluatorTest, WheresFollowEachOther) {
  for (int64_t rating = 1; rating <= 5; ++rating) {
    world_.Add(ada_, Event().Of("review").Says("rating", rating));
  }
  EXPECT_TRUE_IN_CEL(
      "interactions('review').where(i, i.rating > 1).where(j, j.rating < 5)"
      ".count() == 3");
}

TEST_F(EvaluatorTest, AnEarlierWhereSparesALaterOneItsError) {
  world_.Add(ada_, Event().Of("review").By("web").Says("rating", int64_t{5}));
  world_.Add(ada_, Event().Of("review").By("app"));
  EXPECT_TRUE_IN_CEL(
      "interactions('review').where(i, i.channel == 'web')"
      ".where(i, i.rating == 5).count() == 1");
}

TEST_F(EvaluatorTest, OneThatFailsFailsTheWhere) {
  world_.Add(ada_,
             Event().Of("review").At(kNow - 2).Says("rating", int64_t{5}));
  world_.Add(ada_, Event().Of("review").At(kNow - 1));
  EXPECT_THAT(Value("interactions('review').where(i, i.rating == 5).count() "
                    ">= 0"),
              EndsWith("there is no rating"));
}

TEST_F(EvaluatorTest, AWhereThatFailsFailsAnExistsWhateverComesFirst) {
  for (int64_t failing : {kNow - 10, kNow - 1}) {
    World world;
    const RecordNumber ada = world.Record("shop:ada");
    world.Add(ada, Event().Of("review").At(failing));
    world.Add(ada,
              Event().Of("review").At(kNow - 5).Says("rating", int64_t{5}));
    EXPECT_THAT(test::ValueOf(world,
                              "interactions('review').where(i, i.rating == 5)"
                              ".exists(i, true)",
                              ada),
                EndsWith("there is no rating"));
  }
}

TEST_F(EvaluatorTest, AWhereOfLinesThatFailsFailsAnExistsWhateverComesFirst) {
  world_.Add(ada_, Event().Worth("1.00", "EUR").With("a", 1, 100));
  world_.Add(ada_, Event().Worth("1.00", "USD").With("b", 1, 100));
  const std::string where =
      "interactions('purchase').lines().where(l, l.amount == money('1.00', ";
  EXPECT_THAT(Value(where + "'EUR')).exists(l, true)"), kCurrencies);
  EXPECT_THAT(Value(where + "'USD')).exists(l, true)"), kCurrencies);
}

TEST_F(EvaluatorTest, HasTellsWhetherAnInteractionHasAField) {
  world_.Add(ada_, Event().Of("review").At(kNow - 2));
  world_.Add(ada_,
             Event().Of("review").At(kNow - 1).Says("rating", int64_t{5}));
  EXPECT_TRUE_IN_CEL(
      "interactions('review').where(i, has(i.rating)).count() == 1");
  EXPECT_TRUE_IN_CEL(
      "interactions('review').where(i, has(i.rating) && i.rating == 5)"
      ".count() == 1");
}

TEST_F(EvaluatorTest, LinesOfFilteredInteractionsAreTheirs) {
  world_.Add(ada_, Event().By("web").With("a", 1));
  world_.Add(ada_, Event().By("app").With("b", 1));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').where(i, i.channel == 'web').lines()"
      ".where(l, l.product != 'a').count() == 0");
}

TEST_F(EvaluatorTest, InnerConditionsSeeTheOuterVariable) {
  world_.Add(ada_,
             Event().Worth("5.00", "EUR").With("a", 1, 100).With("b", 1, 400));
  world_.Add(ada_, Event().Worth("5.00", "EUR").With("c", 1, 500));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').where(i, i.lines().exists(l, l.amount == "
      "i.amount)).count() == 1");
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').sum(i, i.lines().where(l, l.amount < "
      "i.amount).count()) == 2");
}

TEST_F(EvaluatorTest, AnInnerVariableMayHideAnOuterOneOfItsName) {
  world_.Add(ada_, Event().Worth("5.00", "EUR").With("a", 1, 100));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').exists(i, i.lines().exists(i, i.product == "
      "'a') && i.amount == money('5', 'EUR'))");
}

TEST_F(EvaluatorTest, AVariableMayHaveTheNameOfAnything) {
  world_.Add(ada_, Event().By("web"));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').exists(now, now.channel == 'web')");
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').exists(customer, customer.channel == 'web')");
}

TEST_F(EvaluatorTest, TheCustomerIsSeenInsideConditions) {
  world_.Set(ada_, "limit", Amount("4.00", "EUR"));
  world_.Add(ada_, Event().Worth("5.00", "EUR"));
  EXPECT_TRUE_IN_CEL(
      "interactions('purchase').exists(i, i.amount > customer.limit)");
}

TEST_F(EvaluatorTest, ManyCustomersAreTestedApart) {
  const RecordNumber grace = world_.Record("shop:grace");
  world_.Set(ada_, "visits", int64_t{1});
  world_.Set(grace, "visits", int64_t{2});
  EXPECT_EQ(test::ValueOf(world_, "customer.visits == 1", ada_), "true");
  EXPECT_EQ(test::ValueOf(world_, "customer.visits == 1", grace), "false");
}

}  // namespace
}  // namespace trato::core
