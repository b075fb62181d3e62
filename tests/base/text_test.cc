// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsInvalid;
using test::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The well-formed sequences of the Unicode Standard, table 3-7: the first and
// last of each row.
TEST(IsUtf8, TakesTheFirstAndLastOfEveryLength) {
  for (std::string_view text :
       {"\x01", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xe0\xbf\xbf",
        "\xe1\x80\x80", "\xec\xbf\xbf", "\xed\x80\x80", "\xed\x9f\xbf",
        "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf0\xbf\xbf\xbf",
        "\xf1\x80\x80\x80", "\xf3\xbf\xbf\xbf", "\xf4\x80\x80\x80",
        "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(IsUtf8, EmptyTextIsWellFormed) { EXPECT_TRUE(IsUtf8("")); }

TEST(IsUtf8, TakesANulByte) {
  EXPECT_TRUE(IsUtf8(std::string_view("a\0b", 3)));
}

TEST(IsUtf8, OverlongFormsAreRefused) {
  // '/' in two, three and four bytes, and the longest of each.
  for (std::string_view text :
       {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xc1\xbf",
        "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xc0\x80"}) {
    EXPECT_FALSE(IsUtf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(IsUtf8, SurrogatesAreRefused) {
  for (std::string_view text : {"\xed\xa0\x80", "\xed\xaf\xbf", "\xed\xb0\x80",
                                "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80"}) {
    EXPECT_FALSE(IsUtf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(IsUtf8, WhatIsPastTheLastCodePointIsRefused) {
  for (std::string_view text :
       {"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
        "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff"}) {
    EXPECT_FALSE(IsUtf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(IsUtf8, SequencesThatAreCutOffAreRefused) {
  for (std::string_view text :
       {"\xc2", "\xe2\x82", "\xe2", "\xf0\x9f\x98", "\xf0\x9f", "\xf0", "a\xc3",
        "\xe2\x82z", "\xc3\xc3"}) {
    EXPECT_FALSE(IsUtf8(text)) << ::testing::PrintToString(text);
  }
}

TEST(IsUtf8, AContinuationWithoutAStartIsRefused) {
  EXPECT_FALSE(IsUtf8("\x80"));
  EXPECT_FALSE(IsUtf8("a\xbfz"));
}

// A view need not end with a NUL, and what lies behind it is not its own.
TEST(IsUtf8, DoesNotReadPastTheEnd) {
  const std::string text = "caf\xc3\xa9";
  EXPECT_FALSE(IsUtf8(std::string_view(text).substr(0, 4)));
  EXPECT_TRUE(IsUtf8(std::string_view(text).substr(0, 3)));
}

TEST(CheckText, NamesTheFieldThatIsNotUtf8) {
  EXPECT_THAT(CheckText("note", "\xff"), IsInvalid("note is not UTF-8"));
}

TEST(CheckText, AsManyBytesAsAllowedPass) {
  EXPECT_THAT(CheckText("note", "12345", 5), IsOk());
}

TEST(CheckText, OneByteMoreThanAllowedIsRefused) {
  EXPECT_THAT(CheckText("note", "123456", 5),
              IsInvalid("note has 6 bytes, at most 5 are allowed"));
}

TEST(CheckText, AMebibyteIsTheLimitWhenNoneIsGiven) {
  EXPECT_THAT(CheckText("note", std::string(1 << 20, 'x')), IsOk());
  EXPECT_FALSE(CheckText("note", std::string((1 << 20) + 1, 'x')).ok());
}

TEST(CheckName, TakesLettersDigitsAndUnderscores) {
  EXPECT_THAT(CheckName("attribute", "country_2"), IsOk());
  EXPECT_THAT(CheckName("attribute", "a"), IsOk());
}

TEST(CheckName, RefusesWhatExpressionsCannotName) {
  for (std::string_view name :
       {"1st", "_x", "Country", "cOuntry", "pa\xc3\xads", "a-b", "a b", "a.b",
        "a:b", " a", "a "}) {
    EXPECT_THAT(CheckName("attribute", name),
                IsInvalid("attribute '" + std::string(name) +
                          "' may hold a-z, 0-9 and _ only, from a letter"));
  }
}

TEST(CheckName, AnEmptyNameIsRefused) {
  EXPECT_THAT(CheckName("attribute", ""), IsInvalid("attribute is empty"));
}

TEST(CheckName, DoesNotRepeatANameWithControlCharacters) {
  for (std::string_view name : {"a\nb", "a\x7f", "a\x1b[31m"}) {
    EXPECT_THAT(CheckName("attribute", name),
                IsInvalid("attribute may hold a-z, 0-9 and _ only, from a "
                          "letter"));
  }
}

TEST(CheckName, TheLimitIs128Bytes) {
  EXPECT_THAT(CheckName("attribute", std::string(128, 'a')), IsOk());
  EXPECT_THAT(CheckName("attribute", std::string(129, 'a')),
              IsInvalid("attribute has 129 bytes, at most 128 are allowed"));
}

TEST(CheckLabel, TakesWhatPeopleWrite) {
  for (std::string_view label :
       {"loyal", "10 % off: caf\xc3\xa9!", "VIP", "1", "\xe8\x8c\xb6"}) {
    EXPECT_THAT(CheckLabel("offer", label), IsOk()) << label;
  }
}

TEST(CheckLabel, AnEmptyLabelIsRefused) {
  EXPECT_THAT(CheckLabel("offer", ""), IsInvalid("offer is empty"));
}

TEST(CheckLabel, ControlCharactersAreRefused) {
  for (std::string_view label :
       {std::string_view("a\nb"), std::string_view("\t"),
        std::string_view("a\x7f"), std::string_view("a\0b", 3),
        std::string_view("\x1b[2J")}) {
    EXPECT_THAT(CheckLabel("offer", label),
                IsInvalid("offer holds a control character"));
  }
}

TEST(CheckLabel, ABlankAtEitherEndIsRefused) {
  for (std::string_view label : {" a", "a ", " "}) {
    EXPECT_THAT(CheckLabel("offer", label),
                IsInvalid("offer starts or ends with a blank"));
  }
}

TEST(CheckLabel, TheLimitIs128BytesWhenNoneIsGiven) {
  EXPECT_THAT(CheckLabel("offer", std::string(128, 'a')), IsOk());
  EXPECT_FALSE(CheckLabel("offer", std::string(129, 'a')).ok());
}

TEST(CheckIdentifier, TakesANamespaceAndAValue) {
  EXPECT_THAT(CheckIdentifier("record", "shop:12748"), IsOk());
}

TEST(CheckIdentifier, TheValueMayHoldColons) {
  EXPECT_THAT(CheckIdentifier("record", "urn:isbn:0451450523"), IsOk());
}

TEST(CheckIdentifier, WithoutColonItSaysHowToWriteIt) {
  EXPECT_THAT(CheckIdentifier("record", "12748"),
              IsInvalid("record is not written namespace:value, for example "
                        "shop:12748"));
}

TEST(CheckIdentifier, TheNamespaceIsAName) {
  EXPECT_THAT(CheckIdentifier("record", "Shop:1"),
              IsInvalid(StartsWith("record: namespace 'Shop' may hold")));
  EXPECT_THAT(CheckIdentifier("record", ":1"),
              IsInvalid("record: namespace is empty"));
}

TEST(CheckIdentifier, TheValueIsALabel) {
  EXPECT_THAT(CheckIdentifier("record", "shop:"),
              IsInvalid("record: value is empty"));
  EXPECT_THAT(CheckIdentifier("record", "shop: 1"),
              IsInvalid("record: value starts or ends with a blank"));
}

TEST(CheckIdentifier, TheLimitIs1024Bytes) {
  EXPECT_THAT(CheckIdentifier("record", "s:" + std::string(1022, 'v')), IsOk());
  EXPECT_THAT(CheckIdentifier("record", "s:" + std::string(1023, 'v')),
              IsInvalid("record has 1025 bytes, at most 1024 are allowed"));
}

// An identifier is personal data.
TEST(CheckIdentifier, DoesNotRepeatTheValue) {
  EXPECT_THAT(CheckIdentifier("record", "email:ada\n@example.com"),
              IsInvalid(AllOf(Not(HasSubstr("ada")), HasSubstr("control"))));
}

TEST(CharacterCount, CountsCodePoints) {
  EXPECT_EQ(CharacterCount(""), 0u);
  EXPECT_EQ(CharacterCount("caf\xc3\xa9"), 4u);
  EXPECT_EQ(CharacterCount("\xe8\x8c\xb6"), 1u);
  EXPECT_EQ(CharacterCount("\xf0\x9f\x98\x80!"), 2u);
}

TEST(CharacterCount, CombiningMarksCountThemselves) {
  EXPECT_EQ(CharacterCount("e\xcc\x81"), 2u);
}

TEST(CharacterCount, ANulByteIsACharacter) {
  EXPECT_EQ(CharacterCount(std::string_view("a\0b", 3)), 3u);
}

TEST(CharacterCount, AByteThatIsNotPartOfACharacterCountsAsOne) {
  EXPECT_EQ(CharacterCount("\xff"), 1u);
  EXPECT_EQ(CharacterCount("a\x80z"), 3u);
}

const std::vector<std::string_view> kCountry = {"country", "visits", "score"};

TEST(DidYouMean, FindsAMissingLetter) {
  EXPECT_EQ(DidYouMean("contry", kCountry), ", did you mean 'country'?");
}
TEST(DidYouMean, FindsAnExtraLetter) {
  EXPECT_EQ(DidYouMean("countrry", kCountry), ", did you mean 'country'?");
}
TEST(DidYouMean, FindsAWrongLetter) {
  EXPECT_EQ(DidYouMean("visitz", kCountry), ", did you mean 'visits'?");
}
TEST(DidYouMean, FindsSwappedLetters) {
  EXPECT_EQ(DidYouMean("csore", kCountry), ", did you mean 'score'?");
}

TEST(DidYouMean, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(DidYouMean("birthday", kCountry), "");
}

TEST(DidYouMean, SaysNothingWhenNothingIsKnown) {
  EXPECT_EQ(DidYouMean("country", {}), "");
}

TEST(DidYouMean, PrefersTheNearest) {
  EXPECT_EQ(DidYouMean("vist", {"viste", "visits", "vast"}),
            DidYouMean("vist", {"vast", "viste", "visits"}));
  EXPECT_EQ(DidYouMean("visit", {"vast", "visits"}),
            ", did you mean 'visits'?");
}

TEST(DidYouMean, TakesTheFirstOfTheAlphabetAmongEquals) {
  EXPECT_EQ(DidYouMean("bat", {"cat", "bag", "rat"}), ", did you mean 'bag'?");
}

TEST(DidYouMean, GivesUpOnNamesThatAreTooLong) {
  EXPECT_EQ(DidYouMean(std::string(100000, 'a'), {"a"}), "");
}

}  // namespace
}  // namespace trato::core
