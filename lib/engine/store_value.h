// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store says that its customers are worth, by the edition in force.

#ifndef TRATO_ENGINE_STORE_VALUE_H_
#define TRATO_ENGINE_STORE_VALUE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/definitions.h"
#include "insight/insights.h"
#include "insight/purchase_table.h"
#include "insight/value_model.h"
#include "trato/store.h"

namespace trato::core {

struct RefitOptions {
  // None: the one that best foresees the last third of the time.
  std::optional<ValueModelKind> model = ValueModelKind::kMbgNbd;
  std::vector<std::string_view> types = {"purchase"};
  std::vector<std::string_view> returns;
  double horizon = 52;     // weeks; 0: for ever
  double discount = 0.15;  // a year
  double margin = 1;
  uint32_t groups = 5;
  std::vector<RfmRule> segments;  // empty: DefaultRfmRules
  std::vector<std::string_view> categories;  // with a rhythm of their own
};

// Fits the models and the edges to what is known at now_us, and records them;
// gives the edition as one of EditionsJson.
// Errors: FAILED_PRECONDITION (nobody has purchased; amounts in two
// currencies), NOT_FOUND (undefined type), INVALID_ARGUMENT names the option.
absl::StatusOr<std::string> RefitValue(Store& store,
                                       const RefitOptions& options,
                                       int64_t now_us,
                                       const WriteOptions& write);

// The edition in force; FAILED_PRECONDITION where there is none.
absl::StatusOr<const Edition*> FindEdition(const Insights& insights,
                                                 int64_t now_us);

// The editions, newest first; trato.h describes it.
std::string EditionsJson(const Store& store);

// What the edition in force at now_us says of one customer.
struct CustomerWorth {
  double alive = 0;
  double expected = 0;  // purchases within the horizon
  double spend = 0;     // expected of a purchase, in the major unit
  Money value;
  double frequency = 0, recency = 0, age = 0;  // as in PurchaseColumns
  double orders = 0;
  double total = 0;
  RfmScore score;
  std::string_view segment;  // lives as long as the store
  uint64_t edition = 0;
};
// Errors: NOT_FOUND (no such customer; she has bought nothing),
// FAILED_PRECONDITION (nothing was fitted by then; two currencies).
absl::StatusOr<CustomerWorth> WorthOf(const Store& store,
                                      std::string_view customer,
                                      int64_t now_us);

// The same of all who have bought, by name.
struct WorthTable {
  PurchaseTable table;  // the names
  std::vector<int64_t> customer;
  std::vector<double> frequency, recency, age, orders, total;
  std::vector<double> alive, expected, spend, value;
  std::vector<uint8_t> r, f, m;
  std::vector<std::string_view> segment;
  Currency currency;
  uint64_t edition = 0;
  std::shared_ptr<const void> held;  // what `segment` points at
};
absl::StatusOr<WorthTable> WorthOfAll(const Store& store, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_VALUE_H_
