// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A column of customers as a table in.

#ifndef TRATO_COLUMNAR_CUSTOMER_INPUT_H_
#define TRATO_COLUMNAR_CUSTOMER_INPUT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "columnar/arrow.h"

namespace trato::core {

// Reads the column `customer`, or the one that `columns` has for it, of the
// whole stream, which is released in any case. `name_space` is put before those
// that have none. Other columns are left alone.
absl::StatusOr<std::vector<std::string>> ReadCustomers(
    ArrowArrayStream* stream,
    const std::vector<std::pair<std::string, std::string>>& columns,
    std::string_view name_space);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_CUSTOMER_INPUT_H_
