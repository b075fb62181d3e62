// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/binding.h"

#include <algorithm>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kShownColumns = 12;

bool IsNumber(const ArrowType& type) {
  return type.IsWhole() || type.Is(ArrowKind::kFloat) ||
         type.Is(ArrowKind::kDouble) || type.Is(ArrowKind::kDecimal);
}

bool Fits(const ArrowType& type, Wanted wanted) {
  if (type.Is(ArrowKind::kNull)) return true;
  switch (wanted) {
    case Wanted::kText:
      return type.IsText();
    case Wanted::kName:
      return type.IsText() || type.IsWhole();
    case Wanted::kId:
      return type.IsText() || type.Is(ArrowKind::kBinary) ||
             (type.Is(ArrowKind::kFixedBinary) && type.width == 16);
    case Wanted::kWhole:
      return type.IsWhole() || type.Is(ArrowKind::kDecimal);
    case Wanted::kNumber:
      return IsNumber(type);
    case Wanted::kInstant:
      return type.IsWhole() || type.Is(ArrowKind::kTimestamp) ||
             type.Is(ArrowKind::kDate32) || type.Is(ArrowKind::kDate64);
    case Wanted::kBool:
      return type.Is(ArrowKind::kBool);
    case Wanted::kLines:
      return type.Is(ArrowKind::kList) &&
             type.children[0].type.Is(ArrowKind::kStruct);
  }
  return false;
}

std::string_view Needed(Wanted wanted) {
  switch (wanted) {
    case Wanted::kText:
      return "text is needed";
    case Wanted::kName:
      return "text or whole numbers are needed";
    case Wanted::kId:
      return "16 bytes, or text of 32 hexadecimal digits, are needed";
    case Wanted::kWhole:
      return "whole numbers are needed";
    case Wanted::kNumber:
      return "numbers are needed";
    case Wanted::kInstant:
      return "timestamps, dates or whole microseconds are needed";
    case Wanted::kBool:
      return "booleans are needed";
    case Wanted::kLines:
      return "a list of structs is needed";
  }
  return "";
}

// A column's name as it may stand in a message.
std::string_view Shown(std::string_view name) {
  return CheckLabel("column", name).ok() ? name : "?";
}

}  // namespace

absl::StatusOr<ColumnMap> ColumnMap::Create(
    const std::vector<std::pair<std::string, std::string>>& columns) {
  ColumnMap map;
  for (const auto& [field, column] : columns) {
    if (map.Has(field)) {
      return absl::InvalidArgumentError(
          StrCat("columns: field '", Shown(field), "' is named twice"));
    }
    map.entries_.push_back({field, column});
  }
  return map;
}

const std::string* ColumnMap::Find(std::string_view field) {
  asked_.emplace_back(field);
  for (Entry& entry : entries_) {
    if (entry.field != field) continue;
    entry.used = true;
    return &entry.column;
  }
  return nullptr;
}

bool ColumnMap::Has(std::string_view field) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.field == field; });
}

std::vector<std::string> ColumnMap::FieldsWith(std::string_view prefix) const {
  std::vector<std::string> fields;
  for (const Entry& entry : entries_) {
    if (entry.field.starts_with(prefix)) fields.push_back(entry.field);
  }
  return fields;
}

absl::Status ColumnMap::CheckAllUsed() const {
  for (const Entry& entry : entries_) {
    if (entry.used) continue;
    const std::vector<std::string_view> known(asked_.begin(), asked_.end());
    return absl::InvalidArgumentError(StrCat("columns: there is no field '",
                                             Shown(entry.field), "' here",
                                             DidYouMean(entry.field, known)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Bound> Binder::Find(std::string_view field, Wanted wanted) {
  const std::string* mapped = map_->Find(StrCat(prefix_, field));
  const std::string_view column = mapped != nullptr ? *mapped : field;
  Bound bound;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name != column) continue;
    if (bound) {
      return absl::InvalidArgumentError(
          StrCat("field '", prefix_, field, "': the stream has two columns '",
                 Shown(column), "'; rename one"));
    }
    bound = {static_cast<int>(i), StrCat(prefix_, Shown(column)),
             &columns_[i].type};
  }
  if (!bound) {
    if (mapped != nullptr) return NoColumn(field, column);
    return bound;
  }
  if (!Fits(*bound.type, wanted)) {
    const bool minor = wanted == Wanted::kWhole && field == "amount_minor" &&
                       IsNumber(*bound.type);
    return absl::InvalidArgumentError(StrCat(
        "field '", prefix_, field, "': column '", bound.column, "' is of type ",
        bound.type->name, "; ", Needed(wanted),
        minor ? " (amounts in the currency's unit are field 'amount')" : ""));
  }
  return bound;
}

absl::StatusOr<Bound> Binder::Require(std::string_view field, Wanted wanted) {
  TRATO_ASSIGN_OR_RETURN(Bound bound, Find(field, wanted));
  if (!bound) return NoColumn(field, field);
  return bound;
}

absl::Status Binder::FindEither(std::string_view one, Wanted one_wanted,
                                Bound* first, std::string_view other,
                                Wanted other_wanted, Bound* second) {
  const bool one_mapped = map_->Has(StrCat(prefix_, one));
  const bool other_mapped = map_->Has(StrCat(prefix_, other));
  if (Has(one) && Has(other) && one_mapped == other_mapped) {
    return absl::InvalidArgumentError(
        StrCat("fields '", prefix_, one, "' and '", prefix_, other,
               "' say the same and both have a column; name the one that "
               "counts in the map of columns"));
  }
  if (!other_mapped) {
    TRATO_ASSIGN_OR_RETURN(*first, Find(one, one_wanted));
  }
  if (!*first) {
    TRATO_ASSIGN_OR_RETURN(*second, Find(other, other_wanted));
  }
  return absl::OkStatus();
}

bool Binder::Has(std::string_view field) const {
  if (map_->Has(StrCat(prefix_, field))) return true;
  return std::any_of(
      columns_.begin(), columns_.end(),
      [&](const ArrowColumn& column) { return column.name == field; });
}

absl::Status Binder::NoColumn(std::string_view field,
                              std::string_view column) const {
  std::vector<std::string_view> names;
  for (const ArrowColumn& sibling : columns_) {
    names.push_back(Shown(sibling.name));
  }
  std::string list;
  for (size_t i = 0; i < names.size() && i < kShownColumns; ++i) {
    StrAppend(&list, i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > kShownColumns) {
    StrAppend(&list, " and ", names.size() - kShownColumns, " more");
  }
  return absl::InvalidArgumentError(
      StrCat("field '", prefix_, field,
             "': ", prefix_.empty() ? "the stream has" : "the lines have",
             " no column '", Shown(column), "'", DidYouMean(column, names),
             prefix_.empty() ? " (the stream has: " : " (the lines have: ",
             list.empty() ? "no column" : list, ")"));
}

}  // namespace trato::core
