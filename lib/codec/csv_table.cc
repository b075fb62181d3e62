// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/csv_table.h"

#include <csv.h>

#include <utility>

#include "base/status.h"

namespace trato::core {
namespace {

constexpr size_t kFirstRowsKept = 5;
constexpr int64_t kProgressRows = 4096;

}  // namespace

char FindSeparator(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  char best = ',';
  int64_t most = 0;
  for (char candidate : {',', ';', '\t', '|'}) {
    bool quoted = false;
    int64_t count = 0;
    for (char c : header) {
      if (c == '"') quoted = !quoted;
      count += !quoted && c == candidate;
    }
    if (count > most) {
      best = candidate;
      most = count;
    }
  }
  return best;
}

absl::StatusOr<size_t> ReadSome(const ReadBytes& read, std::string& buffer,
                                bool whole) {
  size_t size = 0;
  do {
    const size_t capacity = buffer.size() - size;
    const int64_t got = read(buffer.data() + size, capacity);
    if (got < 0 || static_cast<uint64_t>(got) > capacity) {
      return absl::UnavailableError("the input cannot be read");
    }
    if (got == 0) break;
    size += static_cast<size_t>(got);
  } while (whole && size < buffer.size());
  return size;
}

CsvTableReader::CsvTableReader(const RowProgress& progress)
    : progress_(progress), parser_(std::make_unique<csv_parser>()) {
  csv_init(parser_.get(), 0);
}

CsvTableReader::~CsvTableReader() { csv_free(parser_.get()); }

void CsvTableReader::SetSeparator(char separator) {
  csv_set_delim(parser_.get(), static_cast<unsigned char>(separator));
}

// Line by line, so that a row knows the line that it starts on.
absl::Status CsvTableReader::Feed(std::string_view text) {
  while (!text.empty()) {
    const size_t newline = text.find('\n');
    const bool ends = newline != std::string_view::npos;
    const std::string_view part = text.substr(0, ends ? newline + 1 : newline);
    text.remove_prefix(part.size());
    const bool blank = part == "\n" || part == "\r\n";
    if (!in_row_ && !blank) {
      row_line_ = line_;
      in_row_ = true;
    }
    if (in_row_) {
      if (csv_parse(parser_.get(), part.data(), part.size(), OnField, OnRow,
                    this) != part.size()) {
        return absl::InvalidArgumentError(
            StrCat("line ", line_, ": this is not CSV"));
      }
      TRATO_RETURN_IF_ERROR(status_);
    }
    line_ += ends;
  }
  return absl::OkStatus();
}

absl::Status CsvTableReader::Finish() {
  // In the middle of a quoted field, as libcsv keeps its state.
  constexpr int kFieldBegun = 2;
  if (parser_->quoted && parser_->pstate == kFieldBegun) {
    return absl::InvalidArgumentError(StrCat(
        "line ", row_line_, ": a quoted field starts here and has no end"));
  }
  csv_fini(parser_.get(), OnField, OnRow, this);
  TRATO_RETURN_IF_ERROR(status_);
  if (header_.empty()) {
    return absl::InvalidArgumentError("the file has no header");
  }
  return absl::OkStatus();
}

void CsvTableReader::OnField(void* data, size_t size, void* self) {
  auto* reader = static_cast<CsvTableReader*>(self);
  reader->fields_.emplace_back(static_cast<const char*>(data), size);
}

void CsvTableReader::OnRow(int, void* self) {
  auto* reader = static_cast<CsvTableReader*>(self);
  if (reader->status_.ok()) reader->status_ = reader->TakeRow();
  reader->fields_.clear();
  reader->in_row_ = false;
}

absl::Status CsvTableReader::TakeRow() {
  if (header_.empty()) {
    header_ = fields_;
    return UseHeader();
  }
  ++rows_;
  if (rows_ % kProgressRows == 0 && !progress_(rows_)) {
    return absl::CancelledError("the import was cancelled");
  }
  if (fields_.size() != header_.size()) {
    Refuse(StrCat("has another number of fields than the header (",
                  header_.size(), ")"));
  } else if (auto reason = UseRow()) {
    Refuse(*std::move(reason));
  }
  return absl::OkStatus();
}

void CsvTableReader::Refuse(std::string reason) {
  auto [found, is_new] = by_reason_.try_emplace(reason, refusals_.size());
  if (is_new) refusals_.push_back({std::move(reason), 0, {}});
  Refusal& refusal = refusals_[found->second];
  ++refusal.rows;
  if (refusal.first_rows.size() < kFirstRowsKept) {
    refusal.first_rows.push_back(row_line_);
  }
}

}  // namespace trato::core
