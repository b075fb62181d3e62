// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/customer_zone.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/calendar.h"

namespace trato::core {
namespace {

class CustomerZoneTest : public ::testing::Test {
 protected:
  void Define(ValueType type, bool many = false, Per per = Per::kNothing) {
    AttributeDefinition it;
    it.name = "time_zone";
    it.type = type;
    it.many = many;
    it.per = per;
    schema_.Apply(it);
    AttributeRule rule;
    rule.many = many;
    rule.is_about = per != Per::kNothing;
    customers_.DefineAttribute(names_.Add("time_zone"), rule);
  }
  RecordNumber Record(const std::string& name) {
    return customers_.Touch(name, 0);
  }
  void Say(RecordNumber record, int64_t at_us, Value value) {
    customers_.SetAttribute(
        record, names_.Add("time_zone"),
        {at_us, 0, kAboutNothing,
         FactId::OfKey("test", std::to_string(++said_)), std::move(value)});
  }
  std::string ZoneOf(RecordNumber record, int64_t now_us = 1000) const {
    return CustomerZone(schema_, names_, customers_,
                        customers_.LeaderOf(record), now_us,
                        *LoadZone("Europe/London"))
        .name();
  }

  Interner names_;
  Schema schema_;
  CustomerStore customers_{&names_};
  int said_ = 0;
};

TEST_F(CustomerZoneTest, IsTheStoresWithoutADefinition) {
  const RecordNumber ada = Record("shop:ada");
  Say(ada, 0, std::string("Europe/Madrid"));
  EXPECT_EQ(ZoneOf(ada), "Europe/London");
}

TEST_F(CustomerZoneTest, IsWhatTheAttributeSaysAtTheInstant) {
  Define(ValueType::kString);
  const RecordNumber ada = Record("shop:ada");
  EXPECT_EQ(ZoneOf(ada), "Europe/London");
  Say(ada, 10, std::string("Europe/Madrid"));
  Say(ada, 20, std::string("Asia/Tokyo"));
  Say(ada, 30, {});
  EXPECT_EQ(ZoneOf(ada, 9), "Europe/London");
  EXPECT_EQ(ZoneOf(ada, 10), "Europe/Madrid");
  EXPECT_EQ(ZoneOf(ada, 20), "Asia/Tokyo");
  EXPECT_EQ(ZoneOf(ada, 30), "Europe/London");
}

TEST_F(CustomerZoneTest, IsTheStoresWhereTheTextNamesNone) {
  Define(ValueType::kString);
  const RecordNumber ada = Record("shop:ada");
  const RecordNumber eva = Record("shop:eva");
  Say(eva, 0, std::string("Asia/Tokyo"));
  // Abseil would take some of these for files, offsets, or the machine's own.
  int64_t at_us = 0;
  for (const char* name :
       {"Europa/Madrid", "", "/usr/share/zoneinfo/Asia/Tokyo", "localtime",
        "../Asia/Tokyo", "Fixed/UTC+05:30:00"}) {
    Say(ada, ++at_us, std::string(name));
    EXPECT_EQ(ZoneOf(ada, at_us), "Europe/London") << name;
    EXPECT_EQ(ZoneOf(eva, at_us), "Asia/Tokyo");
    EXPECT_EQ(ZoneOf(ada, at_us), "Europe/London") << name;
  }
}

TEST_F(CustomerZoneTest, IsTheStoresWhereTheAttributeIsNotOneText) {
  const RecordNumber ada = Record("shop:ada");
  Say(ada, 0, std::string("Europe/Madrid"));
  Define(ValueType::kString, /*many=*/true);
  EXPECT_EQ(ZoneOf(ada), "Europe/London");
  Define(ValueType::kString, /*many=*/false, Per::kProduct);
  EXPECT_EQ(ZoneOf(ada), "Europe/London");
  Define(ValueType::kInt);
  EXPECT_EQ(ZoneOf(ada), "Europe/London");
}

TEST_F(CustomerZoneTest, OfLinkedRecordsTheLatestHolds) {
  Define(ValueType::kString);
  const RecordNumber ada = Record("shop:ada");
  const RecordNumber crm = Record("crm:1");
  Say(ada, 10, std::string("Europe/Madrid"));
  Say(crm, 20, std::string("America/New_York"));
  EXPECT_EQ(ZoneOf(ada), "Europe/Madrid");
  customers_.SetPair(ada, crm, {1, true, false});
  EXPECT_EQ(ZoneOf(ada), "America/New_York");
  customers_.SetPair(ada, crm, {2, false, true});
  EXPECT_EQ(ZoneOf(ada), "Europe/Madrid");
}

TEST_F(CustomerZoneTest, GoesByTheNameThatTheAttributeHasNow) {
  Define(ValueType::kString);
  const RecordNumber ada = Record("shop:ada");
  Say(ada, 0, std::string("Europe/Madrid"));
  schema_.Apply(RenamingDefinition{DefinitionKind::kAttribute, "time_zone",
                                   "former_zone"});
  // By its old name it is still meant, as everywhere.
  EXPECT_EQ(ZoneOf(ada), "Europe/Madrid");
}

}  // namespace
}  // namespace trato::core
