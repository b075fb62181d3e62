// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// customer show, customer kind, identifier.

#include "bindings/cli/command_line.h"
#include "bindings/cli/interactions_table.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct CustomerOptions : CommonOptions {
  std::string customer;
};

std::vector<std::string> Names(const Json& list) {
  std::vector<std::string> names;
  for (const Json& name : list) {
    names.push_back(Printable(name.get<std::string>()));
  }
  return names;
}

// A section that is left out when there is nothing in it.
void WriteNames(const std::string& title, const Json& list, Output& output) {
  if (list.empty()) return;
  const Terminal& terminal = output.terminal();
  constexpr std::size_t kTitleWidth = 14;
  std::string text = JoinWrapped(
      Names(list), ", ", std::string(kTitleWidth, ' '), terminal.ProseWidth());
  const std::string label = "  " + title;
  text.replace(0, kTitleWidth,
               terminal.Styled(Style::kFaint, label) +
                   std::string(kTitleWidth - label.size(), ' '));
  output.Line(text);
}

void RunCustomer(const CustomerOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_get(store.get(), View(options.customer),
                           options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json customer = answer.json();
  const Terminal& terminal = output.terminal();
  output.Line(
      terminal.Styled(Style::kStrong, Printable(Text(customer, "name"))) +
      " · " + terminal.Styled(Style::kFaint, Text(customer, "id")));
  if (customer.at("records").size() > 1) {
    WriteNames("records", customer.at("records"), output);
  }
  if (!customer.at("kind").is_null()) {
    WriteNames("kind", Json::array({customer.at("kind")}), output);
  }
  WriteNames("identifiers", customer.at("identifiers"), output);
  WriteNames("aliases", customer.at("aliases"), output);
  Json relations = Json::array();
  for (const Json& it : customer.at("relations")) {
    relations.push_back(Text(it, "relation") + " " + Text(it, "other"));
  }
  WriteNames("relations", relations, output);
  if (!customer.at("restriction").is_null()) {
    WriteNames("restricted",
               Json::array({Text(customer.at("restriction"), "reason")}),
               output);
  }
  if (!customer.at("objection").is_null()) {
    WriteNames("objection", Json::array({"to direct marketing"}), output);
  }
  WriteNames("segments", customer.at("segments"), output);

  Table attributes({{"", Align::kLeft, Fit::kShrink},
                    {"value", Align::kLeft, Fit::kShrink},
                    {"since"},
                    {"source", Align::kLeft, Fit::kDrop},
                    {"record", Align::kLeft, Fit::kDrop}});
  const auto add = [&](const std::string& name, const Json& it) {
    // Of many values each has a row.
    const Json values = it.contains("values") ? it.at("values") : Json({it});
    for (std::size_t i = 0; i < values.size(); ++i) {
      attributes.AddRow({i == 0 ? name : "", Text(values[i], "text"),
                         Moment(values[i], "since"), Text(values[i], "source"),
                         Text(values[i], "record")});
    }
  };
  for (const Json& it : customer.at("attributes")) add(Text(it, "name"), it);
  for (const Json& it : customer.at("taught")) {
    add(Text(it, "name") + " of " + Text(it, "about"), it);
  }
  Table coupons({{"coupon for", Align::kLeft, Fit::kShrink},
                 {"state"},
                 {"issued", Align::kLeft, Fit::kDrop},
                 {"until", Align::kLeft}});
  for (const Json& coupon : customer.at("coupons")) {
    const std::string deadline = Moment(coupon, "deadline");
    coupons.AddRow({Text(coupon, "offer"), Text(coupon, "state"),
                    Moment(coupon, "issued"),
                    deadline.empty() ? "for ever" : deadline});
  }
  Table consents({{"consent", Align::kLeft, Fit::kShrink},
                  {"by", Align::kLeft, Fit::kShrink},
                  {"state"},
                  {"since"},
                  {"until", Align::kLeft, Fit::kDrop}});
  for (const Json& it : customer.at("consents")) {
    consents.AddRow({Text(it, "purpose"), Text(it, "channel"),
                     Text(it, "state"), Moment(it, "since"),
                     Moment(it, "until")});
  }
  Table links({{"", Align::kLeft, Fit::kShrink},
               {"said"},
               {"by", Align::kLeft, Fit::kDrop},
               {"why", Align::kLeft, Fit::kShrink}});
  for (const Json& link : customer.at("links")) {
    links.AddRow({Text(link, "one") + " " +
                      (link.at("linked") ? "is" : "is not") + " " +
                      Text(link, "other"),
                  Moment(link, "at"),
                  Text(link, link.at("actor") == "" ? "source" : "actor"),
                  Text(link, "reason")});
  }
  const Table interactions = InteractionsTable(customer.at("interactions"));
  for (const Table* table : std::initializer_list<const Table*>{
           &attributes, &interactions, &consents, &coupons, &links}) {
    if (!table->empty()) output.Write("\n" + table->Render(terminal, 2));
  }
}

struct NamespaceOptions : CommonOptions {
  std::string name_space;
  bool unique = false;
  bool single = false;
  std::uint32_t max_records = 0;
};

void RunIdentifierDefine(const NamespaceOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  trato_namespace name_space = TRATO_NAMESPACE_INIT;
  name_space.name = View(options.name_space);
  name_space.flags = (options.unique ? TRATO_NAMESPACE_UNIQUE : 0) |
                     (options.single ? TRATO_NAMESPACE_SINGLE : 0);
  name_space.max_records = options.max_records;
  Check(trato_namespace_define(store.get(), &name_space, options.Now(store),
                               nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.name_space) +
              (options.unique ? " · unique: who shares one is one customer"
                              : " · not unique: sharing one links nobody") +
              (options.single ? " · a customer has one only" : ""));
}

struct ClaimOptions : CommonOptions {
  std::string customer;
  std::string identifier;
};

void RunIdentifierClaim(const ClaimOptions& options, Output& output) {
  Store store(options.store);
  trato_id fact = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_identifier_claim(store.get(), View(options.customer),
                               View(options.identifier), options.Now(store),
                               nullptr, &fact, &error),
        error);
  store.Close();
  output.Line(Printable(options.customer) + " is also " +
              Printable(options.identifier));
}

struct KindOptions : CommonOptions {
  std::string customer;
  std::string kind;
  std::string at;
};

void RunKind(const KindOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_customer_kind kind = TRATO_KIND_UNKNOWN;
  if (options.kind == "person") kind = TRATO_KIND_PERSON;
  if (options.kind == "organisation") kind = TRATO_KIND_ORGANISATION;
  if (options.kind == "anonymous") kind = TRATO_KIND_ANONYMOUS;
  const std::int64_t at_us =
      options.at.empty() ? TRATO_AT_NOW : store.ParseTime(options.at, "--at");
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_set_kind(store.get(), View(options.customer), kind,
                                at_us, now_us, nullptr, nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.customer) + " · " + options.kind);
}

}  // namespace

void AddCustomerCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* customer =
      line.AddGroup("customer", "What is known of one customer", "Customers");

  auto show = line.Add(customer, "show", "Show one customer", R"(Examples:
  trato customer show shop.trato shop:12748
  trato customer show shop.trato email:ada@example.org --json)",
                       RunCustomer, &command);
  AddStore(command, *show);
  AddArgument(command, "CUSTOMER", show->customer,
              "Any identifier, namespace:value");
  AddNow(command, *show);
  AddPast(command, *show);
  AddView(command, *show);
  AddJson(command, *show);

  auto kind = line.Add(customer, "kind", "Say what a customer is", R"(Example:
  trato customer kind shop.trato crm:88 organisation

A customer of several records is what the last of them says, and anonymous only
when all are.)",
                       RunKind, &command);
  AddStore(command, *kind);
  AddArgument(command, "CUSTOMER", kind->customer,
              "The record, namespace:value; it may be new");
  AddArgument(command, "KIND", kind->kind,
              "person, organisation, anonymous or unknown")
      ->check(
          CLI::IsMember({"person", "organisation", "anonymous", "unknown"}));
  AddOption(command, "--at", "TIME", kind->at, "Since when (else: now)");
  AddNow(command, *kind);

  CLI::App* identifier =
      line.AddGroup("identifier", "Say how customers are named", "Customers");

  auto define = line.Add(identifier, "define", "Define a namespace",
                         R"(Examples:
  trato identifier define shop.trato email --unique
  trato identifier define shop.trato passport --unique --single

Records that claim the same identifier of a unique namespace are one customer.
Namespaces that are not defined are not unique.)",
                         RunIdentifierDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAMESPACE", define->name_space, "Such as email");
  command->add_flag("--unique", define->unique,
                    "An identifier names one person only");
  command->add_flag("--single", define->single,
                    "A customer has one of them only, as of passports");
  command
      ->add_option("--max-records", define->max_records,
                   "One that more records claim joins nothing (else: 100)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  AddNow(command, *define);

  auto claim = line.Add(identifier, "claim", "Give a customer an identifier",
                        R"(Example:
  trato identifier claim shop.trato shop:12748 email:ada@example.org)",
                        RunIdentifierClaim, &command);
  AddStore(command, *claim);
  AddArgument(command, "CUSTOMER", claim->customer,
              "The record, namespace:value");
  AddArgument(command, "IDENTIFIER", claim->identifier,
              "What it also goes by, namespace:value");
  AddNow(command, *claim);
}

}  // namespace trato_cli
