// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "trato.hpp"

#if __cplusplus >= 202002L
#include <iterator>
#include <ranges>
static_assert(std::input_iterator<trato::Timeline::iterator>);
static_assert(std::ranges::input_range<trato::Timeline>);
static_assert(std::ranges::input_range<trato::Members>);
#endif

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::trato::Status;
using ::trato::Store;

static_assert(!std::is_copy_constructible_v<Store>);
static_assert(!std::is_copy_assignable_v<Store>);
static_assert(std::is_nothrow_move_constructible_v<Store>);
static_assert(std::is_nothrow_move_assignable_v<Store>);
static_assert(std::is_move_constructible_v<trato::Timeline>);
static_assert(std::is_copy_constructible_v<trato::Error>);
static_assert(std::is_base_of_v<std::runtime_error, trato::Error>);

// 2011-12-10 00:00 UTC.
constexpr int64_t kNow = 1'323'475'200'000'000;
constexpr int64_t kDay = 86'400'000'000;

// Whether JSON holds `part`, which is written without blanks.
MATCHER_P(HasJson, part, "holds " + std::string(part)) {
  std::string packed = arg;
  packed.erase(std::remove_if(packed.begin(), packed.end(),
                              [](char c) { return c == ' ' || c == '\n'; }),
               packed.end());
  return packed.find(part) != std::string::npos;
}

Store OpenMemory() { return Store::open(""); }

trato::Interaction Purchase(const std::string& customer, int64_t at_us,
                            const std::string& product) {
  trato::Interaction purchase;
  purchase.at_us = at_us;
  purchase.customer = customer;
  purchase.type = "purchase";
  purchase.lines = {{product, "", trato::millionths(1), 0, 480}};
  return purchase;
}

trato::Interaction Visit(const std::string& customer) {
  trato::Interaction visit;
  visit.customer = customer;
  visit.type = "visit";
  return visit;
}

// The status that `call` fails with.
template <class Call>
Status StatusOf(Call&& call) {
  return trato::attempt(std::forward<Call>(call)).status();
}

TEST(Version, IsTheOneOfTheHeader) {
  EXPECT_EQ(trato::version(), unsigned{TRATO_VERSION_NUMBER});
}

TEST(Now, IsAfterThisWasWritten) {
  EXPECT_GT(trato::now(), int64_t{1'767'225'600'000'000});
}

TEST(Error, HasStatusAndMessage) {
  try {
    OpenMemory().count_segment("loyal", kNow);
    FAIL();
  } catch (const trato::Error& error) {
    EXPECT_EQ(error.status(), Status::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("loyal"));
    EXPECT_EQ(error.line(), 0u);
    EXPECT_EQ(error.excerpt("text"), "");
  }
  EXPECT_EQ(trato::status_name(Status::kNotFound), "NOT_FOUND");
}

TEST(Error, PointsIntoAnExpression) {
  Store store = OpenMemory();
  const std::string expression = "interactions(\"visit\").cuont() > 1";
  const auto result =
      trato::attempt([&] { store.define_segment("a", expression, kNow); });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().line(), 1u);
  EXPECT_GT(result.error().column(), 1u);
  EXPECT_THAT(result.error().excerpt(expression),
              HasSubstr(expression + "\n  "));
}

TEST(Result, HoldsAValueOrAnError) {
  trato::Result<std::string> good = std::string("tea");
  EXPECT_TRUE(good.ok());
  EXPECT_TRUE(good);
  EXPECT_EQ(good.status(), Status::kOk);
  EXPECT_EQ(*good, "tea");
  EXPECT_EQ(good->size(), 3u);
  EXPECT_EQ(std::move(good).value(), "tea");
  trato::Result<std::string> bad = trato::Error(Status::kAborted, "no");
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.status(), Status::kAborted);
  EXPECT_THROW(bad.value(), trato::Error);
  EXPECT_THROW(
      trato::Result<void>(trato::Error(Status::kAborted, "no")).value(),
      trato::Error);
  EXPECT_NO_THROW(trato::Result<void>().value());
}

TEST(Attempt, LetsOtherExceptionsGo) {
  EXPECT_EQ(trato::attempt([] { return 7; }).value(), 7);
  EXPECT_THROW(static_cast<void>(trato::attempt(
                   []() -> int { throw std::logic_error("mine"); })),
               std::logic_error);
}

TEST(Store, OpensWithAResultInsteadOfAnException) {
  trato::StoreOptions existing;
  existing.mode = trato::OpenMode::kOpenExisting;
  const auto missing =
      Store::open("no_such_file.trato", existing, std::nothrow);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.status(), Status::kNotFound);
  EXPECT_THROW(Store::open("no_such_file.trato", existing), trato::Error);
  trato::Result<Store> memory = Store::open("", std::nothrow);
  ASSERT_TRUE(memory.ok());
  EXPECT_THAT(memory->info(kNow), HasJson("\"path\":null"));
}

TEST(Store, MovesAndCloses) {
  Store store = OpenMemory();
  store.record_interaction(Visit("shop:1"), kNow);
  Store moved = std::move(store);
  EXPECT_NE(moved.handle(), nullptr);
  moved = OpenMemory();
  EXPECT_THAT(moved.info(kNow), HasJson("\"customers\":0"));
  moved.flush();
  moved.close();
  EXPECT_EQ(moved.handle(), nullptr);
  moved.close();  // nothing left to close
  EXPECT_EQ(StatusOf([&] { return moved.info(kNow); }),
            Status::kInvalidArgument);
}

TEST(Store, KeepsAFile) {
  const std::string path = "cpp_store_test.trato";
  for (const char* end : {"", "-wal", "-shm", "-lock"}) {
    std::remove((path + end).c_str());
  }
  trato::StoreOptions options;
  options.mode = trato::OpenMode::kCreateNew;
  options.zone = "Europe/London";
  options.currency = "GBP";
  trato::WriteOptions buffered;
  buffered.durability = trato::Durability::kBuffered;
  {
    Store store = Store::open(path, options);
    store.record_interaction(Visit("shop:1"), kNow, buffered);
    EXPECT_EQ(StatusOf([&] { return Store::open(path); }),
              Status::kFailedPrecondition);
  }
  Store store = Store::open(path);
  EXPECT_EQ(store.parse_time("2011-07-01"), 1'309'474'800'000'000);
  EXPECT_EQ(store.format_time(1'309'478'400'000'000), "2011-07-01 01:00");
  EXPECT_THAT(store.get_customer("shop:1", kNow), HasJson("\"shop:1\""));
  store.define_segment("everybody", "true", kNow);
  const std::string saved = store.watch(kNow).save();
  trato::WatchOptions as_saved;
  as_saved.saved = saved;
  EXPECT_EQ(store.watch(kNow, as_saved).count("everybody"), 1u);
  store.close();
  std::remove(path.c_str());
}

TEST(Store, TakesDefinitionsAsBytes) {
  Store store = OpenMemory();
  store.apply("", kNow);
  EXPECT_EQ(StatusOf([&] { store.apply("\xff\xff", kNow); }),
            Status::kInvalidArgument);
}

TEST(Id, ReadsWhatItWrites) {
  const trato::Id id = trato::fact_id("erp", "order 1");
  EXPECT_THAT(id.hex(), SizeIs(32));
  EXPECT_EQ(trato::Id::from_hex(id.hex()), id);
  EXPECT_NE(trato::fact_id("erp", "order 2"), id);
  EXPECT_EQ(trato::Id::from_hex("00"), std::nullopt);
  EXPECT_EQ(trato::Id::from_hex(std::string(32, 'g')), std::nullopt);
  EXPECT_EQ(trato::Id::from_hex("0123456789abcdefABCDEF0123456789")->hex(),
            "0123456789abcdefabcdef0123456789");
  EXPECT_THAT(std::unordered_set<trato::Id>({id, id}), SizeIs(1));
  EXPECT_THAT(std::set<trato::Id>({id, trato::Id()}), SizeIs(2));
}

TEST(Value, KeepsTheTypeItWasMadeFrom) {
  EXPECT_EQ(trato::Value().kind(), trato::ValueKind::kNone);
  EXPECT_EQ(trato::Value(true).kind(), trato::ValueKind::kBool);
  EXPECT_EQ(trato::Value(7).kind(), trato::ValueKind::kInt);
  EXPECT_EQ(trato::Value(7u).kind(), trato::ValueKind::kInt);
  EXPECT_EQ(trato::Value(0.5f).kind(), trato::ValueKind::kDouble);
  EXPECT_EQ(trato::Value("tea").kind(), trato::ValueKind::kString);
  EXPECT_EQ(trato::Value(std::string_view("tea")), trato::Value("tea"));
  EXPECT_EQ(trato::Value(trato::Money{5, "EUR"}).kind(),
            trato::ValueKind::kMoney);
  EXPECT_EQ(trato::Value(trato::Timestamp{5}).kind(),
            trato::ValueKind::kTimestamp);
  EXPECT_EQ(*trato::Value(7).get_if<int64_t>(), 7);
  EXPECT_EQ(trato::Value(7).get_if<bool>(), nullptr);
  EXPECT_NE(trato::Value(7), trato::Value(7.0));
}

TEST(Customers, HaveAttributesIdentifiersAndLinks) {
  Store store = OpenMemory();
  store.define_attribute("credit", trato::Subject::kCustomer,
                         trato::ValueKind::kMoney, "money back", kNow);
  trato::Attribute credit;
  credit.customer = "shop:1";
  credit.name = "credit";
  credit.value = trato::Money{1250, "GBP"};
  credit.key = "c1";
  EXPECT_EQ(store.set_attribute(credit, kNow), trato::fact_id("host", "c1"));
  EXPECT_THAT(store.get_customer("shop:1", kNow),
              HasJson("\"currency\":\"GBP\""));
  credit.value = trato::Money{1250, "POUND"};
  EXPECT_EQ(StatusOf([&] { return store.set_attribute(credit, kNow); }),
            Status::kInvalidArgument);

  store.define_identifier("email", true, kNow);
  store.claim_identifier("shop:1", "email:ada@example.org", kNow);
  store.claim_identifier("erp:9", "email:ada@example.org", kNow);
  EXPECT_EQ(store.get_customer("shop:1", kNow),
            store.get_customer("erp:9", kNow));
  store.unlink("shop:1", "erp:9", "two people", kNow);
  EXPECT_NE(store.get_customer("shop:1", kNow),
            store.get_customer("erp:9", kNow));
  EXPECT_EQ(StatusOf([&] { return store.link("shop:1", "erp:9", "", kNow); }),
            Status::kFailedPrecondition);
  EXPECT_THAT(store.preview_link("shop:1", "erp:9", kNow),
              HasJson("\"guard\":\"apart\""));
  store.link("shop:1", "erp:9", "one after all",
             trato::Guard::kApart | trato::Guard::kKind, kNow);
  EXPECT_EQ(store.get_customer("shop:1", kNow),
            store.get_customer("erp:9", kNow));
  trato::Namespace passports;
  passports.name = "passport";
  passports.single = true;
  passports.max_records = 7;
  store.define_namespace(passports, kNow);
  store.set_customer_kind("erp:9", trato::CustomerKind::kOrganisation,
                          trato::kAtNow, kNow);
  EXPECT_THAT(store.get_customer("shop:1", kNow),
              HasJson("\"kind\":\"organisation\""));
  trato::AttributeDefinition size;
  size.name = "size";
  size.allowed = {"41", "42"};
  size.many = true;
  size.per = trato::Per::kProduct;
  store.define_attribute(size, kNow);
  EXPECT_THAT(store.list_attributes(), HasJson("\"per\":\"product\""));
  trato::Attribute said;
  said.customer = "shop:1";
  said.name = "size";
  said.value = "42";
  said.about = "shoes";
  said.strength = 0.5;
  store.set_attribute(said, kNow);
  EXPECT_THAT(store.attribute_history("shop:1", "size", kNow),
              HasJson("\"strength\":0.5"));
  trato::RelationDefinition household;
  household.name = "household";
  store.define_relation(household, kNow);
  EXPECT_THAT(store.list_relations(), HasJson("\"inverse\":\"household\""));
  trato::Relation relation;
  relation.customer = "shop:1";
  relation.relation = "household";
  relation.other = "shop:2";
  store.set_relation(relation, kNow);
  EXPECT_THAT(store.related("shop:2", "household", 1, kNow),
              HasJson("\"level\":1"));
  store.unlink("shop:1", "erp:9", "", kNow);
  store.cannot_link("shop:1", "erp:9", "", kNow);
}

TEST(Timeline, GivesBackWhatWasRecorded) {
  Store store = OpenMemory();
  store.define_attribute("note", trato::Subject::kInteraction,
                         trato::ValueKind::kString, "a note", kNow);
  trato::Interaction purchase = Purchase("shop:1", kNow - kDay, "tea");
  purchase.channel = "web";
  purchase.currency = "GBP";
  purchase.fields = {{"note", "gift wrap"}};
  purchase.reply_to = trato::fact_id("mailer", "m1");
  purchase.key = "order 1";
  trato::WriteOptions erp;
  erp.source = "erp";
  const trato::Id fact = store.record_interaction(purchase, kNow, erp);
  EXPECT_EQ(fact, trato::fact_id("erp", "order 1"));

  trato::Timeline timeline = store.open_timeline("shop:1", kNow);
  const trato::Entry* entry = timeline.next();
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->fact, fact);
  EXPECT_EQ(entry->at_us, kNow - kDay);
  EXPECT_EQ(entry->recorded_us, kNow);
  EXPECT_EQ(entry->record, "shop:1");
  EXPECT_EQ(entry->type, "purchase");
  EXPECT_EQ(entry->channel, "web");
  EXPECT_EQ(entry->source, "erp");
  EXPECT_EQ(entry->key, "order 1");
  EXPECT_EQ(entry->direction, trato::Direction::kInbound);
  EXPECT_EQ(entry->currency, "GBP");
  EXPECT_EQ(entry->amount_minor, 480);
  ASSERT_THAT(entry->lines, SizeIs(1));
  EXPECT_EQ(entry->lines[0].product, "tea");
  EXPECT_EQ(entry->lines[0].quantity, trato::millionths(1));
  ASSERT_THAT(entry->fields, SizeIs(1));
  EXPECT_EQ(entry->fields[0].name, "note");
  EXPECT_EQ(entry->fields[0].value, trato::Value("gift wrap"));
  EXPECT_EQ(entry->reply_to, purchase.reply_to);
  EXPECT_EQ(timeline.next(), nullptr);
}

TEST(Timeline, IsARange) {
  Store store = OpenMemory();
  for (const int day : {3, 1, 2}) {
    store.record_interaction(Purchase("shop:1", kNow - day * kDay, "tea"),
                             kNow);
  }
  store.record_interaction(Visit("shop:1"), kNow);
  std::vector<int64_t> days;
  for (const trato::Entry& entry : store.open_timeline("shop:1", kNow)) {
    days.push_back((kNow - entry.at_us) / kDay);
  }
  EXPECT_THAT(days, ElementsAre(3, 2, 1, 0));

  trato::TimelineOptions options;
  options.newest_first = true;
  options.limit = 2;
  options.type = "purchase";
  trato::Timeline newest = store.open_timeline("shop:1", kNow, options);
  const std::vector<trato::Entry> entries(newest.begin(), newest.end());
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[0].at_us, kNow - kDay);
  EXPECT_EQ(entries[1].at_us, kNow - 2 * kDay);
  EXPECT_EQ(newest.begin(), newest.end());
}

TEST(Timeline, OutlivesItsStore) {
  trato::Timeline timeline = [] {
    Store store = OpenMemory();
    store.record_interaction(Purchase("shop:1", kNow, "tea"), kNow);
    return store.open_timeline("shop:1", kNow);
  }();
  EXPECT_EQ(timeline.next()->lines.at(0).product, "tea");
}

TEST(Interactions, AreRecordedAllOrNone) {
  Store store = OpenMemory();
  std::vector<trato::Interaction> visits = {Visit("shop:1"), Visit("shop:2")};
  visits[0].key = "1";
  visits[1].key = "2";
  visits[1].reply_to = trato::fact_id("host", "1");
  EXPECT_EQ(store.record_interactions(visits, kNow), 2u);
  EXPECT_EQ(store.record_interactions(visits, kNow), 0u);
  EXPECT_EQ(store.record_interactions({}, kNow), 0u);
  visits = {Visit("shop:3"), Visit("shop:4")};
  visits[1].type = "nonsense";
  const auto result =
      trato::attempt([&] { return store.record_interactions(visits, kNow); });
  EXPECT_EQ(result.status(), Status::kNotFound);
  EXPECT_THAT(result.error().what(), HasSubstr("interactions[1]"));
  EXPECT_EQ(StatusOf([&] { return store.get_customer("shop:3", kNow); }),
            Status::kNotFound);
}

TEST(Segments, AreCountedTestedAndListed) {
  Store store = OpenMemory();
  store.record_interaction(Purchase("shop:1", kNow, "tea"), kNow);
  store.record_interaction(Visit("shop:2"), kNow);
  store.define_segment("buyers", R"(interactions("purchase").count() >= 1)",
                       kNow);
  const trato::SegmentSize size = store.count_segment("buyers", kNow);
  EXPECT_EQ(size.members, 1u);
  EXPECT_EQ(size.customers, 2u);
  EXPECT_EQ(size.undecided, 0u);
  EXPECT_EQ(store.preview_segment("true", kNow).members, 2u);
  EXPECT_TRUE(store.test_segment("buyers", "shop:1", kNow));
  EXPECT_FALSE(store.test_segment("buyers", "shop:2", kNow));
  EXPECT_THAT(store.explain_segment("buyers", "shop:2", kNow),
              HasSubstr("needs at least 1"));
  const std::vector<trato::SegmentStep> steps = store.segment_history(
      "buyers", "shop:1", std::numeric_limits<int64_t>::min() / 200, kNow);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_TRUE(steps[0].member);
  EXPECT_LE(steps[0].at_us, kNow);
  EXPECT_TRUE(store
                  .segment_history("buyers", "shop:1", kNow,
                                   std::numeric_limits<int64_t>::max(), 1)
                  .empty());
  trato::Watch watch = store.watch(kNow);
  EXPECT_EQ(watch.count("buyers"), 1u);
  EXPECT_TRUE(watch.advance(kNow + 1).is_done);
  EXPECT_TRUE(watch.take().empty());
  int nudges = 0;
  watch.on_change([&] {
    ++nudges;
    throw std::runtime_error("mine");
  });
  store.define_segment("buyers", "true", kNow);
  store.define_segment("buyers", "false", kNow);
  EXPECT_EQ(nudges, 1);
  EXPECT_TRUE(watch.failure());
  EXPECT_TRUE(watch.advance(kNow + 1).nudge_failed);
  EXPECT_EQ(watch.take().size(), 3u);
  watch.on_change({});
  EXPECT_FALSE(watch.failure());
  store.define_segment("buyers", "interactions(\"purchase\").exists()", kNow);
  EXPECT_THAT(store.plan_segment("true"), HasSubstr("\"questions\": []"));
  store.define_segment("everybody", "true", kNow);
  EXPECT_EQ(store.diff_segments("everybody", "buyers", kNow).first_only, 1u);
  int others = 0;
  for (const trato::Member& member :
       store.open_diff_members("everybody", "buyers", kNow)) {
    EXPECT_EQ(member.name, "shop:2");
    ++others;
  }
  EXPECT_EQ(others, 1);
  EXPECT_THAT(store.list_segments(), HasSubstr("\"buyers\""));
}

TEST(Segments, AreTriedDisabledAndEnabled) {
  Store store = OpenMemory();
  store.record_interaction(Purchase("shop:1", kNow, "tea"), kNow);
  store.record_interaction(Visit("shop:2"), kNow);
  store.define_segment("some", R"(interactions("purchase").exists())", kNow);
  const trato::SegmentOverlap overlap = store.try_segment("some", "true", kNow);
  EXPECT_EQ(overlap.second_only, 1u);
  EXPECT_EQ(overlap.both, 1u);
  int entering = 0;
  for (const trato::Member& member :
       store.open_try_members("some", "true", true, kNow)) {
    EXPECT_EQ(member.name, "shop:2");
    ++entering;
  }
  EXPECT_EQ(entering, 1);
  store.enable_segment("some", false, kNow);
  EXPECT_EQ(store.count_segment("some", kNow).members, 0u);
  store.enable_segment("some", true, kNow);
  EXPECT_EQ(store.count_segment("some", kNow).members, 1u);
}

TEST(Members, AreARangeByName) {
  Store store = OpenMemory();
  std::vector<trato::Interaction> visits;
  for (int i = 999; i >= 100; --i) {
    visits.push_back(Visit("shop:" + std::to_string(i)));
  }
  store.record_interactions(visits, kNow);
  store.define_segment("all", "true", kNow);
  std::vector<trato::Member> members;
  for (const trato::Member& member : store.open_members("all", kNow)) {
    members.push_back(member);
  }
  ASSERT_THAT(members, SizeIs(900));
  EXPECT_EQ(members.front().name, "shop:100");
  EXPECT_EQ(members.back().name, "shop:999");
  std::set<trato::Id> ids;
  for (const trato::Member& member : members) ids.insert(member.id);
  EXPECT_THAT(ids, SizeIs(900));
}

TEST(Offers, AreMatchedDecidedAndLearnedFrom) {
  Store store = OpenMemory();
  store.record_interaction(Purchase("shop:1", kNow, "tea"), kNow);
  trato::Offer offer;
  for (const char* name : {"tea", "cup"}) {
    offer.name = name;
    offer.products = {name, "pot"};
    offer.value_minor = 100;
    store.define_offer(offer, kNow);
  }
  std::vector<trato::Match> matches = store.match_offers("shop:1", kNow, 3);
  ASSERT_THAT(matches, SizeIs(2));
  EXPECT_EQ(matches[0].offer, "tea");
  EXPECT_NEAR(matches[0].affinity, 1.1 / 3, 1e-9);
  EXPECT_NEAR(matches[0].score, 110.0 / 3, 1e-9);
  EXPECT_EQ(matches[0].value_minor, 100);
  EXPECT_EQ(matches[0].currency, "EUR");
  EXPECT_THAT(store.match_offers("shop:1", kNow, 1), SizeIs(1));
  EXPECT_THAT(store.match_offers("shop:1", kNow, 0), IsEmpty());
  EXPECT_THAT(store.explain_offers("shop:1", kNow), HasJson("\"kept\":true"));

  const trato::Decision decision = store.decide_offer("shop:1", kNow);
  ASSERT_TRUE(decision.match.has_value());
  EXPECT_EQ(decision.match->offer, "tea");
  EXPECT_EQ(decision.probability, 1);
  trato::Outcome outcome;
  outcome.kind = trato::OutcomeKind::kAccepted;
  outcome.decision = decision.id;
  outcome.key = "o1";
  EXPECT_EQ(store.record_outcome(outcome, kNow), trato::fact_id("host", "o1"));
  EXPECT_THAT(store.explain_decision(decision.id),
              HasSubstr(decision.id.hex()));
  EXPECT_THAT(store.report_offers(kNow), HasJson("\"accepted\":1"));
}

TEST(Offers, AreAllMatchedWhenTheLimitIsLarge) {
  Store store = OpenMemory();
  store.record_interaction(Visit("shop:1"), kNow);
  EXPECT_THAT(store.match_offers("shop:1", kNow, SIZE_MAX), IsEmpty());
  for (int i = 0; i < 300; ++i) {
    trato::Offer offer;
    offer.name = "offer " + std::to_string(i);
    offer.products = {"tea"};
    offer.value_minor = 100;
    store.define_offer(offer, kNow);
  }
  EXPECT_THAT(store.match_offers("shop:1", kNow, SIZE_MAX), SizeIs(300));
  EXPECT_THAT(store.match_offers("shop:1", kNow, 300), SizeIs(300));
  EXPECT_THAT(store.match_offers("shop:1", kNow, 200), SizeIs(200));
}

TEST(Offers, MayLeaveNothingToDecide) {
  Store store = OpenMemory();
  store.record_interaction(Visit("shop:1"), kNow);
  EXPECT_FALSE(store.decide_offer("shop:1", kNow).match.has_value());
}

TEST(Coupons, AreRedeemedOnce) {
  Store store = OpenMemory();
  store.record_interaction(Visit("shop:1"), kNow);
  trato::Offer offer;
  offer.name = "tea";
  offer.products = {"tea"};
  offer.value_minor = 100;
  offer.coupon_span = "10d";
  store.define_offer(offer, kNow);
  const std::string code = store.issue_coupon("shop:1", "tea", kNow);
  EXPECT_THAT(store.show_coupon(code, kNow), HasSubstr("\"valid\""));
  store.redeem_coupon(code, "shop:1", "sale 1", kNow);
  store.redeem_coupon(code, "shop:1", "sale 1", kNow);
  EXPECT_EQ(StatusOf([&] { store.redeem_coupon(code, "", "", kNow); }),
            Status::kFailedPrecondition);
}

constexpr char kSales[] =
    "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
    "1,tea,2,2011-12-01 09:30,2.40,17850\n"
    "2,cup,1,2011-12-02 09:30,6.50,17850\n";

TEST(Orders, AreImportedFromAStream) {
  Store store = OpenMemory();
  std::istringstream sales(kSales);
  EXPECT_THAT(store.import_orders(sales, kNow), HasJson("\"new_lines\":2"));
  EXPECT_THAT(store.get_customer("shop:17850", kNow), HasSubstr("\"purchase"));
  EXPECT_EQ(store.product_name("tea"), "tea");
  trato::ImportOptions options;
  options.dry_run = true;
  std::istringstream again(kSales);
  EXPECT_THAT(store.import_orders(again, kNow, options),
              HasJson("\"new_lines\":0"));
  options.dry_run = false;
  options.name_space = "web";
  trato::WriteOptions web;
  web.source = "web shop";
  std::istringstream elsewhere(kSales);
  store.import_orders(elsewhere, kNow, options, web);
  EXPECT_THAT(store.get_customer("web:17850", kNow), HasSubstr("\"purchase"));
}

TEST(Orders, StopAtAStreamThatFails) {
  Store store = OpenMemory();
  std::istringstream broken(kSales);
  broken.setstate(std::ios::badbit);
  EXPECT_EQ(StatusOf([&] { return store.import_orders(broken, kNow); }),
            Status::kUnavailable);
}

// 20,000 rows, given out one chunk at a time.
trato::Reader ManySales() {
  return [row = 0, text = std::string(kSales)](char* buffer,
                                               size_t capacity) mutable {
    while (text.size() < capacity && row < 20'000) {
      ++row;
      text += "a" + std::to_string(row) + ",tea,1,2011-12-01,2.40,1\n";
    }
    const size_t size = text.copy(buffer, capacity);
    text.erase(0, size);
    return static_cast<int64_t>(size);
  };
}

TEST(Orders, AreCancelledByTheProgress) {
  Store store = OpenMemory();
  trato::ImportOptions options;
  options.progress = [](uint64_t, uint64_t) { return false; };
  EXPECT_EQ(
      StatusOf([&] { return store.import_orders(ManySales(), kNow, options); }),
      Status::kCancelled);
  uint64_t last = 0;
  options.progress = [&last](uint64_t done, uint64_t) {
    last = done;
    return true;
  };
  EXPECT_THAT(store.import_orders(ManySales(), kNow, options),
              HasJson("\"new_lines\":20002"));
  EXPECT_GT(last, 0u);
}

struct MyOwn {};

TEST(Orders, LetExceptionsOfTheProgramThrough) {
  Store store = OpenMemory();
  trato::ImportOptions options;
  options.progress = [](uint64_t, uint64_t) -> bool { throw MyOwn(); };
  EXPECT_THROW(store.import_orders(ManySales(), kNow, options), MyOwn);
  EXPECT_THROW(
      store.import_orders(
          [](char*, size_t) -> int64_t { throw std::runtime_error("disk"); },
          kNow),
      std::runtime_error);
  std::istringstream throwing(kSales);
  throwing.exceptions(std::ios::failbit | std::ios::badbit);
  EXPECT_THROW(store.import_orders(throwing, kNow), std::ios::failure);
  // Nothing was recorded, and the store goes on.
  EXPECT_THAT(store.info(kNow), HasJson("\"customers\":0"));
  EXPECT_THAT(store.import_orders(ManySales(), kNow),
              HasJson("\"new_customers\":2"));
}

}  // namespace
