// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: idempotency keys as 64-bit hashes, to tell at once that a
// key is new. Keys that come by the million are kept as sorted arrays, 8 bytes
// each; those that come one by one in a hash table.

#ifndef TRATO_ENGINE_KEY_SET_H_
#define TRATO_ENGINE_KEY_SET_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace trato::core {

// Hashes the keys of one source. A key that is a decimal number has the hash of
// the number, so that columns of numbers need no text; two numbers never have
// the same.
class KeyHasher {
 public:
  explicit KeyHasher(std::string_view source);

  uint64_t operator()(std::string_view key) const;
  uint64_t operator()(uint64_t number) const {
    // The finaliser of splitmix64, which loses nothing.
    uint64_t x = number + source_;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
  }

 private:
  uint64_t source_;
};

// Whether the key is a number as std::to_chars writes it.
bool IsDecimal(std::string_view key, uint64_t* number);

// Sorts hashes, which are evenly spread.
void SortHashes(std::vector<uint64_t>& hashes);

class KeySet {
 public:
  bool Contains(uint64_t hash) const;
  void Insert(uint64_t hash) { single_.insert(hash); }
  // Sorted hashes.
  void InsertSorted(std::vector<uint64_t> hashes);
  // What the other one holds, but for these.
  void InsertFrom(const KeySet& other,
                  const absl::flat_hash_set<uint64_t>& but);

 private:
  static constexpr size_t kMaxRuns = 8;

  absl::flat_hash_set<uint64_t> single_;
  std::vector<std::vector<uint64_t>> runs_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_KEY_SET_H_
