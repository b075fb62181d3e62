// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: customers in order of something, part by part. A part
// begins after the customer at which the one before ended, by value and public
// id, so what is written in between moves nobody else.

#ifndef TRATO_ENGINE_CUSTOMER_LIST_H_
#define TRATO_ENGINE_CUSTOMER_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/state.h"
#include "engine/view.h"
#include "trato/store.h"

namespace trato::core {

struct CustomerList {
  struct Row {
    RecordNumber leader = 0;
    RecordId id;
    Value key;    // what it is compared by: text is folded
    Value value;  // what is sorted by
  };
  std::vector<Row> rows;
  std::string next;  // empty: this was the last part
};

// The caller holds the state still and a ReadScope. `limit` 0: all.
// Cost: one pass over all customers, and a filter's evaluation for each.
// `sight` (may be null) says whom there is to list.
absl::StatusOr<CustomerList> ListCustomers(const State& state,
                                           const ListOptions& options,
                                           const Sight* sight, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_CUSTOMER_LIST_H_
