// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/purchases.h"

#include <fstream>
#include <string_view>
#include <utility>

#include "bindings/cli/failure.h"
#include "bindings/cli/input.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

std::int64_t ReadInput(void* context, char* buffer, std::size_t capacity) {
  return static_cast<Input*>(context)->Read(buffer, capacity);
}

// The times of a file without a zone are taken as they are.
std::int64_t ParseTime(const std::string& text, const char* what) {
  // A store in memory reads times, in UTC.
  trato_store* store = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_open(View(""), nullptr, &store, &error), error);
  std::int64_t at_us = 0;
  const trato_status status =
      trato_time_parse(store, View(text), &at_us, &error);
  (void)trato_store_close(store, nullptr);
  if (status != TRATO_OK) {
    throw Failure(std::string(what) + ": " + error.message);
  }
  return at_us;
}

// Whether the file is a database of SQLite's, as a store is.
bool IsStore(const std::string& path) {
  if (path == "-") return false;
  std::ifstream file(path, std::ios::binary);
  char first[16] = {};
  file.read(first, sizeof first);
  return std::string_view(first, sizeof first) ==
         std::string_view("SQLite format 3\0", 16);
}

}  // namespace

Purchases::Purchases(const PurchasesSource& source) {
  if (IsStore(source.file)) {
    ReadStore(source);
  } else {
    ReadCsv(source);
  }
}

void Purchases::ReadStore(const PurchasesSource& source) {
  if (source.summary || !source.columns.empty()) {
    throw Failure("--summary, --column: they are about CSV files");
  }
  name_ = source.file;
  const Store store(source.file, source.reading);
  trato_store_purchases_options options = TRATO_STORE_PURCHASES_OPTIONS_INIT;
  std::vector<trato_str> types;
  std::vector<trato_str> returns;
  for (const std::string& it : source.types) types.push_back(View(it));
  for (const std::string& it : source.returns) returns.push_back(View(it));
  if (!types.empty()) options.types = types.data();
  options.type_count = types.size();
  options.returns = returns.data();
  options.return_count = returns.size();
  if (!source.end.empty()) {
    options.end_us = store.ParseTime(source.end, "--end");
  }
  if (!source.until.empty()) {
    options.until_us = store.ParseTime(source.until, "--until");
  }
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_purchases(store.get(), &options, source.Now(store),
                              &purchases_, &error),
        error);
}

void Purchases::ReadCsv(const PurchasesSource& source) {
  if (!source.types.empty() || !source.returns.empty()) {
    throw Failure("--type, --returns: they are about stores");
  }
  Input input(source.file);
  name_ = input.name();
  trato_purchases_options options = TRATO_PURCHASES_OPTIONS_INIT;
  options.form =
      source.summary ? TRATO_PURCHASES_SUMMARY : TRATO_PURCHASES_EVENTS;
  std::vector<trato_column> columns;
  for (const std::string& it : source.columns) {
    const std::size_t equals = it.find('=');
    if (equals == std::string::npos) {
      throw Failure("--column: FIELD=HEADER is needed");
    }
    const std::string_view whole = it;
    columns.push_back(
        {View(whole.substr(0, equals)), View(whole.substr(equals + 1))});
  }
  options.columns = columns.data();
  options.column_count = columns.size();
  if (!source.end.empty()) options.end_us = ParseTime(source.end, "--end");
  if (!source.until.empty()) {
    options.until_us = ParseTime(source.until, "--until");
  }
  options.net_returns = source.net_returns ? 1 : 0;
  SetThreads(source.reading.threads, options.run, options.run_context);
  Buffer report;
  trato_error error = TRATO_ERROR_INIT;
  const trato_status status = trato_purchases_read_csv(
      ReadInput, &input, &options, &purchases_, report.out(), &error);
  if (!input.failure().empty()) {
    trato_purchases_destroy(purchases_);
    throw Failure(input.failure());
  }
  Check(status, error);
  report_ = report.json();
}

trato_purchase_columns Purchases::Columns() const {
  trato_purchase_columns columns = TRATO_PURCHASE_COLUMNS_INIT;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_purchases_columns(purchases_, &columns, &error), error);
  return columns;
}

bool Purchases::SomebodySpends() const {
  const trato_purchase_columns columns = Columns();
  for (std::size_t i = 0; columns.spend != nullptr && i < columns.count; ++i) {
    if (columns.frequency[i] > 0 && columns.spend[i] > 0) return true;
  }
  return false;
}

void AddPurchasesSource(CLI::App* command, PurchasesSource& options) {
  AddArgument(command, "FILE", options.file,
              "A store, or CSV with purchases, or with --summary a row per "
              "customer; - reads the standard input");
  command->add_flag("--summary", options.summary,
                    "The file has a row per customer: frequency, recency, age "
                    "(x, t_x, T), and where known spend, total, weight");
  AddList(command, "--column", "FIELD=HEADER", options.columns,
          "Where a field is, if not under a usual name");
  AddOption(command, "--end", "TIME", options.end,
            "Where knowledge ends (default: the last purchase)");
  AddOption(command, "--until", "TIME", options.until,
            "Count apart what came after --end, up to here");
  command->add_flag("--net-returns", options.net_returns,
                    "Take amounts below 0 of CSV from the others (else they are "
                    "left out)");
  AddList(command, "--type", "NAME", options.types,
          "A store's interactions that are purchases (default: purchase)");
  AddList(command, "--returns", "NAME", options.returns,
          "A store's interactions that take back");
  AddNow(command, options);
  AddThreads(command, options);
  AddJson(command, options);
}

void Purchases::Show(Output& output) const {
  const std::uint64_t customers = Columns().count;
  if (report_.is_null()) {
    return output.Facts(Printable(name_), {Count(customers, "customer")});
  }
  std::vector<std::string> parts = {Count(Counted(report_, "used"), "row"),
                                    Count(customers, "customer")};
  for (const auto& [field, column] : report_.at("columns").items()) {
    parts.push_back(Printable(column.get<std::string>()) + " → " +
                    Printable(field));
  }
  output.Facts(Printable(name_), std::move(parts));
  for (const Json& it : report_.at("refused")) {
    output.Line("  left out " + Count(Counted(it, "rows"), "row") + ": " +
                Printable(Text(it, "reason")) + " (first in line " +
                Number(it.at("first_rows").at(0).get<std::uint64_t>()) + ")");
  }
}

}  // namespace trato_cli
