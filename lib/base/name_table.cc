// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/name_table.h"

#include <algorithm>
#include <new>

namespace trato::core {

NameTable::NameTable() : by_name_(0, Hash{this}, Same{this}) {}

uint32_t NameTable::Keep(std::string_view name) {
  const size_t head = name.size() < kLong ? 1 : 3;
  if (used_ + head + name.size() > kPageBytes) {
    if (owned_.size() == (uint64_t{1} << 32) / kPageBytes)
      throw std::bad_alloc();
    owned_.push_back(std::make_unique_for_overwrite<char[]>(kPageBytes));
    pages_.push_back(owned_.back().get());
    used_ = 0;
  }
  char* const at = owned_.back().get() + used_;
  if (head == 1) {
    *at = static_cast<char>(name.size());
  } else {
    const auto size = static_cast<uint16_t>(name.size());
    *at = static_cast<char>(kLong);
    std::memcpy(at + 1, &size, sizeof(size));
  }
  std::copy(name.begin(), name.end(), at + head);
  const auto number = static_cast<uint32_t>(places_.size());
  places_.push_back(static_cast<uint32_t>((owned_.size() - 1) * kPageBytes) +
                    used_);
  used_ += static_cast<uint32_t>(head + name.size());
  return number;
}

uint32_t NameTable::Add(std::string_view name) {
  const uint32_t number = Keep(name);
  by_name_.insert(number);
  return number;
}

void NameTable::AddAll(std::span<const std::string_view> names) {
  Reserve(size() + names.size());
  // Where an entry goes is all over the index: its memory is asked for ahead.
  constexpr size_t kAhead = 16;
  for (size_t i = 0; i < names.size() + kAhead; ++i) {
    if (i < names.size()) by_name_.prefetch(names[i]);
    if (i >= kAhead) Add(names[i - kAhead]);
  }
}

void NameTable::DropLast() {
  const auto last = static_cast<uint32_t>(places_.size() - 1);
  by_name_.erase(last);
  const uint32_t place = places_[last];
  if (place / kPageBytes == owned_.size() - 1) used_ = place % kPageBytes;
  places_.pop_back();
}

}  // namespace trato::core
