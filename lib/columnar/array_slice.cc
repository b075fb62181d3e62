// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/array_slice.h"

#include <algorithm>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

bool AllValid(const uint8_t* bits, int64_t begin, int64_t end) {
  const auto bit = [&](int64_t i) { return bits[i >> 3] >> (i & 7) & 1; };
  while (begin < end && (begin & 7) != 0) {
    if (!bit(begin++)) return false;
  }
  for (; begin + 64 <= end; begin += 64) {
    if (Load<uint64_t>(bits + (begin >> 3), 0) != ~uint64_t{0}) return false;
  }
  while (begin < end) {
    if (!bit(begin++)) return false;
  }
  return true;
}

// How many buffers an array of the type has; views have at least so many.
int64_t BufferCount(const ArrowType& type) {
  if (type.dictionary) return 2;
  switch (type.kind) {
    case ArrowKind::kNull:
      return 0;
    case ArrowKind::kText:
    case ArrowKind::kBinary:
      return 3;
    case ArrowKind::kList:
      return type.layout == ArrowLayout::kViews32 ||
                     type.layout == ArrowLayout::kViews64
                 ? 3
                 : 2;
    case ArrowKind::kStruct:
      return 1;
    default:
      return 2;
  }
}

bool HasViews(const ArrowType& type) {
  return !type.dictionary && type.layout == ArrowLayout::kViews32 &&
         (type.kind == ArrowKind::kText || type.kind == ArrowKind::kBinary);
}

}  // namespace

absl::Status ColumnPlace::Error(absl::StatusCode code, int64_t index,
                                std::string_view what) const {
  if (offsets_ == nullptr) {
    return absl::Status(
        code, StrCat("column '", column_, "', row ",
                     first_row_ + static_cast<uint64_t>(index), ": ", what));
  }
  if (indices_ != nullptr) {
    const auto found = std::find(indices_->begin(), indices_->end(), index);
    if (found == indices_->end()) {
      return absl::Status(code, StrCat("column '", column_, "': ", what));
    }
    index = found - indices_->begin();
  }
  const auto after =
      std::upper_bound(offsets_->begin(), offsets_->end(), index);
  const int64_t row = after - offsets_->begin() - 1;
  return absl::Status(
      code, StrCat("column '", column_, "', row ",
                   first_row_ + static_cast<uint64_t>(row), ", line ",
                   index - (*offsets_)[static_cast<size_t>(row)], ": ", what));
}

absl::Status ColumnPlace::OutOfRange(int64_t index) const {
  return Error(absl::StatusCode::kOutOfRange, index, "does not fit in 64 bits");
}

absl::Status ColumnPlace::Missing(int64_t index) const {
  return Invalid(index, "a value is missing");
}

absl::Status ColumnPlace::Malformed(std::string_view what) const {
  return absl::InvalidArgumentError(
      StrCat("column '", column_, "': malformed Arrow data: ", what));
}

absl::StatusOr<ArraySlice> SliceOf(const ArrowArray* array,
                                   const ArrowType& type, int64_t begin,
                                   int64_t rows, const ColumnPlace& place) {
  if (array == nullptr) return place.Malformed("an array is NULL");
  if (array->length < 0 || array->offset < 0 || array->null_count < -1) {
    return place.Malformed("a length, offset or null_count is negative");
  }
  int64_t end;
  int64_t last;
  if (__builtin_add_overflow(begin, rows, &end) ||
      __builtin_add_overflow(array->offset, end, &last)) {
    return place.Malformed("an offset is out of bounds");
  }
  if (end > array->length) {
    return place.Malformed(StrCat("an array holds ", array->length, " of ", end,
                                  " needed values"));
  }
  if (array->null_count > array->length) {
    return place.Malformed("null_count is greater than the length");
  }
  if ((array->dictionary != nullptr) != (type.dictionary != nullptr)) {
    return place.Malformed("dictionary and schema differ");
  }
  if (static_cast<size_t>(array->n_children) !=
      (type.dictionary ? 0 : type.children.size())) {
    return place.Malformed(StrCat("an array has ", array->n_children,
                                  " children, its schema ",
                                  type.children.size()));
  }
  if (array->n_children > 0 && array->children == nullptr) {
    return place.Malformed("the children are NULL");
  }
  ArraySlice slice{array, array->offset + begin, rows, nullptr};
  if (type.Is(ArrowKind::kNull)) return slice;
  const int64_t expected = BufferCount(type);
  if (HasViews(type) ? array->n_buffers < expected
                     : array->n_buffers != expected) {
    return place.Malformed(StrCat("an array has ", array->n_buffers,
                                  " buffers, ", expected, " are needed"));
  }
  if (array->buffers == nullptr) return place.Malformed("the buffers are NULL");
  // The buffers but validity and text's data, which may hold no byte.
  const int64_t needed = type.Is(ArrowKind::kStruct)                 ? 1
                         : type.Is(ArrowKind::kList) && expected > 2 ? 3
                                                                     : 2;
  for (int64_t i = 1; rows > 0 && i < needed; ++i) {
    if (array->buffers[i] == nullptr) {
      return place.Malformed("a buffer is NULL");
    }
  }
  const auto* validity = static_cast<const uint8_t*>(array->buffers[0]);
  if (array->null_count > 0 && validity == nullptr) {
    return place.Malformed(
        "null_count says that values are missing, but the "
        "validity buffer is NULL");
  }
  if (validity != nullptr && array->null_count != 0 &&
      !AllValid(validity, slice.offset, slice.offset + rows)) {
    slice.validity = validity;
  }
  return slice;
}

std::vector<bool> NullsOf(const ArraySlice& slice) {
  std::vector<bool> nulls;
  if (slice.validity == nullptr) return nulls;
  nulls.resize(static_cast<size_t>(slice.rows));
  for (int64_t i = 0; i < slice.rows; ++i) {
    nulls[static_cast<size_t>(i)] = slice.IsNull(i);
  }
  return nulls;
}

}  // namespace trato::core
