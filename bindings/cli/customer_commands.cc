// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// customer, identifier, link, unlink.

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
  WriteNames("identifiers", customer.at("identifiers"), output);
  WriteNames("aliases", customer.at("aliases"), output);
  WriteNames("segments", customer.at("segments"), output);

  Table attributes({{"", Align::kLeft, Fit::kShrink},
                    {"value", Align::kLeft, Fit::kShrink},
                    {"since"},
                    {"source", Align::kLeft, Fit::kDrop},
                    {"record", Align::kLeft, Fit::kDrop}});
  for (const Json& attribute : customer.at("attributes")) {
    attributes.AddRow({Text(attribute, "name"), Text(attribute, "text"),
                       Moment(attribute, "since"), Text(attribute, "source"),
                       Text(attribute, "record")});
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
  const Table interactions = InteractionsTable(customer.at("interactions"));
  for (const Table* table : std::initializer_list<const Table*>{
           &attributes, &interactions, &coupons}) {
    if (!table->empty()) output.Write("\n" + table->Render(terminal, 2));
  }
}

struct NamespaceOptions : CommonOptions {
  std::string name_space;
  bool unique = false;
};

void RunIdentifierDefine(const NamespaceOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_identifier_define(store.get(), View(options.name_space),
                                options.unique ? 1 : 0, options.Now(store),
                                nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.name_space) +
              (options.unique ? " · unique: who shares one is one customer"
                              : " · not unique: sharing one links nobody"));
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

struct LinkOptions : CommonOptions {
  std::string one;
  std::string other;
  std::string reason;
};

void RunLink(const LinkOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_link(store.get(), View(options.one), View(options.other),
                   View(options.reason), options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.one) + " and " + Printable(options.other) +
              " are one customer");
}

void RunUnlink(const LinkOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_unlink(store.get(), View(options.one), View(options.other),
                     View(options.reason), options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.one) + " and " + Printable(options.other) +
              " are two customers");
}

void AddLinkOptions(CLI::App* command, LinkOptions& options) {
  AddStore(command, options);
  AddArgument(command, "ONE", options.one, "A record, namespace:value");
  AddArgument(command, "OTHER", options.other, "Another record");
  AddOption(command, "--reason", "TEXT", options.reason, "Why");
  AddNow(command, options);
}

}  // namespace

void AddCustomerCommands(CommandLine& line) {
  CLI::App* command = nullptr;

  auto customer = line.Add("customer", "Show one customer", "Customers",
                           R"(Examples:
  trato customer shop.trato shop:12748
  trato customer shop.trato email:ada@example.org --json)",
                           RunCustomer, &command);
  AddStore(command, *customer);
  AddArgument(command, "CUSTOMER", customer->customer,
              "Any identifier, namespace:value");
  AddNow(command, *customer);
  AddPast(command, *customer);
  AddJson(command, *customer);

  CLI::App* identifier =
      line.AddGroup("identifier", "Say how customers are named", "Customers");

  auto define = line.Add(identifier, "define", "Define a namespace",
                         R"(Example:
  trato identifier define shop.trato email --unique

Records that claim the same identifier of a unique namespace are one customer.
Namespaces that are not defined are not unique.)",
                         RunIdentifierDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAMESPACE", define->name_space, "Such as email");
  command->add_flag("--unique", define->unique,
                    "An identifier names one person only");
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

  auto link = line.Add("link", "Say that two records are one customer",
                       "Customers", R"(Example:
  trato link shop.trato shop:12748 crm:88 --reason "same person, told us so")",
                       RunLink, &command);
  AddLinkOptions(command, *link);

  auto unlink = line.Add("unlink", "Say that two records are two customers",
                         "Customers", R"(Example:
  trato unlink shop.trato shop:12748 crm:88 --reason "father and son"

Each gets back exactly what it had.)",
                         RunUnlink, &command);
  AddLinkOptions(command, *unlink);
}

}  // namespace trato_cli
