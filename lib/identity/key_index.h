// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Who has a key, kept on-line: some 9 bytes for each key of a record.

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
    const auto [from, to] = RangeOf(hash);
    const auto young = young_.find(hash);
    const size_t more = young == young_.end() ? 0 : young->second.size();
    if (to - from + more > limit) return false;
    for (size_t i = from; i < to; ++i) visit(sealed_[i].second);
    if (more > 0) {
      for (const uint32_t record : young->second) visit(record);
    }
    return true;
  }
  size_t bytes() const;

 private:
  using Entry = std::pair<uint32_t, uint32_t>;  // hash and record

  std::pair<size_t, size_t> RangeOf(uint32_t hash) const;
  void Seal();

  std::vector<Entry> sealed_;  // in order
  // Where the hashes with these first bits begin.
  std::vector<uint32_t> starts_;
  int shift_ = 31;
  absl::flat_hash_map<uint32_t, absl::InlinedVector<uint32_t, 2>> young_;
  size_t young_count_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_IDENTITY_KEY_INDEX_H_
