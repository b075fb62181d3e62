// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A CSV file that is read row by row: a header, then rows of as many fields.
// What kind of table it is, and which rows can be used, its reader says.

#ifndef TRATO_CODEC_CSV_TABLE_H_
#define TRATO_CODEC_CSV_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/strings.h"

struct csv_parser;

namespace trato::core {

// Gives the next bytes: how many, 0 at the end, negative on a failure.
using ReadBytes = std::function<int64_t(char* buffer, size_t capacity)>;
// Told how many rows are read; false cancels.
using RowProgress = std::function<bool(int64_t rows)>;

// Rows that were left out for one reason.
struct Refusal {
  std::string reason;
  int64_t rows = 0;
  std::vector<int64_t> first_rows;  // a few, for people
};

// The sign between the fields of the first line: of comma, semicolon, tab and
// bar the one that is there most often.
char FindSeparator(std::string_view text);

// Fills the buffer as far as the input gives at once, or whole. Errors:
// UNAVAILABLE when `read` fails.
absl::StatusOr<size_t> ReadSome(const ReadBytes& read, std::string& buffer,
                                bool whole);

// Rows are numbered as lines of the file, the header being line 1 (a quoted
// field may span lines).
class CsvTableReader {
 public:
  explicit CsvTableReader(const RowProgress& progress);
  virtual ~CsvTableReader();
  CsvTableReader(const CsvTableReader&) = delete;
  CsvTableReader& operator=(const CsvTableReader&) = delete;

 protected:
  // The header is there; what it returns ends the reading.
  virtual absl::Status UseHeader() = 0;
  // The reason why the row cannot be used, or nothing when it was.
  virtual std::optional<std::string> UseRow() = 0;

  void SetSeparator(char separator);
  // The next part of the text, cut anywhere. Errors: INVALID_ARGUMENT when it is
  // not CSV, CANCELLED, those of UseHeader.
  absl::Status Feed(std::string_view text);
  // After the last part. Errors: as Feed; also when a quoted field has no end,
  // or there is no header.
  absl::Status Finish();

  // Whoever reads may trim what is in them.
  std::vector<std::string>& header() { return header_; }
  const std::vector<std::string>& header() const { return header_; }
  const std::vector<std::string>& fields() const { return fields_; }
  int64_t row_line() const { return row_line_; }  // that the row starts on
  int64_t rows() const { return rows_; }          // without the header
  std::vector<Refusal> TakeRefusals() { return std::move(refusals_); }

 private:
  static void OnField(void* data, size_t size, void* self);
  static void OnRow(int, void* self);
  absl::Status TakeRow();
  void Refuse(std::string reason);

  const RowProgress& progress_;
  std::unique_ptr<csv_parser> parser_;
  absl::Status status_;
  std::vector<std::string> header_;
  std::vector<std::string> fields_;
  int64_t line_ = 1;  // that is being fed
  int64_t row_line_ = 1;
  int64_t rows_ = 0;
  bool in_row_ = false;
  std::vector<Refusal> refusals_;  // by first row
  StringHashMap<size_t> by_reason_;
};

}  // namespace trato::core

#endif  // TRATO_CODEC_CSV_TABLE_H_
