// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A trato_purchases of a CSV file or of a store.

#ifndef TRATO_BINDINGS_CLI_PURCHASES_H_
#define TRATO_BINDINGS_CLI_PURCHASES_H_

#include <trato.h>

#include <string>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/terminal.h"

namespace trato_cli {

struct PurchasesSource : CommonOptions {
  std::string file;
  std::vector<std::string> columns;  // FIELD=HEADER
  std::vector<std::string> types;    // of a store's interactions
  std::vector<std::string> returns;
  std::string end;
  std::string until;
  bool summary = false;
  bool net_returns = false;
};

class Purchases {
 public:
  // Reads the file, which may be a store. Throws Failure.
  explicit Purchases(const PurchasesSource& source);
  ~Purchases() { trato_purchases_destroy(purchases_); }
  Purchases(const Purchases&) = delete;
  Purchases& operator=(const Purchases&) = delete;

  const trato_purchases* get() const { return purchases_; }
  trato_purchase_columns Columns() const;
  // Whether a model of amounts can be fitted.
  bool SomebodySpends() const;
  // What was read, and what was left out.
  void Show(Output& output) const;

 private:
  void ReadCsv(const PurchasesSource& source);
  void ReadStore(const PurchasesSource& source);

  std::string name_;
  Json report_;  // of CSV
  trato_purchases* purchases_ = nullptr;
};

// The options of a command that reads them: FILE comes first.
void AddPurchasesSource(CLI::App* command, PurchasesSource& options);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_PURCHASES_H_
