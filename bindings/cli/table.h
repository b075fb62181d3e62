// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Columns without lines between them, fitted to the width of the terminal.
//
//   Table table({{"offer", Align::kLeft, Fit::kShrink},
//                {"accepted", Align::kRight}});
//   table.AddRow({"tea_lights", "7"});
//   output.Write(table.Render(output.terminal(), 0));

#ifndef TRATO_BINDINGS_CLI_TABLE_H_
#define TRATO_BINDINGS_CLI_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "bindings/cli/terminal.h"

namespace trato_cli {

enum class Align { kLeft, kRight };

// What happens to a column when the table is wider than the terminal: it
// stays, is cut with an ellipsis, goes on below itself, or is left out (before
// any is cut; the rightmost goes first).
enum class Fit { kKeep, kShrink, kWrap, kDrop };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  Fit fit = Fit::kKeep;
  Style style = Style::kPlain;
};

// Columns that hold nothing in any row are not shown. Titles are shown when
// there is one.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // Cells are escaped here; missing ones are empty.
  void AddRow(const std::vector<std::string>& cells);
  bool empty() const { return rows_.empty(); }

  // The lines, each with its line end, indented by `indent` blanks.
  std::string Render(const Terminal& terminal, std::size_t indent) const;

 private:
  // The width of every column; 0 for those that are left out.
  std::vector<std::size_t> Fitted(std::size_t available) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // of columns_.size() cells each
};

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_TABLE_H_
