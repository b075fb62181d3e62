// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/purchase_events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace trato::core {
namespace {

constexpr int64_t kDay = int64_t{86400} * 1000000;

struct Events {
  std::vector<int64_t> customer, at;
  std::vector<double> amount;
  void Add(int64_t who, int64_t when, double how_much) {
    customer.push_back(who);
    at.push_back(when);
    amount.push_back(how_much);
  }
  PurchaseEvents columns() const { return {customer, at, amount}; }
};

TEST(PurchaseEvents, AreSummedUpByCustomerAndDay) {
  Events events;
  events.Add(-7, 10 * kDay + 5, 2);
  events.Add(3, 0, 10);
  events.Add(3, 14 * kDay + 9, 6);
  events.Add(3, 14 * kDay + 3, 5);  // the same day
  events.Add(3, 21 * kDay, 1);
  events.Add(3, 22 * kDay, -4);      // a return
  events.Add(3, 40 * kDay, 100);     // after the end
  events.Add(3, 41 * kDay, 50);
  events.Add(3, 90 * kDay, 100);     // after all
  events.Add(int64_t{1} << 60, 36 * kDay, 9);  // known only later
  SummaryOptions options;
  options.end_us = 35 * kDay + 100;
  options.until_us = 60 * kDay;
  const auto summary = SummarisePurchases(events.columns(), options, {});
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->customer, (std::vector<int64_t>{-7, 3}));
  EXPECT_EQ(summary->frequency, (std::vector<double>{0, 2}));
  EXPECT_EQ(summary->recency, (std::vector<double>{0, 3}));
  EXPECT_EQ(summary->age, (std::vector<double>{25. / 7, 5}));
  EXPECT_EQ(summary->spend, (std::vector<double>{0, 6}));
  EXPECT_EQ(summary->total, (std::vector<double>{2, 22}));
  EXPECT_EQ(summary->ahead, (std::vector<double>{0, 2}));
  EXPECT_EQ(summary->ahead_total, (std::vector<double>{0, 150}));
  options.net_returns = true;
  const auto netted = SummarisePurchases(events.columns(), options, {});
  EXPECT_EQ(netted->total, (std::vector<double>{2, 18}));
  EXPECT_EQ(netted->spend, (std::vector<double>{0, 4}));
}

TEST(PurchaseEvents, OrderAndThreadsChangeNothing) {
  std::mt19937_64 draw(4);
  for (const bool dense : {true, false}) {
    Events events;
    std::map<int64_t, std::set<int64_t>> days;
    for (int i = 0; i < 30000; ++i) {
      const auto who = static_cast<int64_t>(draw() % 9000) *
                       (dense ? 1 : 1'000'003);
      const auto at = static_cast<int64_t>(draw() % (200 * kDay));
      events.Add(who, at, static_cast<double>(draw() % 1000) / 7);
      days[who].insert(at / kDay);
    }
    const auto one = SummarisePurchases(events.columns(), {}, {});
    ASSERT_TRUE(one.ok());
    ASSERT_EQ(one->customer.size(), days.size());
    size_t row = 0;
    for (const auto& [who, of] : days) {
      EXPECT_EQ(one->customer[row], who);
      EXPECT_EQ(one->frequency[row], static_cast<double>(of.size() - 1));
      EXPECT_EQ(one->recency[row],
                static_cast<double>(*of.rbegin() - *of.begin()) / 7);
      ++row;
    }
    Events shuffled;
    std::vector<size_t> order(events.at.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), draw);
    for (const size_t i : order) {
      shuffled.Add(events.customer[i], events.at[i], events.amount[i]);
    }
    // Tasks backwards: as good as other threads.
    const auto other = SummarisePurchases(
        shuffled.columns(), {}, [](const auto& task, size_t count) {
          while (count-- > 0) task(count);
        });
    EXPECT_EQ(one->spend, other->spend);
    EXPECT_EQ(one->total, other->total);
    EXPECT_EQ(one->age, other->age);
  }
}

TEST(PurchaseEvents, NobodyGivesNoRows) {
  const auto summary = SummarisePurchases({}, {}, {});
  ASSERT_TRUE(summary.ok());
  EXPECT_TRUE(summary->customer.empty());
  Events events;
  events.Add(1, INT64_MAX, 1);
  EXPECT_EQ(SummarisePurchases(events.columns(), {}, {}).status().message(),
            "at_us[0] is outside the years 1 to 9999");
}

}  // namespace
}  // namespace trato::core
