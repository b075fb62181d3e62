// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/definition_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace trato::core {
namespace {

using testing::HasSubstr;

// A length-delimited field, by the proto3 wire rules.
std::string Field(int number, std::string_view bytes) {
  std::string field;
  field.push_back(static_cast<char>(number << 3 | 2));
  field.push_back(static_cast<char>(bytes.size()));
  return field + std::string(bytes);
}
std::string Varint(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}
Currency Gbp() { return *Currency::Parse("GBP"); }

TEST(DefinitionCodec, ReadsASegment) {
  const std::string bytes =
      Field(1, Field(6, Field(1, "loyal") + Field(2, "true")));
  const auto definitions = DecodeDefinitions(bytes, Gbp());
  ASSERT_TRUE(definitions.ok());
  ASSERT_EQ(definitions->size(), 1u);
  const auto& segment = std::get<SegmentDefinition>((*definitions)[0]);
  EXPECT_EQ(segment.name, "loyal");
  EXPECT_EQ(segment.expression, "true");
}

TEST(DefinitionCodec, AnOfferWithoutCurrencyGetsTheStores) {
  const std::string bytes =
      Field(1, Field(7, Field(1, "o") + Field(3, "p") + Varint(5, 100)));
  const auto definitions = DecodeDefinitions(bytes, Gbp());
  ASSERT_TRUE(definitions.ok());
  const auto& offer = std::get<OfferDefinition>((*definitions)[0]);
  EXPECT_EQ(offer.currency.code(), "GBP");
  EXPECT_EQ(offer.value_minor, 100);
  EXPECT_EQ(offer.valid_from_us, kAlways);
  EXPECT_EQ(offer.valid_until_us, kForEver);
}

TEST(DefinitionCodec, NamesTheDefinitionAndTheFieldThatIsWrong) {
  const std::string good = Field(1, Field(5, Field(1, "p")));
  const std::string bad_type =
      Field(1, Field(1, Field(1, "a") + Varint(3, 99)));
  const auto status = DecodeDefinitions(good + bad_type, Gbp()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("definitions[1]: attribute: type 99"));
  const std::string bad_currency =
      Field(1, Field(7, Field(1, "o") + Field(4, "XYZ")));
  EXPECT_THAT(
      std::string(DecodeDefinitions(bad_currency, Gbp()).status().message()),
      HasSubstr("definitions[0]: currency 'XYZ'"));
}

TEST(DefinitionCodec, AnEmptyOrUnknownDefinitionIsRefused) {
  for (const std::string& bytes : {Field(1, ""), Field(1, Field(15, "x"))}) {
    EXPECT_THAT(std::string(DecodeDefinitions(bytes, Gbp()).status().message()),
                HasSubstr("definitions[0]: holds nothing"));
  }
}

TEST(DefinitionCodec, AnyBytesGiveDefinitionsOrAnError) {
  std::mt19937 random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const auto definitions = DecodeDefinitions(bytes, Gbp());
    if (!definitions.ok()) {
      EXPECT_EQ(definitions.status().code(),
                absl::StatusCode::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace trato::core
