// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tables on their way in and out of a store, column by column. Everything here
// is a view: of an Arrow batch on the way in, of the store on the way out.

#ifndef TRATO_BATCH_H_
#define TRATO_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace trato::core {

// One text per row: row i has value i, or, where there is a dictionary, the
// text that codes[i] stands for in it. kNull stands for no text.
struct TextColumn {
  static constexpr uint32_t kNull = 0xffffffffu;
  // Batches of one stream share it as long as it stays the same.
  using Dictionary = std::shared_ptr<const std::vector<std::string_view>>;

  std::vector<std::string_view> values;
  Dictionary dictionary;
  std::vector<uint32_t> codes;
  // Without codes: the rows that have no text, as a bitmap; empty: none.
  std::vector<bool> nulls;
  bool present = false;

  bool IsNull(size_t row) const {
    return dictionary == nullptr ? !nulls.empty() && nulls[row]
                                 : codes[row] == kNull;
  }
  // The text of a row that is not null.
  std::string_view At(size_t row) const {
    return dictionary == nullptr ? values[row] : (*dictionary)[codes[row]];
  }
};

// One number per row that is written in decimal as a name.
struct DecimalColumn {
  std::vector<uint64_t> values;
  std::vector<bool> nulls;  // empty: none
  bool present = false;

  bool IsNull(size_t row) const { return !nulls.empty() && nulls[row]; }
};

// One whole number per row: an int64, microseconds, minor units, millionths.
struct Int64Column {
  std::vector<int64_t> values;
  std::vector<bool> nulls;  // empty: none
  bool present = false;

  bool IsNull(size_t row) const { return !nulls.empty() && nulls[row]; }
};

struct DoubleColumn {
  std::vector<double> values;
  std::vector<bool> nulls;  // empty: none
  bool present = false;

  bool IsNull(size_t row) const { return !nulls.empty() && nulls[row]; }
};

// A column of values of one kind, numbered as in trato.h.
struct ValueColumn {
  std::string name;
  uint32_t kind = 0;
  TextColumn text;      // strings
  Int64Column integer;  // bool, int, money, timestamp
  DoubleColumn number;  // double
  TextColumn currency;  // of money; absent or null: the store's
};

// Order lines. With `offsets`, row i of the interactions has the lines from
// offsets[i] up to offsets[i + 1]; without, each row of the batch is one line.
struct LineColumns {
  bool present = false;
  std::vector<int64_t> offsets;
  TextColumn product;
  TextColumn unit;
  Int64Column quantity;      // millionths; absent: one
  Int64Column unit_price;    // millionths of the currency's unit; absent: 0
  Int64Column amount_minor;  // absent: quantity x unit price
};

struct InteractionBatch {
  size_t rows = 0;
  uint64_t first_row = 0;  // within the stream, for messages
  TextColumn customer;
  Int64Column at_us;
  TextColumn type;
  TextColumn channel;
  TextColumn direction;
  TextColumn currency;
  Int64Column amount_minor;
  TextColumn key;
  DecimalColumn key_number;  // instead of `key`
  TextColumn reply_to;       // 16 bytes, or 32 hexadecimal digits
  TextColumn order;  // one line a row: rows of one order are one interaction
  LineColumns lines;
  std::vector<ValueColumn> fields;
};

struct CustomerBatch {
  size_t rows = 0;
  uint64_t first_row = 0;
  TextColumn customer;
  Int64Column at_us;
  std::vector<ValueColumn> attributes;
  // Namespace (empty: written with it) and the identifiers.
  std::vector<std::pair<std::string, TextColumn>> identifiers;
};

struct ProductBatch {
  size_t rows = 0;
  uint64_t first_row = 0;
  TextColumn product;
  TextColumn name;
};

// Gives the next batch; one without rows at the end.
template <typename Batch>
using BatchReader = std::function<absl::StatusOr<Batch>()>;

struct AppendOptions {
  bool dry_run = false;
  std::string_view name_space;
  // Told the rows done; false cancels. May be empty.
  std::function<bool(uint64_t, uint64_t)> progress;
};

struct Appended {
  uint64_t rows = 0;
  uint64_t added = 0;
  uint64_t known = 0;
};

}  // namespace trato::core

#endif  // TRATO_BATCH_H_
