// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/purchase_table.h"

#include <algorithm>
#include <utility>

namespace trato::core {

std::string PurchaseTable::NameOf(int64_t number) const {
  return names.empty() ? StrCat(number) : names[static_cast<size_t>(number)];
}

void CustomerNumbers::AddName(std::string_view name) {
  if (numbers_) {
    numbers_ = false;
    for (int64_t& it : table_->customer) it = Code(StrCat(it));
  }
  table_->customer.push_back(Code(name));
}

int64_t CustomerNumbers::Code(std::string_view name) {
  const auto found = codes_.find(name);
  if (found != codes_.end()) return found->second;
  const auto code = static_cast<int64_t>(table_->names.size());
  table_->names.emplace_back(name);
  codes_.emplace(std::string(name), code);
  return code;
}

void CustomerNumbers::Finish() {
  if (numbers_) return;
  std::vector<size_t> order(table_->names.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return table_->names[a] < table_->names[b];
  });
  std::vector<int64_t> rank(order.size());
  std::vector<std::string> sorted;
  sorted.reserve(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = static_cast<int64_t>(i);
    sorted.push_back(std::move(table_->names[order[i]]));
  }
  table_->names = std::move(sorted);
  for (int64_t& it : table_->customer) it = rank[static_cast<size_t>(it)];
}

}  // namespace trato::core
