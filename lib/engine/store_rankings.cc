// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_rankings.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/status.h"
#include "codec/value_answers.h"
#include "engine/store_value.h"

namespace trato::core {
namespace {

// The first `limit` (0: all) of the places in `order`, sorted by `is_before`
// and then as they are: tables are in order of the names.
template <typename Before>
void TakeFirst(std::vector<size_t>& order, uint64_t limit, Before is_before) {
  std::stable_sort(order.begin(), order.end(), is_before);
  if (limit != 0 && limit < order.size()) {
    order.resize(static_cast<size_t>(limit));
  }
}

template <typename T>
std::vector<T> Picked(const std::vector<T>& from,
                      const std::vector<size_t>& order) {
  std::vector<T> picked;
  picked.reserve(order.size());
  for (const size_t place : order) picked.push_back(from[place]);
  return picked;
}

// The numbers of the picked customers by their place.
void Rename(const std::vector<int64_t>& customers, PurchaseTable& table,
            const std::vector<size_t>& order, std::vector<int64_t>& out) {
  std::vector<std::string> names;
  for (const size_t place : order) {
    out.push_back(static_cast<int64_t>(names.size()));
    names.push_back(
        std::move(table.names[static_cast<size_t>(customers[place])]));
  }
  table.names = std::move(names);
}

}  // namespace

absl::StatusOr<StageRows> WinBack(const Store& store,
                                  std::string_view category, uint64_t limit,
                                  int64_t now_us) {
  TRATO_ASSIGN_OR_RETURN(StageRows rows, StagesOfAll(store, category, now_us));
  std::vector<size_t> order;
  for (size_t i = 0; i < rows.stage.size(); ++i) {
    if (rows.stage[i] == "abandonment" || rows.stage[i] == "reconsideration") {
      order.push_back(i);
    }
  }
  TakeFirst(order, limit, [&](size_t a, size_t b) {
    return rows.at_stake[a] > rows.at_stake[b];
  });
  StageRows out;
  out.table = std::move(rows.table);
  Rename(rows.customer, out.table, order, out.customer);
  out.stage = Picked(rows.stage, order);
  out.since_us = Picked(rows.since_us, order);
  out.reason = Picked(rows.reason, order);
  out.bought = Picked(rows.bought, order);
  out.silence = Picked(rows.silence, order);
  out.usual = Picked(rows.usual, order);
  out.alive = Picked(rows.alive, order);
  out.expected = Picked(rows.expected, order);
  out.value = Picked(rows.value, order);
  out.at_stake = Picked(rows.at_stake, order);
  return out;
}

absl::StatusOr<RiskRows> RiskOfAll(const Store& store, uint64_t purchases,
                                   uint64_t limit, int64_t now_us) {
  TRATO_ASSIGN_OR_RETURN(WorthTable worth, WorthOfAll(store, now_us));
  std::vector<size_t> order;
  for (size_t i = 0; i < worth.customer.size(); ++i) {
    if (worth.frequency[i] + 1 >= static_cast<double>(purchases)) {
      order.push_back(i);
    }
  }
  TakeFirst(order, limit, [&](size_t a, size_t b) {
    return worth.expected[a] < worth.expected[b];
  });
  RiskRows out;
  out.table = std::move(worth.table);
  Rename(worth.customer, out.table, order, out.customer);
  out.expected = Picked(worth.expected, order);
  out.alive = Picked(worth.alive, order);
  out.value = Picked(worth.value, order);
  for (const size_t place : order) {
    out.purchases.push_back(worth.frequency[place] + 1);
    out.silence.push_back(worth.age[place] - worth.recency[place]);
  }
  return out;
}

absl::StatusOr<std::string> PyramidJson(const Store& store, int64_t now_us) {
  TRATO_ASSIGN_OR_RETURN(const WorthTable worth, WorthOfAll(store, now_us));
  const size_t rows = worth.customer.size();
  std::vector<size_t> order(rows);
  std::iota(order.begin(), order.end(), size_t{0});
  TakeFirst(order, 0, [&](size_t a, size_t b) {
    return worth.value[a] > worth.value[b];
  });
  struct Step {
    const char* name;
    double until;  // of all customers
  };
  static constexpr Step kSteps[] = {{"top 1 %", 0.01},
                                    {"next 4 %", 0.05},
                                    {"next 15 %", 0.2},
                                    {"next 30 %", 0.5},
                                    {"lower half", 1}};
  Pyramid pyramid;
  pyramid.currency = worth.currency;
  size_t from = 0;
  for (const Step& step : kSteps) {
    const auto until = static_cast<size_t>(
        std::ceil(step.until * static_cast<double>(rows) - 1e-9));
    Pyramid::Tier tier;
    tier.name = step.name;
    for (; from < until; ++from) {
      const size_t place = order[from];
      ++tier.customers;
      tier.value += worth.value[place];
      tier.total += worth.total[place];
      tier.alive += worth.alive[place];
    }
    if (tier.customers > 0) pyramid.tiers.push_back(std::move(tier));
  }
  return trato::core::PyramidJson(pyramid);
}

}  // namespace trato::core
