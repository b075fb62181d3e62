// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/choices_csv.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "base/status.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

struct Field {
  std::string_view name;
  bool is_needed;
  std::vector<double> LoggedChoices::* to;
};
constexpr Field kFields[] = {
    {"probability", false, &LoggedChoices::probability},
    {"reward", true, &LoggedChoices::reward},
    {"target", true, &LoggedChoices::target},
    {"predicted", false, &LoggedChoices::predicted},
    {"expected", false, &LoggedChoices::expected}};
constexpr size_t kFieldCount = std::size(kFields);

class ChoicesReader : public CsvTableReader {
 public:
  ChoicesReader(const RowProgress& progress,
                const std::vector<std::pair<std::string, std::string>>& columns)
      : CsvTableReader(progress), named_(columns) {}

  absl::StatusOr<LoggedChoices> Run(const ReadBytes& read) {
    std::string chunk(kChunkBytes, '\0');
    for (bool first = true;; first = false) {
      TRATO_ASSIGN_OR_RETURN(const size_t size, ReadSome(read, chunk, first));
      if (size == 0) break;
      std::string_view text(chunk.data(), size);
      if (first) {
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        SetSeparator(FindSeparator(text));
      }
      TRATO_RETURN_IF_ERROR(Feed(text));
      TRATO_RETURN_IF_ERROR(status_);
    }
    TRATO_RETURN_IF_ERROR(Finish());
    TRATO_RETURN_IF_ERROR(status_);
    return std::move(log_);
  }

 private:
  absl::Status UseHeader() override {
    for (std::string& header : header()) {
      TRATO_RETURN_IF_ERROR(CheckText("the header", header, kMaxNameBytes));
      header = std::string(absl::StripAsciiWhitespace(header));
    }
    for (const auto& [field, column] : named_) {
      const bool is_known =
          std::any_of(std::begin(kFields), std::end(kFields),
                      [&](const Field& it) { return it.name == field; });
      if (!is_known) {
        return absl::InvalidArgumentError(
            StrCat("columns: there is no field '", field, "'"));
      }
    }
    for (size_t i = 0; i < kFieldCount; ++i) {
      TRATO_RETURN_IF_ERROR(FindColumn(i));
    }
    return absl::OkStatus();
  }

  absl::Status FindColumn(size_t field) {
    std::string_view wanted = kFields[field].name;
    bool is_needed = kFields[field].is_needed;
    for (const auto& [name, column] : named_) {
      if (name != kFields[field].name) continue;
      wanted = column;
      is_needed = true;
    }
    const auto found = std::find(header().begin(), header().end(), wanted);
    if (found != header().end()) {
      at_[field] = static_cast<size_t>(found - header().begin());
    } else if (is_needed) {
      return absl::InvalidArgumentError(StrCat(
          "the file has no column '", wanted, "', for ", kFields[field].name));
    }
    return absl::OkStatus();
  }

  // What is wrong ends the reading, and nothing is left out.
  std::optional<std::string> UseRow() override {
    if (!status_.ok()) return std::nullopt;
    if (fields().size() != header().size()) {
      status_ = absl::InvalidArgumentError(
          StrCat("line ", row_line(), ": it has ", fields().size(),
                 " fields, the header has ", header().size()));
      return std::nullopt;
    }
    for (size_t i = 0; i < kFieldCount && status_.ok(); ++i) {
      if (at_[i]) ReadCell(i);
    }
    log_.lines.push_back(row_line());
    return std::nullopt;
  }

  void ReadCell(size_t field) {
    const absl::string_view cell =
        absl::StripAsciiWhitespace(fields()[*at_[field]]);
    double number = std::nan("");
    const bool is_there = !cell.empty();
    const bool may_be_missing = kFields[field].name == "probability";
    if (is_there ? !absl::SimpleAtod(cell, &number) || !std::isfinite(number)
                 : !may_be_missing) {
      status_ = absl::InvalidArgumentError(
          StrCat("column '", header()[*at_[field]], "', line ", row_line(),
                 is_there ? ": it is no number" : ": it is missing"));
      return;
    }
    (log_.*kFields[field].to).push_back(number);
  }

  const std::vector<std::pair<std::string, std::string>>& named_;
  std::optional<size_t> at_[kFieldCount];
  LoggedChoices log_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<LoggedChoices> ReadChoicesCsv(
    const ReadBytes& read,
    const std::vector<std::pair<std::string, std::string>>& columns) {
  const RowProgress progress;
  return ChoicesReader(progress, columns).Run(read);
}

}  // namespace trato::core
