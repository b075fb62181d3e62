// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// attribute define; customer set, unset.

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/text.h"
#include "bindings/cli/value.h"

namespace trato_cli {
namespace {

struct DefineOptions : CommonOptions {
  std::string name;
  std::string type;
  std::string of = "customer";
  std::string description;
};

void RunDefine(const DefineOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(
      trato_attribute_define(store.get(), View(options.name),
                             options.of == "interaction" ? TRATO_OF_INTERACTION
                                                         : TRATO_OF_CUSTOMER,
                             ParseKind(options.type), View(options.description),
                             options.Now(store), nullptr, &error),
      error);
  store.Close();
  output.Line(Printable(options.name) + " · " + options.type + " of " +
              options.of + "s");
}

struct SetOptions : CommonOptions {
  std::string customer;
  std::string name;
  std::string value;
  std::string type = "string";
  std::string at;
  std::string key;
};

// Records the version; with kind TRATO_VALUE_NONE it takes the value away.
void Record(const SetOptions& options, trato_value_kind kind, Output& output) {
  Store store(options.store);
  trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
  attribute.customer = View(options.customer);
  attribute.name = View(options.name);
  attribute.key = View(options.key);
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
      Printable(options.customer) + " · " + Printable(options.name);
  const std::string value = Printable(ValueText(store, attribute.value));
  store.Close();
  output.Line(kind == TRATO_VALUE_NONE
                  ? name + " has no value from " + since
                  : name + " = " + value + " from " + since);
}

void RunSet(const SetOptions& options, Output& output) {
  Record(options, ParseKind(options.type), output);
}

void RunUnset(const SetOptions& options, Output& output) {
  Record(options, TRATO_VALUE_NONE, output);
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

Defining it again may change the description, never the type.)",
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
  AddNow(command, *define);

  CLI::App* customer = line.root().get_subcommand("customer");
  auto set = line.Add(customer, "set", "Record a value of a customer",
                      R"(Examples:
  trato customer set shop.trato shop:12748 city Leeds
  trato customer set shop.trato shop:12748 credit "500 GBP" --type money
  trato customer set shop.trato shop:12748 city York --at 2011-06-01

Earlier values stay: the value in force is the latest one up to a time.)",
                      RunSet, &command);
  AddStore(command, *set);
  AddArgument(command, "CUSTOMER", set->customer,
              "The record, namespace:value; it may be new");
  AddArgument(command, "NAME", set->name, "The attribute");
  command->add_option("VALUE", set->value, "Its value")->required();
  AddOption(command, "--type", "TYPE", set->type,
            "Of the attribute (else: string)")
      ->check(CLI::IsMember(TypeNames()));
  AddOption(command, "--at", "TIME", set->at, "Since when (else: now)");
  AddOption(command, "--key", "KEY", set->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *set);

  auto unset = line.Add(customer, "unset", "Take a value away",
                        R"(Example:
  trato customer unset shop.trato shop:12748 city --at 2011-09-01)",
                        RunUnset, &command);
  AddStore(command, *unset);
  AddArgument(command, "CUSTOMER", unset->customer,
              "The record, namespace:value");
  AddArgument(command, "NAME", unset->name, "The attribute");
  AddOption(command, "--at", "TIME", unset->at, "Since when (else: now)");
  AddOption(command, "--key", "KEY", unset->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *unset);
}

}  // namespace trato_cli
