// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// customer restrict, customer document.

#include "bindings/cli/command_line.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct RestrictOptions : CommonOptions {
  std::string customer;
  std::string reason;
  std::string at;
  bool lift = false;
};

void RunRestrict(const RestrictOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  const std::int64_t at_us =
      options.at.empty() ? TRATO_AT_NOW : store.ParseTime(options.at, "--at");
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_restrict(store.get(), View(options.customer),
                                options.lift ? 0 : 1, View(options.reason),
                                at_us, now_us, nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.customer) +
              (options.lift ? " · not restricted any more"
                            : " · restricted: in no segment, in no decision"));
}

struct DocumentOptions : CommonOptions {
  std::string customer;
};

void RunDocument(const DocumentOptions& options, Output& output) {
  Store store(options.store);
  Buffer document;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_document(
            store.get(), View(options.customer),
            options.json ? TRATO_DOCUMENT_JSON : TRATO_DOCUMENT_TEXT,
            options.Now(store), document.out(), &error),
        error);
  if (options.json) return WriteJson(output, document.view());
  output.Write(std::string(document.view()));
}

}  // namespace

void AddRightsCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* customer = line.root().get_subcommand("customer");

  auto restrict =
      line.Add(customer, "restrict", "Keep a customer's data and not use it",
               R"(Examples:
  trato customer restrict shop.trato shop:12748 --reason "asked for it"
  trato customer restrict shop.trato shop:12748 --lift

She is in no segment, and no offer is matched or decided. What is recorded,
found, listed and shown stays as it is.)",
               RunRestrict, &command);
  AddStore(command, *restrict);
  AddArgument(command, "CUSTOMER", restrict->customer,
              "Any identifier, namespace:value");
  command->add_flag("--lift", restrict->lift, "Use it again");
  AddOption(command, "--reason", "TEXT", restrict->reason, "Why");
  AddOption(command, "--at", "TIME", restrict->at, "Since when (else: now)");
  AddNow(command, *restrict);

  auto document =
      line.Add(customer, "document", "Everything that is held on one person",
               R"(Examples:
  trato customer document shop.trato shop:12748 > 12748.md
  trato customer document shop.trato email:ada@example.org --json

All records: attributes, identifiers, each interaction, decisions, coupons, and
what was said of her, when and by whom.)",
               RunDocument, &command);
  AddStore(command, *document);
  AddArgument(command, "CUSTOMER", document->customer,
              "Any identifier, namespace:value");
  AddNow(command, *document);
  AddJson(command, *document);

  // The same by the name of the right that it answers.
  auto exported = line.Add("export", "Give out everything held on one person",
                           "Customers", R"(Examples:
  trato export shop.trato shop:12748 > 12748.md
  trato export shop.trato email:ada@example.org --json > ada.json

As trato customer document.)",
                           RunDocument, &command);
  AddStore(command, *exported);
  AddArgument(command, "CUSTOMER", exported->customer,
              "Any identifier, namespace:value");
  AddNow(command, *exported);
  AddJson(command, *exported);
}

}  // namespace trato_cli
