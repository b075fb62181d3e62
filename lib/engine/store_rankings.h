// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whom to look at first: rankings of a store's customers, and the pyramid of
// what they are worth.

#ifndef TRATO_ENGINE_STORE_RANKINGS_H_
#define TRATO_ENGINE_STORE_RANKINGS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/store_stages.h"
#include "insight/purchase_table.h"
#include "trato/store.h"

namespace trato::core {

// The first `limit` each; 0: all. trato.h describes these.
absl::StatusOr<StageRows> WinBack(const Store& store,
                                  std::string_view category, uint64_t limit,
                                  int64_t now_us);

// A row per customer, the fewest expected purchases first.
struct RiskRows {
  PurchaseTable table;  // the names
  std::vector<int64_t> customer;
  std::vector<double> expected, alive, value, purchases, silence;
};
// Of those who bought on that many days or more.
absl::StatusOr<RiskRows> RiskOfAll(const Store& store, uint64_t purchases,
                                   uint64_t limit, int64_t now_us);

// As JSON.
absl::StatusOr<std::string> PyramidJson(const Store& store, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_RANKINGS_H_
