// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "schema/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsInvalid;
using test::IsOk;
using test::IsOkAnd;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::Not;
using ::testing::NotNull;
using ::testing::Pointee;

AttributeDefinition Country() {
  return {"country", Subject::kCustomer, ValueType::kString, "where she lives"};
}

auto IsUnknown(const ::testing::Matcher<std::string>& message) {
  return IsError(absl::StatusCode::kNotFound, message);
}

TEST(Schema, EveryStoreHasItsTypesOfInteraction) {
  const Schema schema;
  for (std::string_view name :
       {"purchase", "return", "gift", "cart", "view", "visit", "search",
        "usage", "message", "reply", "call", "meeting", "inquiry", "complaint",
        "review"}) {
    EXPECT_TRUE(schema.HasInteractionType(name)) << name;
  }
}

TEST(Schema, EveryStoreHasItsChannels) {
  const Schema schema;
  for (std::string_view name :
       {"web", "app", "email", "chat", "sms", "phone", "call_centre", "letter",
        "fax", "shop", "face_to_face", "sales_force", "social", "mass_media"}) {
    EXPECT_TRUE(schema.HasChannel(name)) << name;
  }
}

TEST(Schema, ANewStoreHasNoAttributes) {
  const Schema schema;
  EXPECT_THAT(schema.AttributeNames(Subject::kCustomer), IsEmpty());
  EXPECT_THAT(schema.AttributeNames(Subject::kInteraction), IsEmpty());
}

TEST(Schema, FindsAnAttributeThatWasApplied) {
  Schema schema;
  schema.Apply(Country());
  EXPECT_THAT(
      schema.Attribute("x", Subject::kCustomer, "country"),
      IsOkAnd(Pointee(Field(&AttributeDefinition::type, ValueType::kString))));
}

TEST(Schema, CustomersAndInteractionsHaveAttributesOfTheirOwn) {
  Schema schema;
  schema.Apply(Country());
  EXPECT_THAT(schema.FindAttribute(Subject::kCustomer, "country"), NotNull());
  EXPECT_THAT(schema.FindAttribute(Subject::kInteraction, "country"), IsNull());
}

TEST(Schema, OneNameMayHaveTwoTypesForCustomersAndInteractions) {
  Schema schema;
  schema.Apply(Country());
  EXPECT_THAT(schema.Check(AttributeDefinition{"country", Subject::kInteraction,
                                               ValueType::kInt, ""}),
              IsOk());
}

TEST(Schema, AnUnknownAttributeIsRefusedWithTheNearestName) {
  Schema schema;
  schema.Apply(Country());
  EXPECT_THAT(schema.Attribute("row 7", Subject::kCustomer, "contry"),
              IsUnknown("row 7: customer attribute 'contry' is not defined, "
                        "did you mean 'country'?"));
}

TEST(Schema, AnUnknownFieldIsCalledAField) {
  const Schema schema;
  EXPECT_THAT(schema.Attribute("x", Subject::kInteraction, "rating"),
              IsUnknown("x: interaction field 'rating' is not defined"));
}

TEST(Schema, AnUnknownTypeOfInteractionIsRefusedWithTheNearestName) {
  EXPECT_THAT(Schema().CheckInteractionType("interaction", "purchse"),
              IsUnknown("interaction: interaction type 'purchse' is not "
                        "defined, did you mean 'purchase'?"));
}

TEST(Schema, AnUnknownChannelIsRefusedWithTheNearestName) {
  EXPECT_THAT(Schema().CheckChannel("interaction", "wbe"),
              IsUnknown("interaction: channel 'wbe' is not defined, did you "
                        "mean 'web'?"));
}

TEST(Schema, NoChannelIsAChannel) {
  EXPECT_THAT(Schema().CheckChannel("interaction", ""), IsOk());
}

TEST(Schema, NoTypeOfInteractionIsRefused) {
  EXPECT_FALSE(Schema().CheckInteractionType("interaction", "").ok());
}

TEST(Schema, DoesNotRepeatAnUnknownNameThatCannotBePrinted) {
  EXPECT_THAT(Schema().CheckChannel("x", "we\nb"),
              IsUnknown(Not(HasSubstr("\n"))));
  EXPECT_THAT(Schema().CheckChannel("x", "\xff"),
              IsUnknown(Not(HasSubstr("\xff"))));
}

TEST(Schema, AnAttributeKeepsItsType) {
  Schema schema;
  schema.Apply(Country());
  AttributeDefinition other = Country();
  other.type = ValueType::kInt;
  EXPECT_THAT(schema.Check(other),
              IsError(absl::StatusCode::kAlreadyExists,
                      "attribute 'country' is defined as string and cannot "
                      "become int"));
}

TEST(Schema, AnAttributeMayChangeItsDescription) {
  Schema schema;
  schema.Apply(Country());
  AttributeDefinition other = Country();
  other.description = "where the invoice goes";
  EXPECT_THAT(schema.Check(other), IsOk());
  EXPECT_FALSE(schema.Knows(other));
  schema.Apply(other);
  EXPECT_TRUE(schema.Knows(other));
}

TEST(Schema, KnowsExactlyWhatWasApplied) {
  Schema schema;
  EXPECT_FALSE(schema.Knows(Country()));
  schema.Apply(Country());
  EXPECT_TRUE(schema.Knows(Country()));
}

TEST(Schema, KnowsItsOwnTypesByTheirDescriptionToo) {
  EXPECT_TRUE(Schema().Knows(
      InteractionTypeDefinition{"purchase", "an order with its lines"}));
  EXPECT_FALSE(Schema().Knows(InteractionTypeDefinition{"purchase", "else"}));
}

TEST(Schema, AnAttributeWithoutTypeIsRefused) {
  EXPECT_THAT(Schema().Check(AttributeDefinition{"age", Subject::kCustomer,
                                                 ValueType::kNone, ""}),
              IsInvalid("attribute 'age' has no type"));
}

TEST(Schema, NamesThatExpressionsCannotWriteAreRefused) {
  const Schema schema;
  EXPECT_FALSE(schema
                   .Check(AttributeDefinition{"Age", Subject::kCustomer,
                                              ValueType::kInt, ""})
                   .ok());
  EXPECT_FALSE(schema.Check(InteractionTypeDefinition{"a b", ""}).ok());
  EXPECT_FALSE(schema.Check(ChannelDefinition{"a.b", ""}).ok());
  EXPECT_FALSE(schema.Check(NamespaceDefinition{"a:b", false}).ok());
}

TEST(Schema, ADescriptionThatIsNotUtf8IsRefused) {
  EXPECT_THAT(Schema().Check(InteractionTypeDefinition{"swap", "\xff"}),
              IsInvalid("interaction type 'swap': description is not UTF-8"));
}

TEST(Schema, AProductIdIsALabel) {
  EXPECT_THAT(Schema().Check(ProductDefinition{"22423 B/2", "a cake stand"}),
              IsOk());
  EXPECT_THAT(Schema().Check(ProductDefinition{"", "a cake stand"}),
              IsInvalid("product id is empty"));
}

TEST(Schema, ANamespaceIsNotUniqueUntilDefinedSo) {
  Schema schema;
  EXPECT_FALSE(schema.IsUnique("email"));
  schema.Apply(NamespaceDefinition{"email", true});
  EXPECT_TRUE(schema.IsUnique("email"));
  schema.Apply(NamespaceDefinition{"email", false});
  EXPECT_FALSE(schema.IsUnique("email"));
}

TEST(Schema, ANamespaceKnownAsUniqueIsNotKnownAsOther) {
  Schema schema;
  EXPECT_FALSE(schema.Knows(NamespaceDefinition{"email", false}));
  schema.Apply(NamespaceDefinition{"email", true});
  EXPECT_TRUE(schema.Knows(NamespaceDefinition{"email", true}));
  EXPECT_FALSE(schema.Knows(NamespaceDefinition{"email", false}));
}

TEST(Schema, AProductWithoutNameIsCalledByItsId) {
  Schema schema;
  EXPECT_EQ(schema.ProductName("22423"), "22423");
  schema.Apply(ProductDefinition{"22423", ""});
  EXPECT_EQ(schema.ProductName("22423"), "22423");
  schema.Apply(ProductDefinition{"22423", "REGENCY CAKESTAND 3 TIER"});
  EXPECT_EQ(schema.ProductName("22423"), "REGENCY CAKESTAND 3 TIER");
}

TEST(Schema, ListsNamesInTheOrderOfTheAlphabet) {
  Schema schema;
  for (std::string name : {"visits", "born", "country"}) {
    schema.Apply(
        AttributeDefinition{name, Subject::kCustomer, ValueType::kInt, ""});
  }
  EXPECT_THAT(schema.AttributeNames(Subject::kCustomer),
              ElementsAre("born", "country", "visits"));
}

TEST(Schema, AChannelThatWasAppliedIsListed) {
  Schema schema;
  schema.Apply(ChannelDefinition{"kiosk", ""});
  EXPECT_THAT(schema.ChannelNames(), Contains("kiosk"));
  EXPECT_THAT(schema.CheckChannel("x", "kiosk"), IsOk());
}

TEST(Schema, ATypeOfInteractionThatWasAppliedIsListed) {
  Schema schema;
  schema.Apply(InteractionTypeDefinition{"repair", ""});
  EXPECT_THAT(schema.InteractionTypeNames(), Contains("repair"));
  EXPECT_THAT(schema.CheckInteractionType("x", "repair"), IsOk());
}

}  // namespace
}  // namespace trato::core
