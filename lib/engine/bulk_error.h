// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: how a table's errors name column and row.

#ifndef TRATO_ENGINE_BULK_ERROR_H_
#define TRATO_ENGINE_BULK_ERROR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {

inline absl::Status AtRow(std::string_view column, uint64_t row,
                          const absl::Status& status) {
  return Prefixed(status, StrCat("column '", column, "', row ", row, ": "));
}

inline absl::Status MissingAtRow(std::string_view column, uint64_t row) {
  return absl::InvalidArgumentError(
      StrCat("column '", column, "', row ", row, ": a value is missing"));
}

}  // namespace trato::core

#endif  // TRATO_ENGINE_BULK_ERROR_H_
