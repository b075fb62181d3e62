// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Scores by rules, of a store's customers.

#ifndef TRATO_ENGINE_STORE_SCORES_H_
#define TRATO_ENGINE_STORE_SCORES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/definitions.h"
#include "insight/purchase_table.h"
#include "trato/store.h"

namespace trato::core {

// Puts a score in force from now_us on.
// Errors: INVALID_ARGUMENT names the rule and the field, with a place in its
// expression.
absl::Status DefineScore(Store& store, const ScoreDefinition& score,
                         int64_t now_us, const WriteOptions& write);

// Those in force, and one customer's with its log, as JSON; trato.h describes
// these.
absl::StatusOr<std::string> ScoresJson(const Store& store, int64_t now_us);
absl::StatusOr<std::string> ScoreJson(const Store& store,
                                      std::string_view customer,
                                      std::string_view name, int64_t now_us);
// In thousandths.
absl::StatusOr<int64_t> ScoreOf(const Store& store, std::string_view customer,
                                std::string_view name, int64_t now_us);

// A row per customer, the highest first; of equal ones by name.
struct ScoreRows {
  PurchaseTable table;  // the names
  std::vector<int64_t> customer;
  std::vector<double> points;
  std::vector<int64_t> points_milli;
};
// The first `limit` of them; 0: all.
absl::StatusOr<ScoreRows> ScoresOfAll(const Store& store,
                                      std::string_view name, uint64_t limit,
                                      int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_SCORES_H_
