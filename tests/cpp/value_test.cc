// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Models of purchases through trato.hpp.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "trato.hpp"

namespace {

struct Table {
  std::vector<double> frequency, recency, age, spend;
  trato_purchase_columns columns() const {
    trato_purchase_columns it = TRATO_PURCHASE_COLUMNS_INIT;
    it.count = frequency.size();
    it.frequency = frequency.data();
    it.recency = recency.data();
    it.age = age.data();
    it.spend = spend.data();
    return it;
  }
};

Table Customers() {
  Table table;
  for (int i = 0; i < 600; ++i) {
    const double x = i % 3 == 0 ? i % 7 : 0;
    table.frequency.push_back(x);
    table.age.push_back(20 + i % 20);
    table.recency.push_back(x == 0 ? 0 : 5 + i % 15);
    table.spend.push_back(x == 0 ? 0 : 10 + i % 13);
  }
  return table;
}

TEST(Value, FitsAndPredicts) {
  const Table table = Customers();
  const auto one = trato::ValueModel::fit(table.columns());
  EXPECT_EQ(one.kind(), trato::ModelKind::kMbgNbd);
  EXPECT_EQ(one.parameters().size(), 4U);
  EXPECT_EQ(one.customers(), 600);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_LT(one.low()[i], one.parameters()[i]);
    EXPECT_GT(one.high()[i], one.parameters()[i]);
  }
  const auto two =
      trato::ValueModel::fit(table.columns(), trato::ModelKind::kMbgNbd, 0,
                             trato::threads(2));
  EXPECT_EQ(one.parameters(), two.parameters());

  const auto spend = trato::ValueModel::fit(table.columns(),
                                            trato::ModelKind::kGammaGamma);
  trato::ValueOptions options;
  options.horizon = 10;
  options.discount = 0.003;
  options.margin = 0.5;
  const auto said = one.predict(table.columns(), options, &spend);
  ASSERT_EQ(said.value.size(), 600U);
  EXPECT_TRUE(said.alive_later.empty());
  for (size_t i = 0; i < 600; ++i) {
    EXPECT_NEAR(said.value[i], said.discounted[i] * said.spend[i] / 2, 1e-9);
    EXPECT_LE(said.expected_low[i], said.expected[i]);
  }
  // Of the plain numbers, kept.
  const trato::ValueModel kept(one.c());
  EXPECT_EQ(kept.predict(table.columns(), options, &spend).value, said.value);
}

TEST(Value, OfAStore) {
  constexpr int64_t kDay = int64_t{86400} * 1'000'000;
  trato::Store store = trato::Store::open("");
  for (const int64_t day : {0, 14, 21}) {
    trato::Interaction purchase;
    purchase.customer = "shop:1";
    purchase.type = "purchase";
    purchase.at_us = day * kDay;
    purchase.lines = {{"tea", "", trato::millionths(2), 0, 480}};
    (void)store.record_interaction(purchase, 100 * kDay);
  }
  trato::StorePurchasesOptions options;
  options.end_us = 35 * kDay;
  const auto purchases = trato::Purchases::of(store, 100 * kDay, options);
  const trato_purchase_columns columns = purchases.columns();
  ASSERT_EQ(columns.count, 1U);
  EXPECT_EQ(columns.frequency[0], 2);
  EXPECT_EQ(columns.recency[0], 3);
  EXPECT_EQ(columns.age[0], 5);
  EXPECT_EQ(columns.orders[0], 3);
  EXPECT_NEAR(columns.total[0], 14.4, 1e-9);
  std::string report;
  const auto model = purchases.choose({}, &report);
  EXPECT_EQ(model.parameters().size(), 4U);
  EXPECT_NE(report.find("\"chosen\""), std::string::npos);
}

TEST(Value, OfCsv) {
  std::string text = "x,t_x,T\n2,3,5\n0,0,4\n1,2,4\n";
  trato::PurchasesOptions options;
  options.summary = true;
  std::string report;
  const auto purchases = trato::Purchases::read_csv(
      [&](char* buffer, size_t capacity) {
        const size_t size = std::min(capacity, text.size());
        text.copy(buffer, size);
        text.erase(0, size);
        return static_cast<int64_t>(size);
      },
      options, &report);
  const trato_purchase_columns columns = purchases.columns();
  ASSERT_EQ(columns.count, 3U);
  EXPECT_EQ(columns.age[2], 4);
  EXPECT_EQ(columns.orders, nullptr);
  EXPECT_NE(report.find("\"t_x\""), std::string::npos);
}

TEST(Value, SaysWhatIsWrong) {
  Table table = Customers();
  table.recency[3] = 1e6;
  try {
    (void)trato::ValueModel::fit(table.columns());
    FAIL();
  } catch (const trato::Error& error) {
    EXPECT_EQ(error.status(), trato::Status::kInvalidArgument);
    EXPECT_EQ(std::string(error.what()).rfind("recency[3] is beyond the age", 0),
              0U);
  }
}

TEST(StoreValue, RefitsAndSaysWhatFollows) {
  trato::StoreOptions options;
  options.zone = "UTC";
  options.currency = "EUR";
  trato::Store store = trato::Store::open("", options);
  constexpr int64_t kDay = 86'400'000'000;
  constexpr int64_t kNow = 400 * kDay;
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j <= i % 5; ++j) {
      trato::Interaction it;
      it.customer = "shop:" + std::to_string(i);
      it.type = "purchase";
      it.at_us = kNow - (200 - 30 * j - i % 20) * kDay;
      it.amount_minor = 1000 + i;
      store.record_interaction(it, it.at_us);
    }
  }
  trato::StoreValue value(store);
  EXPECT_THROW(value.of("shop:4", kNow), trato::Error);
  const std::string edition = value.refit({}, kNow);
  EXPECT_NE(edition.find("mbg_nbd"), std::string::npos);
  const trato::Worth worth = value.of("shop:4", kNow);
  EXPECT_EQ(worth.orders, 5);
  EXPECT_GT(worth.alive, 0);
  EXPECT_EQ(worth.value.currency, "EUR");
  EXPECT_NE(value.editions().find("\"number\": 1"), std::string::npos);

  trato::Stages stages(store);
  EXPECT_NE(stages.rules(kNow).find("\"number\": 0"), std::string::npos);
  stages.define({{"repurchase", "bought() > 1", "", "came back"},
                 {"purchase", "bought() > 0", "", "once"}},
                kNow);
  EXPECT_NE(stages.of("shop:4", "", kNow).find("came back"),
            std::string::npos);
  EXPECT_NE(stages.report("", 0, kNow).find("\"customers\": 60"),
            std::string::npos);
  EXPECT_THROW(stages.define({{"bought", "true", "", ""}}, kNow),
               trato::Error);

  EXPECT_NE(value.pyramid(kNow).find("\"customers\": 60"), std::string::npos);
  EXPECT_THROW(value.risk(2, 10, nullptr, kNow), trato::Error);
  EXPECT_THROW(stages.win_back("", 10, nullptr, kNow), trato::Error);
  trato::CompareOptions compare;
  compare.since_us = kNow - 100 * kDay;
  compare.costs = {{"", 1000, 200}};
  EXPECT_NE(value.compare(compare, kNow).find("\"retention_minor\": 200"),
            std::string::npos);
  compare.unit = "territory";
  EXPECT_THROW(value.compare(compare, kNow), trato::Error);
}

TEST(Learnings, ServeOffersAndSayHowDeepARelationshipIs) {
  constexpr int64_t kDay = int64_t{86400} * 1'000'000;
  trato::Store store = trato::Store::open("");
  trato::Interaction visit;
  visit.customer = "shop:1";
  visit.type = "visit";
  visit.at_us = kDay;
  (void)store.record_interaction(visit, kDay);
  trato::Offer tea;
  tea.name = "tea";
  tea.products = {"tea"};
  tea.value_minor = 1000;
  store.define_offer(tea, kDay);
  trato::Learnings learnings(store);
  trato::LearningDefinition learner;
  learner.name = "all";
  learner.segments = {"nobody"};
  EXPECT_THROW(learnings.define(learner, kDay), trato::Error);
  learner.segments.clear();
  learnings.define(learner, kDay);
  EXPECT_NE(learnings.list(kDay).find("affinity"), std::string::npos);
  EXPECT_NE(learnings.show("all", kDay).find("tea"), std::string::npos);
  EXPECT_NE(learnings.depth("shop:1", kDay).find("would lose nothing"),
            std::string::npos);
  EXPECT_NE(learnings.base(kDay).find("levels"), std::string::npos);
  EXPECT_THROW(learnings.depths(0, nullptr, kDay), trato::Error);
  EXPECT_THROW(learnings.progress("", nullptr, kDay), trato::Error);

  EXPECT_THROW(learnings.refit("all", kDay), trato::Error);
  learner.policy = TRATO_LEARNER_LOGISTIC;
  learnings.define(learner, kDay);
  const trato::Decision decision = store.decide_offer("shop:1", kDay);
  trato::Outcome outcome;
  outcome.decision = decision.id;
  outcome.kind = trato::OutcomeKind::kAccepted;
  (void)store.record_outcome(outcome, kDay);
  EXPECT_NE(learnings.refit("all", kDay).find("\"deviation\""),
            std::string::npos);

  EXPECT_NE(trato::allocate_offers(store, kDay, nullptr)
                .find("\"planned\": 1"),
            std::string::npos);
  EXPECT_THROW(trato::allocate_offers(store, kDay, nullptr, "nobody"),
               trato::Error);
}

TEST(Items, LearnWhatIsNewAndBecomeScores) {
  trato::Store store = trato::Store::open("");
  const auto order = [&](const char* customer, int64_t at_us,
                         std::vector<const char*> products) {
    trato::Interaction it;
    it.customer = customer;
    it.type = "purchase";
    it.at_us = at_us;
    for (const char* product : products) {
      it.lines.push_back({});
      it.lines.back().product = product;
      it.lines.back().quantity = 1'000'000;
    }
    (void)store.record_interaction(it, 5);
  };
  order("shop:1", 1, {"tea", "cup"});
  order("shop:2", 1, {"lamp"});
  trato::Items items = trato::Items::learn(store, 5);
  EXPECT_THROW(items.define_score(store, "suits tea", "lamp",
                                  TRATO_ITEMS_TOGETHER, 0, 5),
               trato::Error);
  order("shop:3", 2, {"tea", "cup"});
  items.update(store, 5);
  items.define_score(store, "suits tea", "tea", TRATO_ITEMS_TOGETHER, 0, 5);
  EXPECT_GT(trato::Scores(store).of("shop:3", "suits tea", 5), 0);
  EXPECT_EQ(trato::Scores(store).of("shop:2", "suits tea", 5), 0);
}

TEST(Scores, AreTheSumOfTheirLog) {
  trato::StoreOptions options;
  options.zone = "UTC";
  trato::Store store = trato::Store::open("", options);
  constexpr int64_t kDay = 86'400'000'000;
  trato::Interaction it;
  it.customer = "shop:1";
  it.type = "visit";
  it.at_us = kDay;
  store.record_interaction(it, kDay);
  trato::Scores scores(store);
  EXPECT_THROW(scores.define({"interest", {}}, kDay), trato::Error);
  scores.define(
      {"interest",
       {{"visit", "interactions(\"visit\")", 8000, "10d", ""}},
       INT64_MIN,
       INT64_MAX},
      kDay);
  EXPECT_EQ(scores.of("shop:1", "interest", kDay), 8000);
  EXPECT_EQ(scores.of("shop:1", "interest", 21 * kDay), 2000);
  EXPECT_NE(scores.log("shop:1", "interest", 11 * kDay)
                .find("\"left_milli\": 4000"),
            std::string::npos);
  EXPECT_NE(scores.list(kDay).find("interest"), std::string::npos);
  EXPECT_THROW(scores.table("interest", 0, nullptr, kDay), trato::Error);
  EXPECT_THROW(scores.of("shop:1", "intrest", kDay), trato::Error);
}

TEST(Evaluation, SaysWhatItCannotTell) {
  trato::StoreOptions options;
  options.zone = "UTC";
  trato::Store store = trato::Store::open("", options);
  const auto holds = [](const std::string& json, const char* text) {
    return json.find(text) != std::string::npos;
  };
  EXPECT_TRUE(holds(trato::Evaluation::of(store, {}, 0), "no_rows"));
  trato::TargetPolicy fixed;
  fixed.policy = TRATO_TARGET_FIXED;
  fixed.offers = {"tea"};
  EXPECT_THROW(trato::Evaluation::of(store, fixed, 0), trato::Error);
  std::string text = "p,reward,target\n0.5,1,1\n";
  const auto read = [&text](char* buffer, size_t capacity) -> int64_t {
    const size_t size = text.copy(buffer, capacity);
    text.erase(0, size);
    return static_cast<int64_t>(size);
  };
  EXPECT_TRUE(holds(trato::Evaluation::csv(read, {{"probability", "p"}}),
                    "few_effective"));
  text = "probability,reward,target\n0.5,one,1\n";
  EXPECT_THROW(trato::Evaluation::csv(read), trato::Error);
  EXPECT_TRUE(holds(trato::Evaluation::compare(
                        {{"old", 1000, 100}, {"new", 1000, 200}}, true),
                    "\"against\": \"old\""));
  EXPECT_TRUE(holds(store.report_effects("", "", 0, 1, 1), "\"offers\": []"));
}

}  // namespace
