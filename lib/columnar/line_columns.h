// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Order lines: nested, as a column of lists of structs, or one a row.

#ifndef TRATO_COLUMNAR_LINE_COLUMNS_H_
#define TRATO_COLUMNAR_LINE_COLUMNS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "columnar/array_slice.h"
#include "columnar/binding.h"
#include "columnar/number_column.h"
#include "columnar/text_column.h"
#include "trato/batch.h"

namespace trato::core {

struct LineBinding {
  Bound product, unit, quantity, unit_price, amount_minor, amount;

  // INVALID_ARGUMENT when there is no product.
  absl::Status Bind(Binder* binder);
};

// Lines that are the rows of the table `rows`. `digits` are those of amounts.
absl::Status ReadFlatLines(const LineBinding& binding, const ArraySlice& rows,
                           const Digits& digits, uint64_t first_row,
                           KnownDictionaries* known, TextStorage* storage,
                           LineColumns* lines);

// Lines that are lists in the rows of `slice`; `digits` goes by row.
absl::Status ReadNestedLines(const LineBinding& binding,
                             const ArraySlice& slice, const ArrowType& type,
                             const Digits& digits, const ColumnPlace& place,
                             uint64_t first_row, KnownDictionaries* known,
                             TextStorage* storage, LineColumns* lines);

// INVALID_ARGUMENT when one of the column's values is missing.
absl::Status RequireValues(const TextColumn& column, size_t rows,
                           const ColumnPlace& place);
absl::Status RequireValues(const Int64Column& column, size_t rows,
                           const ColumnPlace& place);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_LINE_COLUMNS_H_
