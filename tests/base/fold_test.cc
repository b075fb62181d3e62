// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/fold.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace trato::core {
namespace {

std::string Fold(std::string_view text) { return FoldText(text, 1000); }

TEST(Fold, CaseAndAccentsAreLeftOut) {
  EXPECT_EQ(Fold("Ada LOVELACE"), "ada lovelace");
  EXPECT_EQ(Fold("José Ibáñez"), "jose ibanez");
  EXPECT_EQ(Fold("Jose\u0301 Iba\u0301n\u0303ez"), "jose ibanez");
  EXPECT_EQ(Fold("STRASSE"), Fold("Straße"));
  EXPECT_EQ(Fold("İSTANBUL"), "istanbul");
  EXPECT_EQ(Fold("ΌΜΗΡΟΣ"), Fold("όμηρος"));
  EXPECT_EQ(Fold("Ёлка"), "елка");
}

TEST(Fold, LettersThatDoNotDecomposeAreThoseThatPeopleType) {
  EXPECT_EQ(Fold("Łódź"), "lodz");
  EXPECT_EQ(Fold("Bjørn Æbelø"), "bjorn aebelo");
  EXPECT_EQ(Fold("Đặng"), "dang");
  EXPECT_EQ(Fold("Þór Guðmundsson"), "thor gudmundsson");
}

TEST(Fold, PunctuationEndsWordsAndApostrophesDoNot) {
  EXPECT_EQ(Fold("  Jean-Pierre,  Dupont. "), "jean pierre dupont");
  EXPECT_EQ(Fold("ada.lovelace@example.org"), "ada lovelace example org");
  EXPECT_EQ(Fold("O'Brien"), "obrien");
  EXPECT_EQ(Fold("O’Brien"), "obrien");
  EXPECT_EQ(Fold("a\tb\nc_d"), "a b c d");
  EXPECT_EQ(Fold("..."), "");
  EXPECT_EQ(Fold(""), "");
}

TEST(Fold, WidthAndCompatibilityFormsAreOne) {
  EXPECT_EQ(Fold("ＡＤＡ　１２"), "ada 12");
  EXPECT_EQ(Fold("ﬁnn"), "finn");
}

TEST(Fold, OtherScriptsStayWhatTheyAre) {
  EXPECT_EQ(Fold("王小明"), "王小明");
  EXPECT_EQ(Fold("أحمد"), "احمد");
  EXPECT_EQ(Fold("مُحَمَّد"), "محمد");
  EXPECT_EQ(Fold("٠١٢٣"), "0123");
  EXPECT_EQ(Fold("Café 🦊"), "cafe 🦊");
}

TEST(Fold, StopsAtTheLastCharacterThatFits) {
  EXPECT_EQ(FoldText("abcdef", 3), "abc");
  EXPECT_EQ(FoldText("ab cd", 3), "ab");
  EXPECT_EQ(FoldText("王小明", 5), "王");
  EXPECT_EQ(FoldText(std::string(10000, 'x'), 256), std::string(256, 'x'));
  EXPECT_LE(FoldText(std::string(10000, '\xc3'), 256).size(), 256u);
}

TEST(Fold, DigitsOfATelephoneNumber) {
  EXPECT_EQ(FoldDigits("+34 943-12.34/56 (ext)", 100), "34943123456");
  EXPECT_EQ(FoldDigits("٠٩١٢", 100), "0912");
  EXPECT_EQ(FoldDigits("123456", 4), "1234");
  EXPECT_EQ(FoldDigits("none", 100), "");
}

TEST(Fold, TellsWhatMayBeATelephoneNumber) {
  EXPECT_TRUE(IsTelephoneLike("(0) 943/12-34.56"));
  EXPECT_TRUE(IsTelephoneLike("3"));
  EXPECT_FALSE(IsTelephoneLike("+ -"));
  EXPECT_FALSE(IsTelephoneLike("12a"));
  EXPECT_FALSE(IsTelephoneLike(""));
}

}  // namespace
}  // namespace trato::core
