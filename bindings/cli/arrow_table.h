// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tables that the library gives as Arrow C streams, as columns of numbers and
// texts.

#ifndef TRATO_BINDINGS_CLI_ARROW_TABLE_H_
#define TRATO_BINDINGS_CLI_ARROW_TABLE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "bindings/cli/store.h"

struct ArrowArrayStream;

namespace trato_cli {

struct ArrowTable {
  struct Column {
    std::string name;
    bool is_text = false;
    std::vector<std::string> texts;  // empty where there is none
    std::vector<double> numbers;
  };
  std::vector<Column> columns;
  std::size_t rows = 0;

  // Of a column that there is.
  const Column& at(const std::string& name) const;
  // Whether there is such a column.
  bool Has(const std::string& name) const;
  // The places of the rows, those with the highest number in `name` first.
  std::vector<std::size_t> HighestFirst(const std::string& name) const;
  // A row as an object; "since" is an instant.
  Json RowJson(std::size_t row) const;
};

// What `open` makes a stream of. Throws Failure.
ArrowTable ReadTable(const std::function<void(ArrowArrayStream*)>& open);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_ARROW_TABLE_H_
