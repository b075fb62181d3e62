// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/line_columns.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

constexpr int kMillionths = 6;

// A run of siblings, and what is needed to tell where a value is.
struct Siblings {
  ArrowArray** children = nullptr;
  int64_t begin = 0;
  int64_t rows = 0;
  uint64_t first_row = 0;
  const std::vector<int64_t>* offsets = nullptr;  // of nested lines
  const std::vector<int64_t>* indices = nullptr;

  ColumnPlace PlaceOf(const Bound& bound) const {
    return ColumnPlace(bound.column, first_row, offsets, indices);
  }
};

template <typename Function>
absl::Status With(const Siblings& siblings, const Bound& bound, Function read) {
  if (!bound) return absl::OkStatus();
  const ColumnPlace place = siblings.PlaceOf(bound);
  TRATO_ASSIGN_OR_RETURN(ArraySlice slice,
                         SliceOf(siblings.children[bound.index], *bound.type,
                                 siblings.begin, siblings.rows, place));
  return read(slice, *bound.type, place);
}

absl::Status ReadLines(const LineBinding& binding, const Siblings& siblings,
                       const Digits& digits, KnownDictionaries* known,
                       TextStorage* storage, LineColumns* lines) {
  const Digits millionths{kMillionths, {}};
  const auto name = [&](const Bound& bound, TextColumn* column) {
    return With(siblings, bound, [&](auto& slice, auto& type, auto& place) {
      return ReadName(slice, type, place, known, storage, column);
    });
  };
  const auto scaled = [&](const Bound& bound, const Digits& scale,
                          Int64Column* column) {
    return With(siblings, bound, [&](auto& slice, auto& type, auto& place) {
      return ReadScaled(slice, type, scale, place, column);
    });
  };
  lines->present = true;
  TRATO_RETURN_IF_ERROR(name(binding.product, &lines->product));
  TRATO_RETURN_IF_ERROR(name(binding.unit, &lines->unit));
  TRATO_RETURN_IF_ERROR(scaled(binding.quantity, millionths, &lines->quantity));
  TRATO_RETURN_IF_ERROR(
      scaled(binding.unit_price, millionths, &lines->unit_price));
  TRATO_RETURN_IF_ERROR(With(siblings, binding.amount_minor,
                             [&](auto& slice, auto& type, auto& place) {
                               return ReadWhole(slice, type, place,
                                                &lines->amount_minor);
                             }));
  return scaled(binding.amount, digits, &lines->amount_minor);
}

// Where the lists of some rows lie in the child.
struct Ranges {
  int64_t begin = 0;  // of all of them
  int64_t end = 0;
  // Empty: the lists lie one behind the other. Else, for each line, where it
  // is, counted from `begin`.
  std::vector<int64_t> indices;
  bool gathered = false;
};

// The begin and end of a row's list.
template <typename Offset>
std::pair<int64_t, int64_t> ListAt(const ArraySlice& slice, bool views,
                                   int64_t row) {
  const int64_t at = slice.offset + row;
  const int64_t begin = Load<Offset>(slice.buffer(1), at);
  if (!views) return {begin, Load<Offset>(slice.buffer(1), at + 1)};
  const int64_t size = Load<Offset>(slice.buffer(2), at);
  int64_t end = -1;
  if (size < 0 || __builtin_add_overflow(begin, size, &end)) end = -1;
  return {begin, end};
}

template <typename Offset>
absl::Status ReadRanges(const ArraySlice& slice, bool views, int64_t limit,
                        const ColumnPlace& place, std::vector<int64_t>* offsets,
                        Ranges* ranges) {
  offsets->assign(1, 0);
  offsets->reserve(static_cast<size_t>(slice.rows) + 1);
  int64_t total = 0;
  bool any = false;
  // Views may lie in any order, and a missing list may hide values.
  int64_t next = 0;
  for (int64_t row = 0; row < slice.rows; ++row) {
    if (!slice.IsNull(row)) {
      const auto [begin, end] = ListAt<Offset>(slice, views, row);
      if (begin < 0 || end < begin || end > limit) {
        return place.Malformed("an offset of a list is out of bounds");
      }
      // Views may share their lines: there can be more of them than values.
      if (__builtin_add_overflow(total, end - begin, &total) ||
          total > kMaxBatchRows) {
        return place.Invalid(
            row, StrCat("the batch has more than ", kMaxBatchRows, " lines"));
      }
      if (begin < end) {
        ranges->gathered |= any && begin != next;
        ranges->begin = any ? std::min(ranges->begin, begin) : begin;
        ranges->end = std::max(ranges->end, end);
        next = end;
        any = true;
      }
    }
    offsets->push_back(total);
  }
  if (!ranges->gathered) return absl::OkStatus();
  ranges->indices.reserve(static_cast<size_t>(total));
  for (int64_t row = 0; row < slice.rows; ++row) {
    if (slice.IsNull(row)) continue;
    const auto [begin, end] = ListAt<Offset>(slice, views, row);
    for (int64_t i = begin; i < end; ++i) {
      ranges->indices.push_back(i - ranges->begin);
    }
  }
  return absl::OkStatus();
}

template <typename T>
void Gather(const std::vector<int64_t>& indices, std::vector<T>* values) {
  if (values->empty()) return;
  std::vector<T> gathered;
  gathered.reserve(indices.size());
  for (const int64_t index : indices) {
    gathered.push_back((*values)[static_cast<size_t>(index)]);
  }
  *values = std::move(gathered);
}

void Gather(const std::vector<int64_t>& indices, TextColumn* column) {
  if (column->dictionary == nullptr) {
    Gather(indices, &column->values);
    Gather(indices, &column->nulls);
  } else {
    Gather(indices, &column->codes);
  }
}

void Gather(const std::vector<int64_t>& indices, Int64Column* column) {
  Gather(indices, &column->values);
  Gather(indices, &column->nulls);
}

// The digits of each line's amount, in the order of the child's values.
Digits DigitsOfLines(const Digits& by_row, const std::vector<int64_t>& offsets,
                     const Ranges& ranges) {
  Digits digits{by_row.all, {}};
  if (by_row.each.empty()) return digits;
  digits.each.resize(static_cast<size_t>(ranges.end - ranges.begin),
                     static_cast<int8_t>(by_row.all));
  for (size_t row = 0; row + 1 < offsets.size(); ++row) {
    for (int64_t line = offsets[row]; line < offsets[row + 1]; ++line) {
      const int64_t index =
          ranges.gathered ? ranges.indices[static_cast<size_t>(line)] : line;
      digits.each[static_cast<size_t>(index)] = by_row.each[row];
    }
  }
  return digits;
}

template <typename Column>
absl::Status Require(const Column& column, size_t rows,
                     const ColumnPlace& place) {
  if (!column.present) {
    return rows == 0 ? absl::OkStatus() : place.Missing(0);
  }
  const auto found = std::find(column.nulls.begin(), column.nulls.end(), true);
  if (found == column.nulls.end()) return absl::OkStatus();
  return place.Missing(found - column.nulls.begin());
}

}  // namespace

absl::Status RequireValues(const Int64Column& column, size_t rows,
                           const ColumnPlace& place) {
  return Require(column, rows, place);
}

absl::Status RequireValues(const TextColumn& column, size_t rows,
                           const ColumnPlace& place) {
  TRATO_RETURN_IF_ERROR(Require(column, rows, place));
  const auto found =
      std::find(column.codes.begin(), column.codes.end(), TextColumn::kNull);
  if (found == column.codes.end()) return absl::OkStatus();
  return place.Missing(found - column.codes.begin());
}

absl::Status LineBinding::Bind(Binder* binder) {
  TRATO_ASSIGN_OR_RETURN(product, binder->Require("product", Wanted::kName));
  TRATO_ASSIGN_OR_RETURN(unit, binder->Find("unit", Wanted::kText));
  TRATO_ASSIGN_OR_RETURN(quantity, binder->Find("quantity", Wanted::kNumber));
  TRATO_ASSIGN_OR_RETURN(unit_price,
                         binder->Find("unit_price", Wanted::kNumber));
  return binder->FindEither("amount_minor", Wanted::kWhole, &amount_minor,
                            "amount", Wanted::kNumber, &amount);
}

absl::Status ReadFlatLines(const LineBinding& binding, const ArraySlice& rows,
                           const Digits& digits, uint64_t first_row,
                           KnownDictionaries* known, TextStorage* storage,
                           LineColumns* lines) {
  const Siblings siblings{rows.array->children,
                          rows.offset,
                          rows.rows,
                          first_row,
                          nullptr,
                          nullptr};
  TRATO_RETURN_IF_ERROR(
      ReadLines(binding, siblings, digits, known, storage, lines));
  return RequireValues(lines->product, static_cast<size_t>(rows.rows),
                       siblings.PlaceOf(binding.product));
}

absl::Status ReadNestedLines(const LineBinding& binding,
                             const ArraySlice& slice, const ArrowType& type,
                             const Digits& digits, const ColumnPlace& place,
                             uint64_t first_row, KnownDictionaries* known,
                             TextStorage* storage, LineColumns* lines) {
  const ArrowArray* child = slice.array->children[0];
  if (child == nullptr) return place.Malformed("an array is NULL");
  const bool wide = type.layout == ArrowLayout::kOffsets64 ||
                    type.layout == ArrowLayout::kViews64;
  const bool views = type.layout == ArrowLayout::kViews32 ||
                     type.layout == ArrowLayout::kViews64;
  Ranges ranges;
  TRATO_RETURN_IF_ERROR(
      wide ? ReadRanges<int64_t>(slice, views, child->length, place,
                                 &lines->offsets, &ranges)
           : ReadRanges<int32_t>(slice, views, child->length, place,
                                 &lines->offsets, &ranges));
  const std::vector<int64_t>* indices =
      ranges.gathered ? &ranges.indices : nullptr;
  const ColumnPlace line_place("lines", first_row, &lines->offsets, indices);
  TRATO_ASSIGN_OR_RETURN(ArraySlice structs,
                         SliceOf(child, type.children[0].type, ranges.begin,
                                 ranges.end - ranges.begin, line_place));
  if (structs.validity != nullptr) {
    for (size_t i = 0; i < static_cast<size_t>(lines->offsets.back()); ++i) {
      const int64_t index =
          ranges.gathered ? ranges.indices[i] : static_cast<int64_t>(i);
      if (structs.IsNull(index)) {
        return line_place.Invalid(index, "the line is missing");
      }
    }
  }
  const Siblings siblings{child->children, structs.offset,  structs.rows,
                          first_row,       &lines->offsets, indices};
  TRATO_RETURN_IF_ERROR(ReadLines(binding, siblings,
                                  DigitsOfLines(digits, lines->offsets, ranges),
                                  known, storage, lines));
  if (ranges.gathered) {
    Gather(ranges.indices, &lines->product);
    Gather(ranges.indices, &lines->unit);
    Gather(ranges.indices, &lines->quantity);
    Gather(ranges.indices, &lines->unit_price);
    Gather(ranges.indices, &lines->amount_minor);
  }
  return RequireValues(
      lines->product, static_cast<size_t>(lines->offsets.back()),
      ColumnPlace(binding.product.column, first_row, &lines->offsets));
}

}  // namespace trato::core
