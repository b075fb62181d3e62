// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/interner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace trato::core {
namespace {

using ::testing::Eq;
using ::testing::Ne;
using ::testing::Optional;

TEST(Interner, NumberZeroIsTheEmptyString) {
  Interner names;
  EXPECT_EQ(names.Text(0), "");
  EXPECT_THAT(names.Find(""), Optional(0u));
  EXPECT_EQ(names.Add(""), 0u);
}

TEST(Interner, TheSameTextHasTheSameNumber) {
  Interner names;
  const uint32_t number = names.Add("purchase");
  EXPECT_EQ(names.Add(std::string("purchase")), number);
}

TEST(Interner, OtherTextHasAnotherNumber) {
  Interner names;
  EXPECT_THAT(names.Add("purchase"), Ne(names.Add("purchases")));
}

TEST(Interner, FindsOnlyWhatWasAdded) {
  Interner names;
  const uint32_t number = names.Add("web");
  EXPECT_THAT(names.Find("web"), Optional(number));
  EXPECT_THAT(names.Find("app"), Eq(std::nullopt));
}

TEST(Interner, KeepsItsOwnCopy) {
  Interner names;
  std::string text = "a text that is too long to be kept inside the object";
  const uint32_t number = names.Add(text);
  text.assign(text.size(), 'x');
  EXPECT_EQ(names.Text(number),
            "a text that is too long to be kept inside the object");
}

TEST(Interner, TellsTextsApartBehindANulByte) {
  Interner names;
  EXPECT_THAT(names.Add(std::string_view("a\0b", 3)),
              Ne(names.Add(std::string_view("a\0c", 3))));
}

TEST(Interner, ViewsStayWhileItGrows) {
  Interner names;
  // Short enough to lie inside the string object itself.
  const std::string_view first = names.Text(names.Add("short"));
  for (int i = 0; i < 10000; ++i) names.Add(std::to_string(i));
  EXPECT_EQ(first, "short");
  EXPECT_EQ(first.data(), names.Text(*names.Find("short")).data());
}

TEST(Interner, CountsTheEmptyStringToo) {
  Interner names;
  EXPECT_EQ(names.size(), 1u);
  names.Add("a");
  names.Add("a");
  EXPECT_EQ(names.size(), 2u);
}

}  // namespace
}  // namespace trato::core
