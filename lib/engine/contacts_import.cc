// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Contacts from a CSV file, as one batch: rows of one record are put together,
// compared with what is known, and what differs is recorded.

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/batch_answers.h"
#include "codec/contacts_csv.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

using ColumnKind = ContactColumn::Kind;

constexpr size_t kConflictsKept = 20;
constexpr size_t kFirstRowsKept = 5;

std::optional<bool> ParseFlag(std::string_view text) {
  const std::string flag = absl::AsciiStrToLower(ToAbsl(text));
  for (std::string_view yes : {"1", "true", "yes", "y", "x", "t", "on"}) {
    if (flag == yes) return true;
  }
  for (std::string_view no : {"0", "false", "no", "n", "f", "off"}) {
    if (flag == no) return false;
  }
  return std::nullopt;
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

// A cell as a value of the type; the error says why it is none.
absl::StatusOr<Value> ToValue(std::string_view cell, ValueType type,
                              DateOrder dates, absl::TimeZone zone) {
  switch (type) {
    case ValueType::kString:
      return Value(std::string(cell));
    case ValueType::kTimestamp: {
      TRATO_ASSIGN_OR_RETURN(int64_t us, ParseDate(cell, dates, zone));
      return Value(Timestamp{us});
    }
    case ValueType::kBool:
      if (auto flag = ParseFlag(cell)) return Value(*flag);
      return absl::InvalidArgumentError("is neither yes nor no");
    case ValueType::kInt:
      if (auto number = ParseNumber<int64_t>(cell)) return Value(*number);
      return absl::InvalidArgumentError("is no whole number");
    case ValueType::kDouble:
      if (auto number = ParseNumber<double>(cell)) return Value(*number);
      return absl::InvalidArgumentError("is no number");
    default:
      return absl::InvalidArgumentError(
          StrCat("cannot be read as ", TypeName(type)));
  }
}

// By which views are limited, so that a customer may have several.
bool IsTag(std::string_view field) {
  return field == "owner" || field == "unit" || field == "territory";
}

// The rows of one record.
struct Merged {
  std::string record;
  int64_t line = 0;  // of its first row
  std::vector<std::string> cells;
  std::vector<int64_t> lines;         // where each cell is from
  std::set<std::string> identifiers;  // of all its rows
  // By column, of attributes with many values.
  std::map<size_t, std::set<std::string, std::less<>>> values{};
};

class Importer {
 public:
  Importer(const State& state, const ContactsFile& file, DateOrder dates,
           const Fact& envelope, ContactsReport& report)
      : state_(state),
        file_(file),
        dates_(dates),
        envelope_(envelope),
        report_(report) {}

  // The definitions come first; `lines` gets a line for each fact.
  void Run(std::vector<NewFact>& facts, std::vector<int64_t>& lines) {
    facts_ = &facts;
    lines_ = &lines;
    for (const ContactColumn& column : file_.columns) {
      const AttributeDefinition* known =
          state_.schema.FindAttribute(Subject::kCustomer, column.field);
      many_.push_back(column.kind == ColumnKind::kAttribute &&
                      (known != nullptr ? known->many : IsTag(column.field)));
      types_.push_back(known != nullptr ? known->type
                       : column.kind == ColumnKind::kDate
                           ? ValueType::kTimestamp
                           : ValueType::kString);
    }
    Merge();
    report_.customers = merged_.size();
    for (const Merged& contact : merged_) TakeContact(contact);
  }

  // Of the attributes that the store does not know.
  std::vector<Definition> Definitions() const {
    std::vector<Definition> definitions;
    for (const ContactColumn& column : file_.columns) {
      if ((column.kind != ColumnKind::kAttribute &&
           column.kind != ColumnKind::kDate) ||
          column.values == 0 ||
          state_.schema.FindAttribute(Subject::kCustomer, column.field) !=
              nullptr) {
        continue;
      }
      AttributeDefinition definition{
          column.field, Subject::kCustomer,
          column.kind == ColumnKind::kDate ? ValueType::kTimestamp
                                           : ValueType::kString,
          StrCat("'", column.header, "' of a file of contacts")};
      definition.many = IsTag(column.field);
      definitions.push_back(SchemaDefinition(std::move(definition)));
    }
    return definitions;
  }

 private:
  void Merge() {
    StringHashMap<size_t> places;
    for (const ContactRow& row : file_.contacts) {
      auto [found, is_new] = places.try_emplace(row.record, merged_.size());
      if (is_new) {
        Merged& it = merged_.emplace_back();
        it.record = row.record;
        it.line = row.line;
        it.cells.resize(row.cells.size());
        it.lines.resize(row.cells.size());
      }
      Merged& it = merged_[found->second];
      for (size_t i = 0; i < row.cells.size(); ++i) {
        if (row.cells[i].empty()) continue;
        if (file_.columns[i].kind == ColumnKind::kIdentifier) {
          it.identifiers.insert(row.cells[i]);
          continue;
        }
        if (many_[i]) {
          // Several in one cell, or in several rows.
          for (absl::string_view value : absl::StrSplit(row.cells[i], ';')) {
            value = absl::StripAsciiWhitespace(value);
            if (!value.empty()) it.values[i].emplace(value);
          }
          it.lines[i] = row.line;
          continue;
        }
        if (!it.cells[i].empty() && it.cells[i] != row.cells[i]) {
          Conflict(row.line, row.record, file_.columns[i].header,
                   StrCat("differs from line ", it.lines[i],
                          ", the later line counts"));
        }
        it.cells[i] = row.cells[i];
        it.lines[i] = row.line;
      }
    }
  }

  void TakeContact(const Merged& contact) {
    const auto record = state_.customers.FindRecord(contact.record);
    const bool is_known = record && state_.customers.IsNamed(*record);
    const size_t before = facts_->size();
    for (size_t i = 0; i < contact.cells.size(); ++i) {
      if (contact.cells[i].empty()) continue;
      const ContactColumn& column = file_.columns[i];
      if (column.kind == ColumnKind::kOptOut) {
        TakeOptOut(contact, i, is_known ? record : std::nullopt);
      } else if (column.kind == ColumnKind::kAttribute ||
                 column.kind == ColumnKind::kDate) {
        TakeAttribute(contact, i, is_known ? record : std::nullopt);
      }
    }
    for (const auto& [i, values] : contact.values) {
      TakeValues(contact, i, values, is_known ? record : std::nullopt);
    }
    for (const std::string& identifier : contact.identifiers) {
      if (identifier != contact.record) {
        TakeIdentifier(contact, identifier, is_known ? record : std::nullopt);
      }
    }
    if (!is_known && facts_->size() == before) {
      // Its name is all there is: it comes to exist by going by it.
      Add(contact.line, ClaimFact{contact.record, contact.record});
    }
    if (!is_known) {
      ++report_.new_customers;
    } else if (facts_->size() > before) {
      ++report_.changed_customers;
    } else {
      ++report_.unchanged_customers;
    }
  }

  // The text as the column's type; nothing, and reported, where it is none.
  std::optional<Value> ReadValue(const Merged& contact, size_t i,
                                 std::string_view text) {
    auto value = ToValue(text, types_[i], dates_, state_.zone);
    if (value.ok()) {
      if (absl::Status status = CheckValue("", *value); !status.ok()) {
        value = absl::InvalidArgumentError("cannot be kept");
      }
    }
    if (value.ok()) return *std::move(value);
    RefuseValue(contact.lines[i], StrCat("column '", file_.columns[i].header,
                                         "' ", ToStd(value.status().message()),
                                         "; the rest of the row was read"));
    return std::nullopt;
  }

  // What the store knows of the column's attribute.
  std::vector<AttributeValue> KnownOf(const ContactColumn& column,
                                      std::optional<RecordNumber> record) {
    if (!record) return {};
    const auto name = state_.names.Find(
        state_.schema.Stored(DefinitionKind::kAttribute, column.field));
    if (!name) return {};
    return state_.customers.ValuesAt(state_.customers.LeaderOf(*record), *name,
                                     kAboutNothing, envelope_.event_us);
  }

  // Whether what the column says is to be told: counts and reports it, where
  // something else `is_known`.
  bool MaySay(const Merged& contact, size_t i, bool is_known) {
    if (!is_known) {
      ++report_.attributes_new;
      return true;
    }
    const ContactColumn& column = file_.columns[i];
    const bool keeps = column.rule == ColumnRule::kFillBlank;
    Conflict(contact.lines[i], contact.record, column.header,
             keeps ? "is known otherwise and is kept"
                   : "is known otherwise and is overwritten");
    report_.attributes_changed += !keeps;
    return !keeps;
  }

  void TakeValues(const Merged& contact, size_t i,
                  const std::set<std::string, std::less<>>& texts,
                  std::optional<RecordNumber> record) {
    const ContactColumn& column = file_.columns[i];
    std::set<Value> values;
    for (const std::string& text : texts) {
      auto value = ReadValue(contact, i, text);
      if (!value) return;
      values.insert(*std::move(value));
    }
    const std::vector<AttributeValue> known = KnownOf(column, record);
    // Of what the record itself says: the rest is for others to take back.
    std::vector<Value> gone;
    for (const AttributeValue& it : known) {
      if (values.erase(it.version->value) == 0 && it.record == record) {
        gone.push_back(it.version->value);
      }
    }
    if (values.empty() && gone.empty()) return;
    if (!MaySay(contact, i, !known.empty())) return;
    for (const Value& value : gone) {
      AttributeFact fact{contact.record, column.field, value};
      fact.removed = true;
      Add(contact.lines[i], std::move(fact));
    }
    for (const Value& value : values) {
      Add(contact.lines[i],
          AttributeFact{contact.record, column.field, value});
    }
  }

  void TakeAttribute(const Merged& contact, size_t i,
                     std::optional<RecordNumber> record) {
    const ContactColumn& column = file_.columns[i];
    std::optional<Value> value = ReadValue(contact, i, contact.cells[i]);
    if (!value) return;
    const std::vector<AttributeValue> known = KnownOf(column, record);
    if (!known.empty() && known.front().version->value == *value) return;
    if (!MaySay(contact, i, !known.empty())) return;
    Add(contact.lines[i],
        AttributeFact{contact.record, column.field, *std::move(value)});
  }

  void TakeIdentifier(const Merged& contact, const std::string& identifier,
                      std::optional<RecordNumber> record) {
    if (record) {
      const auto claims = state_.customers.ClaimsOf(*record);
      if (std::find(claims.begin(), claims.end(), identifier) != claims.end()) {
        return;
      }
    }
    const auto claims_it = [&](std::string_view who) {
      Conflict(contact.line, contact.record, "identifiers",
               StrCat("goes by an identifier of ", who));
    };
    // Of somebody in the store, or earlier in the file.
    const auto other = state_.customers.ResolveRecord(identifier);
    if (other.ok()) {
      if (!record || state_.customers.LeaderOf(*record) !=
                         state_.customers.LeaderOf(*other)) {
        claims_it(state_.customers.RecordName(*other));
      }
    } else if (absl::IsFailedPrecondition(other.status())) {
      claims_it("several customers");
    }
    auto [found, is_new] = claimed_.try_emplace(identifier, contact.record);
    if (!is_new) claims_it(found->second);
    ++report_.identifiers_new;
    Add(contact.line, ClaimFact{contact.record, identifier});
  }

  void TakeOptOut(const Merged& contact, size_t i,
                  std::optional<RecordNumber> record) {
    const ContactColumn& column = file_.columns[i];
    const auto flag = ParseFlag(contact.cells[i]);
    if (!flag) {
      RefuseValue(contact.lines[i],
                  StrCat("column '", column.header,
                         "' is neither yes nor no; the rest of the row was "
                         "read"));
      return;
    }
    if (!*flag) return;
    ConsentFact consent;
    consent.record = contact.record;
    consent.purpose = "marketing";
    consent.channel = column.field;
    consent.state = ConsentState::kWithdrawn;
    consent.proof = StrCat("column '", column.header, "' of an import");
    if (record) {
      const auto purpose = state_.names.Find(
          state_.schema.Stored(DefinitionKind::kPurpose, consent.purpose));
      const auto channel =
          column.field == kEvery
              ? 0
              : state_.names.Find(state_.schema.Stored(
                    DefinitionKind::kChannel, column.field));
      const ConsentStatement* last = nullptr;
      const ConsentStatements said = state_.consents.StatementsOf(*record);
      for (const ConsentStatement& it : said) {
        if (it.purpose == purpose && it.channel == channel &&
            it.state != ConsentState::kObjected &&
            it.state != ConsentState::kLifted) {
          last = &it;
        }
      }
      if (last != nullptr && last->state == ConsentState::kWithdrawn) return;
    }
    ++report_.consents_new;
    Add(contact.lines[i], std::move(consent));
  }

  void Add(int64_t line, Payload payload) {
    Fact fact = envelope_;
    fact.payload = std::move(payload);
    facts_->push_back({std::move(fact), true});
    lines_->push_back(line);
  }

  void Conflict(int64_t line, std::string_view record, std::string_view field,
                std::string what) {
    ++report_.conflict_count;
    if (report_.conflicts.size() < kConflictsKept) {
      report_.conflicts.push_back(
          {line, std::string(record), std::string(field), std::move(what)});
    }
  }

  void RefuseValue(int64_t line, std::string reason) {
    auto found = std::find_if(
        report_.refused_values.begin(), report_.refused_values.end(),
        [&](const Refusal& it) { return it.reason == reason; });
    if (found == report_.refused_values.end()) {
      report_.refused_values.push_back({std::move(reason), 0, {}});
      found = report_.refused_values.end() - 1;
    }
    ++found->rows;
    if (found->first_rows.size() < kFirstRowsKept) {
      found->first_rows.push_back(line);
    }
  }

  const State& state_;
  const ContactsFile& file_;
  DateOrder dates_;
  const Fact& envelope_;
  ContactsReport& report_;
  std::vector<Merged> merged_;
  std::vector<ValueType> types_;  // by column
  std::vector<bool> many_;        // by column: its attribute has many values
  StringHashMap<std::string> claimed_;
  std::vector<NewFact>* facts_ = nullptr;
  std::vector<int64_t>* lines_ = nullptr;
};

}  // namespace

std::string Store::Impl::NewBatchName(std::string_view source,
                                      int64_t now_us) const {
  const std::string name =
      StrCat(source, " ", trato::core::FormatTime(now_us, state->zone));
  std::string free = name;
  for (int n = 2; state->names.Find(free) || state->batches.contains(free) ||
                  state->retractions.contains(free);
       ++n) {
    free = StrCat(name, " #", n);
  }
  return free;
}

absl::StatusOr<std::string> Store::ImportContacts(
    const std::function<int64_t(char*, size_t)>& read, int64_t now_us,
    const ContactsImport& import, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ContactsOptions csv;
  if (!import.name_space.empty()) {
    csv.name_space = std::string(import.name_space);
  }
  TRATO_RETURN_IF_ERROR(CheckName("name_space", csv.name_space));
  if (import.date_order > static_cast<uint32_t>(DateOrder::kMonthFirst)) {
    return absl::InvalidArgumentError("date_order is no order of dates");
  }
  for (const auto& [header, field, rule] : import.columns) {
    if (rule > static_cast<uint32_t>(ColumnRule::kNever)) {
      return absl::InvalidArgumentError(
          StrCat("column '", header, "': the rule is not known"));
    }
    csv.columns.push_back({std::string(header), std::string(field),
                           static_cast<ColumnRule>(rule)});
  }
  std::vector<std::string> attributes;
  {
    MutexLock lock(&impl_->writer);
    TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
    for (std::string_view name :
         impl_->state->schema.AttributeNames(Subject::kCustomer)) {
      attributes.emplace_back(impl_->state->schema.Shown(
          DefinitionKind::kAttribute, name));
    }
  }
  csv.attributes.assign(attributes.begin(), attributes.end());
  const auto tell = [&](uint64_t done, uint64_t total) {
    return !import.progress || import.progress(done, total);
  };
  // The callbacks run here, with no lock held.
  TRATO_ASSIGN_OR_RETURN(
      const ContactsFile file,
      ReadContacts(
          read,
          [&](int64_t rows) { return tell(static_cast<uint64_t>(rows), 0); },
          csv));
  const auto rows = static_cast<uint64_t>(file.rows);
  if (!tell(rows, rows)) {
    return absl::CancelledError("the import was cancelled");
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  for (const ContactColumn& column : file.columns) {
    if (column.kind == ColumnKind::kOptOut && column.field != kEvery) {
      TRATO_RETURN_IF_ERROR(state.schema.CheckChannel(
          StrCat("column '", column.header, "'"), column.field));
    }
  }
  WriteOptions written_by = options;
  if (written_by.source.empty()) written_by.source = "contacts";
  const std::string batch = options.batch.empty()
                                ? impl_->NewBatchName(written_by.source, now_us)
                                : std::string(options.batch);
  written_by.batch = batch;
  const Fact envelope = Impl::Envelope(kAtNow, now_us, written_by);
  ContactsReport report;
  report.dry_run = import.dry_run;
  report.batch = batch;
  std::vector<NewFact> contacts;
  std::vector<int64_t> lines;
  Importer importer(state, file, static_cast<DateOrder>(import.date_order),
                    envelope, report);
  importer.Run(contacts, lines);
  std::vector<Definition> definitions = importer.Definitions();
  TRATO_RETURN_IF_ERROR(CheckDefinitions(state, definitions));
  report.definitions = definitions.size();
  std::vector<NewFact> facts =
      impl_->DefinitionFacts(std::move(definitions), now_us, written_by);
  const size_t first = facts.size();
  std::move(contacts.begin(), contacts.end(), std::back_inserter(facts));
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  commit.dry_run = import.dry_run;
  commit.wants_id = false;
  commit.prefix = [&](size_t i) {
    return i < first ? std::string() : StrCat("line ", lines[i - first], ": ");
  };
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(std::move(facts), now_us, commit).status());
  return ContactsReportJson(file, report);
}

}  // namespace trato::core
