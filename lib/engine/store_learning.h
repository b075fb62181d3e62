// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The learners that serve a store's offers, and how deep the relationships are
// that they have learned. trato.h describes the answers.

#ifndef TRATO_ENGINE_STORE_LEARNING_H_
#define TRATO_ENGINE_STORE_LEARNING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/purchase_table.h"
#include "offer/definitions.h"
#include "trato/store.h"

namespace trato::core {

// Puts a learner in force from now_us on.
// Errors: INVALID_ARGUMENT names the learner and the field, NOT_FOUND (a
// segment). A logistic one keeps what it has learned as long as its segments stay.
absl::Status DefineLearning(Store& store, const LearningDefinition& learner,
                            int64_t now_us, const WriteOptions& write);

// Puts what a logistic learner learns from all answers up to now_us in force, as
// a further version of it, and says what came of it, as LearningJson.
// Errors: NOT_FOUND, FAILED_PRECONDITION (it is not logistic, is retired, or
// nobody has answered).
absl::StatusOr<std::string> RefitLearning(Store& store,
                                          std::string_view learner,
                                          int64_t now_us,
                                          const WriteOptions& write);

absl::StatusOr<std::string> LearningsJson(const Store& store, int64_t now_us);
absl::StatusOr<std::string> LearningJson(const Store& store,
                                         std::string_view learner,
                                         int64_t now_us);
absl::StatusOr<std::string> DepthJson(const Store& store,
                                      std::string_view customer,
                                      int64_t now_us);
absl::StatusOr<std::string> BaseDepthJson(const Store& store, int64_t now_us);

// A row per customer who has answered, the largest gain first; of equal ones by
// name.
struct DepthRows {
  PurchaseTable table;  // the names
  std::vector<int64_t> customer;
  std::vector<int64_t> answers;
  std::vector<int64_t> acceptances;
  std::vector<int64_t> decisions;
  std::vector<int64_t> used;
  std::vector<double> bits;
  std::vector<double> stranger_bits;
  std::vector<double> expected_minor;
  std::vector<double> stranger_minor;
};
// The first `limit` of them; 0: all.
absl::StatusOr<DepthRows> DepthOfAll(const Store& store, uint64_t limit,
                                     int64_t now_us);

// What came of each customer's first answered decision, her second, and so on;
// of one learner, or (empty) of all.
struct ProgressRows {
  std::vector<int64_t> number;  // from 1
  std::vector<int64_t> customers;
  std::vector<int64_t> accepted;
  std::vector<double> rate;
  std::vector<double> low;   // of 95 %, after Wilson
  std::vector<double> high;
  std::vector<double> expected;  // the mean of what was believed
};
absl::StatusOr<ProgressRows> LearningProgress(const Store& store,
                                        std::string_view learner,
                                        int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_LEARNING_H_
