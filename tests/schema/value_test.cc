// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "schema/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsInvalid;
using test::IsOk;
using test::IsOutOfRange;

// The numbers are kept for ever in journals and in trato.h.
static_assert(static_cast<int>(ValueType::kNone) == 0);
static_assert(static_cast<int>(ValueType::kBool) == 1);
static_assert(static_cast<int>(ValueType::kInt) == 2);
static_assert(static_cast<int>(ValueType::kDouble) == 3);
static_assert(static_cast<int>(ValueType::kString) == 4);
static_assert(static_cast<int>(ValueType::kMoney) == 5);
static_assert(static_cast<int>(ValueType::kTimestamp) == 6);

TEST(Value, HasTheTypeOfWhatItHolds) {
  EXPECT_EQ(TypeOf(Value()), ValueType::kNone);
  EXPECT_EQ(TypeOf(Value(true)), ValueType::kBool);
  EXPECT_EQ(TypeOf(Value(int64_t{1})), ValueType::kInt);
  EXPECT_EQ(TypeOf(Value(1.0)), ValueType::kDouble);
  EXPECT_EQ(TypeOf(Value(std::string("a"))), ValueType::kString);
  EXPECT_EQ(TypeOf(Value(Money{})), ValueType::kMoney);
  EXPECT_EQ(TypeOf(Value(Timestamp{})), ValueType::kTimestamp);
}

TEST(TypeName, IsTheWordOfTheLanguage) {
  EXPECT_EQ(TypeName(ValueType::kNone), "none");
  EXPECT_EQ(TypeName(ValueType::kBool), "bool");
  EXPECT_EQ(TypeName(ValueType::kInt), "int");
  EXPECT_EQ(TypeName(ValueType::kDouble), "double");
  EXPECT_EQ(TypeName(ValueType::kString), "string");
  EXPECT_EQ(TypeName(ValueType::kMoney), "money");
  EXPECT_EQ(TypeName(ValueType::kTimestamp), "timestamp");
}

TEST(CheckValue, TakesNoValue) { EXPECT_THAT(CheckValue("x", {}), IsOk()); }

TEST(CheckValue, TakesEveryInt) {
  EXPECT_THAT(CheckValue("x", std::numeric_limits<int64_t>::min()), IsOk());
  EXPECT_THAT(CheckValue("x", std::numeric_limits<int64_t>::max()), IsOk());
}

TEST(CheckValue, TakesEveryFiniteDouble) {
  EXPECT_THAT(CheckValue("x", std::numeric_limits<double>::max()), IsOk());
  EXPECT_THAT(CheckValue("x", std::numeric_limits<double>::denorm_min()),
              IsOk());
  EXPECT_THAT(CheckValue("x", -0.0), IsOk());
}

TEST(CheckValue, NumbersThatAreNotFiniteAreRefused) {
  for (double number : {std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity(),
                        std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(CheckValue("attribute 'score'", number),
                IsInvalid("attribute 'score' is not a finite number"));
  }
}

TEST(CheckValue, TextThatIsNotUtf8IsRefused) {
  EXPECT_THAT(CheckValue("x", std::string("\xff")),
              IsInvalid("x is not UTF-8"));
}

TEST(CheckValue, TakesTextWithLinesAndNulBytes) {
  EXPECT_THAT(CheckValue("x", std::string("a\n\0b", 4)), IsOk());
}

TEST(CheckValue, TextOfMoreThanAMebibyteIsRefused) {
  EXPECT_THAT(CheckValue("x", std::string(1 << 20, 'a')), IsOk());
  EXPECT_FALSE(CheckValue("x", std::string((1 << 20) + 1, 'a')).ok());
}

TEST(CheckValue, MoneyWithoutCurrencyIsRefused) {
  EXPECT_THAT(CheckValue("attribute 'limit'", Money{100, Currency()}),
              IsInvalid("attribute 'limit' has no currency"));
}

TEST(CheckValue, TakesMoneyWithCurrency) {
  EXPECT_THAT(CheckValue("x", Money{100, *Currency::Parse("EUR")}), IsOk());
}

TEST(CheckValue, ATimeOutsideTheYears1To9999IsOutOfRange) {
  EXPECT_THAT(CheckValue("x", Timestamp{253402300800000000}),
              IsOutOfRange("x is outside the years 1 to 9999"));
  EXPECT_THAT(CheckValue("x", Timestamp{253402300799999999}), IsOk());
}

}  // namespace
}  // namespace trato::core
