// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// erase, erasures.

#include <algorithm>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/input.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct EraseOptions : CommonOptions {
  std::string customer;
  std::string reason;
  bool yes = false;
};

void RunErase(const EraseOptions& options, Output& output) {
  if (!options.yes) {
    throw Failure(
        "nothing was erased: what is erased cannot be brought back; "
        "say --yes to do it");
  }
  Store store(options.store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_erase(store.get(), View(options.customer),
                             View(options.reason), options.Now(store), nullptr,
                             answer.out(), &error),
        error);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  const Json receipt = answer.json();
  output.Facts("erased", {Count(Counted(receipt, "records"), "record"),
                          Count(Counted(receipt, "facts"), "fact"),
                          "erasure " + Text(receipt, "erasure")});
  if (!receipt.at("purged").get<bool>()) {
    output.Line("Another process is reading the store: the bytes stay in " +
                Printable(options.store) +
                "-wal until it is done and the store was opened again.");
  }
  output.Line(
      "Backups still have them: keep the list that \"trato erasures\" "
      "writes, and open backups with it.");
}

struct ErasuresOptions : CommonOptions {
  std::string apply;
};

std::string ErasuresOf(const Store& store) {
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_erasures(store.get(), answer.out(), &error), error);
  return std::string(answer.view());
}

void RunErasures(const ErasuresOptions& options, Output& output) {
  if (!options.apply.empty()) {
    const std::string list = ReadAll(options.apply);
    Store store(options.store, Erasures{list});
    const std::string all = ErasuresOf(store);
    store.Close();
    const auto lines = std::count(all.begin(), all.end(), '\n');
    output.Facts(Printable(options.store),
                 {"nobody is in it any more whom the list names",
                  Count(static_cast<std::uint64_t>(lines) - 1, "erasure")});
    return;
  }
  Store store(options.store, options.reading);
  output.Write(ErasuresOf(store));
}

}  // namespace

void AddErasureCommands(CommandLine& line) {
  CLI::App* command = nullptr;

  auto erase = line.Add("erase", "Take everything about a customer out",
                        "Customers", R"(Example:
  trato erase shop.trato email:ada@example.org --reason "her request" --yes

Her records, attributes, identifiers, interactions, links, decisions and coupons
are gone from the store and from every byte of its file, and from its past. The
log says that somebody was erased, and when. Everybody else stays as they are.)",
                        RunErase, &command);
  AddStore(command, *erase);
  AddArgument(command, "CUSTOMER", erase->customer,
              "Any identifier, namespace:value");
  AddOption(command, "--reason", "TEXT", erase->reason,
            "Why; it is kept, so it should not name her");
  command->add_flag("--yes", erase->yes, "It cannot be taken back");
  AddNow(command, *erase);
  AddJson(command, *erase);

  auto erasures = line.Add("erasures", "List who was erased, as hashes",
                           "Customers", R"(Example:
  trato erasures shop.trato > shop.erasures
  trato erasures yesterday.trato --apply shop.erasures

The list names nobody. Kept apart from the store it makes sure that a backup
from before forgets the same people when it is opened.)",
                           RunErasures, &command);
  AddStore(command, *erasures);
  AddOption(command, "--apply", "FILE", erasures->apply,
            "Erase whom this list names, and who is still there");
}

}  // namespace trato_cli
