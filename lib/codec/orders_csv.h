// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Sales as shops export them: CSV with one row per order line. Rows become
// orders with lines; a row that cannot be used is left out with its reason.

#ifndef TRATO_CODEC_ORDERS_CSV_H_
#define TRATO_CODEC_ORDERS_CSV_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/money.h"
#include "base/strings.h"
#include "codec/csv_table.h"
#include "codec/fact.h"

namespace trato::core {

struct OrdersOptions {
  std::string name_space = "shop";  // of the customers
  absl::TimeZone zone;
  Currency currency;
};

struct Order {
  std::string number;
  std::string country;
  int64_t at_us = 0;
  int64_t first_row = 0;
  InteractionFact interaction;
};

struct OrdersFile {
  char separator = ',';
  // What the file calls each column that was found: "order" is "InvoiceNo".
  std::vector<std::pair<std::string, std::string>> columns;
  int64_t rows = 0;           // without the header
  std::vector<Order> orders;  // by first row
  StringMap<std::string> product_names;
  std::vector<Refusal> refusals;  // by first row
};

// Reads a whole file. Errors: INVALID_ARGUMENT when a
// needed column is missing or the text is not CSV, UNAVAILABLE when `read`
// fails, CANCELLED.
absl::StatusOr<OrdersFile> ReadOrders(const ReadBytes& read,
                                      const RowProgress& progress,
                                      const OrdersOptions& options);

}  // namespace trato::core

#endif  // TRATO_CODEC_ORDERS_CSV_H_
