// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/interactions_table.h"

#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

std::string NumberOf(const Json& entry, const char* name) {
  return entry.contains(name) ? Number(Counted(entry, name)) : "";
}

std::string Day(const Json& entry, const char* name) {
  return Text(entry, name).substr(0, 10);
}

}  // namespace

Table InteractionsTable(const Json& interactions) {
  Table table({{"", Align::kLeft, Fit::kShrink},
               {"number", Align::kRight},
               {"customers", Align::kRight},
               {"lines", Align::kRight, Fit::kDrop},
               {"free", Align::kRight, Fit::kDrop},
               {"amount", Align::kRight},
               {"last", Align::kLeft, Fit::kDrop},
               {"first", Align::kLeft, Fit::kDrop}});
  for (const Json& entry : interactions) {
    std::vector<std::string> row = {Text(entry, "type"),
                                    NumberOf(entry, "interactions"),
                                    NumberOf(entry, "customers"),
                                    NumberOf(entry, "lines"),
                                    NumberOf(entry, "free_lines"),
                                    "",
                                    Day(entry, "last"),
                                    Day(entry, "first")};
    if (row[4] == "0") row[4] = "";
    // A row of its own for every currency after the first.
    for (const Json& amount : entry.at("amounts")) {
      if (!row[5].empty()) {
        table.AddRow(row);
        row.assign(row.size(), "");
      }
      row[5] =
          GroupDigits(Text(amount, "text")) + " " + Text(amount, "currency");
    }
    table.AddRow(row);
  }
  return table;
}

}  // namespace trato_cli
