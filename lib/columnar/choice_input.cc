// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/choice_input.h"

#include <cmath>
#include <memory>

#include "base/status.h"
#include "columnar/arrow_source.h"
#include "columnar/binding.h"
#include "columnar/number_column.h"

namespace trato::core {
namespace {

struct Field {
  const char* name;
  bool is_needed;
  bool may_be_null;
  std::vector<double> LoggedChoices::* to;
};
constexpr Field kFields[] = {
    {"probability", false, true, &LoggedChoices::probability},
    {"reward", true, false, &LoggedChoices::reward},
    {"target", true, false, &LoggedChoices::target},
    {"predicted", false, false, &LoggedChoices::predicted},
    {"expected", false, false, &LoggedChoices::expected}};

absl::Status ReadColumn(const ArrowSource& source, const Bound& bound,
                        bool may_be_null, std::vector<double>& to) {
  const ArrowArray& batch = source.batch();
  const ColumnPlace place(bound.column, source.first_row());
  if (bound.type->Is(ArrowKind::kNull)) {
    if (!may_be_null) return place.Missing(0);
    to.resize(to.size() + static_cast<size_t>(batch.length), std::nan(""));
    return absl::OkStatus();
  }
  TRATO_ASSIGN_OR_RETURN(
      const ArraySlice slice,
      SliceOf(batch.children[bound.index], *bound.type, batch.offset,
              batch.length, place));
  DoubleColumn numbers;
  TRATO_RETURN_IF_ERROR(ReadDouble(slice, *bound.type, place, &numbers));
  for (int64_t i = 0; i < batch.length; ++i) {
    const auto row = static_cast<size_t>(i);
    const bool is_null = numbers.IsNull(row);
    if (is_null && !may_be_null) return place.Missing(i);
    to.push_back(is_null ? std::nan("") : numbers.values[row]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoggedChoices> ReadChoices(
    ArrowArrayStream* stream,
    const std::vector<std::pair<std::string, std::string>>& columns) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<ArrowSource> source,
                         ArrowSource::Open(stream));
  TRATO_ASSIGN_OR_RETURN(ColumnMap map, ColumnMap::Create(columns));
  Binder binder(source->type().children, "", &map);
  std::vector<Bound> bound;
  for (const Field& field : kFields) {
    TRATO_ASSIGN_OR_RETURN(
        Bound column, field.is_needed
                          ? binder.Require(field.name, Wanted::kNumber)
                          : binder.Find(field.name, Wanted::kNumber));
    bound.push_back(std::move(column));
  }
  TRATO_RETURN_IF_ERROR(map.CheckAllUsed());
  LoggedChoices log;
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const bool more, source->Advance());
    if (!more) return log;
    for (size_t i = 0; i < bound.size(); ++i) {
      if (!bound[i]) continue;
      absl::Status read = ReadColumn(*source, bound[i], kFields[i].may_be_null,
                                     log.*kFields[i].to);
      if (!read.ok()) return source->Fail(std::move(read));
    }
  }
}

}  // namespace trato::core
