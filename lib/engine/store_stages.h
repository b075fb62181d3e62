// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where a store's customers are in the life cycle, and where they come from.

#ifndef TRATO_ENGINE_STORE_STAGES_H_
#define TRATO_ENGINE_STORE_STAGES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/definitions.h"
#include "insight/purchase_table.h"
#include "trato/store.h"

namespace trato::core {

// Puts a table in force from now_us on.
// Errors: INVALID_ARGUMENT names the rule and the field, with a place in its
// condition; FAILED_PRECONDITION where nothing was fitted yet.
absl::Status DefineLifecycle(Store& store, const LifecycleDefinition& table,
                             int64_t now_us, const WriteOptions& write);

// The table in force, as JSON; trato.h describes these.
absl::StatusOr<std::string> LifecycleJson(const Store& store, int64_t now_us);
absl::StatusOr<std::string> StageJson(const Store& store,
                                      std::string_view customer,
                                      std::string_view category,
                                      int64_t now_us);
absl::StatusOr<std::string> StageReportJson(const Store& store,
                                            std::string_view category,
                                            int64_t since_us, int64_t now_us);

// A row per customer who is in a stage, by name.
struct StageRows {
  PurchaseTable table;  // the names
  std::vector<int64_t> customer;
  std::vector<std::string_view> stage;
  std::vector<int64_t> since_us;
  std::vector<std::string> reason;
  std::vector<double> bought;   // times; one day counts once
  std::vector<double> silence;  // weeks since the last purchase; 0: none
  std::vector<double> usual;    // within which she buys again in half the cases
  // Of who has bought, by the edition in force, for the brand; otherwise 0.
  std::vector<double> alive, expected, value, at_stake;
};
absl::StatusOr<StageRows> StagesOfAll(const Store& store,
                                      std::string_view category,
                                      int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_STAGES_H_
