// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// init, info, apply.

#include "bindings/cli/command_line.h"
#include "bindings/cli/input.h"
#include "bindings/cli/interactions_table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct InitOptions : CommonOptions {
  std::string zone;
  std::string currency;
};

void RunInit(const InitOptions& options, Output& output) {
  Store store(options.store, options.zone, options.currency);
  store.Close();
  output.Facts(Printable(options.store),
               {Printable(options.zone), Printable(options.currency)});
}

void RunInfo(const CommonOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_info(store.get(), options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json info = answer.json();
  const Terminal& terminal = output.terminal();
  const auto count = [&](const char* name, const char* noun) {
    return Count(Counted(info, name), noun);
  };
  output.Facts(Printable(options.store),
               {Text(info, "zone"), Text(info, "currency"),
                "at " + Moment(info, "now")});
  const std::size_t width = terminal.ProseWidth();
  output.Line(
      JoinWrapped({count("customers", "customer"), count("records", "record"),
                   count("identifiers", "identifier"),
                   count("segments", "segment"), count("offers", "offer"),
                   count("decisions", "decision"), count("coupons", "coupon")},
                  " · ", "  ", width));
  output.Line(terminal.Styled(
      Style::kFaint, "  " + count("facts", "fact") + " · log position " +
                         Number(Counted(info, "log_position")) + " · format " +
                         Number(Counted(info, "format_version"))));
  const Table table = InteractionsTable(info.at("interactions"));
  if (!table.empty()) output.Write("\n" + table.Render(terminal, 2));
}

struct ApplyOptions : CommonOptions {
  std::string file;
};

void RunApply(const ApplyOptions& options, Output& output) {
  Store store(options.store);
  const std::string definitions = ReadAll(options.file);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_apply(store.get(), View(definitions), options.Now(store),
                          nullptr, &error),
        error);
  store.Close();
  output.Facts(Printable(options.file),
               {"applied", Count(definitions.size(), "byte")});
}

}  // namespace

void AddStoreCommands(CommandLine& line) {
  CLI::App* command = nullptr;

  auto init = line.Add("init", "Make a new store", "Store",
                       R"(Example:
  trato init shop.trato --zone Europe/London --currency GBP

Both settings are for the life of the store: days, months and deadlines follow
the zone, and amounts without a currency are in the store's.)",
                       RunInit, &command);
  AddStore(command, *init);
  AddOption(command, "--zone", "ZONE", init->zone,
            "IANA time zone, such as Europe/London")
      ->required();
  AddOption(command, "--currency", "CUR", init->currency,
            "ISO 4217 code, such as GBP")
      ->required();

  auto info = line.Add("info", "What the store holds", "Store",
                       R"(Examples:
  trato info shop.trato
  trato info shop.trato --now 2011-06-30 --json)",
                       RunInfo, &command);
  AddStore(command, *info);
  AddNow(command, *info);
  AddPast(command, *info);
  AddJson(command, *info);

  auto apply = line.Add("apply", "Apply a file of definitions", "Store",
                        R"(Example:
  trato apply shop.trato definitions.binpb

The file holds one trato.v1.Definitions message (definition.proto) in protobuf's
binary form. All of its definitions come into force, or none.)",
                        RunApply, &command);
  AddStore(command, *apply);
  AddArgument(command, "FILE", apply->file,
              "The definitions; - is the standard input");
  AddNow(command, *apply);
}

}  // namespace trato_cli
