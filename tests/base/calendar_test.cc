// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "support/instants.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsInvalid;
using test::IsOk;
using test::IsOkAnd;
using test::IsOutOfRange;
using test::kDay;
using test::kHour;
using test::kMinute;
using test::kSecond;
using test::Utc;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::TimeZone Zone(std::string_view name) {
  auto zone = LoadZone(name);
  EXPECT_TRUE(zone.ok()) << zone.status();
  return zone.value_or(absl::UTCTimeZone());
}

const absl::TimeZone kUtc = absl::UTCTimeZone();

Span Of(std::string_view text) {
  auto span = ParseSpan(text);
  EXPECT_TRUE(span.ok()) << span.status();
  return span.value_or(Span{});
}

// Python: datetime.min and datetime.max in UTC, in microseconds.
TEST(CheckInstant, TakesTheYears1To9999) {
  EXPECT_THAT(CheckInstant("at_us", -62135596800000000), IsOk());
  EXPECT_THAT(CheckInstant("at_us", 253402300799999999), IsOk());
}

TEST(CheckInstant, OnePastEitherEndIsOutOfRange) {
  EXPECT_THAT(CheckInstant("at_us", -62135596800000001),
              IsOutOfRange("at_us is outside the years 1 to 9999"));
  EXPECT_THAT(CheckInstant("at_us", 253402300800000000),
              IsOutOfRange("at_us is outside the years 1 to 9999"));
}

TEST(CheckInstant, TheExtremesOfInt64AreOutOfRange) {
  EXPECT_FALSE(CheckInstant("x", std::numeric_limits<int64_t>::min()).ok());
  EXPECT_FALSE(CheckInstant("x", std::numeric_limits<int64_t>::max()).ok());
}

TEST(LoadZone, KnowsUtcAndPlaces) {
  EXPECT_TRUE(LoadZone("UTC").ok());
  EXPECT_TRUE(LoadZone("Europe/London").ok());
}

TEST(LoadZone, NamesTheZoneThatItDoesNotKnow) {
  EXPECT_THAT(LoadZone("Europe/Londres"),
              IsInvalid(HasSubstr("zone 'Europe/Londres'")));
}

TEST(LoadZone, OpensNoFileOutsideTheZoneData) {
  for (std::string_view name :
       {"/etc/localtime", "/usr/share/zoneinfo/Europe/London",
        "../zoneinfo/Europe/London", "Europe/../Europe/London"}) {
    EXPECT_FALSE(LoadZone(name).ok()) << name;
  }
}

TEST(LoadZone, AnEmptyNameIsRefused) { EXPECT_FALSE(LoadZone("").ok()); }

TEST(LoadZone, DoesNotRepeatControlCharacters) {
  EXPECT_THAT(LoadZone("Europe\nLondon"), IsInvalid(Not(HasSubstr("\n"))));
}

TEST(ParseSpan, ReadsEachUnit) {
  EXPECT_EQ(Of("2y"), (Span{24, 0, 0}));
  EXPECT_EQ(Of("3mo"), (Span{3, 0, 0}));
  EXPECT_EQ(Of("2w"), (Span{0, 14, 0}));
  EXPECT_EQ(Of("90d"), (Span{0, 90, 0}));
  EXPECT_EQ(Of("36h"), (Span{0, 0, 129'600'000'000}));
  EXPECT_EQ(Of("5m"), (Span{0, 0, 300'000'000}));
  EXPECT_EQ(Of("7s"), (Span{0, 0, 7'000'000}));
}

TEST(ParseSpan, ReadsAllUnitsTogether) {
  // 12 + 2 months; 3 * 7 + 4 days; 5 h 6 m 7 s are 18367 seconds.
  EXPECT_EQ(Of("1y2mo3w4d5h6m7s"), (Span{14, 25, 18'367'000'000}));
}

TEST(ParseSpan, UnitsMayBeLeftOut) {
  EXPECT_EQ(Of("1y6mo"), (Span{18, 0, 0}));
  EXPECT_EQ(Of("1mo30m"), (Span{1, 0, 1'800'000'000}));
}

TEST(ParseSpan, ZerosAtTheStartDoNotMatter) {
  EXPECT_EQ(Of("0090d"), (Span{0, 90, 0}));
}

TEST(ParseSpan, AZeroPartIsAllowedBesideAnother) {
  EXPECT_EQ(Of("0y1d"), (Span{0, 1, 0}));
}

TEST(ParseSpan, NothingIsRefused) {
  EXPECT_THAT(ParseSpan(""), IsInvalid(HasSubstr("is empty")));
}

TEST(ParseSpan, ZeroIsRefused) {
  EXPECT_THAT(ParseSpan("0d"), IsInvalid(HasSubstr("'0d' is zero")));
  EXPECT_THAT(ParseSpan("0y0mo0w0d0h0m0s"), IsInvalid(HasSubstr("is zero")));
}

TEST(ParseSpan, UnitsFromTheSmallestAreRefused) {
  EXPECT_THAT(ParseSpan("6mo1y"), IsInvalid(HasSubstr("out of order")));
  EXPECT_THAT(ParseSpan("1s1h"), IsInvalid(HasSubstr("out of order")));
}

TEST(ParseSpan, AUnitTwiceIsRefused) {
  EXPECT_THAT(ParseSpan("1d1d"), IsInvalid(HasSubstr("out of order")));
}

TEST(ParseSpan, AUnitWithoutNumberIsRefused) {
  for (std::string_view text : {"d", "-1d", "+1d", " 1d", "1dh", ".5d"}) {
    EXPECT_THAT(ParseSpan(text),
                IsInvalid(HasSubstr(text == "1dh" ? "unknown unit"
                                                  : "without a number")))
        << text;
  }
}

TEST(ParseSpan, ANumberWithoutKnownUnitIsRefused) {
  for (std::string_view text : {"90", "90D", "90days", "1.5d", "1d ", "1 d",
                                "1ms", "1min", "5\xc2\xb5s"}) {
    EXPECT_FALSE(ParseSpan(text).ok()) << text;
  }
}

TEST(ParseSpan, TellsHowToWriteIt) {
  EXPECT_THAT(ParseSpan("90"), IsInvalid(HasSubstr("write it like 90d")));
}

TEST(ParseSpan, NineThousandYearsAreTheLimit) {
  EXPECT_EQ(Of("9999y"), (Span{119988, 0, 0}));
  EXPECT_THAT(ParseSpan("10000y"), IsInvalid(HasSubstr("9999 years")));
  EXPECT_THAT(ParseSpan("9999y1mo"), IsInvalid(HasSubstr("9999 years")));
}

TEST(ParseSpan, EachPartHasALimit) {
  // 9999 * 366 = 3659634 days = 87831216 hours.
  EXPECT_EQ(Of("3659634d"), (Span{0, 3659634, 0}));
  EXPECT_THAT(ParseSpan("3659635d"), IsInvalid(HasSubstr("9999 years")));
  EXPECT_TRUE(ParseSpan("87831216h").ok());
  EXPECT_THAT(ParseSpan("87831217h"), IsInvalid(HasSubstr("9999 years")));
}

TEST(ParseSpan, NumbersThatOverflowAreRefused) {
  for (std::string_view text :
       {"999999999999999y", "9999999999999999999999d", "999999999999999s",
        "18446744073709551617d", "99999999999999999999999999999999999999s"}) {
    EXPECT_FALSE(ParseSpan(text).ok()) << text;
  }
}

TEST(ParseSpan, DoesNotRepeatControlCharacters) {
  EXPECT_THAT(ParseSpan("90d\n"), IsInvalid(Not(HasSubstr("\n"))));
}

TEST(ParseSpan, DoesNotRepeatWhatIsNotUtf8) {
  EXPECT_THAT(ParseSpan("9\xff"), IsInvalid(Not(HasSubstr("\xff"))));
}

// ---- Add and Subtract: all instants after "->" by Python's zoneinfo with
// fold=0, which reads a skipped or repeated clock time with the offset before
// the change.

TEST(Subtract, OneMonthBefore31MarchIsTheLastOfFebruary) {
  EXPECT_EQ(Subtract(Utc(2011, 3, 31, 10), Of("1mo"), kUtc),
            Utc(2011, 2, 28, 10));
  EXPECT_EQ(Subtract(Utc(2012, 3, 31, 10), Of("1mo"), kUtc),
            Utc(2012, 2, 29, 10));
}

TEST(Subtract, OneYearBefore29FebruaryIsThe28th) {
  EXPECT_EQ(Subtract(Utc(2012, 2, 29), Of("1y"), kUtc), Utc(2011, 2, 28));
}

TEST(Subtract, FourYearsBefore29FebruaryIsThe29th) {
  EXPECT_EQ(Subtract(Utc(2016, 2, 29), Of("4y"), kUtc), Utc(2012, 2, 29));
}

TEST(Subtract, TheYear1900HadNo29February) {
  EXPECT_EQ(Subtract(Utc(2000, 2, 29), Of("100y"), kUtc), Utc(1900, 2, 28));
}

TEST(Subtract, MonthsGoBeforeDays) {
  // 31 March - 1 month = 29 February, - 1 day = 28 February 2012. Days first
  // would give 30 March, then 29 February.
  EXPECT_EQ(Subtract(Utc(2012, 3, 31), Of("1mo1d"), kUtc), Utc(2012, 2, 28));
}

TEST(Subtract, MonthsCrossTheYear) {
  EXPECT_EQ(Subtract(Utc(2012, 1, 31), Of("11mo"), kUtc), Utc(2011, 2, 28));
  EXPECT_EQ(Subtract(Utc(2012, 1, 31), Of("12mo"), kUtc), Utc(2011, 1, 31));
  EXPECT_EQ(Subtract(Utc(2012, 1, 15), Of("13mo"), kUtc), Utc(2010, 12, 15));
}

TEST(Add, OneMonthAfter31JanuaryIsTheLastOfFebruary) {
  EXPECT_EQ(Add(Utc(2012, 1, 31), Of("1mo"), kUtc), Utc(2012, 2, 29));
}

TEST(Add, MonthsCrossTheYear) {
  EXPECT_EQ(Add(Utc(2011, 12, 31), Of("2mo"), kUtc), Utc(2012, 2, 29));
}

TEST(Subtract, KeepsMicroseconds) {
  EXPECT_EQ(Subtract(Utc(2011, 12, 10, 9, 30) + 123456, Of("1d"), kUtc),
            Utc(2011, 12, 9, 9, 30) + 123456);
}

TEST(Subtract, KeepsMicrosecondsBefore1970) {
  // 1969-12-31T23:59:59.999999 -> 1969-12-30 and 1969-11-30.
  EXPECT_EQ(Subtract(-1, Of("1d"), kUtc), -86400000001);
  EXPECT_EQ(Subtract(-1, Of("1mo"), kUtc), -2678400000001);
}

TEST(Subtract, ALeapDayBefore1970MovesToo) {
  // 1960-02-29T12:00 -> 1959-02-28T12:00.
  EXPECT_EQ(Subtract(-310478400000000, Of("1y"), kUtc), -342100800000000);
}

TEST(Subtract, DaysKeepTheClockTimeOverTheSpringChangeInLondon) {
  // 27 March 2011 12:00 BST -> 26 March 12:00 GMT, 23 hours before.
  EXPECT_EQ(Subtract(Utc(2011, 3, 27, 11), Of("1d"), Zone("Europe/London")),
            Utc(2011, 3, 26, 12));
}

TEST(Subtract, HoursAreExactOverTheSpringChangeInLondon) {
  EXPECT_EQ(Subtract(Utc(2011, 3, 27, 11), Of("24h"), Zone("Europe/London")),
            Utc(2011, 3, 26, 11));
}

TEST(Subtract, DaysKeepTheClockTimeOverTheAutumnChangeInLondon) {
  // 30 October 2011 12:00 GMT -> 29 October 12:00 BST, 25 hours before.
  EXPECT_EQ(Subtract(Utc(2011, 10, 30, 12), Of("1d"), Zone("Europe/London")),
            Utc(2011, 10, 29, 11));
}

TEST(Subtract, ASkippedClockTimeIsReadWithTheOffsetBefore) {
  // 28 March 01:30 BST -> 27 March 01:30, which London skipped: 01:30 GMT.
  EXPECT_EQ(Subtract(Utc(2011, 3, 28, 0, 30), Of("1d"), Zone("Europe/London")),
            Utc(2011, 3, 27, 1, 30));
}

TEST(Add, ASkippedClockTimeIsReadWithTheOffsetBefore) {
  EXPECT_EQ(Add(Utc(2011, 3, 26, 1, 30), Of("1d"), Zone("Europe/London")),
            Utc(2011, 3, 27, 1, 30));
}

TEST(Subtract, ARepeatedClockTimeIsTheFirstOfTheTwo) {
  // 31 October 01:30 GMT -> 30 October 01:30, first in BST: 00:30 UTC.
  EXPECT_EQ(Subtract(Utc(2011, 10, 31, 1, 30), Of("1d"), Zone("Europe/London")),
            Utc(2011, 10, 30, 0, 30));
}

TEST(Add, ARepeatedClockTimeIsTheFirstOfTheTwo) {
  EXPECT_EQ(Add(Utc(2011, 10, 29, 0, 30), Of("1d"), Zone("Europe/London")),
            Utc(2011, 10, 30, 0, 30));
}

TEST(Add, HoursFollowTheCalendarDays) {
  // 26 March 01:30 + 1 day = 27 March 01:30 GMT, + 1 h = 02:30 UTC.
  EXPECT_EQ(Add(Utc(2011, 3, 26, 1, 30), Of("1d1h"), Zone("Europe/London")),
            Utc(2011, 3, 27, 2, 30));
}

// Santiago de Chile changes its clocks at midnight.
TEST(Subtract, AMidnightThatSantiagoSkippedIsReadWithTheOffsetBefore) {
  // 12 September 2022 00:30 -03 -> 11 September 00:30, skipped: 04:30 UTC.
  EXPECT_EQ(
      Subtract(Utc(2022, 9, 12, 3, 30), Of("1d"), Zone("America/Santiago")),
      Utc(2022, 9, 11, 4, 30));
}

TEST(Add, AMonthIntoAMidnightThatSantiagoSkipped) {
  // 11 August 2022 00:30 -04 -> 11 September 00:30, skipped: 04:30 UTC.
  EXPECT_EQ(Add(Utc(2022, 8, 11, 4, 30), Of("1mo"), Zone("America/Santiago")),
            Utc(2022, 9, 11, 4, 30));
}

TEST(Subtract, AnEveningThatSantiagoRepeatedIsTheFirstOfTheTwo) {
  // 3 April 2022 23:30 -04 -> 2 April 23:30, first in -03: 02:30 UTC.
  EXPECT_EQ(
      Subtract(Utc(2022, 4, 4, 3, 30), Of("1d"), Zone("America/Santiago")),
      Utc(2022, 4, 3, 2, 30));
}

TEST(Subtract, HoursInsideARepeatedHourAreExact) {
  // Half an hour before the second 23:30 of 2 April is the second 23:00.
  EXPECT_EQ(
      Subtract(Utc(2022, 4, 3, 3, 30), Of("30m"), Zone("America/Santiago")),
      Utc(2022, 4, 3, 3, 0));
}

TEST(Subtract, TheLongestSpansFromTheExtremesStayNumbers) {
  for (std::string_view text : {"9999y", "3659634d", "87831216h"}) {
    for (absl::TimeZone zone : {kUtc, Zone("America/Santiago")}) {
      EXPECT_LT(Subtract(kMinInstant, Of(text), zone), kMinInstant) << text;
      EXPECT_GT(Add(kMaxInstant, Of(text), zone), kMaxInstant) << text;
    }
  }
}

TEST(Subtract, NineThousandYearsBeforeTheLastInstant) {
  // 9999-12-31 - 9998 years = 0001-12-31; 364 days after 0001-01-01.
  EXPECT_EQ(Subtract(kMaxInstant, Of("9998y"), kUtc),
            kMinInstant + 365 * kDay - 1);
}

// ---- ParseTime and FormatTime.

TEST(ParseTime, ADateIsItsMidnight) {
  EXPECT_THAT(ParseTime("2011-12-10", kUtc), IsOkAnd(1323475200000000));
}

TEST(ParseTime, ReadsMinutesSecondsAndMicroseconds) {
  EXPECT_THAT(ParseTime("2011-12-10 09:30", kUtc), IsOkAnd(1323509400000000));
  EXPECT_THAT(ParseTime("2011-12-10T09:30:15", kUtc),
              IsOkAnd(1323509415000000));
  EXPECT_THAT(ParseTime("2011-12-10T09:30:15.000001", kUtc),
              IsOkAnd(1323509415000001));
}

TEST(ParseTime, AShortFractionIsFilledUp) {
  EXPECT_THAT(ParseTime("2011-12-10T09:30:15.5", kUtc),
              IsOkAnd(1323509415500000));
}

TEST(ParseTime, WithoutOffsetItIsInTheZone) {
  EXPECT_THAT(ParseTime("2011-07-01 12:00", Zone("Europe/London")),
              IsOkAnd(Utc(2011, 7, 1, 11)));
  EXPECT_THAT(ParseTime("2011-01-01 12:00", Zone("Europe/London")),
              IsOkAnd(Utc(2011, 1, 1, 12)));
}

TEST(ParseTime, AnOffsetWinsOverTheZone) {
  const absl::TimeZone zone = Zone("America/Santiago");
  EXPECT_THAT(ParseTime("2011-12-10T09:30Z", zone),
              IsOkAnd(Utc(2011, 12, 10, 9, 30)));
  EXPECT_THAT(ParseTime("2011-12-10T09:30:15+01:00", zone),
              IsOkAnd(Utc(2011, 12, 10, 8, 30, 15)));
  EXPECT_THAT(ParseTime("2011-12-10T09:30-03:30", zone),
              IsOkAnd(Utc(2011, 12, 10, 13, 0)));
}

TEST(ParseTime, AnOffsetMayChangeTheDay) {
  EXPECT_THAT(ParseTime("2012-03-01T00:30+14:00", kUtc),
              IsOkAnd(Utc(2012, 2, 29, 10, 30)));
}

TEST(ParseTime, ASkippedClockTimeIsReadWithTheOffsetBefore) {
  EXPECT_THAT(ParseTime("2011-03-27 01:30", Zone("Europe/London")),
              IsOkAnd(Utc(2011, 3, 27, 1, 30)));
  EXPECT_THAT(ParseTime("2022-09-11", Zone("America/Santiago")),
              IsOkAnd(Utc(2022, 9, 11, 4)));
}

TEST(ParseTime, ARepeatedClockTimeIsTheFirstOfTheTwo) {
  EXPECT_THAT(ParseTime("2011-10-30 01:30", Zone("Europe/London")),
              IsOkAnd(Utc(2011, 10, 30, 0, 30)));
}

TEST(ParseTime, ReadsTimesBefore1970) {
  EXPECT_THAT(ParseTime("1969-12-31T23:59:59.999999", kUtc), IsOkAnd(-1));
}

TEST(ParseTime, TheFirstAndLastInstantAreRead) {
  EXPECT_THAT(ParseTime("0001-01-01", kUtc), IsOkAnd(kMinInstant));
  EXPECT_THAT(ParseTime("9999-12-31T23:59:59.999999", kUtc),
              IsOkAnd(kMaxInstant));
}

TEST(ParseTime, AnOffsetPastEitherEndIsOutOfRange) {
  EXPECT_THAT(ParseTime("0001-01-01T00:00+00:01", kUtc),
              IsOutOfRange(HasSubstr("years 1 to 9999")));
  EXPECT_THAT(ParseTime("9999-12-31T23:59-00:01", kUtc),
              IsOutOfRange(HasSubstr("years 1 to 9999")));
}

TEST(ParseTime, DatesThatDoNotExistAreRefused) {
  for (std::string_view text :
       {"2011-02-29", "1900-02-29", "2011-13-01", "2011-00-10", "2011-01-00",
        "2011-04-31", "0000-01-01", "2011-12-10 24:00", "2011-12-10 12:60"}) {
    EXPECT_THAT(ParseTime(text, kUtc),
                IsInvalid("is not a date and time that exists"))
        << text;
  }
}

TEST(ParseTime, LeapSecondsAreRefused) {
  // 31 December 2016 ended with one.
  EXPECT_THAT(ParseTime("2016-12-31T23:59:60Z", kUtc),
              IsInvalid("is not a date and time that exists"));
}

TEST(ParseTime, WhatIsWrittenOtherwiseIsRefused) {
  for (std::string_view text : {"",
                                "2011",
                                "2011-12",
                                "2011-12-1",
                                "11-12-10",
                                "10000-01-01",
                                "-2011-12-10",
                                "+2011-12-10",
                                " 2011-12-10",
                                "2011-12-10 ",
                                "2011-12-10T",
                                "2011-12-10T9:30",
                                "2011-12-10T09",
                                "2011-12-10T09:3",
                                "2011-12-10T09:30:",
                                "2011-12-10T09:30:1",
                                "2011-12-10T09:30:15.",
                                "2011-12-10T09:30:15.1234567",
                                "2011-12-10t09:30",
                                "2011-12-10T09:30z",
                                "2011-12-10Z",
                                "2011-12-10T09:30+1:00",
                                "2011-12-10T09:30+0100",
                                "2011-12-10T09:30+24:00",
                                "2011-12-10T09:30+01:60",
                                "2011-12-10T09:30ZZ",
                                "2011/12/10",
                                "10.12.2011",
                                "yesterday"}) {
    EXPECT_THAT(ParseTime(text, kUtc), IsInvalid(HasSubstr("is not a time")))
        << "'" << text << "'";
  }
}

TEST(ParseTime, AnErrorDoesNotRepeatTheText) {
  EXPECT_THAT(ParseTime("1815-12-10 secret", kUtc),
              IsInvalid(Not(HasSubstr("1815"))));
}

TEST(FormatTime, LeavesOutSecondsThatAreZero) {
  EXPECT_EQ(FormatTime(Utc(2011, 12, 10, 9, 30), kUtc), "2011-12-10 09:30");
}

TEST(FormatTime, WritesSecondsAndMicroseconds) {
  EXPECT_EQ(FormatTime(Utc(2011, 12, 10, 9, 30, 15), kUtc),
            "2011-12-10 09:30:15");
  EXPECT_EQ(FormatTime(Utc(2011, 12, 10, 9, 30) + 1, kUtc),
            "2011-12-10 09:30:00.000001");
}

TEST(FormatTime, WritesInTheZone) {
  EXPECT_EQ(FormatTime(Utc(2011, 7, 1, 11), Zone("Europe/London")),
            "2011-07-01 12:00");
}

TEST(FormatTime, WritesTimesBefore1970) {
  EXPECT_EQ(FormatTime(-1, kUtc), "1969-12-31 23:59:59.999999");
}

TEST(FormatTime, WritesYearsWithFourDigits) {
  EXPECT_EQ(FormatTime(kMinInstant, kUtc), "0001-01-01 00:00");
}

TEST(FormatTime, IsReadBackByParseTime) {
  for (std::string_view name : {"UTC", "Europe/London", "America/Santiago",
                                "Asia/Kolkata", "Pacific/Kiritimati"}) {
    const absl::TimeZone zone = Zone(name);
    for (int64_t us :
         {Utc(1969, 7, 20, 20, 17, 40), Utc(1, 6, 1) + 7, Utc(9999, 6, 1),
          int64_t{-1}, int64_t{0}, int64_t{1}, Utc(2012, 2, 29, 23, 59, 59)}) {
      // Zones were local mean time with odd seconds once, read back as well.
      EXPECT_THAT(ParseTime(FormatTime(us, zone), zone), IsOkAnd(us)) << name;
    }
  }
}

TEST(FormatDate, IsTheDayInTheZone) {
  EXPECT_EQ(FormatDate(Utc(2011, 12, 10, 23, 30), kUtc), "2011-12-10");
  EXPECT_EQ(FormatDate(Utc(2011, 12, 10, 23, 30), Zone("Asia/Kolkata")),
            "2011-12-11");
}

}  // namespace
}  // namespace trato::core
