// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Contacts from a CSV file, whoever wrote it: its columns are recognised by
// their headers, of the address books and customer systems that are common, or
// said by the host.

#ifndef TRATO_CODEC_CONTACTS_CSV_H_
#define TRATO_CODEC_CONTACTS_CSV_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "codec/csv_table.h"

namespace trato::core {

// What a column's value does to one that is there.
enum class ColumnRule : uint8_t { kOverwrite = 0, kFillBlank = 1, kNever = 2 };
std::string_view NameOf(ColumnRule rule);

enum class DateOrder : uint8_t { kYearFirst = 0, kDayFirst = 1, kMonthFirst };

struct ContactColumn {
  enum class Kind : uint8_t { kId, kIdentifier, kAttribute, kDate, kOptOut };

  size_t place = 0;    // among the file's columns
  std::string header;  // as in the file
  Kind kind = Kind::kAttribute;
  // The attribute's name, the namespace, or the channel ("*": every one).
  std::string field;
  ColumnRule rule = ColumnRule::kOverwrite;
  uint64_t values = 0;  // how many there are
};

struct IgnoredColumn {
  std::string header;
  std::string reason;
};

// What the host says of a column. An empty field: as it is recognised.
struct ColumnChoice {
  std::string header;
  std::string field;  // as ContactColumn: "id", "identifier.email", "city"
  ColumnRule rule = ColumnRule::kOverwrite;
};

struct ContactsOptions {
  std::string name_space = "contact";  // of ids in the file
  std::vector<ColumnChoice> columns;
  // The customer attributes that are defined, sorted.
  std::vector<std::string_view> attributes;
};

struct ContactRow {
  int64_t line = 0;
  std::string record;
  // By place in ContactsFile::columns; empty: nothing said.
  std::vector<std::string> cells;
};

struct ContactsFile {
  std::string encoding;
  char separator = ',';
  int64_t rows = 0;
  std::vector<ContactColumn> columns;
  std::vector<IgnoredColumn> ignored;
  std::vector<ContactRow> contacts;  // in order, repetitions left out
  uint64_t repeated = 0;             // rows that were the same as another
  std::vector<Refusal> refusals;
};

// Reads a whole file. Errors as ReadOrders; and two columns of one name.
absl::StatusOr<ContactsFile> ReadContacts(const ReadBytes& read,
                                          const RowProgress& progress,
                                          const ContactsOptions& options);

// "1980-05-02", "02/05/1980" in the order given, or with a time. Errors say why
// it is none: 00/00/0000 is not.
absl::StatusOr<int64_t> ParseDate(std::string_view text, DateOrder order,
                                  absl::TimeZone zone);

}  // namespace trato::core

#endif  // TRATO_CODEC_CONTACTS_CSV_H_
