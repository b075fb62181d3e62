// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/purchase_input.h"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "columnar/arrow_source.h"
#include "columnar/binding.h"
#include "columnar/number_column.h"
#include "columnar/text_column.h"

namespace trato::core {
namespace {

// The first batch is often the only one, and is taken as it is.
template <typename T>
void Append(std::vector<T> from, std::vector<T>& to) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), from.begin(), from.end());
  }
}

class PurchaseReader {
 public:
  PurchaseReader(std::unique_ptr<ArrowSource> source, ColumnMap map)
      : source_(std::move(source)),
        map_(std::move(map)),
        binder_(source_->type().children, "", &map_) {}

  absl::Status Bind(bool events) {
    events_ = events;
    if (events) {
      TRATO_ASSIGN_OR_RETURN(customer_,
                             binder_.Require("customer", Wanted::kName));
      TRATO_ASSIGN_OR_RETURN(at_, binder_.Require("at", Wanted::kInstant));
      TRATO_RETURN_IF_ERROR(Number("amount", &table_.amount));
      return map_.CheckAllUsed();
    }
    TRATO_ASSIGN_OR_RETURN(customer_, binder_.Find("customer", Wanted::kName));
    TRATO_RETURN_IF_ERROR(
        binder_.Require("frequency", Wanted::kNumber).status());
    for (const auto& [field, column] :
         {std::pair<std::string_view, std::vector<double>*>{
              "frequency", &table_.frequency},
          {"recency", &table_.recency},
          {"age", &table_.age},
          {"weight", &table_.weight},
          {"spend", &table_.spend},
          {"total", &table_.total}}) {
      TRATO_RETURN_IF_ERROR(Number(field, column));
    }
    return map_.CheckAllUsed();
  }

  absl::StatusOr<PurchaseTable> Read() {
    for (;;) {
      TRATO_ASSIGN_OR_RETURN(const bool more, source_->Advance());
      if (!more) break;
      if (absl::Status read = ReadBatch(); !read.ok()) {
        return source_->Fail(std::move(read));
      }
    }
    numbers_.Finish();
    return std::move(table_);
  }

 private:
  struct NumberColumn {
    Bound bound;
    std::vector<double>* to;
  };

  absl::Status Number(std::string_view field, std::vector<double>* to) {
    TRATO_ASSIGN_OR_RETURN(Bound bound, binder_.Find(field, Wanted::kNumber));
    if (bound) columns_.push_back({std::move(bound), to});
    return absl::OkStatus();
  }

  absl::StatusOr<ArraySlice> Slice(const Bound& bound,
                                   const ColumnPlace& place) const {
    const ArrowArray& batch = source_->batch();
    return SliceOf(batch.children[bound.index], *bound.type, batch.offset,
                   batch.length, place);
  }

  absl::Status ReadBatch() {
    const auto rows = static_cast<size_t>(source_->batch().length);
    if (customer_) {
      TRATO_RETURN_IF_ERROR(ReadCustomers(rows));
    } else {
      for (size_t i = 0; i < rows; ++i) {
        numbers_.AddNumber(static_cast<int64_t>(table_.customer.size()));
      }
    }
    if (events_) {
      const ColumnPlace place(at_.column, source_->first_row());
      if (at_.type->Is(ArrowKind::kNull)) return place.Missing(0);
      TRATO_ASSIGN_OR_RETURN(const ArraySlice slice, Slice(at_, place));
      Int64Column at;
      TRATO_RETURN_IF_ERROR(ReadInstant(slice, *at_.type, &local_, place, &at));
      for (size_t i = 0; i < rows; ++i) {
        if (at.IsNull(i)) return place.Missing(static_cast<int64_t>(i));
      }
      Append(std::move(at.values), table_.at_us);
    }
    for (const NumberColumn& it : columns_) {
      const ColumnPlace place(it.bound.column, source_->first_row());
      if (it.bound.type->Is(ArrowKind::kNull)) return place.Missing(0);
      TRATO_ASSIGN_OR_RETURN(const ArraySlice slice, Slice(it.bound, place));
      DoubleColumn numbers;
      TRATO_RETURN_IF_ERROR(ReadDouble(slice, *it.bound.type, place, &numbers));
      for (size_t i = 0; i < rows; ++i) {
        if (numbers.IsNull(i)) return place.Missing(static_cast<int64_t>(i));
      }
      Append(std::move(numbers.values), *it.to);
    }
    return absl::OkStatus();
  }

  absl::Status ReadCustomers(size_t rows) {
    const ColumnPlace place(customer_.column, source_->first_row());
    if (customer_.type->Is(ArrowKind::kNull)) return place.Missing(0);
    TRATO_ASSIGN_OR_RETURN(const ArraySlice slice, Slice(customer_, place));
    if (numbers_.are_numbers()) {
      DecimalColumn numbers;
      bool fits = ReadDecimal(slice, *customer_.type, &numbers);
      for (size_t i = 0; fits && i < rows; ++i) {
        if (numbers.IsNull(i)) return place.Missing(static_cast<int64_t>(i));
        fits = numbers.values[i] <= INT64_MAX;
      }
      if (fits) {
        for (const uint64_t it : numbers.values) {
          numbers_.AddNumber(static_cast<int64_t>(it));
        }
        return absl::OkStatus();
      }
    }
    TextColumn names;
    TextStorage storage;
    TRATO_RETURN_IF_ERROR(ReadName(slice, *customer_.type, place, nullptr,
                                   &storage, &names));
    for (size_t i = 0; i < rows; ++i) {
      if (names.IsNull(i)) return place.Missing(static_cast<int64_t>(i));
      numbers_.AddName(names.At(i));
    }
    return absl::OkStatus();
  }

  std::unique_ptr<ArrowSource> source_;
  ColumnMap map_;
  Binder binder_;
  LocalTime local_{[](int64_t us) -> absl::StatusOr<int64_t> { return us; }};
  bool events_ = false;
  Bound customer_;
  Bound at_;
  std::vector<NumberColumn> columns_;
  PurchaseTable table_;
  CustomerNumbers numbers_{&table_};
};

}  // namespace

absl::StatusOr<PurchaseTable> ReadPurchases(
    ArrowArrayStream* stream, bool events,
    const std::vector<std::pair<std::string, std::string>>& columns) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<ArrowSource> source,
                         ArrowSource::Open(stream));
  TRATO_ASSIGN_OR_RETURN(ColumnMap map, ColumnMap::Create(columns));
  PurchaseReader reader(std::move(source), std::move(map));
  TRATO_RETURN_IF_ERROR(reader.Bind(events));
  return reader.Read();
}

}  // namespace trato::core
