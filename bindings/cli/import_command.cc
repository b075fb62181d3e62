// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// import.

#include <algorithm>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/input.h"
#include "bindings/cli/interrupt.h"
#include "bindings/cli/progress.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct ImportOptions : CommonOptions {
  std::string file;
  std::string as;
  std::string name_space;
  std::string dates = "year-first";
  std::string batch;
  std::string source;
  std::string actor;
  std::vector<std::string> columns;
  bool dry_run = false;
};

// What the library's callbacks work with.
struct Transfer {
  Input input;
  Progress progress;
  std::uint64_t lines_read = 0;
};

std::int64_t ReadInput(void* context, char* buffer, std::size_t capacity) {
  auto* transfer = static_cast<Transfer*>(context);
  const std::int64_t count = transfer->input.Read(buffer, capacity);
  if (count > 0) {
    transfer->lines_read +=
        static_cast<std::uint64_t>(std::count(buffer, buffer + count, '\n'));
  }
  return count;
}

// The lines of the whole input, judged by the part of it that was read.
std::uint64_t EstimatedLines(const Transfer& transfer) {
  const std::uint64_t size = transfer.input.size();
  const std::uint64_t position = transfer.input.position();
  if (size == 0 || position == 0) return 0;
  if (position >= size) return transfer.lines_read;
  return static_cast<std::uint64_t>(static_cast<double>(transfer.lines_read) /
                                    static_cast<double>(position) *
                                    static_cast<double>(size));
}

std::int32_t ShowProgress(void* context, std::uint64_t done,
                          std::uint64_t total) {
  auto* transfer = static_cast<Transfer*>(context);
  transfer->progress.Update(done,
                            total > 0 ? total : EstimatedLines(*transfer));
  return InterruptWish::IsThere() ? 1 : 0;
}

std::string SeparatorText(const std::string& separator) {
  if (separator == "\t") return "tab";
  return separator == " " ? "blank" : Printable(separator);
}

// "InvoiceNo → order", "Quantity → quantity", ...
std::vector<std::string> Mapping(const Json& columns, const std::string& zone,
                                 const std::string& name_space) {
  std::vector<std::string> mapping;
  for (const auto& [meaning, column] : columns.items()) {
    if (!column.is_string()) continue;
    std::string label = meaning;
    std::replace(label.begin(), label.end(), '_', ' ');
    if (meaning == "time") label += " (" + zone + ")";
    if (meaning == "customer") label += " (" + name_space + ":…)";
    mapping.push_back(Printable(column.get<std::string>()) + " → " +
                      Printable(label));
  }
  return mapping;
}

// Those of which there are most come first.
std::vector<Json> SortedOrders(const Json& report) {
  std::vector<Json> orders;
  for (const Json& entry : report.at("orders")) {
    if (Counted(entry, "orders") > 0) orders.push_back(entry);
  }
  std::stable_sort(orders.begin(), orders.end(),
                   [](const Json& one, const Json& other) {
                     return Counted(one, "orders") > Counted(other, "orders");
                   });
  return orders;
}

// "1,103 customers", "4,330 purchases", without what there is none of.
std::vector<std::string> Listed(const Json& report, const char* customers,
                                const char* orders) {
  std::vector<std::string> parts;
  if (Counted(report, customers) > 0) {
    parts.push_back(Count(Counted(report, customers), "customer"));
  }
  for (const Json& entry : SortedOrders(report)) {
    if (Counted(entry, orders) > 0) {
      parts.push_back(
          Count(Counted(entry, orders), Printable(Text(entry, "type"))));
    }
  }
  return parts;
}

std::string Outcome(const Json& report, bool dry_run, std::size_t width) {
  const std::uint64_t lines = Counted(report, "lines");
  const std::uint64_t known = lines - Counted(report, "new_lines");
  std::vector<std::string> parts =
      Listed(report, "new_customers", "new_orders");
  if (!parts.empty()) {
    parts.front().insert(0, dry_run ? "would add " : "added ");
  } else if (lines > 0) {
    parts.push_back(dry_run ? "would add nothing" : "nothing new");
  } else {
    parts.push_back("no usable lines");
  }
  if (known > 0) parts.push_back(Count(known, "line") + " known already");
  return JoinWrapped(parts, ", ", "  ", width);
}

void WriteReport(const Json& report, const Json& info,
                 const ImportOptions& options, const std::string& name_space,
                 const std::string& name, Output& output) {
  const Terminal& terminal = output.terminal();
  const std::string currency = Text(info, "currency");
  output.Line(terminal.Styled(Style::kStrong, Printable(name)) + " · " +
              Count(Counted(report, "rows"), "row") + " · separator " +
              SeparatorText(Text(report, "separator")));
  output.Line(
      JoinWrapped(Mapping(report.at("columns"), Text(info, "zone"), name_space),
                  "   ", "  ", terminal.ProseWidth()));

  Table orders({{"", Align::kLeft},
                {"number", Align::kRight},
                {"new", Align::kRight},
                {"lines", Align::kRight},
                {"free", Align::kRight, Fit::kDrop},
                {"amount", Align::kRight}});
  for (const Json& entry : SortedOrders(report)) {
    const std::uint64_t free_lines = Counted(entry, "free_lines");
    orders.AddRow({Text(entry, "type") + "s", Number(Counted(entry, "orders")),
                   Number(Counted(entry, "new_orders")),
                   Number(Counted(entry, "lines")),
                   free_lines > 0 ? Number(free_lines) : "",
                   GroupDigits(Text(entry, "amount_text")) + " " + currency});
  }
  if (!orders.empty()) {
    orders.AddRow({"customers", Number(Counted(report, "customers")),
                   Number(Counted(report, "new_customers"))});
    output.Write("\n" + orders.Render(terminal, 2) + "\n");
  }
  output.Line(Outcome(report, options.dry_run, terminal.width));

  const std::uint64_t refused = Counted(report, "refused");
  if (refused == 0) return;
  output.Line("  " +
              std::string(options.dry_run ? "would refuse " : "refused ") +
              Count(refused, "row"));
  Table refusals({{"", Align::kRight},
                  {"", Align::kLeft},
                  {"", Align::kLeft, Fit::kShrink, Style::kFaint}});
  for (const Json& refusal : report.at("refusals")) {
    const Json& rows = refusal.at("first_rows");
    std::vector<std::string> first;
    for (const Json& row : rows) first.push_back(row.dump());
    if (Counted(refusal, "rows") > rows.size()) first.push_back("…");
    const std::string places = (first.size() == 1 ? "row " : "rows ") +
                               JoinWrapped(first, ", ", "", 0);
    refusals.AddRow({Number(Counted(refusal, "rows")), Text(refusal, "reason"),
                     rows.empty() ? "" : places});
  }
  output.Write(refusals.Render(terminal, 4));
}

// "Country/Region=country:fill_blank": the header ends at the last "=".
struct ColumnChoice {
  std::string column;
  std::string field;
  trato_column_rule rule = TRATO_COLUMN_OVERWRITE;
};

ColumnChoice ParseColumn(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    throw Failure(
        "--column: HEADER=FIELD, HEADER=FIELD:RULE or HEADER=:RULE is "
        "needed, not " +
        Printable(text));
  }
  ColumnChoice choice;
  choice.column = text.substr(0, equals);
  choice.field = text.substr(equals + 1);
  const std::size_t colon = choice.field.find(':');
  if (colon == std::string::npos) return choice;
  const std::string rule = choice.field.substr(colon + 1);
  choice.field.erase(colon);
  if (rule == "fill_blank") {
    choice.rule = TRATO_COLUMN_FILL_BLANK;
  } else if (rule == "never") {
    choice.rule = TRATO_COLUMN_NEVER;
  } else if (rule != "overwrite") {
    throw Failure("--column: the rule is overwrite, fill_blank or never, not " +
                  Printable(rule));
  }
  return choice;
}

void WriteRefusals(const Json& refusals, Output& output) {
  Table table({{"", Align::kRight},
               {"", Align::kLeft, Fit::kWrap},
               {"", Align::kLeft, Fit::kShrink, Style::kFaint}});
  for (const Json& refusal : refusals) {
    std::vector<std::string> first;
    for (const Json& row : refusal.at("first_rows")) {
      first.push_back(row.dump());
    }
    if (Counted(refusal, "rows") > first.size()) first.push_back("…");
    table.AddRow({Number(Counted(refusal, "rows")), Text(refusal, "reason"),
                  "line " + JoinWrapped(first, ", ", "", 0)});
  }
  if (!table.empty()) output.Write(table.Render(output.terminal(), 4));
}

void WriteContacts(const Json& report, const std::string& name,
                   Output& output) {
  const Terminal& terminal = output.terminal();
  const bool dry_run = report.at("dry_run").get<bool>();
  output.Line(terminal.Styled(Style::kStrong, Printable(name)) + " · " +
              Count(Counted(report, "rows"), "row") + " · " +
              Printable(Text(report, "encoding")) + " · separator " +
              SeparatorText(Text(report, "separator")) + " · batch " +
              Printable(Text(report, "batch")));
  Table columns({{"column", Align::kLeft, Fit::kShrink},
                 {"", Align::kLeft, Fit::kWrap},
                 {"rule"},
                 {"values", Align::kRight}});
  for (const Json& it : report.at("columns")) {
    columns.AddRow({Text(it, "column"), "→ " + Text(it, "field"),
                    Text(it, "rule"), Number(Counted(it, "values"))});
  }
  for (const Json& it : report.at("ignored")) {
    columns.AddRow({Text(it, "column"), "not read: " + Text(it, "reason")});
  }
  output.Write(columns.Render(terminal, 2) + "\n");
  const auto part = [&](const char* field, const std::string& noun) {
    return Number(Counted(report, field)) + " " + noun;
  };
  const std::string outcome =
      JoinWrapped({std::string(dry_run ? "would add " : "added ") +
                       part("new_customers", "new"),
                   part("changed_customers", "changed"),
                   part("unchanged_customers", "unchanged customers"),
                   part("new_attributes", "attributes new"),
                   part("changed_attributes", "changed"),
                   part("new_identifiers", "identifiers"),
                   part("new_consents", "opt-outs")},
                  ", ", "  ", terminal.ProseWidth());
  output.Line(outcome);
  if (Counted(report, "repeated_rows") > 0) {
    output.Line("  " + Count(Counted(report, "repeated_rows"), "row") +
                " said the same as another one");
  }
  if (Counted(report, "conflicts") > 0) {
    output.Line("  " + Count(Counted(report, "conflicts"), "conflict"));
    Table conflicts({{"line", Align::kRight},
                     {"record", Align::kLeft, Fit::kShrink},
                     {"column", Align::kLeft, Fit::kShrink},
                     {"", Align::kLeft, Fit::kWrap}});
    for (const Json& it : report.at("first_conflicts")) {
      conflicts.AddRow({Number(Counted(it, "line")), Text(it, "record"),
                        Text(it, "column"), Text(it, "what")});
    }
    output.Write(conflicts.Render(terminal, 4));
  }
  if (Counted(report, "refused") > 0) {
    output.Line("  " + std::string(dry_run ? "would refuse " : "refused ") +
                Count(Counted(report, "refused"), "row"));
  }
  WriteRefusals(report.at("refusals"), output);
  WriteRefusals(report.at("refused_values"), output);
}

trato_status ImportContacts(const ImportOptions& options, Store& store,
                            Transfer& transfer, std::int64_t now_us,
                            const trato_write_options& write, Buffer& answer,
                            trato_error& error) {
  std::vector<ColumnChoice> choices;
  for (const std::string& text : options.columns) {
    choices.push_back(ParseColumn(text));
  }
  std::vector<trato_contact_column> columns;
  for (const ColumnChoice& it : choices) {
    columns.push_back({View(it.column), View(it.field), it.rule, 0});
  }
  trato_contacts_options contacts = TRATO_CONTACTS_OPTIONS_INIT;
  contacts.dry_run = options.dry_run ? 1 : 0;
  contacts.name_space = View(options.name_space);
  contacts.columns = columns.data();
  contacts.column_count = columns.size();
  contacts.date_order = options.dates == "day-first" ? TRATO_DATES_DAY_FIRST
                        : options.dates == "month-first"
                            ? TRATO_DATES_MONTH_FIRST
                            : TRATO_DATES_YEAR_FIRST;
  contacts.progress = ShowProgress;
  contacts.progress_context = &transfer;
  const InterruptWish wish;
  return trato_contacts_import(store.get(), ReadInput, &transfer, now_us,
                               &contacts, &write, answer.out(), &error);
}

void RunImport(const ImportOptions& options, Output& output) {
  Store store(options.store);
  Transfer transfer{Input(options.file), Progress(Counts::kLines)};
  trato_import_options import_options = TRATO_IMPORT_OPTIONS_INIT;
  import_options.dry_run = options.dry_run ? 1 : 0;
  const std::string name_space =
      options.name_space.empty() ? "shop" : options.name_space;
  import_options.name_space = View(name_space);
  import_options.progress = ShowProgress;
  import_options.progress_context = &transfer;
  const std::int64_t now_us = options.Now(store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  trato_status status = TRATO_OK;
  trato_write_options write = TRATO_WRITE_OPTIONS_INIT;
  write.batch = View(options.batch);
  write.source = View(options.source);
  write.actor = View(options.actor);
  const bool is_orders = options.as == "orders";
  if (!is_orders) {
    status =
        ImportContacts(options, store, transfer, now_us, write, answer, error);
  } else {
    const InterruptWish wish;
    status = trato_orders_import(store.get(), ReadInput, &transfer, now_us,
                                 &import_options, &write, answer.out(), &error);
  }
  if (status != TRATO_OK) {
    if (InterruptWish::IsThere())
      throw Failure("cancelled; nothing was recorded");
    if (!transfer.input.failure().empty()) {
      throw Failure(transfer.input.failure());
    }
    if (status == TRATO_INVALID_ARGUMENT) {
      throw Failure(transfer.input.name() + ": " + error.message);
    }
    Check(status, error);
  }
  const Json report = answer.json();
  transfer.progress.Finish(Counted(report, "rows"));
  const Json info = options.json ? Json() : store.Info(now_us);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  if (!is_orders) return WriteContacts(report, transfer.input.name(), output);
  WriteReport(report, info, options, name_space, transfer.input.name(), output);
}

}  // namespace

void AddImportCommand(CommandLine& line) {
  CLI::App* command = nullptr;
  auto import = line.Add("import", "Read orders or contacts from CSV", "Store",
                         R"(Examples:
  trato import shop.trato sales.csv --as orders --dry-run
  trato import shop.trato sales.csv.gz --as orders
  gzip -dc sales.csv.gz | trato import shop.trato - --as orders

  trato import shop.trato people.csv --as contacts --dry-run
  trato import shop.trato people.csv --as contacts --column Country=:fill_blank

Orders: one row per order line: an order number, product, quantity, unit price,
time and customer, under any of their usual headers. Times are in the store's
zone and amounts in its currency. The same orders again add nothing.

Contacts: one a row; columns are known by the headers of common address books
and customer systems. HEADER=FIELD:RULE says more of a column: the field is id,
identifier.NAMESPACE, opt_out.CHANNEL or an attribute, and the rule overwrite,
fill_blank or never. The import is a batch: see trato batch.)",
                         RunImport, &command);
  AddStore(command, *import);
  AddArgument(command, "FILE", import->file,
              "CSV text, may be gzip; - is the standard input");
  AddOption(command, "--as", "KIND", import->as,
            "What it holds: orders or contacts")
      ->required()
      ->check(CLI::IsMember({"orders", "contacts"}));
  AddOption(command, "--namespace", "NAME", import->name_space,
            "Of the numbers in it (else: shop, contact)");
  AddList(command, "--column", "CHOICE", import->columns,
          "HEADER=FIELD:RULE, of contacts");
  AddOption(command, "--dates", "ORDER", import->dates,
            "year-first, day-first or month-first")
      ->check(CLI::IsMember({"year-first", "day-first", "month-first"}));
  AddOption(command, "--batch", "NAME", import->batch,
            "Of the import (else: made of source and time)");
  AddOption(command, "--source", "NAME", import->source,
            "The system it is from (else: orders, contacts)");
  AddOption(command, "--actor", "NAME", import->actor, "Who did it");
  command->add_flag("--dry-run", import->dry_run,
                    "Say what would be done, and record nothing");
  AddNow(command, *import);
  AddJson(command, *import);
}

}  // namespace trato_cli
