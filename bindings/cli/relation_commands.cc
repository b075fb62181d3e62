// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// relation define, list, set, end; customer related.

#include "bindings/cli/command_line.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct DefineOptions : CommonOptions {
  std::string name;
  std::string inverse;
  std::string description;
  bool acyclic = false;
};

void RunDefine(const DefineOptions& options, Output& output) {
  Store store(options.store);
  trato_relation_definition relation = TRATO_RELATION_DEFINITION_INIT;
  relation.name = View(options.name);
  relation.inverse = View(options.inverse);
  relation.description = View(options.description);
  relation.flags = options.acyclic ? TRATO_RELATION_ACYCLIC : 0;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_relation_define(store.get(), &relation, options.Now(store),
                              nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.name) +
              (options.inverse.empty()
                   ? " · without direction"
                   : " · and back: " + Printable(options.inverse)));
}

struct ListOptions : CommonOptions {};

void RunList(const ListOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_relation_list(store.get(), answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"relation"},
               {"and back"},
               {""},
               {"means", Align::kLeft, Fit::kShrink}});
  for (const Json& it : answer.json()) {
    table.AddRow({Text(it, "name"), Text(it, "inverse"),
                  it.at("acyclic") ? "acyclic" : "", Text(it, "description")});
  }
  output.Write(table.empty() ? "no relations\n"
                             : table.Render(output.terminal(), 0));
}

struct SetOptions : CommonOptions {
  std::string customer;
  std::string relation;
  std::string other;
  std::string at;
  std::string key;
};

void Relate(const SetOptions& options, bool ended, Output& output) {
  Store store(options.store);
  trato_relation relation = TRATO_RELATION_INIT;
  const std::int64_t now_us = options.Now(store);
  if (!options.at.empty()) relation.at_us = store.ParseTime(options.at, "--at");
  relation.flags = ended ? TRATO_RELATION_ENDED : 0;
  relation.customer = View(options.customer);
  relation.relation = View(options.relation);
  relation.other = View(options.other);
  relation.key = View(options.key);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_relation_set(store.get(), &relation, now_us, nullptr, nullptr,
                           &error),
        error);
  const std::string since =
      store.Moment(relation.at_us == TRATO_AT_NOW ? now_us : relation.at_us);
  store.Close();
  output.Line(Printable(options.customer) + " · " +
              Printable(options.relation) + " " + Printable(options.other) +
              (ended ? " until " : " from ") + since);
}

void RunSet(const SetOptions& options, Output& output) {
  Relate(options, false, output);
}

void RunEnd(const SetOptions& options, Output& output) {
  Relate(options, true, output);
}

struct RelatedOptions : CommonOptions {
  std::string customer;
  std::string relation;
  std::uint32_t levels = 0;
};

void RunRelated(const RelatedOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_related(store.get(), View(options.customer),
                               View(options.relation), options.levels,
                               options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"customer", Align::kLeft, Fit::kShrink},
               {"level", Align::kRight},
               {"id", Align::kLeft, Fit::kDrop}});
  for (const Json& it : answer.json()) {
    table.AddRow({Text(it, "name"), std::to_string(it.at("level").get<int>()),
                  Text(it, "id")});
  }
  output.Write(table.empty() ? "nobody\n" : table.Render(output.terminal(), 0));
}

void AddSetOptions(CLI::App* command, SetOptions& options) {
  AddStore(command, options);
  AddArgument(command, "CUSTOMER", options.customer,
              "A record, namespace:value; it may be new");
  AddArgument(command, "RELATION", options.relation,
              "Its name, or its inverse");
  AddArgument(command, "OTHER", options.other, "Another record");
  AddOption(command, "--at", "TIME", options.at, "When (else: now)");
  AddOption(command, "--key", "KEY", options.key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, options);
}

}  // namespace

void AddRelationCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* group =
      line.AddGroup("relation", "How customers are related", "Customers");

  auto define = line.Add(group, "define", "Define a relation", R"(Examples:
  trato relation define shop.trato employee_of --inverse employs
  trato relation define shop.trato household
  trato relation define shop.trato parent --inverse subsidiary --acyclic)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->name, "a-z, 0-9 and _, from a letter");
  AddOption(command, "--inverse", "NAME", define->inverse,
            "Its name from the other side (else: without direction)");
  AddOption(command, "--description", "TEXT", define->description,
            "What it means");
  command->add_flag("--acyclic", define->acyclic,
                    "What would close a circle is refused");
  AddNow(command, *define);

  auto list = line.Add(group, "list", "List what is defined", R"(Example:
  trato relation list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);

  auto set = line.Add(group, "set", "Say that two are related", R"(Example:
  trato relation set shop.trato crm:7 employee_of crm:88 --at 2011-03-01)",
                      RunSet, &command);
  AddSetOptions(command, *set);

  auto end = line.Add(group, "end", "Say that a relation ended", R"(Example:
  trato relation end shop.trato crm:7 employee_of crm:88 --at 2011-09-01)",
                      RunEnd, &command);
  AddSetOptions(command, *end);

  auto related = line.Add(line.root().get_subcommand("customer"), "related",
                          "Show who is reached along a relation", R"(Examples:
  trato customer related shop.trato crm:88 subsidiary
  trato customer related shop.trato crm:7 household --levels 1)",
                          RunRelated, &command);
  AddStore(command, *related);
  AddArgument(command, "CUSTOMER", related->customer,
              "Any identifier, namespace:value");
  AddArgument(command, "RELATION", related->relation,
              "Its name, or its inverse");
  command
      ->add_option("--levels", related->levels,
                   "How far to go (else: as far as it goes)")
      ->type_name("N");
  AddNow(command, *related);
  AddPast(command, *related);
  AddView(command, *related);
  AddJson(command, *related);
}

}  // namespace trato_cli
