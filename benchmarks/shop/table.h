// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Interactions of the made-up shop as columns in memory, and as an Arrow stream
// over them. Nothing is copied: what a stream gives keeps the table alive.

#ifndef TRATO_BENCHMARKS_SHOP_TABLE_H_
#define TRATO_BENCHMARKS_SHOP_TABLE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shop/arrow.h"
#include "shop/shop.h"

namespace trato::shop {

// A column of text: value i is bytes [offsets[i], offsets[i + 1]).
struct Names {
  std::vector<int32_t> offsets = {0};
  std::string bytes;

  void Add(std::string_view name);
  int64_t size() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

enum class Keys {
  kNone,       // no key column
  kCorrected,  // only for what is corrected later, which is named by its key
  kAll,
};

struct Table {
  uint64_t rows = 0;
  std::vector<uint32_t> customer;
  std::vector<uint8_t> type;
  std::vector<uint8_t> channel;
  std::vector<int64_t> at_us;
  std::vector<int64_t> amount_minor;
  std::vector<uint64_t> key;        // empty: none
  std::vector<uint8_t> key_exists;  // a bitmap; empty: all
  LineColumns lines;                // empty: none

  Names customers;
  Names types;
  Names channels;
  Names products;
};

// Rows [first, first + count) of the shop.
std::shared_ptr<const Table> MakeTable(const Shop& shop, uint64_t first,
                                       uint64_t count, Keys keys, bool lines);

// The columns customer, at, type, channel and amount_minor, and key and lines
// where the table has them. Names are dictionaries, the same in every batch.
// batch_rows is a multiple of 8.
void MakeStream(std::shared_ptr<const Table> table, uint64_t batch_rows,
                ArrowArrayStream* stream);

}  // namespace trato::shop

#endif  // TRATO_BENCHMARKS_SHOP_TABLE_H_
