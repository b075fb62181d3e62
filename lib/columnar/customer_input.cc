// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/customer_input.h"

#include <memory>

#include "base/status.h"
#include "base/strings.h"
#include "columnar/arrow_source.h"
#include "columnar/binding.h"
#include "columnar/text_column.h"

namespace trato::core {

absl::StatusOr<std::vector<std::string>> ReadCustomers(
    ArrowArrayStream* stream,
    const std::vector<std::pair<std::string, std::string>>& columns,
    std::string_view name_space) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<ArrowSource> source,
                         ArrowSource::Open(stream));
  TRATO_ASSIGN_OR_RETURN(ColumnMap map, ColumnMap::Create(columns));
  Binder binder(source->type().children, "", &map);
  TRATO_ASSIGN_OR_RETURN(const Bound bound,
                         binder.Require("customer", Wanted::kName));
  TRATO_RETURN_IF_ERROR(map.CheckAllUsed());
  std::vector<std::string> customers;
  const auto read_batch = [&]() -> absl::Status {
    const ColumnPlace place(bound.column, source->first_row());
    const ArrowArray& batch = source->batch();
    if (bound.type->Is(ArrowKind::kNull)) return place.Missing(0);
    TRATO_ASSIGN_OR_RETURN(
        const ArraySlice slice,
        SliceOf(batch.children[bound.index], *bound.type, batch.offset,
                batch.length, place));
    TextColumn names;
    TextStorage storage;
    TRATO_RETURN_IF_ERROR(
        ReadName(slice, *bound.type, place, nullptr, &storage, &names));
    for (size_t i = 0; i < static_cast<size_t>(batch.length); ++i) {
      if (names.IsNull(i)) return place.Missing(static_cast<int64_t>(i));
      const std::string_view name = names.At(i);
      customers.push_back(
          name_space.empty() || name.find(':') != std::string_view::npos
              ? std::string(name)
              : StrCat(name_space, ":", name));
    }
    return absl::OkStatus();
  };
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const bool more, source->Advance());
    if (!more) return customers;
    if (absl::Status read = read_batch(); !read.ok()) {
      return source->Fail(std::move(read));
    }
  }
}

}  // namespace trato::core
