// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/places.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsErrorAt;
using test::IsInvalid;
using test::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "name:customer", "symbol:.", ... without the end.
std::vector<std::string> TokensOf(std::string_view text) {
  auto tokens = Tokenize(text);
  if (!tokens.ok()) return {std::string(tokens.status().message())};
  std::vector<std::string> words;
  for (const Token& token : *tokens) {
    switch (token.kind) {
      case Token::Kind::kEnd:
        break;
      case Token::Kind::kName:
        words.push_back("name:" + token.text);
        break;
      case Token::Kind::kQuotedName:
        words.push_back("quoted:" + token.text);
        break;
      case Token::Kind::kUint:
        words.push_back("uint:" + token.text);
        break;
      case Token::Kind::kBytes:
        words.push_back("bytes:" + token.text);
        break;
      case Token::Kind::kInt:
        words.push_back("int:" + token.text);
        break;
      case Token::Kind::kDouble:
        words.push_back("double:" + token.text);
        break;
      case Token::Kind::kString:
        words.push_back("string:" + token.text);
        break;
      case Token::Kind::kSymbol:
        words.push_back("symbol:" + token.text);
        break;
    }
  }
  return words;
}

// "line:column" of each token and of the end.
std::vector<std::string> PlacesOf(std::string_view text) {
  auto tokens = Tokenize(text);
  if (!tokens.ok()) return {std::string(tokens.status().message())};
  std::vector<std::string> places;
  for (const Token& token : *tokens) {
    places.push_back(std::to_string(token.place.line) + ":" +
                     std::to_string(token.place.column));
  }
  return places;
}

std::string TextOf(std::string_view literal) {
  auto tokens = Tokenize(literal);
  EXPECT_THAT(tokens, IsOk());
  return tokens.ok() ? tokens->front().text : "";
}

TEST(Lexer, NothingIsOnlyAnEnd) {
  EXPECT_THAT(PlacesOf(""), ElementsAre("1:1"));
}

TEST(Lexer, ReadsNames) {
  EXPECT_THAT(TokensOf("customer _a b2 in"),
              ElementsAre("name:customer", "name:_a", "name:b2", "name:in"));
}

TEST(Lexer, ReadsSymbolsFromTheLongest) {
  EXPECT_THAT(TokensOf("<=<==="),
              ElementsAre("symbol:<=", "symbol:<=", "symbol:=="));
  EXPECT_THAT(TokensOf("!=!a"), ElementsAre("symbol:!=", "symbol:!", "name:a"));
}

TEST(Lexer, ReadsWholeNumbers) {
  EXPECT_THAT(TokensOf("0 42 0x1F 0XaB"),
              ElementsAre("int:0", "int:42", "int:0x1F", "int:0XaB"));
}

TEST(Lexer, ReadsDoubles) {
  EXPECT_THAT(TokensOf("1.5 .5 2e3 2E+3 1.5e-3"),
              ElementsAre("double:1.5", "double:.5", "double:2e3",
                          "double:2E+3", "double:1.5e-3"));
}

TEST(Lexer, APointWithoutDigitsBehindItIsNotPartOfANumber) {
  EXPECT_THAT(TokensOf("1.size"),
              ElementsAre("int:1", "symbol:.", "name:size"));
}

TEST(Lexer, ANumberWithALetterBehindItIsRefused) {
  EXPECT_THAT(Tokenize("  90d"),
              IsErrorAt(1, 3,
                        "'90' is followed by a letter; text goes between "
                        "quotes"));
  EXPECT_THAT(Tokenize("2e"), IsErrorAt(1, 1, HasSubstr("letter")));
}

TEST(Lexer, ReadsUnsignedNumbers) {
  EXPECT_THAT(TokensOf("1u 0x1FU"), ElementsAre("uint:1", "uint:0x1F"));
  EXPECT_THAT(Tokenize("1.5u"), IsErrorAt(1, 1, HasSubstr("letter")));
}

TEST(Lexer, ReadsBytes) {
  EXPECT_THAT(TokensOf("b\"x\" B'\\xff' br'\\n'"),
              ElementsAre("bytes:x", "bytes:\xff", "bytes:\\n"));
  // Only bytes may be raw, not the other way round.
  EXPECT_THAT(TokensOf("rb'x'"), ElementsAre("name:rb", "string:x"));
}

TEST(Lexer, ReadsNamesBetweenBackticks) {
  EXPECT_THAT(TokensOf("a.`b-c/d e`"),
              ElementsAre("name:a", "symbol:.", "quoted:b-c/d e"));
  EXPECT_THAT(Tokenize("a.``"), IsErrorAt(1, 3, HasSubstr("has no end")));
  EXPECT_THAT(Tokenize("a.`b"), IsErrorAt(1, 3, HasSubstr("has no end")));
}

TEST(Lexer, ReadsTextInBothQuotes) {
  EXPECT_EQ(TextOf("\"it's\""), "it's");
  EXPECT_EQ(TextOf("'a \"b\"'"), "a \"b\"");
}

TEST(Lexer, ReadsEmptyText) {
  EXPECT_THAT(TokensOf("\"\" ''"), ElementsAre("string:", "string:"));
}

TEST(Lexer, ReadsTextOverLinesInThreeQuotes) {
  EXPECT_EQ(TextOf("\"\"\"a\n\"b\"\nc\"\"\""), "a\n\"b\"\nc");
  EXPECT_EQ(TextOf("'''it's'''"), "it's");
}

TEST(Lexer, ReadsRawText) {
  EXPECT_EQ(TextOf("r\"\\d\\\""), "\\d\\");
  EXPECT_EQ(TextOf("R'''\\n'''"), "\\n");
}

// https://github.com/google/cel-spec/blob/master/doc/langdef.md, "String and
// bytes values".
TEST(Lexer, ResolvesTheEscapesOfCel) {
  EXPECT_EQ(TextOf(R"("\a\b\f\n\r\t\v")"), "\a\b\f\n\r\t\v");
  EXPECT_EQ(TextOf(R"("\\\?\"\'\`")"), "\\?\"'`");
}

TEST(Lexer, ResolvesHexadecimalAndOctalEscapesToCodePoints) {
  EXPECT_EQ(TextOf(R"("\x41\X42\101")"), "ABA");
  EXPECT_EQ(TextOf(R"("\xe9")"), "\xc3\xa9");
  EXPECT_EQ(TextOf(R"("\377")"), "\xc3\xbf");
}

// By Python: chr(0x8336).encode(), chr(0x1f600).encode(), chr(0x10ffff)...
TEST(Lexer, ResolvesUnicodeEscapes) {
  EXPECT_EQ(TextOf(R"("\u8336")"), "\xe8\x8c\xb6");
  EXPECT_EQ(TextOf(R"("\U0001F600")"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(TextOf(R"("\U0010ffff")"), "\xf4\x8f\xbf\xbf");
}

TEST(Lexer, EscapesAreNotGreedy) {
  EXPECT_EQ(TextOf(R"("\x414")"), "A4");
  EXPECT_EQ(TextOf(R"("\1011")"), "A1");
}

TEST(Lexer, EscapesThatDoNotExistAreRefused) {
  for (std::string_view text :
       {R"("ab\q")", R"("ab\x4")", R"("ab\u12")", R"("ab\U0001F60")",
        R"("ab\400")", R"("ab\18")", R"("ab\8")", R"("ab\xg0")"}) {
    EXPECT_THAT(Tokenize(text), IsErrorAt(1, 4, "unknown escape after '\\'"))
        << text;
  }
}

TEST(Lexer, EscapesOfSurrogatesAreRefused) {
  for (std::string_view text : {R"("\ud800")", R"("\udfff")", R"("\U0000d800")",
                                R"("\U00110000")", R"("\Uffffffff")"}) {
    EXPECT_THAT(Tokenize(text), IsErrorAt(1, 2, "unknown escape after '\\'"))
        << text;
  }
}

TEST(Lexer, TextWithoutEndIsRefusedWhereItStarts) {
  for (std::string_view text : {"1 + \"abc", "1 + 'abc", "1 + \"\"\"abc\"\"",
                                "1 + \"abc'", "1 + \"abc\n\"", "1 + \""}) {
    EXPECT_THAT(Tokenize(text),
                IsErrorAt(1, 5, "the text that starts here has no end"))
        << text;
  }
}

TEST(Lexer, ABackslashAtTheEndIsRefused) {
  EXPECT_FALSE(Tokenize("\"\\").ok());
  EXPECT_FALSE(Tokenize("\"\\x").ok());
  EXPECT_FALSE(Tokenize("r\"\\").ok());
}

TEST(Lexer, CommentsReachToTheEndOfTheLine) {
  EXPECT_THAT(TokensOf("1 // one + \"\n + 2 //"),
              ElementsAre("int:1", "symbol:+", "int:2"));
}

TEST(Lexer, CountsLinesAndCharactersFromOne) {
  EXPECT_THAT(PlacesOf("a\n  b\n\nc"), ElementsAre("1:1", "2:3", "4:1", "4:2"));
}

TEST(Lexer, CountsCharactersAndNotBytes) {
  // Five characters of text and their two quotes.
  EXPECT_THAT(PlacesOf("\"caf\xc3\xa9\xe8\x8c\xb6\" x"),
              ElementsAre("1:1", "1:9", "1:10"));
}

TEST(Lexer, CountsTheLinesOfATextToo) {
  EXPECT_THAT(PlacesOf("'''a\nb''' c"), ElementsAre("1:1", "2:6", "2:7"));
}

TEST(Lexer, ASingleEqualsSignIsRefusedWithHelp) {
  EXPECT_THAT(Tokenize("a = 1"),
              IsErrorAt(1, 3, "'=' is not an operator, compare with '=='"));
}

TEST(Lexer, SingleAndAndOrAreRefusedWithHelp) {
  EXPECT_THAT(Tokenize("a & b"), IsErrorAt(1, 3, "write '&&' for '&'"));
  EXPECT_THAT(Tokenize("a | b"), IsErrorAt(1, 3, "write '||' for '|'"));
}

TEST(Lexer, TypographicQuotesAreRefusedWithHelp) {
  EXPECT_THAT(Tokenize("a == \xe2\x80\x9c"
                       "ES\xe2\x80\x9d"),
              IsErrorAt(1, 6, HasSubstr("straight quotes")));
}

TEST(Lexer, OtherCharactersAreRefused) {
  EXPECT_THAT(Tokenize("a ; b"), IsErrorAt(1, 3, "unexpected character ';'"));
  EXPECT_THAT(Tokenize("a @"), IsErrorAt(1, 3, "unexpected character '@'"));
}

TEST(Lexer, CharactersBeyondAsciiAreRefusedOutsideText) {
  EXPECT_THAT(Tokenize("a +\n pa\xc3\xads"),
              IsErrorAt(2, 4, "unexpected character"));
}

TEST(Lexer, ANulByteIsRefusedOutsideText) {
  EXPECT_THAT(Tokenize(std::string_view("a\0b", 3)),
              IsErrorAt(1, 2, "unexpected character"));
}

TEST(Lexer, TextThatIsNotUtf8IsRefused) {
  EXPECT_THAT(Tokenize("\"\xff\""), IsInvalid(HasSubstr("is not UTF-8")));
}

TEST(Lexer, SixtyFourKibibytesAreTheLimit) {
  EXPECT_THAT(Tokenize(std::string(65536, ' ')), IsOk());
  EXPECT_THAT(Tokenize(std::string(65537, ' ')),
              IsInvalid(HasSubstr("at most 65536 are allowed")));
}

}  // namespace
}  // namespace trato::core
