// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/customer_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsOk;
using test::IsOkAnd;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::Not;
using ::testing::NotNull;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

auto IsNotFound(const std::string& message) {
  return IsError(absl::StatusCode::kNotFound, message);
}
auto IsAmbiguous(const std::string& message) {
  return IsError(absl::StatusCode::kFailedPrecondition, message);
}

FactId Fact(uint64_t number) { return {{0, number}}; }

class CustomerStoreTest : public ::testing::Test {
 protected:
  RecordNumber Touch(std::string_view name, int64_t at_us = 0) {
    return store_.Touch(name, at_us);
  }
  void Link(RecordNumber a, RecordNumber b) { Say(a, b, true); }
  void Unlink(RecordNumber a, RecordNumber b) { Say(a, b, false); }
  bool AreOne(RecordNumber a, RecordNumber b) const {
    return store_.LeaderOf(a) == store_.LeaderOf(b);
  }
  std::vector<RecordNumber> CustomerOf(RecordNumber record) const {
    const auto records = store_.RecordsOf(store_.LeaderOf(record));
    return {records.begin(), records.end()};
  }
  void Set(RecordNumber record, int64_t at_us, Value value,
           std::string_view source = "", uint64_t fact = 0) {
    store_.SetAttribute(record, names_.Add("country"),
                        {at_us, names_.Add(source), kAboutNothing, Fact(fact),
                         std::move(value)});
  }
  std::optional<Value> Country(RecordNumber record, int64_t now_us) {
    const AttributeValue value = store_.AttributeAt(
        store_.LeaderOf(record), names_.Add("country"), now_us);
    if (value.version == nullptr) return std::nullopt;
    return value.version->value;
  }
  std::vector<std::pair<LinkGuard, bool>> ObjectionsTo(
      RecordNumber a, RecordNumber b, int64_t now_us = 0) const {
    std::vector<std::pair<LinkGuard, bool>> objections;
    for (const LinkObjection& it : store_.ObjectionsTo(a, b, now_us)) {
      objections.emplace_back(it.guard, it.can_override);
    }
    return objections;
  }
  static Value Text(std::string_view text) { return std::string(text); }

  Interner names_;
  CustomerStore store_{&names_};

 private:
  void Say(RecordNumber a, RecordNumber b, bool linked) {
    store_.SetPair(a, b, {store_.StateOf(a, b).sequence + 1, linked});
  }
};

// ---- Records.

TEST_F(CustomerStoreTest, ARecordComesWithTheFirstFactThatNamesIt) {
  EXPECT_THAT(store_.FindRecord("shop:1"), Eq(std::nullopt));
  const RecordNumber record = Touch("shop:1");
  EXPECT_THAT(store_.FindRecord("shop:1"), Optional(record));
}

TEST_F(CustomerStoreTest, OneNameIsOneRecord) {
  EXPECT_EQ(Touch("shop:1"), Touch("shop:1"));
  EXPECT_EQ(store_.record_count(), 1u);
}

// An append that fails takes its records back. Somebody may have asked for
// others by id in between.
TEST_F(CustomerStoreTest, WhatWasTakenBackLeavesNothing) {
  const RecordNumber kept = Touch("shop:1");
  EXPECT_EQ(store_.FindOrAdd("shop:1"), kept);
  const RecordNumber gone = store_.FindOrAdd("shop:2");
  const std::string id = "id:" + store_.IdOf(gone).Hex();
  EXPECT_THAT(store_.Resolve(id), Not(IsOk()));  // nothing has named it
  store_.DropLast(1);
  EXPECT_EQ(store_.record_count(), 1u);
  EXPECT_EQ(store_.FindRecord("shop:2"), std::nullopt);
  const RecordNumber other = Touch("shop:3");
  EXPECT_EQ(other, gone);
  EXPECT_THAT(store_.Resolve(id), Not(IsOk()));
  EXPECT_THAT(store_.Resolve("id:" + store_.IdOf(other).Hex()), IsOkAnd(other));
}

TEST_F(CustomerStoreTest, ARecordKeepsItsName) {
  EXPECT_EQ(store_.RecordName(Touch("shop:1")), "shop:1");
}

TEST_F(CustomerStoreTest, TheIdOfARecordIsTheHashOfItsName) {
  EXPECT_EQ(store_.IdOf(Touch("shop:12748")).Hex(),
            "6550e9ec9099b3dec8d3bd58df4227f7");
}

TEST_F(CustomerStoreTest, ARecordAloneIsACustomer) {
  const RecordNumber record = Touch("shop:1");
  EXPECT_EQ(store_.LeaderOf(record), record);
  EXPECT_THAT(CustomerOf(record), ElementsAre(record));
}

// ---- Links by hand.

TEST_F(CustomerStoreTest, LinkedRecordsAreOneCustomer) {
  const RecordNumber a = Touch("shop:1"), b = Touch("crm:1");
  Link(a, b);
  EXPECT_TRUE(AreOne(a, b));
  EXPECT_THAT(CustomerOf(a), UnorderedElementsAre(a, b));
}

TEST_F(CustomerStoreTest, TheLeaderIsTheRecordWithTheSmallestId) {
  std::vector<RecordNumber> records;
  for (int i = 0; i < 20; ++i)
    records.push_back(Touch("shop:" + std::to_string(i)));
  for (int i = 1; i < 20; ++i) Link(records[0], records[i]);
  const RecordNumber smallest = *std::min_element(
      records.begin(), records.end(), [&](RecordNumber a, RecordNumber b) {
        return store_.IdOf(a).Hex() < store_.IdOf(b).Hex();
      });
  EXPECT_EQ(store_.LeaderOf(records[7]), smallest);
}

TEST_F(CustomerStoreTest, RecordsOfACustomerAreInTheOrderOfTheirIds) {
  std::vector<RecordNumber> records;
  for (int i = 0; i < 20; ++i)
    records.push_back(Touch("shop:" + std::to_string(i)));
  for (int i = 1; i < 20; ++i) Link(records[i - 1], records[i]);
  std::vector<std::string> ids;
  for (RecordNumber record : CustomerOf(records[0])) {
    ids.push_back(store_.IdOf(record).Hex());
  }
  EXPECT_THAT(ids, SizeIs(20));
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
}

TEST_F(CustomerStoreTest, LinksReachAlongAChain) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  Link(a, b);
  Link(b, c);
  EXPECT_TRUE(AreOne(a, c));
}

TEST_F(CustomerStoreTest, UnlinkingGivesBackWhatWasBefore) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Link(a, b);
  Unlink(a, b);
  EXPECT_THAT(CustomerOf(a), ElementsAre(a));
  EXPECT_THAT(CustomerOf(b), ElementsAre(b));
}

TEST_F(CustomerStoreTest, UnlinkingTheMiddleOfAChainMakesTwoCustomers) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1"),
                     d = Touch("d:1");
  Link(a, b);
  Link(b, c);
  Link(c, d);
  Unlink(b, c);
  EXPECT_THAT(CustomerOf(a), UnorderedElementsAre(a, b));
  EXPECT_THAT(CustomerOf(d), UnorderedElementsAre(c, d));
}

TEST_F(CustomerStoreTest, UnlinkingOneSideOfARingLeavesOneCustomer) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  Link(a, b);
  Link(b, c);
  Link(c, a);
  Unlink(a, b);
  EXPECT_TRUE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, LinkingAgainJoinsAgain) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Link(a, b);
  Unlink(a, b);
  Link(a, b);
  EXPECT_TRUE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, TheHighestSequenceOfAPairHoldsWhateverArrivesFirst) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  store_.SetPair(a, b, {2, false});
  store_.SetPair(b, a, {1, true});
  EXPECT_FALSE(AreOne(a, b));
  EXPECT_EQ(store_.StateOf(a, b).sequence, 2u);
}

// ---- Shared identifiers.

TEST_F(CustomerStoreTest, AUniqueIdentifierJoinsThoseWhoClaimIt) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("shop:1"), b = Touch("crm:1");
  store_.Claim(a, "email:ada@example.com");
  store_.Claim(b, "email:ada@example.com");
  EXPECT_TRUE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, AnIdentifierThatIsNotUniqueJoinsNobody) {
  const RecordNumber a = Touch("shop:1"), b = Touch("crm:1");
  store_.Claim(a, "phone:555");
  store_.Claim(b, "phone:555");
  EXPECT_FALSE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, ANamespaceMayBecomeUniqueAfterTheClaims) {
  const RecordNumber a = Touch("shop:1"), b = Touch("crm:1");
  store_.Claim(a, "email:ada@example.com");
  store_.Claim(b, "email:ada@example.com");
  store_.DefineNamespace("email", {.unique = true});
  EXPECT_TRUE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, ANamespaceThatIsNoLongerUniqueSeparates) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("shop:1"), b = Touch("crm:1");
  store_.Claim(a, "email:ada@example.com");
  store_.Claim(b, "email:ada@example.com");
  store_.DefineNamespace("email", {.unique = false});
  EXPECT_FALSE(AreOne(a, b));
  EXPECT_THAT(CustomerOf(a), ElementsAre(a));
}

TEST_F(CustomerStoreTest, ANamespaceIsNotTheBeginningOfAnother) {
  store_.DefineNamespace("mail", {.unique = true});
  const RecordNumber a = Touch("shop:1"), b = Touch("crm:1");
  store_.Claim(a, "mailing:7");
  store_.Claim(b, "mailing:7");
  EXPECT_FALSE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, ClaimingTheNameOfARecordJoinsIt) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("email:ada@example.com"), b = Touch("crm:1");
  store_.Claim(b, "email:ada@example.com");
  EXPECT_TRUE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, ARecordJoinsThoseWhoClaimedItsNameBefore) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber b = Touch("crm:1");
  store_.Claim(b, "email:ada@example.com");
  const RecordNumber a = Touch("email:ada@example.com");
  EXPECT_TRUE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, ANameJoinsWhenItsNamespaceBecomesUniqueLater) {
  const RecordNumber a = Touch("email:ada@example.com"), b = Touch("crm:1");
  store_.Claim(b, "email:ada@example.com");
  EXPECT_FALSE(AreOne(a, b));
  store_.DefineNamespace("email", {.unique = true});
  EXPECT_TRUE(AreOne(a, b));
  store_.DefineNamespace("email", {.unique = false});
  EXPECT_FALSE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, SharedIdentifiersAndLinksReachTogether) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1"),
                     d = Touch("d:1");
  store_.Claim(a, "email:x@y");
  store_.Claim(b, "email:x@y");
  Link(b, c);
  store_.Claim(c, "email:z@y");
  store_.Claim(d, "email:z@y");
  EXPECT_TRUE(AreOne(a, d));
}

TEST_F(CustomerStoreTest, ClaimingAgainChangesNothing) {
  const RecordNumber a = Touch("a:1");
  store_.Claim(a, "phone:555");
  store_.Claim(a, "phone:555");
  EXPECT_EQ(store_.claim_count(), 1u);
  EXPECT_THAT(store_.ClaimsOf(a), ElementsAre("phone:555"));
}

TEST_F(CustomerStoreTest, ClaimingItsOwnNameIsNoClaim) {
  const RecordNumber a = Touch("shop:1");
  store_.Claim(a, "shop:1");
  EXPECT_THAT(store_.ClaimsOf(a), IsEmpty());
}

TEST_F(CustomerStoreTest, ClaimsAreSorted) {
  const RecordNumber a = Touch("a:1");
  store_.Claim(a, "phone:555");
  store_.Claim(a, "email:x@y");
  EXPECT_THAT(store_.ClaimsOf(a), ElementsAre("email:x@y", "phone:555"));
}

// ---- Those who cannot be one.

TEST_F(CustomerStoreTest, AnUnlinkedPairIsNotJoinedByASharedIdentifier) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  store_.Claim(a, "email:x@y");
  store_.Claim(b, "email:x@y");
  Unlink(a, b);
  EXPECT_FALSE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, AnUnlinkedPairStaysApartWhenTheyShareLater) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Unlink(a, b);
  store_.Claim(a, "email:x@y");
  store_.Claim(b, "email:x@y");
  EXPECT_FALSE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, AnUnlinkedPairStaysApartThoughAThirdSharesItsEmail) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  for (RecordNumber record : {a, b, c}) store_.Claim(record, "email:x@y");
  Unlink(a, b);
  EXPECT_FALSE(AreOne(a, b));
  EXPECT_FALSE(AreOne(a, c));
}

TEST_F(CustomerStoreTest, APairKeptApartObjectsToALinkThatJoinsIt) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  Unlink(a, b);
  Link(a, c);
  EXPECT_THAT(ObjectionsTo(c, b), ElementsAre(Pair(LinkGuard::kApart, false)));
  EXPECT_THAT(store_.ObjectionsTo(c, b, 0)[0].text,
              AllOf(HasSubstr("a:1"), HasSubstr("b:1")));
}

TEST_F(CustomerStoreTest, JoinedByNamesTheThird) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  Link(a, c);
  Link(c, b);
  EXPECT_THAT(store_.JoinedBy(a, b), Optional(c));
  EXPECT_THAT(store_.JoinedBy(b, a), Optional(c));
}

TEST_F(CustomerStoreTest, JoinedByNamesOneOnTheWayNotAnyFriend) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1"),
                     d = Touch("d:1");
  Link(a, c);  // leads nowhere
  Link(a, d);
  Link(d, b);
  EXPECT_THAT(store_.JoinedBy(a, b), Optional(d));
  EXPECT_THAT(store_.JoinedBy(b, a), Optional(d));
}

TEST_F(CustomerStoreTest, UnlinkedRecordsStayApartWhoeverIsLinkedToThem) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1"),
                     d = Touch("d:1");
  Unlink(a, b);
  Link(a, c);
  Link(b, d);
  store_.Claim(c, "email:x@y");
  store_.Claim(d, "email:x@y");
  EXPECT_FALSE(AreOne(a, b));
  EXPECT_TRUE(AreOne(a, c));
  EXPECT_TRUE(AreOne(b, d));
}

TEST_F(CustomerStoreTest, JoinedByLooksBesideTheLinkOfThePairItself) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  Link(a, b);
  EXPECT_THAT(store_.JoinedBy(a, b), Eq(std::nullopt));
  Link(a, c);
  Link(c, b);
  EXPECT_THAT(store_.JoinedBy(a, b), Optional(c));
}

TEST_F(CustomerStoreTest, JoinedByLooksBesideTheIdentifierOfThePairItself) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  store_.Claim(a, "email:x@y");
  store_.Claim(b, "email:x@y");
  EXPECT_THAT(store_.JoinedBy(a, b), Eq(std::nullopt));
}

TEST_F(CustomerStoreTest, JoinedByNobodyWhereIdentifiersAloneJoin) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  for (RecordNumber record : {a, b, c}) store_.Claim(record, "email:x@y");
  EXPECT_THAT(store_.JoinedBy(a, b), Eq(std::nullopt));
}

TEST_F(CustomerStoreTest, JoinedByOneOfALongWay) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1"),
                     d = Touch("d:1");
  Link(a, b);
  Link(b, c);
  Link(c, d);
  EXPECT_THAT(store_.JoinedBy(a, d), Optional(AnyOf(b, c)));
}

TEST_F(CustomerStoreTest, JoinedByNobodyWhenTheyAreTwoCustomers) {
  EXPECT_THAT(store_.JoinedBy(Touch("a:1"), Touch("b:1")), Eq(std::nullopt));
}

TEST_F(CustomerStoreTest, LinkingAnUnlinkedPairGivesItsIdentifiersBack) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  for (RecordNumber record : {a, b, c}) store_.Claim(record, "email:x@y");
  Unlink(a, b);
  Link(a, b);
  EXPECT_THAT(CustomerOf(c), UnorderedElementsAre(a, b, c));
}

// a and b are kept apart, so that phone:1 joins nobody to a; when emails say
// nothing any more, nothing speaks against it.
TEST_F(CustomerStoreTest, WhatIsNoLongerDisputedJoinsAgain) {
  const RecordNumber a = Touch("email:x@y"), b = Touch("b:1"), c = Touch("c:1");
  store_.DefineNamespace("email", {.unique = true});
  store_.DefineNamespace("phone", {.unique = true});
  store_.Claim(b, "email:x@y");
  store_.Claim(a, "phone:1");
  store_.Claim(c, "phone:1");
  Unlink(a, b);
  ASSERT_FALSE(AreOne(a, c));
  store_.DefineNamespace("email", {.unique = false});
  EXPECT_TRUE(AreOne(a, c));
}

TEST_F(CustomerStoreTest, ThePairItselfMayBeLinkedAllTheSame) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Unlink(a, b);
  EXPECT_THAT(ObjectionsTo(a, b), ElementsAre(Pair(LinkGuard::kApart, true)));
}

TEST_F(CustomerStoreTest, NothingObjectsToALinkOfTwoRecords) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  Link(a, c);
  EXPECT_THAT(ObjectionsTo(a, b), IsEmpty());
}

TEST_F(CustomerStoreTest, APairOfWhichALinkWasTakenBackIsAsBefore) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Link(a, b);
  store_.SetPair(a, b, {2, false, true});
  EXPECT_FALSE(AreOne(a, b));
  EXPECT_THAT(ObjectionsTo(a, b), IsEmpty());
  for (RecordNumber record : {a, b}) store_.Claim(record, "email:x@y");
  EXPECT_TRUE(AreOne(a, b));
}

// ---- What a customer has one of, hubs, kinds, size.

TEST_F(CustomerStoreTest, DifferentSingleIdentifiersAreNotJoinedByOthers) {
  store_.DefineNamespace("email", {.unique = true});
  store_.DefineNamespace("passport", {.unique = true, .single = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1"),
                     d = Touch("d:1");
  for (RecordNumber record : {a, b, c}) store_.Claim(record, "email:x@y");
  EXPECT_TRUE(AreOne(a, b));
  store_.Claim(a, "passport:1");
  EXPECT_TRUE(AreOne(a, b));
  store_.Claim(b, "passport:2");
  EXPECT_FALSE(AreOne(a, b));
  // Nothing tells whose the third is, but a passport joins for itself.
  EXPECT_TRUE(CustomerOf(c).size() == 1);
  store_.Claim(d, "passport:1");
  EXPECT_TRUE(AreOne(a, d));
  EXPECT_FALSE(AreOne(b, d));
}

TEST_F(CustomerStoreTest, ANameOfASingleNamespaceTellsRecordsApart) {
  store_.DefineNamespace("email", {.unique = true});
  const RecordNumber a = Touch("passport:1"), b = Touch("passport:2");
  store_.DefineNamespace("passport", {.single = true});
  for (RecordNumber record : {a, b}) store_.Claim(record, "email:x@y");
  EXPECT_FALSE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, DifferentSingleIdentifiersObjectToALink) {
  store_.DefineNamespace("passport", {.single = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  store_.Claim(a, "passport:1");
  store_.Claim(b, "passport:2");
  store_.Claim(c, "passport:1");
  EXPECT_THAT(ObjectionsTo(a, b), ElementsAre(Pair(LinkGuard::kSingle, true)));
  EXPECT_THAT(ObjectionsTo(a, c), IsEmpty());
  EXPECT_THAT(store_.ObjectionsTo(a, b, 0)[0].text,
              Not(HasSubstr("passport:1")));
  Link(a, b);
  EXPECT_TRUE(AreOne(a, b));
}

TEST_F(CustomerStoreTest, AnIdentifierOfTooManyRecordsJoinsNobody) {
  store_.DefineNamespace("phone", {.unique = true, .max_records = 3});
  std::vector<RecordNumber> records;
  for (int i = 0; i < 3; ++i) {
    records.push_back(Touch("shop:" + std::to_string(i)));
    store_.Claim(records.back(), "phone:1");
  }
  EXPECT_THAT(CustomerOf(records[0]), SizeIs(3));
  records.push_back(Touch("shop:3"));
  store_.Claim(records[3], "phone:1");
  for (RecordNumber record : records) {
    EXPECT_THAT(CustomerOf(record), SizeIs(1));
  }
  store_.DefineNamespace("phone", {.unique = true, .max_records = 4});
  EXPECT_THAT(CustomerOf(records[0]), SizeIs(4));
}

TEST_F(CustomerStoreTest, AKnownPersonIsNotAnonymousAnyMore) {
  const RecordNumber web = Touch("web:1"), shop = Touch("shop:1");
  store_.SetKind(web, {5, 0, Fact(1), CustomerKind::kAnonymous});
  EXPECT_EQ(store_.KindOf(web, 4), CustomerKind::kUnknown);
  EXPECT_EQ(store_.KindOf(web, 5), CustomerKind::kAnonymous);
  store_.SetKind(shop, {2, 0, Fact(2), CustomerKind::kPerson});
  Link(web, shop);
  EXPECT_EQ(store_.KindOf(store_.LeaderOf(web), 9), CustomerKind::kPerson);
}

TEST_F(CustomerStoreTest, APersonAndAnOrganisationObjectToALink) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  store_.SetKind(a, {2, 0, Fact(1), CustomerKind::kPerson});
  store_.SetKind(b, {5, 0, Fact(2), CustomerKind::kOrganisation});
  EXPECT_THAT(ObjectionsTo(a, b, 4), IsEmpty());
  EXPECT_THAT(ObjectionsTo(a, b, 5), ElementsAre(Pair(LinkGuard::kKind, true)));
}

TEST_F(CustomerStoreTest, ACustomerOfTooManyRecordsObjectsToALink) {
  store_.DefineNamespace("email", {.unique = true});
  for (int i = 0; i < 1000; ++i) {
    store_.Claim(Touch("shop:" + std::to_string(i)), "email:x@y");
  }
  const RecordNumber more = Touch("crm:1");
  EXPECT_THAT(ObjectionsTo(0, more), ElementsAre(Pair(LinkGuard::kSize, true)));
}

TEST_F(CustomerStoreTest, WhatOneThreadPretendsNobodyElseSees) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(a, 1, Text("ES"));
  Set(b, 2, Text("FR"));
  const std::vector<RecordNumber> joined = store_.JoinedRecords(a, b);
  {
    const CustomerStore::Pretence pretence(store_, joined);
    EXPECT_TRUE(AreOne(a, b));
    EXPECT_THAT(Country(a, 9), Optional(Text("FR")));
    std::thread([&] { EXPECT_FALSE(AreOne(a, b)); }).join();
  }
  EXPECT_FALSE(AreOne(a, b));
  EXPECT_THAT(Country(a, 9), Optional(Text("ES")));
}

TEST_F(CustomerStoreTest, AskingChangesNothing) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Link(a, b);
  (void)store_.JoinedBy(a, b);
  (void)store_.ObjectionsTo(a, b, 0);
  EXPECT_TRUE(AreOne(a, b));
  EXPECT_EQ(store_.StateOf(a, b).sequence, 1u);
}

// ---- Resolve.

TEST_F(CustomerStoreTest, ResolvesTheNameOfARecord) {
  const RecordNumber a = Touch("shop:1");
  EXPECT_THAT(store_.Resolve("shop:1"), IsOkAnd(a));
}

TEST_F(CustomerStoreTest, ResolvesToTheLeader) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Link(a, b);
  EXPECT_THAT(store_.Resolve("a:1"), IsOkAnd(store_.LeaderOf(a)));
  EXPECT_THAT(store_.Resolve("b:1"), IsOkAnd(store_.LeaderOf(a)));
}

TEST_F(CustomerStoreTest, ResolvesAClaimedIdentifier) {
  const RecordNumber a = Touch("shop:1");
  store_.Claim(a, "phone:555");
  EXPECT_THAT(store_.Resolve("phone:555"), IsOkAnd(a));
}

TEST_F(CustomerStoreTest, AnIdentifierOfTwoCustomersIsAmbiguous) {
  store_.Claim(Touch("a:1"), "phone:555");
  store_.Claim(Touch("b:1"), "phone:555");
  EXPECT_THAT(store_.Resolve("phone:555"),
              IsAmbiguous("the identifier phone:555 names several customers"));
}

TEST_F(CustomerStoreTest, AnIdentifierOfTwoRecordsOfOneCustomerIsNot) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  store_.Claim(a, "phone:555");
  store_.Claim(b, "phone:555");
  Link(a, b);
  EXPECT_THAT(store_.Resolve("phone:555"), IsOkAnd(store_.LeaderOf(a)));
}

TEST_F(CustomerStoreTest, AnUnknownIdentifierIsNotFound) {
  EXPECT_THAT(store_.Resolve("shop:1"),
              IsNotFound("no customer has the identifier shop:1"));
}

TEST_F(CustomerStoreTest, ResolvesAPublicIdAndItsAliases) {
  const RecordNumber a = Touch("shop:12748"), b = Touch("b:1");
  Link(a, b);
  // The id of shop:12748, by Python: see base/id_test.cc.
  EXPECT_THAT(store_.Resolve("id:6550e9ec9099b3dec8d3bd58df4227f7"),
              IsOkAnd(store_.LeaderOf(a)));
  EXPECT_THAT(store_.Resolve("id:" + store_.IdOf(b).Hex()),
              IsOkAnd(store_.LeaderOf(a)));
}

TEST_F(CustomerStoreTest, ResolvesAPublicIdInCapitals) {
  const RecordNumber a = Touch("shop:12748");
  EXPECT_THAT(store_.Resolve("id:6550E9EC9099B3DEC8D3BD58DF4227F7"),
              IsOkAnd(a));
}

TEST_F(CustomerStoreTest, AnIdThatIsNotOneIsNotFound) {
  Touch("shop:12748");
  for (std::string_view identifier :
       {"id", "id:", "id:6550", "id:6550e9ec9099b3dec8d3bd58df4227f",
        "id:6550e9ec9099b3dec8d3bd58df4227f70",
        "id:6550e9ec9099b3dec8d3bd58df4227fg",
        "id:00000000000000000000000000000000"}) {
    EXPECT_THAT(store_.Resolve(identifier),
                IsNotFound("no customer has the identifier " +
                           std::string(identifier)));
  }
}

// ---- Attributes.

TEST_F(CustomerStoreTest, AnAttributeThatWasNeverSetIsNotThere) {
  EXPECT_THAT(Country(Touch("a:1"), 100), Eq(std::nullopt));
}

TEST_F(CustomerStoreTest, AnAttributeIsInForceFromItsTimeOn) {
  const RecordNumber a = Touch("a:1");
  Set(a, 10, Text("ES"));
  EXPECT_THAT(Country(a, 9), Eq(std::nullopt));
  EXPECT_THAT(Country(a, 10), Optional(Text("ES")));
}

TEST_F(CustomerStoreTest, TheLatestVersionIsInForceWhateverArrivesFirst) {
  const RecordNumber a = Touch("a:1");
  Set(a, 20, Text("PT"));
  Set(a, 10, Text("ES"));
  Set(a, 30, Text("FR"));
  EXPECT_THAT(Country(a, 19), Optional(Text("ES")));
  EXPECT_THAT(Country(a, 29), Optional(Text("PT")));
  EXPECT_THAT(Country(a, 30), Optional(Text("FR")));
}

TEST_F(CustomerStoreTest, AtOneTimeTheLastSourceOfTheAlphabetIsInForce) {
  const RecordNumber a = Touch("a:1");
  Set(a, 10, Text("ES"), "web");
  Set(a, 10, Text("PT"), "app");
  EXPECT_THAT(Country(a, 10), Optional(Text("ES")));
}

TEST_F(CustomerStoreTest, AtOneTimeOfOneSourceTheLargestFactIdIsInForce) {
  const RecordNumber a = Touch("a:1");
  Set(a, 10, Text("ES"), "web", 8);
  Set(a, 10, Text("PT"), "web", 7);
  EXPECT_THAT(Country(a, 10), Optional(Text("ES")));
}

TEST_F(CustomerStoreTest, AnAttributeTakenAwayIsNotThere) {
  const RecordNumber a = Touch("a:1");
  Set(a, 10, Text("ES"));
  Set(a, 20, Value());
  EXPECT_THAT(Country(a, 19), Optional(Text("ES")));
  EXPECT_THAT(Country(a, 20), Eq(std::nullopt));
}

TEST_F(CustomerStoreTest, AnAttributeTakenAwayMayComeBack) {
  const RecordNumber a = Touch("a:1");
  Set(a, 20, Value());
  Set(a, 30, Text("ES"));
  EXPECT_THAT(Country(a, 30), Optional(Text("ES")));
}

TEST_F(CustomerStoreTest, TheLatestOfAllRecordsOfTheCustomerIsInForce) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(a, 10, Text("ES"));
  Set(b, 20, Text("PT"));
  Link(a, b);
  EXPECT_THAT(Country(a, 15), Optional(Text("ES")));
  EXPECT_THAT(Country(a, 20), Optional(Text("PT")));
}

TEST_F(CustomerStoreTest, AtOneTimeTheSourceDecidesAmongRecordsToo) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(a, 10, Text("ES"), "web");
  Set(b, 10, Text("PT"), "app");
  Link(a, b);
  EXPECT_THAT(Country(a, 10), Optional(Text("ES")));
}

TEST_F(CustomerStoreTest, TakenAwayByOneRecordIsTakenAwayOfTheCustomer) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(a, 10, Text("ES"));
  Set(b, 20, Value());
  Link(a, b);
  EXPECT_THAT(Country(a, 20), Eq(std::nullopt));
}

TEST_F(CustomerStoreTest, UnlinkingGivesEachRecordItsAttributeBack) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(a, 10, Text("ES"));
  Set(b, 20, Text("PT"));
  Link(a, b);
  Unlink(a, b);
  EXPECT_THAT(Country(a, 30), Optional(Text("ES")));
}

TEST_F(CustomerStoreTest, TellsWhichRecordSaysIt) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(a, 10, Text("ES"));
  Set(b, 20, Text("PT"));
  Link(a, b);
  const AttributeValue value =
      store_.AttributeAt(store_.LeaderOf(a), names_.Add("country"), 15);
  ASSERT_THAT(value.version, NotNull());
  EXPECT_EQ(value.record, a);
}

TEST_F(CustomerStoreTest, ListsTheAttributesOfAllRecordsOnce) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(a, 10, Text("ES"));
  Set(b, 10, Text("PT"));
  const uint32_t age = names_.Add("age");
  store_.SetAttribute(b, age, {10, 0, kAboutNothing, Fact(1), int64_t{7}});
  Link(a, b);
  EXPECT_THAT(store_.AttributesOf(store_.LeaderOf(a)),
              UnorderedElementsAre(names_.Add("country"), age));
}

TEST_F(CustomerStoreTest, AnAttributeOfAnotherCustomerIsNotHers) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Set(b, 10, Text("ES"));
  EXPECT_THAT(store_.AttributeAt(a, names_.Add("country"), 100).version,
              IsNull());
}

// ---- Known from when on.

TEST_F(CustomerStoreTest, ACustomerIsKnownFromHerFirstFactOn) {
  const RecordNumber a = Touch("a:1", 10);
  EXPECT_FALSE(store_.IsKnown(a, 9));
  EXPECT_TRUE(store_.IsKnown(a, 10));
}

TEST_F(CustomerStoreTest, AFactThatComesLateMakesHerKnownEarlier) {
  const RecordNumber a = Touch("a:1", 10);
  Touch("a:1", 5);
  Touch("a:1", 20);
  EXPECT_TRUE(store_.IsKnown(a, 5));
  EXPECT_FALSE(store_.IsKnown(a, 4));
}

TEST_F(CustomerStoreTest, AnyOfHerRecordsMakesHerKnown) {
  const RecordNumber a = Touch("a:1", 10), b = Touch("b:1", 5);
  Link(a, b);
  EXPECT_TRUE(store_.IsKnown(store_.LeaderOf(a), 5));
}

TEST_F(CustomerStoreTest, VisitsEachKnownCustomerOnce) {
  const RecordNumber a = Touch("a:1", 10), b = Touch("b:1", 10),
                     c = Touch("c:1", 10);
  Touch("d:1", 20);
  Link(a, b);
  std::vector<RecordNumber> leaders;
  store_.ForEachCustomer(
      10, [&](RecordNumber leader) { leaders.push_back(leader); });
  EXPECT_THAT(leaders, UnorderedElementsAre(store_.LeaderOf(a), c));
}

// ---- Many records of one customer.

constexpr int kMany = 2000;

TEST_F(CustomerStoreTest, AChainOfManyLinksIsOneCustomer) {
  RecordNumber last = Touch("shop:0");
  for (int i = 1; i < kMany; ++i) {
    const RecordNumber record = Touch("shop:" + std::to_string(i));
    Link(last, record);
    last = record;
  }
  EXPECT_THAT(CustomerOf(last), SizeIs(kMany));
}

TEST_F(CustomerStoreTest, AStarOfManyLinksIsOneCustomer) {
  const RecordNumber centre = Touch("shop:0");
  for (int i = 1; i < kMany; ++i) {
    Link(centre, Touch("shop:" + std::to_string(i)));
  }
  EXPECT_THAT(CustomerOf(centre), SizeIs(kMany));
}

TEST_F(CustomerStoreTest, OneIdentifierOfManyRecordsIsOneCustomer) {
  store_.DefineNamespace("email", {.unique = true});
  for (int i = 0; i < kMany; ++i) {
    store_.Claim(Touch("shop:" + std::to_string(i)), "email:x@y");
  }
  EXPECT_THAT(CustomerOf(0), SizeIs(kMany));
}

TEST_F(CustomerStoreTest, ManyClaimsMayBecomeOneCustomerAtOnce) {
  for (int i = 0; i < kMany; ++i) {
    store_.Claim(Touch("shop:" + std::to_string(i)), "email:x@y");
  }
  store_.DefineNamespace("email", {.unique = true});
  EXPECT_THAT(CustomerOf(0), SizeIs(kMany));
}

// ---- One value of several, and many.

class ReconciliationTest : public CustomerStoreTest {
 protected:
  void Say(RecordNumber record, int64_t at_us, std::string_view text,
           std::string_view source, uint64_t fact) {
    Set(record, at_us, text.empty() ? Value() : Value(Text(text)), source,
        fact);
  }
  void Reconcile(Reconciliation how,
                 std::vector<std::string_view> sources = {}) {
    AttributeRule rule;
    rule.reconciliation = how;
    for (std::string_view source : sources) {
      rule.sources.push_back(names_.Add(source));
    }
    store_.DefineAttribute(names_.Add("country"), std::move(rule));
  }
  std::vector<std::string> Values(RecordNumber record, int64_t now_us,
                                  uint32_t about = kAboutNothing) {
    std::vector<std::string> values;
    for (const AttributeValue& it : store_.ValuesAt(
             store_.LeaderOf(record), names_.Add("country"), about, now_us)) {
      values.push_back(std::get<std::string>(it.version->value));
    }
    return values;
  }
};

TEST_F(ReconciliationTest, TheMostTrustedSourceThatSaysAnyHolds) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Link(a, b);
  Reconcile(Reconciliation::kTrusted, {"erp", "crm"});
  Say(a, 9, "web", "web", 1);
  EXPECT_THAT(Country(a, 99), Optional(Text("web")));
  Say(b, 5, "crm", "crm", 2);
  EXPECT_THAT(Country(a, 99), Optional(Text("crm")));
  Say(a, 3, "erp", "erp", 3);
  EXPECT_THAT(Country(a, 99), Optional(Text("erp")));
  EXPECT_THAT(Country(a, 2), Eq(std::nullopt));
  Say(a, 4, "", "erp", 4);
  EXPECT_THAT(Country(a, 99), Optional(Text("crm")));
}

TEST_F(ReconciliationTest, WhatMostSayHoldsAndOfATieTheLatest) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1"), c = Touch("c:1");
  Link(a, b);
  Link(b, c);
  Reconcile(Reconciliation::kFrequent);
  Say(a, 1, "ES", "", 1);
  Say(b, 2, "ES", "", 2);
  Say(c, 9, "FR", "", 3);
  EXPECT_THAT(Country(a, 99), Optional(Text("ES")));
  // Each record and source has one vote: that of its last version.
  Say(b, 3, "FR", "", 4);
  EXPECT_THAT(Country(a, 99), Optional(Text("FR")));
  Say(b, 4, "IT", "", 5);
  EXPECT_THAT(Country(a, 99), Optional(Text("FR")));
}

TEST_F(ReconciliationTest, TheLongestTextHoldsByItsCharacters) {
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Link(a, b);
  Reconcile(Reconciliation::kLongest);
  Say(a, 1, "Ana P", "", 1);
  Say(b, 2, "ñññ", "", 2);  // six bytes
  EXPECT_THAT(Country(a, 99), Optional(Text("Ana P")));
}

TEST_F(ReconciliationTest, ManyValuesAreAddedAndTakenAway) {
  store_.DefineAttribute(names_.Add("country"), {.many = true});
  const RecordNumber a = Touch("a:1"), b = Touch("b:1");
  Say(a, 1, "ES", "", 1);
  Say(b, 2, "FR", "", 2);
  Say(b, 3, "ES", "", 3);
  EXPECT_THAT(Values(a, 99), ElementsAre("ES"));
  Link(a, b);
  EXPECT_THAT(Values(a, 99), ElementsAre("FR", "ES"));
  AttributeVersion gone;
  gone.at_us = 4;
  gone.fact = Fact(4);
  gone.value = Text("FR");
  gone.removed = true;
  store_.SetAttribute(a, names_.Add("country"), gone);
  EXPECT_THAT(Values(a, 99), ElementsAre("ES"));
  EXPECT_THAT(Values(a, 3), ElementsAre("FR", "ES"));
  Say(a, 5, "", "", 5);
  Say(b, 6, "IT", "", 6);
  EXPECT_THAT(Values(a, 5), IsEmpty());
  EXPECT_THAT(Values(a, 99), ElementsAre("IT"));
  EXPECT_THAT(store_.HistoryOf(store_.LeaderOf(a), names_.Add("country"), 99),
              SizeIs(6));
  EXPECT_THAT(Country(a, 99), Eq(std::nullopt));
}

TEST_F(ReconciliationTest, AValueIsOfWhatItIsAbout) {
  const RecordNumber a = Touch("a:1");
  const uint32_t shoes = names_.Add("shoes"), hats = names_.Add("hats");
  AttributeVersion version;
  version.value = Text("42");
  version.about = shoes;
  store_.SetAttribute(a, names_.Add("country"), version);
  EXPECT_THAT(Values(a, 9, shoes), ElementsAre("42"));
  EXPECT_THAT(Values(a, 9, hats), IsEmpty());
  EXPECT_THAT(Values(a, 9), IsEmpty());
  EXPECT_THAT(store_.AboutsOf(a, names_.Add("country")), ElementsAre(shoes));
}

TEST_F(ReconciliationTest, AnyOrderOfArrivalGivesTheSameValues) {
  std::mt19937 random(20111210);
  for (int round = 0; round < 200; ++round) {
    const auto how = static_cast<Reconciliation>(random() % 4);
    const bool many = random() % 3 == 0;
    struct Said {
      int record;
      AttributeVersion version;
    };
    std::vector<Said> said;
    for (uint64_t i = 0; i < 12; ++i) {
      AttributeVersion version;
      version.at_us = static_cast<int64_t>(random() % 6);
      version.source = static_cast<uint32_t>(random() % 3);
      version.fact = Fact(random());
      if (random() % 5 > 0)
        version.value = Text(std::string(random() % 4, 'x'));
      version.removed = many && version.value.index() > 0 && random() % 4 == 0;
      said.push_back({static_cast<int>(random() % 3), version});
    }
    std::vector<std::vector<std::string>> expected;
    for (int order = 0; order < 4; ++order) {
      std::shuffle(said.begin(), said.end(), random);
      Interner names;
      for (const char* source : {"s0", "s1", "s2"}) names.Add(source);
      CustomerStore store(&names);
      AttributeRule rule;
      rule.many = many;
      rule.reconciliation = many ? Reconciliation::kLatest : how;
      rule.sources = {2, 0};
      store.DefineAttribute(7, rule);
      for (int r = 0; r < 3; ++r) store.Touch("r:" + std::to_string(r), 0);
      store.SetPair(0, 1, {1, true});
      store.SetPair(1, 2, {1, true});
      for (const Said& it : said) {
        store.SetAttribute(static_cast<RecordNumber>(it.record), 7, it.version);
      }
      std::vector<std::vector<std::string>> got;
      for (int64_t now_us = 0; now_us < 7; ++now_us) {
        std::vector<std::string>& values = got.emplace_back();
        for (const AttributeValue& it :
             store.ValuesAt(store.LeaderOf(0), 7, kAboutNothing, now_us)) {
          values.push_back(std::get<std::string>(it.version->value));
        }
      }
      if (order == 0) expected = got;
      ASSERT_EQ(got, expected) << "round " << round;
    }
  }
}

// ---- In any order. A reference finds the customers of a random history by
// merging labels, and every order of arrival must agree with it.

struct Event {
  enum Kind { kClaim, kUnique, kOrdinary, kSingle, kPair } kind;
  int a = 0, b = 0;  // records
  std::string text;  // identifier or namespace
  PairState state;
};

constexpr int kRecords = 12;
constexpr uint32_t kMaxShared = 4;  // more who claim one are a hub

std::string NameOfRecord(int record) {
  // Some names are identifiers that others claim.
  return record < 4 ? "email:" + std::to_string(record)
                    : "shop:" + std::to_string(record);
}

std::vector<Event> RandomHistory(std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % n); };
  std::vector<Event> events;
  for (int i = 0; i < 14; ++i) {
    events.push_back({Event::kClaim,
                      below(kRecords),
                      0,
                      (below(3) > 0   ? "email:"
                       : below(2) > 0 ? "phone:"
                                      : "passport:") +
                          std::to_string(below(7)),
                      {}});
  }
  if (below(2) > 0) events.push_back({Event::kSingle, 0, 0, "passport", {}});
  if (below(4) > 0) events.push_back({Event::kUnique, 0, 0, "email", {}});
  if (below(3) == 0) events.push_back({Event::kUnique, 0, 0, "phone", {}});
  std::map<std::pair<int, int>, uint64_t> sequences;
  for (int i = 0; i < 12; ++i) {
    const int a = below(kRecords), b = below(kRecords);
    if (a == b) continue;
    const uint64_t sequence = ++sequences[std::minmax(a, b)];
    const int say = below(5);
    events.push_back({Event::kPair, a, b, "", {sequence, say < 2, say == 2}});
  }
  return events;
}

// The customer of each record, as the smallest record in it.
std::vector<int> Expected(const std::vector<Event>& events) {
  std::set<std::string> unique;
  std::set<std::string> single;
  std::map<std::string, std::set<int>> holders;
  std::map<std::pair<int, int>, PairState> pairs;
  for (int r = 0; r < kRecords; ++r) holders[NameOfRecord(r)].insert(r);
  for (const Event& event : events) {
    if (event.kind == Event::kUnique) unique.insert(event.text);
    if (event.kind == Event::kOrdinary) unique.erase(event.text);
    if (event.kind == Event::kSingle) {
      unique.insert(event.text);
      single.insert(event.text);
    }
    if (event.kind == Event::kClaim) holders[event.text].insert(event.a);
    if (event.kind == Event::kPair) {
      PairState& state = pairs[std::minmax(event.a, event.b)];
      if (event.state.sequence > state.sequence) state = event.state;
    }
  }
  const auto space_of = [](const std::string& identifier) {
    return identifier.substr(0, identifier.find(':'));
  };
  // Labels spread along edges until nothing changes.
  const auto components = [&](const std::set<int>& disputed,
                              const std::set<int>& differing) {
    std::set<std::pair<int, int>> edges;
    for (const auto& [identifier, records] : holders) {
      if (!unique.contains(space_of(identifier)) ||
          records.size() > kMaxShared) {
        continue;
      }
      const bool is_single = single.contains(space_of(identifier));
      const auto joins = [&](int r) {
        return !disputed.contains(r) && (is_single || !differing.contains(r));
      };
      for (int a : records) {
        for (int b : records) {
          if (a < b && joins(a) && joins(b)) edges.insert({a, b});
        }
      }
    }
    for (const auto& [pair, state] : pairs) {
      if (state.linked) edges.insert(pair);
    }
    std::vector<int> label(kRecords);
    for (int r = 0; r < kRecords; ++r) label[r] = r;
    for (int round = 0; round < kRecords; ++round) {
      for (const auto& [a, b] : edges) {
        label[a] = label[b] = std::min(label[a], label[b]);
      }
    }
    return label;
  };
  // Those linked by hand: with everybody's identifiers left out.
  std::set<int> everybody;
  for (int r = 0; r < kRecords; ++r) everybody.insert(r);
  const std::vector<int> by_hand = components(everybody, everybody);
  const std::vector<int> all = components({}, {});
  std::set<int> disputed;
  for (const auto& [pair, state] : pairs) {
    if (!state.apart() || all[pair.first] != all[pair.second]) continue;
    for (int r = 0; r < kRecords; ++r) {
      if (by_hand[r] == by_hand[pair.first] ||
          by_hand[r] == by_hand[pair.second]) {
        disputed.insert(r);
      }
    }
  }
  // Who has a single identifier, where not all who have any have one alike.
  std::set<int> differing;
  for (int customer = 0; customer < kRecords; ++customer) {
    for (const std::string& space : single) {
      std::map<int, std::set<std::string>> had;  // by who is linked by hand
      std::set<std::string> known;
      for (const auto& [identifier, records] : holders) {
        if (space_of(identifier) != space) continue;
        for (int r : records) {
          if (all[r] != customer) continue;
          had[by_hand[r]].insert(identifier);
          known.insert(identifier);
        }
      }
      const bool agree =
          had.empty() ||
          std::any_of(
              known.begin(), known.end(), [&](const std::string& identifier) {
                return std::all_of(had.begin(), had.end(), [&](const auto& it) {
                  return it.second.contains(identifier);
                });
              });
      if (agree) continue;
      for (int r = 0; r < kRecords; ++r) {
        if (had.contains(by_hand[r])) differing.insert(r);
      }
    }
  }
  return components(disputed, differing);
}

TEST_F(CustomerStoreTest, AnyOrderOfArrivalGivesTheSameCustomers) {
  std::mt19937 random(20111210);
  for (int round = 0; round < 300; ++round) {
    std::vector<Event> events = RandomHistory(random);
    for (int order = 0; order < 4; ++order) {
      std::shuffle(events.begin(), events.end(), random);
      // At last a namespace is not unique any more.
      std::vector<Event> history = events;
      if (round % 3 == 0) {
        history.push_back({Event::kOrdinary, 0, 0, "email", {}});
      }
      const std::vector<int> expected = Expected(history);
      Interner names;
      CustomerStore store(&names);
      const auto touch = [&](int r) { return store.Touch(NameOfRecord(r), 0); };
      for (const Event& event : history) {
        if (event.kind == Event::kUnique) {
          store.DefineNamespace(event.text,
                                {.unique = true, .max_records = kMaxShared});
        }
        if (event.kind == Event::kSingle) {
          store.DefineNamespace(
              event.text,
              {.unique = true, .single = true, .max_records = kMaxShared});
        }
        if (event.kind == Event::kOrdinary) {
          // Every record is there, so that none sets it right by coming later.
          for (int r = 0; r < kRecords; ++r) touch(r);
          store.DefineNamespace(event.text, {.unique = false});
        }
        if (event.kind == Event::kClaim) {
          store.Claim(touch(event.a), event.text);
        }
        if (event.kind == Event::kPair) {
          const RecordNumber a = touch(event.a);
          store.SetPair(a, touch(event.b), event.state);
        }
      }
      for (int r = 0; r < kRecords; ++r) touch(r);
      for (int a = 0; a < kRecords; ++a) {
        for (int b = 0; b < a; ++b) {
          ASSERT_EQ(store.LeaderOf(touch(a)) == store.LeaderOf(touch(b)),
                    expected[a] == expected[b])
              << "round " << round << ", records " << a << " and " << b;
        }
      }
      for (int r = 0; r < kRecords; ++r) {
        const auto records = store.RecordsOf(store.LeaderOf(touch(r)));
        ASSERT_EQ(records.size(),
                  static_cast<size_t>(std::count(expected.begin(),
                                                 expected.end(), expected[r])));
        ASSERT_EQ(records.front(), store.LeaderOf(touch(r)));
      }
    }
  }
}

}  // namespace
}  // namespace trato::core
