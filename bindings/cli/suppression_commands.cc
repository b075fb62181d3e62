// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// suppression define, import, export, list.

#include "bindings/cli/command_line.h"
#include "bindings/cli/input.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct ListOptions : CommonOptions {
  std::string list;
  std::string max_age;
  std::string description;
  std::string file;
  std::string at;
  bool adds = false;
};

void RunDefine(const ListOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_suppression_define(
            store.get(), View(options.list), View(options.max_age),
            View(options.description), options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.list) +
              (options.max_age.empty()
                   ? " · of any age"
                   : " · holds everybody back once it is " +
                         Printable(options.max_age) + " old"));
}

void RunImport(const ListOptions& options, Output& output) {
  const std::string text = ReadAll(options.file);
  Store store(options.store);
  trato_suppression_options how = TRATO_SUPPRESSION_OPTIONS_INIT;
  how.adds = options.adds ? 1 : 0;
  if (!options.at.empty()) how.at_us = store.ParseTime(options.at, "--at");
  Buffer report;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_suppression_import(store.get(), View(options.list), View(text),
                                 options.Now(store), &how, nullptr,
                                 report.out(), &error),
        error);
  store.Close();
  const Json json = report.json();
  output.Facts(
      Printable(options.list),
      {Number(Counted(json, "entries")) + (options.adds ? " added" : " on it"),
       "of " + Moment(json, "updated")});
}

void RunExport(const ListOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer text;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_suppression_export(store.get(), View(options.list),
                                 options.Now(store), text.out(), &error),
        error);
  output.Write(text.view());
}

void RunList(const ListOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_suppression_list(store.get(), options.Now(store), answer.out(),
                               &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"list"},
               {"entries", Align::kRight},
               {"updated"},
               {"state", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"greatest age"},
               {"", Align::kLeft, Fit::kShrink}});
  const Json json = answer.json();
  for (const Json& it : json.at("lists")) {
    table.AddRow(
        {Text(it, "list"), Number(Counted(it, "entries")),
         Moment(it, "updated"),
         Text(it, "state") +
             (it.at("holds_back").get<bool>() ? ", holds everybody back" : ""),
         Text(it, "max_age"), Text(it, "description")});
  }
  output.Write(table.Render(output.terminal(), 2));
}

}  // namespace

void AddSuppressionCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* suppression = line.AddGroup(
      "suppression", "Lists of who must not be contacted", "Customers");

  auto define = line.Add(suppression, "define", "Define a list",
                         R"(Example:
  trato suppression define shop.trato robinson --max-age 31d

Once it is that old, or while it was never imported, it holds everybody back
from direct marketing.)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "LIST", define->list, "a-z, 0-9 and _, from a letter");
  AddOption(command, "--max-age", "SPAN", define->max_age,
            "Such as 31d (else: any age will do)");
  AddOption(command, "--description", "TEXT", define->description,
            "What it is");
  AddNow(command, *define);

  auto import = line.Add(suppression, "import", "Import a list",
                         R"(Examples:
  trato suppression import shop.trato robinson robinson.txt --at 2026-05-01
  trato suppression import shop.trato objections kept.txt

FILE holds identifiers, namespace:value, one a line, or what export gave. The
store keeps their hashes under the 32 secret bytes (or their 64 hexadecimal
digits) in the file that the environment variable TRATO_KEY_FILE names; without
it whoever has the store can try out whom they name.)",
                         RunImport, &command);
  AddStore(command, *import);
  AddArgument(command, "LIST", import->list, "The list");
  AddArgument(command, "FILE", import->file, "- is the standard input");
  AddOption(command, "--at", "TIME", import->at,
            "The list's date (else: as export says, or now)");
  command->add_flag("--add", import->adds, "To what is on it already");
  AddNow(command, *import);

  auto give = line.Add(suppression, "export", "Write a list",
                       R"(Example:
  trato suppression export shop.trato objections > kept.txt

The list objections tells who objects to direct marketing. Keep it outside the
store: imported after an older backup was restored, it holds back whoever
objected since.)",
                       RunExport, &command);
  AddStore(command, *give);
  AddArgument(command, "LIST", give->list, "The list");
  AddNow(command, *give);
  AddPast(command, *give);

  auto list = line.Add(suppression, "list", "Show all lists",
                       R"(Example:
  trato suppression list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddNow(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);
}

}  // namespace trato_cli
