// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// batch list, retract.

#include <utility>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct BatchOptions : CommonOptions {
  std::string batch;
  std::string reason;
  std::string actor;
  bool dry_run = false;
};

// "3 interactions, 12 attributes", without what there is none of.
std::string Held(const Json& batch) {
  std::vector<std::string> parts;
  for (const char* what : {"interactions", "attributes", "identifiers",
                           "consents", "definitions", "others"}) {
    const std::uint64_t number = Counted(batch, what);
    if (number > 0) parts.push_back(Number(number) + " " + what);
  }
  return parts.empty() ? "nothing" : JoinWrapped(parts, ", ", "", 0);
}

void RunList(const BatchOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_batch_list(store.get(), answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  const Json batches = answer.json();
  if (batches.empty()) return output.Line("no batches");
  Table table({{"batch", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"source", Align::kLeft, Fit::kDrop},
               {"actor", Align::kLeft, Fit::kDrop},
               {"recorded"},
               {"", Align::kLeft, Fit::kWrap},
               {"retracted"},
               {"reason", Align::kLeft, Fit::kDrop}});
  for (const Json& it : batches) {
    table.AddRow({Text(it, "batch"), Text(it, "source"), Text(it, "actor"),
                  Moment(it, "first"), Held(it), Moment(it, "retracted"),
                  Text(it, "reason")});
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunRetract(const BatchOptions& options, Output& output) {
  Store store(options.store);
  trato_retract_options retract = TRATO_RETRACT_OPTIONS_INIT;
  retract.dry_run = options.dry_run ? 1 : 0;
  retract.reason = View(options.reason);
  trato_write_options write = TRATO_WRITE_OPTIONS_INIT;
  write.actor = View(options.actor);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(
      trato_batch_retract(store.get(), View(options.batch), options.Now(store),
                          &retract, &write, answer.out(), &error),
      error);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  const Json report = answer.json();
  std::vector<std::string> parts = {
      (options.dry_run ? "would take back " : "took back ") + Held(report),
      Number(Counted(report, "customers_after")) + " of " +
          Number(Counted(report, "customers_before")) + " customers stay"};
  if (report.at("keeps_definitions").get<bool>()) {
    parts.push_back("its definitions stay: others need them");
  }
  output.Facts(Printable(options.batch), parts);
}

}  // namespace

void AddBatchCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* batch =
      line.AddGroup("batch", "What was imported, as wholes", "Store");

  auto list = line.Add(batch, "list", "List the batches",
                       R"(Example:
  trato batch list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddJson(command, *list);

  auto retract = line.Add(batch, "retract", "Take a batch back",
                          R"(Examples:
  trato batch retract shop.trato spring --dry-run
  trato batch retract shop.trato spring --reason "wrong file"

Every answer is then as if it had never come; the store as of an earlier log
position still tells it. Objections stay, and definitions that others need.)",
                          RunRetract, &command);
  AddStore(command, *retract);
  AddArgument(command, "BATCH", retract->batch, "Its name");
  AddOption(command, "--reason", "TEXT", retract->reason, "Why");
  AddOption(command, "--actor", "NAME", retract->actor, "Who did it");
  command->add_flag("--dry-run", retract->dry_run,
                    "Say what would be done, and record nothing");
  AddNow(command, *retract);
  AddJson(command, *retract);
}

}  // namespace trato_cli
