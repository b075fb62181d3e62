// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The types of a stream's columns, read from its schema once. What we cannot
// read is kOther: a column that nobody asks for may be of any type.

#ifndef TRATO_COLUMNAR_ARROW_TYPE_H_
#define TRATO_COLUMNAR_ARROW_TYPE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "columnar/arrow.h"

namespace trato::core {

enum class ArrowKind : uint8_t {
  kNull,
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat,
  kDouble,
  kDecimal,
  kText,
  kBinary,
  kFixedBinary,
  kDate32,
  kDate64,
  kTimestamp,
  kList,
  kStruct,
  kOther,
};

// How values of varying length lie: behind offsets of 32 or 64 bits, or views.
enum class ArrowLayout : uint8_t { kOffsets32, kOffsets64, kViews32, kViews64 };

struct ArrowColumn;

struct ArrowType {
  ArrowKind kind = ArrowKind::kOther;
  ArrowLayout layout = ArrowLayout::kOffsets32;
  int width = 0;                 // bytes of a decimal or a fixed binary
  int scale = 0;                 // of a decimal
  int64_t ticks_per_second = 0;  // of a timestamp
  bool zoned = false;            // a timestamp that says its zone: it is UTC
  std::string name;              // for people: "timestamp[us]"
  std::vector<ArrowColumn> children;
  // Of the values; `kind` is then that of the indices.
  std::shared_ptr<const ArrowType> dictionary;

  bool IsWhole() const {
    return !dictionary && kind >= ArrowKind::kInt8 &&
           kind <= ArrowKind::kUint64;
  }
  bool Is(ArrowKind wanted) const { return !dictionary && kind == wanted; }
  bool IsText() const {
    return dictionary ? dictionary->Is(ArrowKind::kText)
                      : kind == ArrowKind::kText;
  }
};

struct ArrowColumn {
  std::string name;
  ArrowType type;
};

// Reads a schema. INVALID_ARGUMENT for one that cannot be: pointers that are
// missing, a dictionary whose indices are no integers.
absl::StatusOr<ArrowType> ReadType(const ArrowSchema& schema);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_ARROW_TYPE_H_
