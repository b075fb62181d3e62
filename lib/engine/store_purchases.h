// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The purchases of a store's customers, as the models take them.

#ifndef TRATO_ENGINE_STORE_PURCHASES_H_
#define TRATO_ENGINE_STORE_PURCHASES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/money.h"
#include "insight/purchase_table.h"
#include "trato/store.h"

namespace trato::core {

struct StorePurchasesOptions {
  // Types of interactions that are purchases, an order each.
  std::vector<std::string_view> types = {"purchase"};
  // Those that take back: their amounts count below 0, whatever their sign.
  std::vector<std::string_view> returns;
  int64_t end_us = INT64_MIN;    // INT64_MIN: now
  int64_t until_us = INT64_MIN;  // INT64_MIN: nothing after the end is wanted
};

struct StorePurchases {
  // By customer (linked records are one, named by the record that gives the
  // public id); times are those of the clock in the store's zone, as days are
  // days there. Restricted customers are not among them.
  PurchaseTable table;
  int64_t end_us = 0;  // by that clock
  int64_t until_us = INT64_MIN;
  Currency currency;  // of the amounts; none: there are none
};

// What is known at now_us. Errors: NOT_FOUND (undefined type),
// FAILED_PRECONDITION (amounts in two currencies, which it names).
// Cost: one pass over these interactions.
absl::StatusOr<StorePurchases> ReadStorePurchases(
    const Store& store, const StorePurchasesOptions& options, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_PURCHASES_H_
