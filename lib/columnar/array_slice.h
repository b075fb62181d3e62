// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A run of values of one Arrow array, checked as far as it can be seen, and how
// a failure in it is told. Buffers are read byte by byte where they must be:
// the specification asks for no alignment.

#ifndef TRATO_COLUMNAR_ARRAY_SLICE_H_
#define TRATO_COLUMNAR_ARRAY_SLICE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "columnar/arrow.h"
#include "columnar/arrow_type.h"

namespace trato::core {

// More rows than this in one batch are refused.
inline constexpr int64_t kMaxBatchRows = 0x7fffffff;

// Where the values of a column are, for messages: value i of a column of the
// stream is in its row first_row + i; of a column of lines, in the row whose
// lines hold it.
class ColumnPlace {
 public:
  ColumnPlace(std::string column, uint64_t first_row)
      : column_(std::move(column)), first_row_(first_row) {}
  // Of lines: row i has those from offsets[i] to offsets[i + 1]; `indices`, if
  // not empty, says where each line comes from.
  ColumnPlace(std::string column, uint64_t first_row,
              const std::vector<int64_t>* offsets,
              const std::vector<int64_t>* indices = nullptr)
      : column_(std::move(column)),
        first_row_(first_row),
        offsets_(offsets),
        indices_(indices) {}

  // "column 'customer', row 7: what"
  absl::Status Error(absl::StatusCode code, int64_t index,
                     std::string_view what) const;
  absl::Status Invalid(int64_t index, std::string_view what) const {
    return Error(absl::StatusCode::kInvalidArgument, index, what);
  }
  absl::Status OutOfRange(int64_t index) const;
  absl::Status Missing(int64_t index) const;
  absl::Status Malformed(std::string_view what) const;

 private:
  std::string column_;
  uint64_t first_row_;
  const std::vector<int64_t>* offsets_ = nullptr;
  const std::vector<int64_t>* indices_ = nullptr;
};

// Values offset to offset + rows of the array's buffers.
struct ArraySlice {
  const ArrowArray* array = nullptr;
  int64_t offset = 0;
  int64_t rows = 0;
  const uint8_t* validity = nullptr;  // nullptr: no value is missing

  const void* buffer(int index) const { return array->buffers[index]; }
  bool IsNull(int64_t row) const {
    if (validity == nullptr) return false;
    const int64_t bit = offset + row;
    return (validity[bit >> 3] >> (bit & 7) & 1) == 0;
  }
};

// The values from `begin` on, `rows` of them, as the array's parent counts.
absl::StatusOr<ArraySlice> SliceOf(const ArrowArray* array,
                                   const ArrowType& type, int64_t begin,
                                   int64_t rows, const ColumnPlace& place);

// The missing values as a bitmap; empty when there are none.
std::vector<bool> NullsOf(const ArraySlice& slice);

template <typename T>
T Load(const void* buffer, int64_t index) {
  T value;
  std::memcpy(&value,
              static_cast<const char*>(buffer) +
                  index * static_cast<int64_t>(sizeof(T)),
              sizeof(T));
  return value;
}

inline bool LoadBit(const void* buffer, int64_t index) {
  return static_cast<const uint8_t*>(buffer)[index >> 3] >> (index & 7) & 1;
}

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_ARRAY_SLICE_H_
