// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "shop/shop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "shop/table.h"

namespace trato::shop {
namespace {

constexpr uint64_t kRows = 200000;

TEST(Shop, IsTheSameOnEveryMachine) {
  const Shop shop({.interactions = kRows});
  uint64_t hash = 0;
  for (uint64_t i = 0; i < kRows; ++i) {
    const Row row = shop.At(i);
    for (const uint64_t part :
         {uint64_t{row.customer}, uint64_t{row.type}, uint64_t{row.channel},
          static_cast<uint64_t>(row.at_us),
          static_cast<uint64_t>(row.amount_minor), row.key}) {
      hash = (hash ^ part) * 0x100000001b3;
    }
  }
  EXPECT_EQ(hash, 17442513591679474220u);
}

TEST(Shop, FillsTheRowsThatItGivesOneByOne) {
  const Shop shop({.interactions = kRows, .linked = true});
  std::vector<uint32_t> customer(500);
  std::vector<int64_t> amount(500);
  shop.Fill(1000, 500,
            {.customer = customer.data(), .amount_minor = amount.data()});
  for (uint64_t i = 0; i < 500; ++i) {
    EXPECT_EQ(customer[i], shop.At(1000 + i).customer);
    EXPECT_EQ(amount[i], shop.At(1000 + i).amount_minor);
  }
}

TEST(Shop, HasTheSharesItPromises) {
  const Shop shop({.interactions = kRows});
  std::vector<int> of_customer(shop.customers());
  int late = 0;
  int repeated = 0;
  int corrected = 0;
  int purchases = 0;
  int complaints = 0;
  int64_t before = kStart;
  for (uint64_t i = 0; i < kRows; ++i) {
    const Row row = shop.At(i);
    const int64_t arrival = shop.ArrivalOf(i);
    ASSERT_GE(row.at_us, kStart);
    ASSERT_LE(row.at_us, arrival);
    ASSERT_LT(arrival, kEnd);
    ASSERT_GE(arrival, before);
    before = arrival;
    ++of_customer[row.customer];
    repeated += shop.IsRepetition(i);
    corrected += shop.IsCorrected(i);
    late += !shop.IsRepetition(i) && row.at_us < arrival;
    purchases += row.type == kPurchase;
    complaints += row.type == kComplaint;
  }
  EXPECT_NEAR(late, kRows * 0.05, kRows * 0.005);
  EXPECT_NEAR(repeated, kRows * 0.01, kRows * 0.001);
  EXPECT_NEAR(corrected, kRows * 0.01, kRows * 0.001);
  EXPECT_NEAR(purchases, kRows * 0.1, kRows * 0.003);
  EXPECT_NEAR(complaints, kRows * 0.01, kRows * 0.001);
  const auto heaviest =
      std::max_element(of_customer.begin(), of_customer.end());
  EXPECT_EQ(heaviest - of_customer.begin(), shop.HeaviestCustomer());
  EXPECT_GT(*heaviest, kRows / 100);
}

TEST(Shop, RepeatsWholeInteractionsAndNothingElseHasTheirKey) {
  const Shop shop({.interactions = 20000});
  std::set<uint64_t> keys;
  uint64_t repetitions = 0;
  for (uint64_t i = 0; i < 20000; ++i) {
    EXPECT_EQ(keys.insert(shop.At(i).key).second, !shop.IsRepetition(i));
    repetitions += shop.IsRepetition(i);
  }
  EXPECT_EQ(keys.size() + repetitions, 20000u);
}

TEST(Shop, CorrectsWhatWasRecordedWronglyAndNothingElse) {
  const Shop shop({.interactions = 20000});
  for (uint64_t i = 0; i < 20000; ++i) {
    const Row wrong = shop.At(i, false);
    const Row right = shop.At(i, true);
    const bool differs = wrong.channel != right.channel ||
                         wrong.amount_minor != right.amount_minor;
    EXPECT_EQ(differs, shop.IsCorrected(i)) << i;
    EXPECT_EQ(wrong.customer, right.customer);
    EXPECT_EQ(wrong.key, right.key);
  }
}

TEST(Shop, AmountsAreTheSumOfTheLines) {
  const Shop shop({.interactions = 20000});
  for (uint64_t i = 0; i < 20000; ++i) {
    const Row row = shop.At(i);
    int64_t sum = 0;
    for (int j = 0; j < row.line_count; ++j) sum += row.lines[j].amount_minor;
    EXPECT_EQ(row.amount_minor, sum);
    EXPECT_EQ(row.line_count > 0, row.type == kPurchase || row.type == kReturn);
  }
}

TEST(Stream, GivesEveryRowAndKeepsTheTableAlive) {
  const Shop shop({.interactions = 1000});
  ArrowArrayStream stream;
  MakeStream(MakeTable(shop, 0, 1000, Keys::kAll, /*lines=*/true), 64, &stream);
  ArrowSchema schema;
  ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
  EXPECT_EQ(schema.n_children, 7);
  schema.release(&schema);

  ArrowArray first;
  ASSERT_EQ(stream.get_next(&stream, &first), 0);
  uint64_t rows = static_cast<uint64_t>(first.length);
  while (true) {
    ArrowArray batch;
    ASSERT_EQ(stream.get_next(&stream, &batch), 0);
    if (batch.release == nullptr) break;
    rows += static_cast<uint64_t>(batch.length);
    batch.release(&batch);
  }
  EXPECT_EQ(rows, 1000u);
  stream.release(&stream);

  // A column that a consumer moved out outlives everything else.
  ArrowArray at = *first.children[1];
  first.children[1]->release = nullptr;
  first.release(&first);
  EXPECT_EQ(static_cast<const int64_t*>(at.buffers[1])[63], shop.At(63).at_us);
  at.release(&at);
}

}  // namespace
}  // namespace trato::shop
