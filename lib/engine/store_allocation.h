// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Who should get which offer where stock and budgets are scarce.

#ifndef TRATO_ENGINE_STORE_ALLOCATION_H_
#define TRATO_ENGINE_STORE_ALLOCATION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/purchase_table.h"
#include "trato/store.h"

namespace trato::core {

struct AllocationRows {
  PurchaseTable table;  // the names
  std::vector<int64_t> customer;
  std::vector<std::string> offer;
  std::vector<std::string> channel;  // empty: on any
  std::vector<double> score;
  std::vector<int64_t> value_minor;
  std::string summary;  // as JSON
};
// trato.h describes it and its errors.
absl::StatusOr<AllocationRows> AllocateOffers(const Store& store,
                                              std::string_view segment,
                                              std::string_view channel,
                                              int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_ALLOCATION_H_
