// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/record_input.h"

#include <cstdio>
#include <utility>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/status.h"
#include "base/strings.h"
#include "columnar/number_column.h"
#include "columnar/text_column.h"

namespace trato::core {
namespace {

std::string DayOf(int64_t us) {
  const auto day =
      absl::ToCivilDay(absl::FromUnixMicros(us), absl::UTCTimeZone());
  char text[32];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02d",
                static_cast<int>(day.year()), day.month(), day.day());
  return text;
}

}  // namespace

absl::StatusOr<RecordInput> RecordInput::Open(ArrowArrayStream* stream) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<ArrowSource> source,
                         ArrowSource::Open(stream));
  return RecordInput(std::move(source));
}

std::vector<std::string> RecordInput::column_names() const {
  std::vector<std::string> names;
  for (const ArrowColumn& column : source_->type().children) {
    names.push_back(column.name);
  }
  return names;
}

absl::Status RecordInput::Bind(const std::vector<std::string>& columns) {
  TRATO_ASSIGN_OR_RETURN(ColumnMap map, ColumnMap::Create({}));
  Binder binder(source_->type().children, "", &map);
  for (const std::string& column : columns) {
    auto bound = binder.Require(column, Wanted::kName);
    bool is_date = false;
    if (!bound.ok()) {
      // Of another type it may be an instant.
      auto date = binder.Require(column, Wanted::kInstant);
      if (!date.ok()) return bound.status();
      bound = std::move(date);
      is_date = true;
    }
    columns_.push_back(*std::move(bound));
    are_dates_.push_back(is_date);
  }
  return absl::OkStatus();
}

absl::Status RecordInput::ForEachRow(
    const std::function<void(std::span<const std::string_view>)>& visit) {
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const bool more, source_->Advance());
    if (!more) return absl::OkStatus();
    if (absl::Status read = ReadBatch(visit); !read.ok()) {
      return source_->Fail(std::move(read));
    }
  }
}

absl::Status RecordInput::ReadBatch(
    const std::function<void(std::span<const std::string_view>)>& visit) {
  const ArrowArray& batch = source_->batch();
  const auto rows = static_cast<size_t>(batch.length);
  const size_t width = columns_.size();
  std::vector<TextColumn> texts(width);
  std::vector<TextStorage> storage(width);
  std::vector<std::vector<std::string>> days(width);
  LocalTime local([](int64_t us) -> absl::StatusOr<int64_t> { return us; });
  for (size_t c = 0; c < width; ++c) {
    const Bound& bound = columns_[c];
    if (bound.type->Is(ArrowKind::kNull)) continue;
    const ColumnPlace place(bound.column, source_->first_row());
    TRATO_ASSIGN_OR_RETURN(
        const ArraySlice slice,
        SliceOf(batch.children[bound.index], *bound.type, batch.offset,
                batch.length, place));
    if (!are_dates_[c]) {
      TRATO_RETURN_IF_ERROR(ReadName(slice, *bound.type, place, nullptr,
                                     &storage[c], &texts[c]));
      continue;
    }
    Int64Column at;
    TRATO_RETURN_IF_ERROR(ReadInstant(slice, *bound.type, &local, place, &at));
    days[c].resize(rows);
    for (size_t i = 0; i < rows; ++i) {
      if (!at.IsNull(i)) days[c][i] = DayOf(at.values[i]);
    }
  }
  std::vector<std::string_view> row(width);
  for (size_t i = 0; i < rows; ++i) {
    for (size_t c = 0; c < width; ++c) {
      if (columns_[c].type->Is(ArrowKind::kNull)) {
        row[c] = {};
      } else if (are_dates_[c]) {
        row[c] = days[c][i];
      } else {
        row[c] = texts[c].IsNull(i) ? std::string_view() : texts[c].At(i);
      }
    }
    visit(row);
  }
  return absl::OkStatus();
}

}  // namespace trato::core
