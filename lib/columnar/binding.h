// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which column of a stream holds which field, decided and checked by type
// before a row is read.

#ifndef TRATO_COLUMNAR_BINDING_H_
#define TRATO_COLUMNAR_BINDING_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "columnar/arrow_type.h"

namespace trato::core {

// What a field's column may hold.
enum class Wanted {
  kText,
  kName,     // text, or whole numbers
  kId,       // 16 bytes, or text
  kWhole,    // whole numbers
  kNumber,   // numbers of any type
  kInstant,  // timestamps, dates, whole microseconds
  kBool,
  kLines,  // a list of structs
};

// A field's column. Its type is the schema's, which must outlive it.
struct Bound {
  int index = -1;  // among its siblings; -1: there is none
  std::string column;
  const ArrowType* type = nullptr;

  explicit operator bool() const { return index >= 0; }
};

// The caller's map from fields to columns, and which of it was used.
class ColumnMap {
 public:
  // INVALID_ARGUMENT when a field is named twice.
  static absl::StatusOr<ColumnMap> Create(
      const std::vector<std::pair<std::string, std::string>>& columns);

  // The column that the field was mapped to, or nullptr.
  const std::string* Find(std::string_view field);

  // Whether the field is mapped, without using it.
  bool Has(std::string_view field) const;

  // The mapped fields that begin with `prefix`.
  std::vector<std::string> FieldsWith(std::string_view prefix) const;

  // INVALID_ARGUMENT when a mapped field is not one of those asked for.
  absl::Status CheckAllUsed() const;

 private:
  struct Entry {
    std::string field;
    std::string column;
    bool used = false;
  };
  std::vector<Entry> entries_;
  std::vector<std::string> asked_;
};

// Finds columns among siblings: those of the stream, or those of a line, whose
// fields are named "lines.product" and whose columns "product".
class Binder {
 public:
  // `columns` and `map` must outlive the binder. `prefix` is "" or "lines.".
  Binder(const std::vector<ArrowColumn>& columns, std::string prefix,
         ColumnMap* map)
      : columns_(columns), prefix_(std::move(prefix)), map_(map) {}

  // The field's column, or none when the stream has none and the map names
  // none. INVALID_ARGUMENT when the map names one that does not exist, when the
  // name occurs twice, or when its type does not fit `wanted`.
  absl::StatusOr<Bound> Find(std::string_view field, Wanted wanted);

  // The same for a field that must have a column.
  absl::StatusOr<Bound> Require(std::string_view field, Wanted wanted);

  // One of two fields that say the same, such as amount_minor and amount; a
  // mapped one wins, two that go by their names are refused.
  absl::Status FindEither(std::string_view one, Wanted one_wanted, Bound* first,
                          std::string_view other, Wanted other_wanted,
                          Bound* second);

  // Whether Find would give a column.
  bool Has(std::string_view field) const;

 private:
  absl::Status NoColumn(std::string_view field, std::string_view column) const;

  const std::vector<ArrowColumn>& columns_;
  std::string prefix_;
  ColumnMap* map_;
};

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_BINDING_H_
