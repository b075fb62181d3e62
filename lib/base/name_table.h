// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Many short names as numbers, counted from 0: what a name takes is its bytes
// and some fifteen more. A name never moves, so views of it live as long as the
// table, and while one thread adds, others may ask for the text of numbers that
// they know.

#ifndef TRATO_BASE_NAME_TABLE_H_
#define TRATO_BASE_NAME_TABLE_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/stable_vector.h"
#include "base/strings.h"

namespace trato::core {

class NameTable {
 public:
  static constexpr size_t kMaxBytes = 65000;  // of a name

  NameTable();
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  // The number of a name that is not in the table. Throws std::bad_alloc when
  // all names come to more than 4 GiB.
  uint32_t Add(std::string_view name);
  // The same for many, which takes less.
  void AddAll(std::span<const std::string_view> names);
  void Reserve(size_t names) { by_name_.reserve(names); }
  // Takes back what was added last.
  void DropLast();

  std::optional<uint32_t> Find(std::string_view name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return std::nullopt;
    return *found;
  }
  std::string_view Text(uint32_t number) const {
    const uint32_t place = places_[number];
    const char* at = pages_[place / kPageBytes] + place % kPageBytes;
    const auto first = static_cast<unsigned char>(*at);
    if (first < kLong) return {at + 1, first};
    uint16_t size;
    std::memcpy(&size, at + 1, sizeof(size));
    return {at + 1 + sizeof(size), size};
  }
  size_t size() const { return places_.size(); }

 private:
  static constexpr uint32_t kPageBytes = 1 << 16;
  // Leads the two bytes of a length that is not below it.
  static constexpr unsigned char kLong = 255;

  struct Hash {
    using is_transparent = void;
    const NameTable* table;
    size_t operator()(uint32_t number) const {
      return StringHash{}(table->Text(number));
    }
    size_t operator()(std::string_view name) const {
      return StringHash{}(name);
    }
  };
  struct Same {
    using is_transparent = void;
    const NameTable* table;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t a, std::string_view b) const {
      return table->Text(a) == b;
    }
    bool operator()(std::string_view a, uint32_t b) const {
      return table->Text(b) == a;
    }
  };

  // Keeps the name, without the index.
  uint32_t Keep(std::string_view name);

  StableVector<uint32_t> places_;  // page and byte in it
  StableVector<char*> pages_;
  std::vector<std::unique_ptr<char[]>> owned_;
  uint32_t used_ = kPageBytes;  // of the last page
  absl::flat_hash_set<uint32_t, Hash, Same> by_name_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_NAME_TABLE_H_
