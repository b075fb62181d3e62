// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Who has a key, kept on-line: some 6 bytes for each key of a record.

#ifndef TRATO_IDENTITY_KEY_INDEX_H_
#define TRATO_IDENTITY_KEY_INDEX_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "identity/blocking.h"

namespace trato::core {

class KeyIndex {
 public:
  void Clear();
  // Takes in all at once what Add would one by one.
  void Build(std::span<const std::pair<uint32_t, Keys>> records);
  // A record may be added again with other keys: by the old ones it is still
  // found, which costs who finds it a look.
  void Add(uint32_t record, const Keys& keys);

  // Calls visit(record) for who has the key (and for a few who do not), unless
  // they are more than `limit`. Gives whether they are not.
  template <typename Visit>
  bool ForEach(uint32_t hash, size_t limit, Visit visit) const {
    const auto [from, to] = RangeOf(hash, limit);
    const auto young = young_.find(hash);
    const size_t more = young == young_.end() ? 0 : young->second.size();
    if (to - from + more > limit) return false;
    for (size_t i = from; i < to; ++i) visit(records_[i]);
    if (more > 0) {
      for (const uint32_t record : young->second) visit(record);
    }
    return true;
  }
  size_t bytes() const;

 private:
  using Entry = std::pair<uint32_t, uint32_t>;  // hash and record

  // Where the entries with the hash are, of more than `limit` one more.
  std::pair<size_t, size_t> RangeOf(uint32_t hash, size_t limit) const;
  // Takes in the entries, and the young ones.
  void Seal(std::vector<Entry> entries);
  std::vector<Entry> Sealed() const;

  // Entries in order of hash and record. A hash's first bits are those of the
  // range that it is in, and its last 16 are kept.
  std::vector<uint32_t> records_;
  std::vector<uint16_t> hashes_;
  // Where the hashes with these first bits begin.
  std::vector<uint32_t> starts_;
  int shift_ = 16;
  absl::flat_hash_map<uint32_t, absl::InlinedVector<uint32_t, 2>> young_;
  size_t young_count_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_IDENTITY_KEY_INDEX_H_
