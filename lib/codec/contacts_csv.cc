// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/contacts_csv.h"

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

std::string_view Stripped(std::string_view text) {
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
}

class ContactsReader : public CsvTableReader {
 public:
  ContactsReader(const RowProgress& progress, const ContactsOptions& options)
      : CsvTableReader(progress), options_(options) {}

  absl::StatusOr<ContactsFile> Run(std::string_view bytes) {
    DecodedText decoded = DecodeText(bytes);
    result_.encoding = std::move(decoded.encoding);
    result_.separator = FindSeparator(decoded.text);
    SetSeparator(result_.separator);
    TRATO_RETURN_IF_ERROR(Feed(decoded.text));
    TRATO_RETURN_IF_ERROR(Finish());
    result_.rows = rows();
    result_.refusals = TakeRefusals();
    return std::move(result_);
  }

 private:
  bool HasJobTitle(size_t beside) const {
    for (size_t i = 0; i < header().size(); ++i) {
      const auto known = FindContactHeader(SimpleHeader(header()[i]));
      if (i != beside && known && known->field == "job_title") return true;
    }
    return false;
  }

  // What the host or the synonyms say of a column.
  absl::StatusOr<std::optional<ContactColumn>> Recognise(
      size_t place, const ColumnChoice* choice) const {
    ContactColumn column;
    column.place = place;
    column.header = header()[place];
    if (choice != nullptr) column.rule = choice->rule;
    if (choice == nullptr || choice->field.empty()) {
      const std::string simple = SimpleHeader(header()[place]);
      if (auto known = FindContactHeader(simple)) {
        column.kind = known->kind;
        column.field = std::string(known->field);
        // Where another column is what she does, it is how she is addressed.
        if (simple == "title" && HasJobTitle(place)) {
          column.field = "name_prefix";
        }
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
          CheckName(StrCat("column '", header()[place], "': the namespace"),
                    column.field));
    } else if (field.starts_with("opt_out.")) {
      column.kind = Kind::kOptOut;
      column.field = std::string(field.substr(8));
    } else {
      column.field = std::string(field);
      TRATO_RETURN_IF_ERROR(
          CheckName(StrCat("column '", header()[place], "': the attribute"),
                    column.field));
      const auto known = FindContactHeader(SimpleHeader(field));
      if (known && known->kind == Kind::kDate && known->field == field) {
        column.kind = Kind::kDate;
      }
    }
    return column;
  }

  absl::Status UseHeader() override {
    std::set<std::string_view> seen;
    for (std::string& header : header()) {
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
    for (size_t i = 0; i < header().size(); ++i) {
      const auto choice = std::find_if(
          options_.columns.begin(), options_.columns.end(),
          [&](const ColumnChoice& it) { return it.header == header()[i]; });
      const bool is_chosen = choice != options_.columns.end();
      if (is_chosen && choice->rule == ColumnRule::kNever) {
        result_.ignored.push_back({header()[i], "never, as was asked"});
        continue;
      }
      TRATO_ASSIGN_OR_RETURN(std::optional<ContactColumn> column,
                             Recognise(i, is_chosen ? &*choice : nullptr));
      if (!column) {
        result_.ignored.push_back(
            {header()[i], "not known; say which attribute it is"});
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
            {header()[i], StrCat("'", first->header, "' is the ", column->field,
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

  std::optional<std::string> UseRow() override {
    ContactRow row;
    row.line = row_line();
    row.cells.reserve(result_.columns.size());
    std::string id;
    std::string first_identifier;
    for (const ContactColumn& column : result_.columns) {
      const std::string_view cell = Stripped(fields()[column.place]);
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

  const ContactsOptions& options_;
  absl::flat_hash_set<Id> seen_;
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
  std::string chunk(kChunkBytes, '\0');
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const size_t size, ReadSome(read, chunk, false));
    if (size == 0) break;
    bytes.append(chunk, 0, size);
    if (bytes.size() > kMaxFileBytes) {
      return absl::ResourceExhaustedError(
          "the file is larger than 2 GiB; import it in parts");
    }
  }
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
