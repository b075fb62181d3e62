// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/contacts_csv.h"

#include <csv.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "base/calendar.h"
#include "base/id.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/contact_headers.h"
#include "codec/text_encoding.h"

namespace trato::core {
namespace {

using Kind = ContactColumn::Kind;

constexpr size_t kChunkBytes = 1 << 20;
constexpr size_t kMaxFileBytes = size_t{1} << 31;
constexpr size_t kFirstRowsKept = 5;
constexpr int64_t kProgressRows = 4096;

char SeparatorOf(std::string_view text) {
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

std::string_view Stripped(std::string_view text) {
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
}

class ContactsReader {
 public:
  ContactsReader(const RowProgress& progress, const ContactsOptions& options)
      : progress_(progress), options_(options) {
    csv_init(&parser_, 0);
  }
  ~ContactsReader() { csv_free(&parser_); }
  ContactsReader(const ContactsReader&) = delete;
  ContactsReader& operator=(const ContactsReader&) = delete;

  absl::StatusOr<ContactsFile> Run(std::string_view bytes) {
    DecodedText decoded = DecodeText(bytes);
    result_.encoding = std::move(decoded.encoding);
    result_.separator = SeparatorOf(decoded.text);
    csv_set_delim(&parser_, static_cast<unsigned char>(result_.separator));
    std::string_view text = decoded.text;
    while (!text.empty()) {
      const size_t newline = text.find('\n');
      const bool ends = newline != std::string_view::npos;
      const std::string_view part =
          text.substr(0, ends ? newline + 1 : newline);
      text.remove_prefix(part.size());
      const bool blank = part == "\n" || part == "\r\n";
      if (!in_row_ && !blank) {
        row_line_ = line_;
        in_row_ = true;
      }
      if (in_row_) {
        if (csv_parse(&parser_, part.data(), part.size(), OnField, OnRow,
                      this) != part.size()) {
          return absl::InvalidArgumentError(
              StrCat("line ", line_, ": this is not CSV"));
        }
        TRATO_RETURN_IF_ERROR(status_);
      }
      line_ += ends;
    }
    // In the middle of a quoted field, as libcsv keeps its state.
    constexpr int kFieldBegun = 2;
    if (parser_.quoted && parser_.pstate == kFieldBegun) {
      return absl::InvalidArgumentError(StrCat(
          "line ", row_line_, ": a quoted field starts here and has no end"));
    }
    csv_fini(&parser_, OnField, OnRow, this);
    TRATO_RETURN_IF_ERROR(status_);
    if (header_.empty()) {
      return absl::InvalidArgumentError("the file has no header");
    }
    return std::move(result_);
  }

 private:
  static void OnField(void* data, size_t size, void* self) {
    auto* reader = static_cast<ContactsReader*>(self);
    reader->fields_.emplace_back(static_cast<const char*>(data), size);
  }

  static void OnRow(int, void* self) {
    auto* reader = static_cast<ContactsReader*>(self);
    if (reader->status_.ok()) reader->status_ = reader->TakeRow();
    reader->fields_.clear();
    reader->in_row_ = false;
  }

  absl::Status TakeRow() {
    if (header_.empty()) return TakeHeader();
    ++result_.rows;
    if (result_.rows % kProgressRows == 0 && !progress_(result_.rows)) {
      return absl::CancelledError("the import was cancelled");
    }
    if (auto reason = UseRow()) Refuse(*std::move(reason));
    return absl::OkStatus();
  }

  // What the host or the synonyms say of a column.
  absl::StatusOr<std::optional<ContactColumn>> Recognise(
      size_t place, const ColumnChoice* choice) const {
    ContactColumn column;
    column.place = place;
    column.header = header_[place];
    if (choice != nullptr) column.rule = choice->rule;
    if (choice == nullptr || choice->field.empty()) {
      const std::string simple = SimpleHeader(header_[place]);
      if (auto known = FindContactHeader(simple)) {
        column.kind = known->kind;
        column.field = std::string(known->field);
        return column;
      }
      for (std::string_view name : options_.attributes) {
        if (SimpleHeader(name) == simple) {
          column.field = std::string(name);
          return column;
        }
      }
      return std::nullopt;
    }
    const std::string_view field = choice->field;
    if (field == "id") {
      column.kind = Kind::kId;
      column.field = "id";
    } else if (field.starts_with("identifier.")) {
      column.kind = Kind::kIdentifier;
      column.field = std::string(field.substr(11));
      TRATO_RETURN_IF_ERROR(
          CheckName(StrCat("column '", header_[place], "': the namespace"),
                    column.field));
    } else if (field.starts_with("opt_out.")) {
      column.kind = Kind::kOptOut;
      column.field = std::string(field.substr(8));
    } else {
      column.field = std::string(field);
      TRATO_RETURN_IF_ERROR(
          CheckName(StrCat("column '", header_[place], "': the attribute"),
                    column.field));
      const auto known = FindContactHeader(SimpleHeader(field));
      if (known && known->kind == Kind::kDate && known->field == field) {
        column.kind = Kind::kDate;
      }
    }
    return column;
  }

  absl::Status TakeHeader() {
    header_ = fields_;
    std::set<std::string_view> seen;
    for (std::string& header : header_) {
      header = std::string(Stripped(header));
      TRATO_RETURN_IF_ERROR(CheckText("the header", header, kMaxNameBytes));
      if (!header.empty() && !seen.insert(header).second) {
        return absl::InvalidArgumentError(
            StrCat("two columns are called '", header,
                   "'; give one of them another name"));
      }
    }
    for (const ColumnChoice& choice : options_.columns) {
      if (!seen.contains(choice.header)) {
        std::vector<std::string_view> known(seen.begin(), seen.end());
        return absl::NotFoundError(StrCat("column '", choice.header,
                                          "' is not in the file",
                                          DidYouMean(choice.header, known)));
      }
    }
    std::set<std::string, std::less<>> taken;
    for (size_t i = 0; i < header_.size(); ++i) {
      const auto choice = std::find_if(
          options_.columns.begin(), options_.columns.end(),
          [&](const ColumnChoice& it) { return it.header == header_[i]; });
      const bool is_chosen = choice != options_.columns.end();
      if (is_chosen && choice->rule == ColumnRule::kNever) {
        result_.ignored.push_back({header_[i], "never, as was asked"});
        continue;
      }
      TRATO_ASSIGN_OR_RETURN(std::optional<ContactColumn> column,
                             Recognise(i, is_chosen ? &*choice : nullptr));
      if (!column) {
        result_.ignored.push_back(
            {header_[i], "not known; say which attribute it is"});
        continue;
      }
      // Many columns may hold identifiers, one an attribute.
      if (column->kind != Kind::kIdentifier &&
          !taken
               .insert(column->kind == Kind::kOptOut
                           ? StrCat("opt_out.", column->field)
                           : column->field)
               .second) {
        const auto first = std::find_if(
            result_.columns.begin(), result_.columns.end(),
            [&](const ContactColumn& it) { return it.field == column->field; });
        result_.ignored.push_back(
            {header_[i], StrCat("'", first->header, "' is the ", column->field,
                                " already")});
        continue;
      }
      result_.columns.push_back(*std::move(column));
    }
    const bool has_name = std::any_of(
        result_.columns.begin(), result_.columns.end(),
        [](const ContactColumn& it) {
          return it.kind == Kind::kId || it.kind == Kind::kIdentifier;
        });
    if (has_name) return absl::OkStatus();
    // Without a header the first row is somebody's data, and stays unsaid.
    return absl::InvalidArgumentError(
        result_.columns.empty()
            ? "no column is known; the first line does not look like a header"
            : "no column says who somebody is: an id, an e-mail address or a "
              "telephone number");
  }

  // The reason why the row cannot be used, or nothing when it was.
  std::optional<std::string> UseRow() {
    if (fields_.size() != header_.size()) {
      return StrCat("has another number of fields than the header (",
                    header_.size(), ")");
    }
    ContactRow row;
    row.line = row_line_;
    row.cells.reserve(result_.columns.size());
    std::string id;
    std::string first_identifier;
    for (const ContactColumn& column : result_.columns) {
      const std::string_view cell = Stripped(fields_[column.place]);
      if (!CheckText("", cell).ok()) {
        return StrCat("column '", column.header, "' is too long");
      }
      std::string value(cell);
      if (column.kind == Kind::kIdentifier && !value.empty()) {
        value = StrCat(column.field, ":", value);
        if (!CheckIdentifier("", value).ok()) {
          return StrCat("column '", column.header, "' cannot be an identifier");
        }
        if (first_identifier.empty()) first_identifier = value;
      }
      if (column.kind == Kind::kId) id = value;
      row.cells.push_back(std::move(value));
    }
    row.record =
        id.empty() ? first_identifier : StrCat(options_.name_space, ":", id);
    if (row.record.empty()) {
      return "nothing says who it is: no id, no e-mail address, no telephone "
             "number";
    }
    if (!CheckIdentifier("", row.record).ok()) {
      return "its id cannot be an identifier";
    }
    for (size_t i = 0; i < row.cells.size(); ++i) {
      result_.columns[i].values += !row.cells[i].empty();
    }
    // A file may say the same a million times.
    std::string all = row.record;
    for (const std::string& cell : row.cells) {
      all.push_back('\0');
      all += cell;
    }
    if (!seen_.insert(Id::Of("row", {all})).second) {
      ++result_.repeated;
      return std::nullopt;
    }
    result_.contacts.push_back(std::move(row));
    return std::nullopt;
  }

  void Refuse(std::string reason) {
    auto [found, is_new] =
        by_reason_.try_emplace(reason, result_.refusals.size());
    if (is_new) result_.refusals.push_back({std::move(reason), 0, {}});
    Refusal& refusal = result_.refusals[found->second];
    ++refusal.rows;
    if (refusal.first_rows.size() < kFirstRowsKept) {
      refusal.first_rows.push_back(row_line_);
    }
  }

  const RowProgress& progress_;
  const ContactsOptions& options_;
  csv_parser parser_;
  absl::Status status_;
  std::vector<std::string> header_;
  std::vector<std::string> fields_;
  int64_t line_ = 1;      // that is being fed
  int64_t row_line_ = 1;  // that the row starts on
  bool in_row_ = false;
  absl::flat_hash_set<Id> seen_;
  StringHashMap<size_t> by_reason_;
  ContactsFile result_;
};

// Numbers between signs: "02/05/1980" is 2, 5, 1980.
std::vector<int> NumbersIn(std::string_view text) {
  std::vector<int> numbers;
  bool in_number = false;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      if (c != '/' && c != '.' && c != '-') return {};
      in_number = false;
      continue;
    }
    if (!in_number) numbers.push_back(0);
    in_number = true;
    if (numbers.back() > 9999) return {};
    numbers.back() = numbers.back() * 10 + (c - '0');
  }
  return numbers;
}

}  // namespace

std::string_view NameOf(ColumnRule rule) {
  switch (rule) {
    case ColumnRule::kFillBlank:
      return "fill_blank";
    case ColumnRule::kNever:
      return "never";
    case ColumnRule::kOverwrite:
      break;
  }
  return "overwrite";
}

absl::StatusOr<ContactsFile> ReadContacts(const ReadBytes& read,
                                          const RowProgress& progress,
                                          const ContactsOptions& options) {
  std::string bytes;
  size_t size = 0;
  for (;;) {
    bytes.resize(size + kChunkBytes);
    const int64_t got = read(bytes.data() + size, kChunkBytes);
    if (got < 0 || static_cast<uint64_t>(got) > kChunkBytes) {
      return absl::UnavailableError("the input cannot be read");
    }
    if (got == 0) break;
    size += static_cast<size_t>(got);
    if (size > kMaxFileBytes) {
      return absl::ResourceExhaustedError(
          "the file is larger than 2 GiB; import it in parts");
    }
  }
  bytes.resize(size);
  return ContactsReader(progress, options).Run(bytes);
}

absl::StatusOr<int64_t> ParseDate(std::string_view text, DateOrder order,
                                  absl::TimeZone zone) {
  if (auto us = ParseTime(text, zone); us.ok()) return us;
  const std::vector<int> numbers = NumbersIn(text);
  if (numbers.size() != 3) {
    return absl::InvalidArgumentError("is no date");
  }
  int year = numbers[2];
  int month = numbers[order == DateOrder::kMonthFirst ? 0 : 1];
  int day = numbers[order == DateOrder::kMonthFirst ? 1 : 0];
  if (numbers[0] > 31) {
    year = numbers[0];
    month = numbers[1];
    day = numbers[2];
  } else if (order == DateOrder::kYearFirst && month > 0 && day > 0) {
    return absl::InvalidArgumentError(
        "is no date: say whether the day or the month comes first");
  }
  const absl::CivilDay civil(year, month, day);
  // What does not exist is moved: 31 April is 1 May.
  if (year < 1 || year > 9999 || civil.month() != month || civil.day() != day) {
    return absl::InvalidArgumentError("is no date");
  }
  return absl::ToUnixMicros(absl::FromCivil(civil, zone));
}

}  // namespace trato::core
