// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// retention define, list, apply.

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

// By number, as in trato.h.
const std::vector<std::string> kKinds = {"interactions", "attribute", "grants",
                                         "decisions"};

struct DefineOptions : CommonOptions {
  std::string kind;
  std::string name;
  std::string keep;
  std::string purpose;
};

void RunDefine(const DefineOptions& options, Output& output) {
  Store store(options.store);
  trato_retention rule = TRATO_RETENTION_INIT;
  for (std::uint32_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] == options.kind) rule.kind = i;
  }
  const bool ends = options.keep == "for-ever";
  rule.name = View(options.name);
  rule.purpose = View(options.purpose);
  if (!ends) rule.keep = View(options.keep);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_retention_define(store.get(), &rule, options.Now(store), nullptr,
                               &error),
        error);
  store.Close();
  output.Facts(options.kind + " " + Printable(options.name),
               {ends ? "kept for ever" : "kept " + Printable(options.keep)});
}

void RunList(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_retention_list(store.get(), options.Now(store), answer.out(),
                             &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  Table table({{"of"},
               {"name", Align::kLeft, Fit::kShrink},
               {"keep"},
               {"that is from"},
               {"for", Align::kLeft, Fit::kShrink}});
  for (const Json& it : json.at("rules")) {
    table.AddRow({Text(it, "of"), Text(it, "name"), Text(it, "keep"),
                  Moment(it, "kept_from"), Text(it, "purpose")});
  }
  output.Write(table.empty() ? "everything is kept for ever\n"
                             : table.Render(output.terminal(), 0));
  if (!json.at("earliest").is_null()) {
    output.Line("Before " + Moment(json, "earliest") +
                " the store does not tell any more what was.");
  }
}

struct ApplyOptions : CommonOptions {
  std::string reason;
  bool dry_run = false;
  bool yes = false;
};

void RunApply(const ApplyOptions& options, Output& output) {
  if (!options.yes && !options.dry_run) {
    throw Failure(
        "nothing was taken out: what goes cannot be brought back; count it "
        "with --dry-run, say --yes to do it");
  }
  Store store(options.store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_retention_apply(store.get(), options.dry_run ? 1 : 0,
                              View(options.reason), options.Now(store), nullptr,
                              answer.out(), &error),
        error);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  const Json report = answer.json();
  output.Facts(options.dry_run ? "would go" : "taken out",
               {Count(Counted(report, "facts"), "fact"),
                Count(Counted(report, "interactions"), "interaction")});
  Table table({{"of"},
               {"name", Align::kLeft, Fit::kShrink},
               {"facts", Align::kRight}});
  for (const Json& it : report.at("by_kind")) {
    table.AddRow({Text(it, "of"), Text(it, "name"),
                  Number(Counted(it, "facts"))});
  }
  if (!table.empty()) output.Write("\n" + table.Render(output.terminal(), 2));
  if (!report.at("earliest").is_null()) {
    output.Line("Before " + Moment(report, "earliest") + " the store " +
                (options.dry_run ? "would not tell any more what was."
                                 : "does not tell any more what was."));
  }
}

}  // namespace

void AddRetentionCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* retention =
      line.AddGroup("retention", "How long facts are kept", "Customers");

  auto define = line.Add(retention, "define", "Say how long facts are kept",
                         R"(Examples:
  trato retention define shop.trato interactions view 90d
  trato retention define shop.trato interactions purchase 10y --purpose accounts
  trato retention define shop.trato attribute '*' for-ever

A fact is kept as long as any rule for its kind and name keeps it; a rule for
'*' is for what has none of its own. Without a rule everything is kept.)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "KIND", define->kind,
              "interactions, attribute, grants (of consent) or decisions")
      ->check(CLI::IsMember(kKinds));
  AddArgument(command, "NAME", define->name,
              "The type, attribute or purpose, or '*'");
  AddArgument(command, "KEEP", define->keep,
              "How long, such as 2y; for-ever ends the rule");
  AddOption(command, "--purpose", "PURPOSE", define->purpose,
            "What they are kept for");
  AddNow(command, *define);

  auto list = line.Add(retention, "list", "Show the rules", R"(Example:
  trato retention list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddNow(command, *list);
  AddJson(command, *list);

  auto apply = line.Add(retention, "apply", "Take out what no rule keeps",
                        R"(Examples:
  trato retention apply shop.trato --dry-run
  trato retention apply shop.trato --yes

It is gone from every byte of the file, and the past before it is not told any
more.)",
                        RunApply, &command);
  AddStore(command, *apply);
  command->add_flag("--dry-run", apply->dry_run, "Only count what would go");
  command->add_flag("--yes", apply->yes, "It cannot be taken back");
  AddOption(command, "--reason", "TEXT", apply->reason, "Why; it is kept");
  AddNow(command, *apply);
  AddJson(command, *apply);
}

}  // namespace trato_cli
