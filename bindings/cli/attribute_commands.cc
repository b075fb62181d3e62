// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// attribute define, list; customer set, unset, history.

#include <algorithm>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"
#include "bindings/cli/value.h"

namespace trato_cli {
namespace {

struct DefineOptions : CommonOptions {
  std::string name;
  std::string type;
  std::string of = "customer";
  std::string description;
  std::string unit;
  std::vector<std::string> allowed;
  bool many = false;
  bool retired = false;
  std::string per = "customer";
  std::string reconcile = "latest";
  std::vector<std::string> sources;
  std::string sensitivity = "ordinary";
};

// By number, as in trato.h.
const std::vector<std::string> kPers = {"customer", "product", "need"};
const std::vector<std::string> kRules = {"latest", "trusted", "frequent",
                                         "longest"};
const std::vector<std::string> kSensitivities = {"ordinary", "confidential",
                                                 "special"};

std::uint32_t NumberOf(const std::vector<std::string>& names,
                       const std::string& name) {
  return static_cast<std::uint32_t>(
      std::find(names.begin(), names.end(), name) - names.begin());
}

std::vector<trato_str> Views(const std::vector<std::string>& texts) {
  std::vector<trato_str> views;
  for (const std::string& text : texts) views.push_back(View(text));
  return views;
}

void RunDefine(const DefineOptions& options, Output& output) {
  Store store(options.store);
  trato_attribute_definition definition = TRATO_ATTRIBUTE_DEFINITION_INIT;
  definition.name = View(options.name);
  definition.subject =
      options.of == "interaction" ? TRATO_OF_INTERACTION : TRATO_OF_CUSTOMER;
  definition.kind = ParseKind(options.type);
  definition.flags = (options.many ? TRATO_ATTRIBUTE_MANY : 0) |
                     (options.retired ? TRATO_ATTRIBUTE_RETIRED : 0);
  definition.description = View(options.description);
  definition.unit = View(options.unit);
  const std::vector<trato_str> allowed = Views(options.allowed);
  definition.allowed = allowed.data();
  definition.allowed_count = allowed.size();
  definition.sensitivity = NumberOf(kSensitivities, options.sensitivity);
  definition.per = NumberOf(kPers, options.per);
  const std::vector<trato_str> sources = Views(options.sources);
  definition.sources = sources.data();
  definition.sources_count = sources.size();
  definition.reconciliation =
      NumberOf(kRules, sources.empty() ? options.reconcile : "trusted");
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_attribute_define_as(store.get(), &definition, options.Now(store),
                                  nullptr, &error),
        error);
  store.Close();
  output.Line(
      Printable(options.name) + " · " + options.type + " of " + options.of +
      "s" + (options.many ? " · many" : "") +
      (definition.per != TRATO_PER_NOTHING ? " · per " + options.per : ""));
}

struct ListOptions : CommonOptions {};

void RunList(const ListOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_attribute_list(store.get(), answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"attribute", Align::kLeft, Fit::kShrink},
               {"type"},
               {"of"},
               {"", Align::kLeft, Fit::kShrink},
               {"means", Align::kLeft, Fit::kShrink}});
  for (const Json& it : answer.json()) {
    std::string more = it.at("many") ? "many" : "";
    const auto add = [&](const std::string& text) {
      if (!text.empty()) more += (more.empty() ? "" : ", ") + text;
    };
    add(Text(it, "unit"));
    if (it.at("retired")) add("retired");
    if (!it.at("per").is_null()) add("per " + Text(it, "per"));
    if (Text(it, "reconciliation") != "latest") add(Text(it, "reconciliation"));
    if (Text(it, "sensitivity") != "ordinary") add(Text(it, "sensitivity"));
    table.AddRow({Text(it, "name"), Text(it, "type"), Text(it, "of"), more,
                  Text(it, "description")});
  }
  output.Write(table.empty() ? "no attributes\n"
                             : table.Render(output.terminal(), 0));
}

struct DependentsOptions : CommonOptions {
  std::string kind;
  std::string name;
};

// By number, as in trato.h.
const std::vector<std::string> kDefinitions = {
    "attribute", "field",   "interaction-type", "relation",
    "segment",   "channel", "purpose",          "namespace"};
constexpr char kDefinitionHelp[] =
    "attribute, segment, channel ...; a wrong one lists all";

void RunDependents(const DependentsOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_definition_dependents(store.get(),
                                    NumberOf(kDefinitions, options.kind),
                                    View(options.name), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{""}, {"", Align::kLeft, Fit::kShrink}});
  const Json dependents = answer.json();
  for (const char* kind : {"segments", "offers"}) {
    for (const Json& name : dependents.at(kind)) {
      table.AddRow({kind == std::string("segments") ? "segment" : "offer",
                    name.get<std::string>()});
    }
  }
  for (const Json& rule : dependents.at("retention")) {
    table.AddRow({"retention", rule.get<std::string>()});
  }
  output.Write(table.empty() ? "nothing depends on it\n"
                             : table.Render(output.terminal(), 0));
}

struct RenameOptions : DependentsOptions {
  std::string new_name;
};

void RunRename(const RenameOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_definition_rename(store.get(),
                                NumberOf(kDefinitions, options.kind),
                                View(options.name), View(options.new_name),
                                options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.name) + " is called " +
              Printable(options.new_name));
}

struct RetireOptions : DependentsOptions {
  bool back = false;
};

void RunRetire(const RetireOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_definition_retire(
            store.get(), NumberOf(kDefinitions, options.kind),
            View(options.name), options.back ? 0 : 1, options.Now(store),
            nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.name) + (options.back
                                             ? " is in use again"
                                             : " is retired"));
}

struct HistoryOptions : CommonOptions {
  std::string customer;
  std::string name;
};

void RunHistory(const HistoryOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_attribute_history(store.get(), View(options.customer),
                                View(options.name), options.Now(store),
                                answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"since"},
               {"about", Align::kLeft, Fit::kShrink},
               {"value", Align::kLeft, Fit::kShrink},
               {""},
               {"source", Align::kLeft, Fit::kDrop},
               {"record", Align::kLeft, Fit::kDrop}});
  for (const Json& it : answer.json()) {
    std::string state = it.at("removed")    ? "taken away"
                        : it.at("in_force") ? "in force"
                                            : "";
    if (it.at("inferred")) state += state.empty() ? "inferred" : ", inferred";
    table.AddRow(
        {Moment(it, "since"), it.at("about").is_null() ? "" : Text(it, "about"),
         Text(it, "text"), state, Text(it, "source"), Text(it, "record")});
  }
  output.Write(table.empty() ? "no versions\n"
                             : table.Render(output.terminal(), 0));
}

struct SetOptions : CommonOptions {
  std::string customer;
  std::string name;
  std::string value;
  std::string type;  // empty: as it is defined
  std::string about;
  double strength = 0;
  bool inferred = false;
  std::string at;
  std::string key;
};

// What the value is written as: what was asked for, or the attribute's type. One
// that is not listed is the store's to refuse.
trato_value_kind KindOf(const SetOptions& options, const Store& store) {
  if (!options.type.empty()) return ParseKind(options.type);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_attribute_list(store.get(), answer.out(), &error), error);
  for (const Json& it : answer.json()) {
    if (Text(it, "of") == "customer" && Text(it, "name") == options.name) {
      return ParseKind(Text(it, "type"));
    }
  }
  return TRATO_VALUE_STRING;
}

enum class Saying { kSet, kTakeOne, kTakeAll };

void Record(const SetOptions& options, Saying saying, Output& output) {
  Store store(options.store);
  const bool removed = saying == Saying::kTakeOne;
  const trato_value_kind kind = saying == Saying::kTakeAll
                                    ? TRATO_VALUE_NONE
                                    : KindOf(options, store);
  trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
  attribute.customer = View(options.customer);
  attribute.name = View(options.name);
  attribute.key = View(options.key);
  attribute.about = View(options.about);
  attribute.strength = options.strength;
  attribute.flags = (removed ? TRATO_ATTRIBUTE_REMOVED : 0) |
                    (options.inferred ? TRATO_ATTRIBUTE_INFERRED : 0);
  const std::int64_t now_us = options.Now(store);
  if (!options.at.empty()) {
    attribute.at_us = store.ParseTime(options.at, "--at");
  }
  if (kind != TRATO_VALUE_NONE) {
    attribute.value = ParseValue(store, kind, options.value);
  }
  trato_id fact = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_attribute_set(store.get(), &attribute, now_us, nullptr, &fact,
                            &error),
        error);
  const std::string since =
      store.Moment(attribute.at_us == TRATO_AT_NOW ? now_us : attribute.at_us);
  const std::string name =
      Printable(options.customer) + " · " + Printable(options.name) +
      (options.about.empty() ? "" : " of " + Printable(options.about));
  const std::string value = Printable(ValueText(store, attribute.value));
  store.Close();
  output.Line(kind == TRATO_VALUE_NONE ? name + " has no value from " + since
              : removed ? name + " is not " + value + " from " + since
                        : name + " = " + value + " from " + since);
}

void RunSet(const SetOptions& options, Output& output) {
  Record(options, Saying::kSet, output);
}

void RunUnset(const SetOptions& options, Output& output) {
  Record(options, options.value.empty() ? Saying::kTakeAll : Saying::kTakeOne,
         output);
}

}  // namespace

void AddAttributeCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* attribute =
      line.AddGroup("attribute", "What is known of customers", "Customers");

  auto define = line.Add(attribute, "define", "Define an attribute",
                         R"(Examples:
  trato attribute define shop.trato city string
  trato attribute define shop.trato credit money --description "limit, in total"
  trato attribute define shop.trato device string --of interaction

  trato attribute define shop.trato size string --per product
  trato attribute define shop.trato likes string --many
  trato attribute define shop.trato name string --source erp --source crm

Defining it again may change all but type, --many and --per; it may become
wider: --many, and double in the place of int.)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->name, "a-z, 0-9 and _, from a letter");
  AddArgument(command, "TYPE", define->type,
              JoinWrapped(TypeNames(), ", ", "", 0))
      ->check(CLI::IsMember(TypeNames()));
  AddOption(command, "--of", "WHAT", define->of,
            "customer or interaction (else: customer)")
      ->check(CLI::IsMember({"customer", "interaction"}));
  AddOption(command, "--description", "TEXT", define->description,
            "What it means");
  AddOption(command, "--unit", "UNIT", define->unit, "Such as kg");
  AddList(command, "--allowed", "VALUE", define->allowed,
          "A value it may have (else: any)");
  command->add_flag("--many", define->many,
                    "A customer may have several at once");
  command->add_flag("--retired", define->retired,
                    "It takes no values any more; what was said stays");
  AddOption(command, "--per", "WHAT", define->per,
            "product or need: what she taught us about each")
      ->check(CLI::IsMember(kPers));
  AddOption(command, "--reconcile", "RULE", define->reconcile,
            "Of several that are said: latest, frequent or longest")
      ->check(CLI::IsMember({"latest", "frequent", "longest"}));
  AddList(command, "--source", "SOURCE", define->sources,
          "Of several: of the first source that says any");
  AddOption(command, "--sensitivity", "DEGREE", define->sensitivity,
            "ordinary, confidential or special")
      ->check(CLI::IsMember(kSensitivities));
  AddNow(command, *define);

  auto list = line.Add(attribute, "list", "List what is defined", R"(Example:
  trato attribute list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);

  CLI::App* customer = line.root().get_subcommand("customer");
  auto set = line.Add(customer, "set", "Record a value of a customer",
                      R"(Examples:
  trato customer set shop.trato shop:12748 city Leeds
  trato customer set shop.trato shop:12748 credit "500 GBP"
  trato customer set shop.trato shop:12748 city York --at 2011-06-01

Earlier values stay: the value in force is the latest one up to a time.)",
                      RunSet, &command);
  AddStore(command, *set);
  AddArgument(command, "CUSTOMER", set->customer,
              "The record, namespace:value; it may be new");
  AddArgument(command, "NAME", set->name, "The attribute");
  command->add_option("VALUE", set->value, "Its value")->required();
  AddOption(command, "--type", "TYPE", set->type,
            "Of the value (else: as the attribute)")
      ->check(CLI::IsMember(TypeNames()));
  AddOption(command, "--about", "WHAT", set->about,
            "The product or need, of an attribute per these");
  command
      ->add_option("--strength", set->strength,
                   "Of an interest or a need, up to 1")
      ->type_name("NUMBER");
  command->add_flag("--inferred", set->inferred,
                    "It was concluded, and not told");
  AddOption(command, "--at", "TIME", set->at, "Since when (else: now)");
  AddOption(command, "--key", "KEY", set->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *set);

  auto unset = line.Add(customer, "unset", "Take a value away",
                        R"(Examples:
  trato customer unset shop.trato shop:12748 city --at 2011-09-01
  trato customer unset shop.trato shop:12748 likes tea)",
                        RunUnset, &command);
  AddStore(command, *unset);
  AddArgument(command, "CUSTOMER", unset->customer,
              "The record, namespace:value");
  AddArgument(command, "NAME", unset->name, "The attribute");
  command->add_option("VALUE", unset->value,
                      "Of many the one to take away (else: all)");
  AddOption(command, "--type", "TYPE", unset->type,
            "Of the value (else: as the attribute)")
      ->check(CLI::IsMember(TypeNames()));
  AddOption(command, "--about", "WHAT", unset->about,
            "The product or need, of an attribute per these");
  AddOption(command, "--at", "TIME", unset->at, "Since when (else: now)");
  AddOption(command, "--key", "KEY", unset->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *unset);

  auto history =
      line.Add(customer, "history", "Show what was said of an attribute",
               R"(Example:
  trato customer history shop.trato shop:12748 city)",
               RunHistory, &command);
  AddStore(command, *history);
  AddArgument(command, "CUSTOMER", history->customer,
              "Any identifier, namespace:value");
  AddArgument(command, "NAME", history->name, "The attribute");
  AddNow(command, *history);
  AddPast(command, *history);
  AddView(command, *history);
  AddJson(command, *history);

  auto dependents =
      line.Add("dependents", "Show what depends on a definition", "Customers",
               R"(Example:
  trato dependents shop.trato attribute city

Segments and offers whose conditions read it, also by way of other segments, and
rules of retention that name it.)",
               RunDependents, &command);
  AddStore(command, *dependents);
  AddArgument(command, "KIND", dependents->kind, kDefinitionHelp)
      ->check(CLI::IsMember(kDefinitions));
  AddArgument(command, "NAME", dependents->name, "What it is called");
  AddPast(command, *dependents);
  AddJson(command, *dependents);

  auto rename = line.Add("rename", "Call a definition otherwise", "Customers",
                         R"(Examples:
  trato rename shop.trato attribute city town
  trato rename shop.trato segment loyal regulars

Answers use the new name. The former one goes on meaning it, in expressions as
well; what depends on it (trato dependents) needs no change.)",
                         RunRename, &command);
  AddStore(command, *rename);
  AddArgument(command, "KIND", rename->kind, kDefinitionHelp)
      ->check(CLI::IsMember(kDefinitions));
  AddArgument(command, "NAME", rename->name, "What it is called");
  AddArgument(command, "NEW_NAME", rename->new_name, "What to call it");
  AddNow(command, *rename);

  auto retire = line.Add("retire", "Take nothing new by a definition",
                         "Customers", R"(Examples:
  trato retire shop.trato channel fax
  trato retire shop.trato purpose raffle --back

What was said stays. It is refused while a segment or an offer reads it (trato
dependents).)",
                         RunRetire, &command);
  AddStore(command, *retire);
  AddArgument(command, "KIND", retire->kind, kDefinitionHelp)
      ->check(CLI::IsMember(kDefinitions));
  AddArgument(command, "NAME", retire->name, "What it is called");
  command->add_flag("--back", retire->back, "Take what is new again");
  AddNow(command, *retire);
}

}  // namespace trato_cli
