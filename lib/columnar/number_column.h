// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Columns of numbers, amounts and instants out of Arrow arrays. Rounding is
// half away from zero; a double or float counts as the shortest decimal number
// that means it, so 1.005 EUR are 1.01 EUR.

#ifndef TRATO_COLUMNAR_NUMBER_COLUMN_H_
#define TRATO_COLUMNAR_NUMBER_COLUMN_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "columnar/array_slice.h"
#include "trato/batch.h"

namespace trato::core {

// How many decimal digits each row is scaled to.
struct Digits {
  int all = 0;
  std::vector<int8_t> each;  // empty: all rows alike

  int At(int64_t row) const {
    return each.empty() ? all : each[static_cast<size_t>(row)];
  }
};

// Turns local microseconds into UTC. It asks the calendar twice for each day
// rather than once for each value: a day at whose two ends the offset is the
// same is taken to have it throughout.
class LocalTime {
 public:
  using Convert = std::function<absl::StatusOr<int64_t>(int64_t)>;

  explicit LocalTime(Convert convert) : convert_(std::move(convert)) {}
  absl::StatusOr<int64_t> ToUtc(int64_t local_us);

 private:
  static constexpr int64_t kMixed = INT64_MIN;  // ask for each value
  int64_t OffsetOf(int64_t day) const;

  Convert convert_;
  absl::flat_hash_map<int64_t, int64_t> offsets_;  // by day
  int64_t last_day_ = INT64_MIN;
  int64_t last_offset_ = 0;
};

// Whole numbers, and decimals without a fraction.
absl::Status ReadWhole(const ArraySlice& slice, const ArrowType& type,
                       const ColumnPlace& place, Int64Column* column);

// Numbers of any type, times 10^digits and rounded.
absl::Status ReadScaled(const ArraySlice& slice, const ArrowType& type,
                        const Digits& digits, const ColumnPlace& place,
                        Int64Column* column);

// Timestamps and dates, and whole microseconds since 1970 in UTC.
absl::Status ReadInstant(const ArraySlice& slice, const ArrowType& type,
                         LocalTime* local, const ColumnPlace& place,
                         Int64Column* column);

// Booleans, as 0 and 1.
absl::Status ReadBool(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace& place, Int64Column* column);

// Numbers of any type; they must be finite.
absl::Status ReadDouble(const ArraySlice& slice, const ArrowType& type,
                        const ColumnPlace& place, DoubleColumn* column);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_NUMBER_COLUMN_H_
