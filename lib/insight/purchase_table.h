// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Purchases of customers as a table that somebody brings: single ones, or what
// sums them up. Whatever order the customers come in, they go by the same order
// of numbers in the end.

#ifndef TRATO_INSIGHT_PURCHASE_TABLE_H_
#define TRATO_INSIGHT_PURCHASE_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"

namespace trato::core {

struct PurchaseTable {
  // By row. Customers whose names are whole numbers go by these; others have
  // numbers in the order of their names, which are in `names`.
  std::vector<int64_t> customer;
  std::vector<std::string> names;

  std::vector<int64_t> at_us;  // of single purchases
  std::vector<double> amount;  // empty: nobody knows

  std::vector<double> frequency;  // of sums
  std::vector<double> recency;
  std::vector<double> age;
  std::vector<double> weight;
  std::vector<double> spend;
  std::vector<double> total;

  std::string NameOf(int64_t number) const;
};

// Fills the customers of a table, row by row.
class CustomerNumbers {
 public:
  explicit CustomerNumbers(PurchaseTable* table) : table_(table) {}

  // Numbers, as long as there was nothing else; then they are names, too.
  bool are_numbers() const { return numbers_; }
  void AddNumber(int64_t number) { table_->customer.push_back(number); }
  void AddName(std::string_view name);
  // After the last row.
  void Finish();

 private:
  int64_t Code(std::string_view name);

  PurchaseTable* table_;
  bool numbers_ = true;
  StringHashMap<int64_t> codes_;
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_PURCHASE_TABLE_H_
