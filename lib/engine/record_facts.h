// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: the facts about one record alone (what it says of its
// customer, the identifiers that it claims), which are sealed by record and not
// as they were journaled.

#ifndef TRATO_ENGINE_RECORD_FACTS_H_
#define TRATO_ENGINE_RECORD_FACTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "codec/fact.h"
#include "customer/record_parts.h"
#include "engine/state.h"
#include "storage/store_file.h"

namespace trato::core {

// Where they are kept.
BlockId PartId(const PartSlot& slot);

// Adds to a directory what comes to be sealed, and puts its parts into a
// sealing.
class RecordSealer {
 public:
  // `before` may be null where nothing is sealed yet.
  RecordSealer(const State& state, const RecordParts* before,
               std::shared_ptr<PartCache> cache);

  // Takes the facts about one record alone out of an entry, and gives the bytes
  // of what is left; empty: nothing.
  absl::StatusOr<std::string> Take(uint64_t at, std::string_view entry);
  // The directory that holds with the sealing, but for `grouped`.
  std::shared_ptr<RecordParts> Put(Sealing& sealing);

 private:
  void PutIdentifiers(RecordParts& parts, Sealing& sealing);

  const State& state_;
  const RecordParts* const before_;
  const std::shared_ptr<PartCache> cache_;
  std::map<uint32_t, RecordBlockWriter> writers_;  // by range
  std::vector<IdentifierEntry> identifiers_;
  uint64_t facts_ = 0;
  uint64_t kinds_ = 0;
};

// Makes a slot for the bytes and puts them into the sealing.
std::shared_ptr<PartSlot> PutPart(bool is_index, uint32_t count, bool has_keys,
                                  std::string bytes, RecordParts& parts,
                                  Sealing& sealing);
// The bucket's entries, in order, each once, in as many buckets as they want.
std::vector<IdentifierBucket> PutBucket(const IdentifierBucket& place,
                                        std::vector<IdentifierEntry> entries,
                                        RecordParts& parts, Sealing& sealing);
absl::StatusOr<std::vector<IdentifierEntry>> EntriesOf(
    const IdentifierBucket& bucket, PartCache& cache);

// A step of merging what is due: the directory after it, or null: nothing is.
// What the sealing erases stays in memory with who holds it.
absl::StatusOr<std::shared_ptr<RecordParts>> MergeRecordParts(
    const RecordParts& parts, Sealing& sealing);

}  // namespace trato::core

#endif  // TRATO_ENGINE_RECORD_FACTS_H_
