// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/money.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsInvalid;
using test::IsOkAnd;
using test::IsOutOfRange;
using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

auto Decimally(int64_t units, int scale) {
  return IsOkAnd(
      AllOf(Field(&Decimal::units, units), Field(&Decimal::scale, scale)));
}

Currency Of(std::string_view code) {
  auto currency = Currency::Parse(code);
  EXPECT_TRUE(currency.ok()) << currency.status();
  return currency.ok() ? *currency : Currency();
}

// ISO 4217, table A.1.
TEST(Currency, EuroHasTwoDigits) { EXPECT_EQ(Of("EUR").digits(), 2); }
TEST(Currency, YenHasNoDigits) { EXPECT_EQ(Of("JPY").digits(), 0); }
TEST(Currency, KuwaitiDinarHasThreeDigits) { EXPECT_EQ(Of("KWD").digits(), 3); }
TEST(Currency, UnidadDeFomentoHasFourDigits) {
  EXPECT_EQ(Of("CLF").digits(), 4);
}
TEST(Currency, ChileanPesoHasNoDigits) { EXPECT_EQ(Of("CLP").digits(), 0); }
TEST(Currency, TheLastOfEachListIsKnown) {
  EXPECT_EQ(Of("ZWG").digits(), 2);
  EXPECT_EQ(Of("XPF").digits(), 0);
  EXPECT_EQ(Of("TND").digits(), 3);
  EXPECT_EQ(Of("UYW").digits(), 4);
}

TEST(Currency, KeepsItsCode) { EXPECT_EQ(Of("GBP").code(), "GBP"); }

TEST(Currency, OfNothingIsFalse) {
  EXPECT_FALSE(Currency());
  EXPECT_EQ(Currency().code(), "");
}

TEST(Currency, TheCodeForNoCurrencyIsRefused) {
  EXPECT_THAT(Currency::Parse("XXX"), IsInvalid(HasSubstr("'XXX'")));
}

TEST(Currency, GoldIsRefused) {
  EXPECT_THAT(Currency::Parse("XAU"), IsInvalid(HasSubstr("'XAU'")));
}

TEST(Currency, LowerCaseIsRefused) {
  EXPECT_THAT(Currency::Parse("eur"), IsInvalid(HasSubstr("'eur'")));
}

TEST(Currency, AnythingButThreeLettersIsRefused) {
  for (std::string_view code : {"", "E", "EU", "EURO", "UR ", " EUR", "EUR "}) {
    EXPECT_THAT(Currency::Parse(code), IsInvalid(HasSubstr("ISO 4217")))
        << code;
  }
}

// The lists are searched as one string, where codes touch blanks.
TEST(Currency, PiecesOfTwoNeighboursAreRefused) {
  EXPECT_FALSE(Currency::Parse("ED ").ok());
  EXPECT_FALSE(Currency::Parse("D A").ok());
}

TEST(Currency, ARefusedCodeThatIsNotLettersIsNotRepeated) {
  EXPECT_THAT(Currency::Parse("E\nR"), IsInvalid(Not(HasSubstr("\n"))));
}

TEST(ParseDecimal, ReadsAWholeNumber) {
  EXPECT_THAT(ParseDecimal("12"), Decimally(12, 0));
}
TEST(ParseDecimal, ReadsANegativeFraction) {
  EXPECT_THAT(ParseDecimal("-1.5"), Decimally(-15, 1));
}
TEST(ParseDecimal, ReadsAPlusSign) {
  EXPECT_THAT(ParseDecimal("+0.001"), Decimally(1, 3));
}
TEST(ParseDecimal, KeepsZerosAtTheEnd) {
  EXPECT_THAT(ParseDecimal("1.50"), Decimally(150, 2));
}
TEST(ParseDecimal, SkipsZerosAtTheStart) {
  EXPECT_THAT(ParseDecimal("0000000000000000000000000000007"), Decimally(7, 0));
}
TEST(ParseDecimal, NegativeZeroIsZero) {
  EXPECT_THAT(ParseDecimal("-0"), Decimally(0, 0));
}

// 2^63 - 1 and -2^63.
TEST(ParseDecimal, ReadsTheLargestInt64) {
  EXPECT_THAT(ParseDecimal("9223372036854775807"), Decimally(kMax, 0));
}
TEST(ParseDecimal, ReadsTheSmallestInt64) {
  EXPECT_THAT(ParseDecimal("-9223372036854775808"), Decimally(kMin, 0));
}
TEST(ParseDecimal, OnePastTheLargestInt64IsOutOfRange) {
  EXPECT_THAT(ParseDecimal("9223372036854775808"),
              IsOutOfRange(HasSubstr("64 bits")));
}
TEST(ParseDecimal, OnePastTheSmallestInt64IsOutOfRange) {
  EXPECT_THAT(ParseDecimal("-9223372036854775809"),
              IsOutOfRange(HasSubstr("64 bits")));
}
TEST(ParseDecimal, TwentyDigitsAreOutOfRange) {
  EXPECT_THAT(ParseDecimal("10000000000000000000"),
              IsOutOfRange(HasSubstr("64 bits")));
}
TEST(ParseDecimal, NineteenDigitsThatFitAreReadWithTheirPoint) {
  EXPECT_THAT(ParseDecimal("-9.223372036854775808"), Decimally(kMin, 18));
}
TEST(ParseDecimal, EighteenDecimalsAreRead) {
  EXPECT_THAT(ParseDecimal("0.000000000000000001"), Decimally(1, 18));
}
TEST(ParseDecimal, NineteenDecimalsAreOutOfRange) {
  EXPECT_THAT(ParseDecimal("0.0000000000000000001"),
              IsOutOfRange(HasSubstr("18 digits")));
}

TEST(ParseDecimal, WhatIsNotANumberIsRefused) {
  for (std::string_view text :
       {"", "-", "+", ".", "-.", "--1", "+-1", "1-", "1.2.3", "1,5", "1e3",
        " 1", "1 ", "0x10", "NaN", "inf", "\xd9\xa3" /* Arabic three */}) {
    EXPECT_THAT(ParseDecimal(text), IsInvalid("is not a decimal number"))
        << "'" << text << "'";
  }
}

TEST(Rescale, MoreDigitsMultiply) {
  EXPECT_THAT(Rescale(12, 0, 2), IsOkAnd(1200));
}
TEST(Rescale, SameScaleKeepsTheNumber) {
  EXPECT_THAT(Rescale(-12, 3, 3), IsOkAnd(-12));
}

// Python: Decimal(v).scaleb(-1).quantize(Decimal(1), ROUND_HALF_UP), which is
// half away from zero: 14 15 16 24 25 and their negatives.
TEST(Rescale, RoundsHalfAwayFromZero) {
  EXPECT_THAT(Rescale(14, 1, 0), IsOkAnd(1));
  EXPECT_THAT(Rescale(15, 1, 0), IsOkAnd(2));
  EXPECT_THAT(Rescale(16, 1, 0), IsOkAnd(2));
  EXPECT_THAT(Rescale(24, 1, 0), IsOkAnd(2));
  EXPECT_THAT(Rescale(25, 1, 0), IsOkAnd(3));
  EXPECT_THAT(Rescale(-14, 1, 0), IsOkAnd(-1));
  EXPECT_THAT(Rescale(-15, 1, 0), IsOkAnd(-2));
  EXPECT_THAT(Rescale(-25, 1, 0), IsOkAnd(-3));
}

TEST(Rescale, RoundsOnceAndNotDigitByDigit) {
  // 0.0449 is 0; rounding 449 -> 45 -> 5 -> 1 would make it 1.
  EXPECT_THAT(Rescale(449, 3, 0), IsOkAnd(0));
  EXPECT_THAT(Rescale(499999999999999999, 18, 0), IsOkAnd(0));
  EXPECT_THAT(Rescale(500000000000000000, 18, 0), IsOkAnd(1));
}

TEST(Rescale, WhatIsWiderThan64BitsMayFitAfterwards) {
  // 10^20 thousandths are 10^17.
  const absl::int128 wide = absl::int128(10000000000000) * 10000000;
  EXPECT_THAT(Rescale(wide, 3, 0), IsOkAnd(100000000000000000));
}

TEST(Rescale, TheExtremesFit) {
  EXPECT_THAT(Rescale(kMax, 0, 0), IsOkAnd(kMax));
  EXPECT_THAT(Rescale(kMin, 0, 0), IsOkAnd(kMin));
}

TEST(Rescale, OnePastTheExtremesIsOutOfRange) {
  EXPECT_THAT(Rescale(absl::int128(kMax) + 1, 0, 0),
              IsOutOfRange(HasSubstr("64 bits")));
  EXPECT_THAT(Rescale(absl::int128(kMin) - 1, 0, 0),
              IsOutOfRange(HasSubstr("64 bits")));
}

TEST(Rescale, RoundingPastTheLargestIsOutOfRange) {
  // (2^63 - 1) * 10 + 5 tenths round to 2^63.
  EXPECT_THAT(Rescale(absl::int128(kMax) * 10 + 4, 1, 0), IsOkAnd(kMax));
  EXPECT_THAT(Rescale(absl::int128(kMax) * 10 + 5, 1, 0),
              IsOutOfRange(HasSubstr("64 bits")));
}

TEST(Rescale, AProductThatDoesNotFitIsOutOfRange) {
  // 2^63 - 1 = 922337203685477580.7 tenths.
  EXPECT_THAT(Rescale(922337203685477580, 0, 1), IsOkAnd(9223372036854775800));
  EXPECT_THAT(Rescale(922337203685477581, 0, 1),
              IsOutOfRange(HasSubstr("64 bits")));
}

TEST(Rescale, ZeroFitsAtAnyScale) {
  EXPECT_THAT(Rescale(0, 0, 18), IsOkAnd(0));
  EXPECT_THAT(Rescale(0, 18, 0), IsOkAnd(0));
}

TEST(FormatMinor, PutsThePointBeforeTheLastDigits) {
  EXPECT_EQ(FormatMinor(186053339, 2), "1860533.39");
}
TEST(FormatMinor, FillsUpWithZeros) {
  EXPECT_EQ(FormatMinor(5, 2), "0.05");
  EXPECT_EQ(FormatMinor(-5, 3), "-0.005");
}
TEST(FormatMinor, ZeroKeepsItsDigits) { EXPECT_EQ(FormatMinor(0, 2), "0.00"); }
TEST(FormatMinor, NoDigitsMeansNoPoint) {
  EXPECT_EQ(FormatMinor(-1500, 0), "-1500");
}
TEST(FormatMinor, WritesTheSmallestInt64) {
  EXPECT_EQ(FormatMinor(kMin, 2), "-92233720368547758.08");
}
TEST(FormatMinor, WritesTheLargestInt64) {
  EXPECT_EQ(FormatMinor(kMax, 4), "922337203685477.5807");
}

TEST(FormatAmount, UsesTheDigitsOfTheCurrency) {
  EXPECT_EQ(FormatAmount({1234, Of("EUR")}), "12.34");
  EXPECT_EQ(FormatAmount({1234, Of("JPY")}), "1234");
  EXPECT_EQ(FormatAmount({1234, Of("KWD")}), "1.234");
  EXPECT_EQ(FormatAmount({1234, Of("CLF")}), "0.1234");
}

TEST(ParseMoney, ReadsMinorUnits) {
  EXPECT_THAT(ParseMoney("500.00", Of("EUR")),
              IsOkAnd(Money{50000, Of("EUR")}));
  EXPECT_THAT(ParseMoney("500", Of("JPY")), IsOkAnd(Money{500, Of("JPY")}));
  EXPECT_THAT(ParseMoney("0.5", Of("KWD")), IsOkAnd(Money{500, Of("KWD")}));
}

TEST(ParseMoney, ZerosBeyondTheDigitsAreNoLoss) {
  EXPECT_THAT(ParseMoney("1.2300", Of("EUR")), IsOkAnd(Money{123, Of("EUR")}));
  EXPECT_THAT(ParseMoney("7.000", Of("JPY")), IsOkAnd(Money{7, Of("JPY")}));
}

TEST(ParseMoney, MoreDecimalsThanTheCurrencyHasAreRefused) {
  EXPECT_THAT(ParseMoney("1.005", Of("EUR")),
              IsInvalid("has more than the 2 decimal digits of EUR"));
  EXPECT_THAT(ParseMoney("0.1", Of("JPY")),
              IsInvalid("has more than the 0 decimal digits of JPY"));
}

TEST(ParseMoney, TheExtremesFit) {
  EXPECT_THAT(ParseMoney("92233720368547758.07", Of("EUR")),
              IsOkAnd(Money{kMax, Of("EUR")}));
  EXPECT_THAT(ParseMoney("-92233720368547758.08", Of("EUR")),
              IsOkAnd(Money{kMin, Of("EUR")}));
}

TEST(ParseMoney, OnePastTheExtremesIsOutOfRange) {
  EXPECT_THAT(ParseMoney("92233720368547758.08", Of("EUR")),
              IsOutOfRange(HasSubstr("64 bits")));
  EXPECT_THAT(ParseMoney("92233720368547759", Of("EUR")),
              IsOutOfRange(HasSubstr("64 bits")));
}

TEST(ParseMoney, ReadsBackWhatFormatAmountWrote) {
  for (const char* code : {"EUR", "JPY", "KWD", "CLF"}) {
    for (int64_t minor : {kMin, int64_t{-100}, int64_t{-1}, int64_t{0},
                          int64_t{1}, int64_t{99}, int64_t{10000}, kMax}) {
      const Money money{minor, Of(code)};
      EXPECT_THAT(ParseMoney(FormatAmount(money), money.currency),
                  IsOkAnd(money));
    }
  }
}

TEST(AddTo, TellsWhenTheSumDoesNotFit) {
  int64_t sum = kMax - 1;
  EXPECT_TRUE(AddTo(sum, 1));
  EXPECT_EQ(sum, kMax);
  EXPECT_FALSE(AddTo(sum, 1));
}

}  // namespace
}  // namespace trato::core
