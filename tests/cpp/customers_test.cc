// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Customers by trato.hpp: found, listed, restricted, told about.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "trato.hpp"

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::trato::Store;

// 2011-12-10 00:00 UTC.
constexpr int64_t kNow = 1'323'475'200'000'000;

Store People() {
  Store store = Store::open("");
  store.define_attribute("full_name", trato::Subject::kCustomer,
                         trato::ValueKind::kString, "", kNow);
  for (const auto& [customer, name] :
       {std::pair("shop:1", "Ada Lovelace"), std::pair("shop:2", "Adam")}) {
    trato::Attribute attribute;
    attribute.customer = customer;
    attribute.name = "full_name";
    attribute.value = trato::Value(std::string(name));
    store.set_attribute(attribute, kNow);
  }
  store.define_segment("all", "true", kNow);
  return store;
}

TEST(Customers, AreShownInPartByAView) {
  Store store = People();
  trato::AttributeDefinition owner;
  owner.name = "owner";
  owner.kind = trato::ValueKind::kString;
  owner.many = true;
  store.define_attribute(owner, kNow);
  trato::Attribute said;
  said.customer = "shop:1";
  said.name = "owner";
  said.value = trato::Value(std::string("ana"));
  store.set_attribute(said, kNow);
  trato::ViewOptions options;
  options.tags = {{"owner", "ana"}};
  const Store view = store.view(options);
  EXPECT_EQ(view.preview_segment("true", kNow).members, 1u);
  EXPECT_THAT(view.find_customers("ada", 0, kNow), Not(HasSubstr("shop:2")));
  EXPECT_THROW(view.get_customer("shop:2", kNow), trato::Error);
  EXPECT_THROW(store.view({}), trato::Error);
}

TEST(Customers, AreAskedForByNewNamesAndFormerOnes) {
  Store store = People();
  store.rename_definition(trato::DefinitionKind::kAttribute, "full_name", "name",
                          kNow);
  EXPECT_THAT(store.get_customer("shop:1", kNow),
              AllOf(HasSubstr("\"name\": \"name\""),
                    Not(HasSubstr("full_name"))));
  for (const char* condition :
       {"customer.name == \"Adam\"", "customer.full_name == \"Adam\""}) {
    EXPECT_EQ(store.preview_segment(condition, kNow).members, 1u) << condition;
  }
  EXPECT_THROW(store.rename_definition(trato::DefinitionKind::kRelation, "a",
                                       "b", kNow),
               trato::Error);
}

TEST(Customers, AreNotHeardOnAChannelThatIsRetired) {
  Store store = People();
  using trato::DefinitionKind;
  store.retire_definition(DefinitionKind::kChannel, "fax", kNow);
  trato::Interaction visit;
  visit.customer = "shop:1";
  visit.type = "visit";
  visit.channel = "fax";
  EXPECT_THROW(store.record_interaction(visit, kNow), trato::Error);
  store.retire_definition(DefinitionKind::kChannel, "fax", kNow, false);
  store.rename_definition(DefinitionKind::kChannel, "fax", "facsimile", kNow);
  store.record_interaction(visit, kNow);
  EXPECT_THAT(store.dependents(DefinitionKind::kPurpose, "marketing"),
              HasSubstr("\"segments\""));
}

TEST(Customers, AreReadAsTheyAreShown) {
  Store store = People();
  store.claim_identifier("shop:1", "email:ada@x", kNow);
  const trato::Customer ada = store.read_customer("email:ada@x", kNow);
  EXPECT_EQ(ada.id, store.resolve_customer("shop:1", kNow));
  EXPECT_EQ(ada.kind, trato::CustomerKind::kUnknown);
  EXPECT_FALSE(ada.restricted);
  ASSERT_EQ(ada.records.size(), 1u);
  EXPECT_EQ(ada.records[0].name, "shop:1");
  EXPECT_EQ(ada.records[0].id, ada.id);
  EXPECT_THAT(ada.identifiers, ElementsAre("email:ada@x"));
  ASSERT_FALSE(ada.values.empty());
  const trato::CustomerValue& name = ada.values[0];
  EXPECT_EQ(name.name, "full_name");
  EXPECT_EQ(std::get<std::string>(name.value.variant()), "Ada Lovelace");
  EXPECT_EQ(name.record, "shop:1");
  EXPECT_EQ(name.source, "host");
  EXPECT_THROW(store.read_customer("shop:9", kNow), trato::Error);
}

TEST(Customers, AreKeptAsLongAsRulesSay) {
  Store store = People();
  trato::Competitor seen;
  seen.customer = "shop:3";
  seen.competitor = "Acme";
  seen.action = trato::CompetitorAction::kTried;
  seen.at_us = kNow - 1;
  store.record_competitor(seen, kNow);
  EXPECT_THROW(store.apply_retention(true, "", kNow), trato::Error);
  trato::Retention rule;
  rule.name = "competitor";
  rule.keep = "1d";
  store.define_retention(rule, kNow);
  EXPECT_THAT(store.list_retention(kNow), HasSubstr("\"keep\": \"1d\""));
  constexpr int64_t kTwoDays = int64_t{172'800'000'000};
  EXPECT_THAT(store.apply_retention(true, "", kNow + kTwoDays),
              HasSubstr("\"facts\": 1"));
  store.apply_retention(false, "the law", kNow + kTwoDays);
  EXPECT_THROW(store.get_customer("shop:3", kNow + kTwoDays), trato::Error);
  EXPECT_THROW(store.get_customer("shop:1", kNow), trato::Error);
  EXPECT_NE(store.resolve_customer("shop:1", kNow + kTwoDays), trato::Id());
}

TEST(Customers, AreFoundAsPeopleType) {
  Store store = People();
  EXPECT_THAT(store.find_customers("LOVE", 0, kNow),
              AllOf(HasSubstr("shop:1"), Not(HasSubstr("shop:2"))));
  store.define_attribute_search("full_name", trato::Search::kNot, kNow);
  EXPECT_THAT(store.find_customers("love", 0, kNow), Not(HasSubstr("shop")));
  store.define_identifier_search("shop", trato::Search::kTelephone, kNow);
  EXPECT_THROW(store.find_customers(std::string(2000, 'x'), 0, kNow),
               trato::Error);
}

TEST(Customers, AreListedInAnOrder) {
  Store store = People();
  trato::ListOptions options;
  options.sort = "full_name";
  options.descending = true;
  options.limit = 1;
  EXPECT_THAT(store.list_customers(options, kNow),
              AllOf(HasSubstr("shop:2"), Not(HasSubstr("shop:1"))));
  options.filter = "customer.full_name == \"Ada Lovelace\"";
  EXPECT_THAT(store.list_customers(options, kNow), HasSubstr("shop:1"));
  options.cursor = "x";
  EXPECT_THROW(store.list_customers(options, kNow), trato::Error);
}

TEST(Customers, HaveTheRightToBeLeftAlone) {
  Store store = People();
  store.restrict_customer("shop:1", true, "asked", kNow, kNow);
  EXPECT_EQ(store.count_segment("all", kNow).members, 1u);
  store.restrict_customer("shop:1", false, "", kNow + 1, kNow + 1);
  EXPECT_EQ(store.count_segment("all", kNow + 1).members, 2u);
  EXPECT_THAT(store.audit("shop:1", "", 0, kNow + 1), HasSubstr("asked"));
  EXPECT_THAT(store.audit("", "all", 1, kNow), HasSubstr("segment"));
}

TEST(Customers, AreToldEverythingThatIsHeld) {
  Store store = People();
  EXPECT_THAT(store.customer_document("shop:1", false, kNow),
              AllOf(HasSubstr("# What is held on shop:1"),
                    HasSubstr("Ada Lovelace"), Not(HasSubstr("Adam"))));
  EXPECT_THAT(store.customer_document("shop:2", true, kNow),
              AllOf(HasSubstr("\"interactions\""), HasSubstr("Adam")));
}

}  // namespace
