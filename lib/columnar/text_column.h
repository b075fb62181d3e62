// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Columns of text out of Arrow arrays, without copying a text.

#ifndef TRATO_COLUMNAR_TEXT_COLUMN_H_
#define TRATO_COLUMNAR_TEXT_COLUMN_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "columnar/array_slice.h"
#include "trato/batch.h"

namespace trato::core {

// Texts that stand in no Arrow array: whole numbers in decimal. It lives as
// long as the views of a batch.
using TextStorage = std::vector<std::unique_ptr<char[]>>;

// The dictionary that a column had last, as it was read. Most streams have the
// same one in each batch: it is known again by where it lies, as the batch
// before lives on until the next one is there.
struct KnownDictionary {
  // Of the dictionary's array: length, offset and buffers.
  std::vector<const void*> buffers;
  int64_t length = 0;
  int64_t offset = 0;
  TextColumn::Dictionary texts;  // null: none is known
};

// Those of a stream's columns, by their types in its schema.
using KnownDictionaries = std::map<const ArrowType*, KnownDictionary>;

// Text, plain or by dictionary: checked to be UTF-8, by dictionary each value
// once. `known` is kept from batch to batch; it may be null.
absl::Status ReadText(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace& place, KnownDictionaries* known,
                      TextColumn* column);

// Text, or whole numbers written in decimal.
absl::Status ReadName(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace& place, KnownDictionaries* known,
                      TextStorage* storage, TextColumn* column);

// Whole numbers that a name may be: whether that is all there is, and no number
// is negative. Otherwise nothing is read.
bool ReadDecimal(const ArraySlice& slice, const ArrowType& type,
                 DecimalColumn* column);

// Ids: binary of 16 bytes, or text of 32 hexadecimal digits.
absl::Status ReadId(const ArraySlice& slice, const ArrowType& type,
                    const ColumnPlace& place, TextColumn* column);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_TEXT_COLUMN_H_
