// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Purchases of customers as a table in: single ones, or what sums them up.

#ifndef TRATO_COLUMNAR_PURCHASE_INPUT_H_
#define TRATO_COLUMNAR_PURCHASE_INPUT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "columnar/arrow.h"
#include "insight/purchase_table.h"

namespace trato::core {

// Reads the whole stream, which is released in any case. `columns` says which
// column holds a field that the stream names otherwise. Events: customer, at,
// and where present amount. Otherwise: frequency, and where present customer
// (otherwise rows are numbered from 0), recency, age, weight, spend, total.
// Times without a zone are taken as they are.
absl::StatusOr<PurchaseTable> ReadPurchases(
    ArrowArrayStream* stream, bool events,
    const std::vector<std::pair<std::string, std::string>>& columns);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_PURCHASE_INPUT_H_
