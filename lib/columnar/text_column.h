// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Columns of text out of Arrow arrays, without copying a text.

#ifndef TRATO_COLUMNAR_TEXT_COLUMN_H_
#define TRATO_COLUMNAR_TEXT_COLUMN_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "columnar/array_slice.h"
#include "trato/batch.h"

namespace trato::core {

// Texts that stand in no Arrow array: whole numbers in decimal. It lives as
// long as the views of a batch.
using TextStorage = std::vector<std::unique_ptr<char[]>>;

// Text, plain or by dictionary: checked to be UTF-8, by dictionary each value
// once.
absl::Status ReadText(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace& place, TextColumn* column);

// Text, or whole numbers written in decimal.
absl::Status ReadName(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace& place, TextStorage* storage,
                      TextColumn* column);

// Ids: binary of 16 bytes, or text of 32 hexadecimal digits.
absl::Status ReadId(const ArraySlice& slice, const ArrowType& type,
                    const ColumnPlace& place, TextColumn* column);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_TEXT_COLUMN_H_
