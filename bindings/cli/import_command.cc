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
  std::string name_space = "shop";
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
                 const ImportOptions& options, const std::string& name,
                 Output& output) {
  const Terminal& terminal = output.terminal();
  const std::string currency = Text(info, "currency");
  output.Line(terminal.Styled(Style::kStrong, Printable(name)) + " · " +
              Count(Counted(report, "rows"), "row") + " · separator " +
              SeparatorText(Text(report, "separator")));
  output.Line(JoinWrapped(
      Mapping(report.at("columns"), Text(info, "zone"), options.name_space),
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

void RunImport(const ImportOptions& options, Output& output) {
  Store store(options.store);
  Transfer transfer{Input(options.file), Progress(Counts::kLines)};
  trato_import_options import_options = TRATO_IMPORT_OPTIONS_INIT;
  import_options.dry_run = options.dry_run ? 1 : 0;
  import_options.name_space = View(options.name_space);
  import_options.progress = ShowProgress;
  import_options.progress_context = &transfer;
  const std::int64_t now_us = options.Now(store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  trato_status status = TRATO_OK;
  {
    const InterruptWish wish;
    status =
        trato_orders_import(store.get(), ReadInput, &transfer, now_us,
                            &import_options, nullptr, answer.out(), &error);
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
  WriteReport(report, info, options, transfer.input.name(), output);
}

}  // namespace

void AddImportCommand(CommandLine& line) {
  CLI::App* command = nullptr;
  auto import = line.Add("import", "Read orders from a CSV file", "Store",
                         R"(Examples:
  trato import shop.trato sales.csv --as orders --dry-run
  trato import shop.trato sales.csv.gz --as orders
  gzip -dc sales.csv.gz | trato import shop.trato - --as orders

One row per order line: an order number, product, quantity, unit price, time and
customer, under any of their usual headers. Times are in the store's zone and
amounts in its currency. The same orders again add nothing.)",
                         RunImport, &command);
  AddStore(command, *import);
  AddArgument(command, "FILE", import->file,
              "CSV text, may be gzip; - is the standard input");
  AddOption(command, "--as", "KIND", import->as, "What it holds: orders")
      ->required()
      ->check([](const std::string& kind) {
        return kind == "orders" ? "" : "only orders can be imported so far";
      });
  AddOption(command, "--namespace", "NAME", import->name_space,
            "Of the customer numbers (else: shop)");
  command->add_flag("--dry-run", import->dry_run,
                    "Say what would be done, and record nothing");
  AddNow(command, *import);
  AddJson(command, *import);
}

}  // namespace trato_cli
