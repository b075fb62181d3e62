// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The sealed parts of what records say, in memory or not: blocks of facts, and
// blocks of the index of identifiers. A part is read when it is asked for; when
// more than the limit is in memory, those that were not asked for lately go.
// Any thread may ask.

#ifndef TRATO_CUSTOMER_PART_CACHE_H_
#define TRATO_CUSTOMER_PART_CACHE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "base/interner.h"
#include "base/mutex.h"
#include "customer/record_block.h"

namespace trato::core {

// Identifiers by their hash, which is the same for ever, with the records that
// claim them.
uint64_t IdentifierHash(std::string_view identifier);
using IdentifierEntry = std::pair<uint64_t, RecordNumber>;

class IdentifierBlock {
 public:
  // Entries in order.
  static std::string Encode(std::span<const IdentifierEntry> entries);
  // And back.
  static absl::StatusOr<std::vector<IdentifierEntry>> Decode(
      std::string_view bytes);
  static absl::StatusOr<std::shared_ptr<const IdentifierBlock>> Parse(
      std::string_view bytes);

  size_t bytes() const;

  // Calls visit(record) for those with the hash until it says no; says whether
  // it never did. Another record may be among them, once in a thousand million
  // times. Cost: one place in memory, mostly.
  template <typename Visit>
  bool ForEach(uint64_t hash, Visit visit) const {
    const uint64_t number = CellOf(hash);
    if (number >= cells_.size()) return true;
    const Cell& cell = cells_[number];
    const auto low = static_cast<uint32_t>(hash);
    for (uint32_t i = 0; i < std::min(cell.count, kPerCell); ++i) {
      if (cell.entries[i].low != low) continue;
      if (!visit(cell.entries[i].record)) return false;
    }
    for (uint32_t i = kPerCell; i < cell.count; ++i) {
      const Entry& entry = rest_[cell.rest + i - kPerCell];
      if (entry.low != low) continue;
      if (!visit(entry.record)) return false;
    }
    return true;
  }
  // Asks for the memory in which that begins.
  void Prefetch(uint64_t hash) const {
    const uint64_t number = CellOf(hash);
    if (number < cells_.size()) __builtin_prefetch(&cells_[number]);
  }

 private:
  // What tells entries of one cell apart, with what is asked for.
  struct Entry {
    uint32_t low = 0;  // of the hash
    RecordNumber record = 0;
  };
  static constexpr uint32_t kPerCell = 7;
  static constexpr size_t kWantedPerCell = 5;  // on average
  // A line of the processor's cache.
  struct alignas(64) Cell {
    Entry entries[kPerCell];
    uint32_t count = 0;
    uint32_t rest = 0;  // where those begin that have no room here
  };

  IdentifierBlock() = default;

  // Hashes are evenly spread, so that cells of equal width have about as many.
  uint64_t CellOf(uint64_t hash) const {
    return absl::Uint128High64(absl::uint128(hash - first_) * scale_);
  }

  uint64_t first_ = 0;  // hash
  uint64_t scale_ = 0;  // cells by hash, times 2^64
  std::vector<Cell> cells_;
  std::vector<Entry> rest_;
};

// One part; what is known of it without reading it.
struct PartSlot : std::enable_shared_from_this<PartSlot> {
  bool is_index = false;
  bool has_keys = false;  // of facts
  uint32_t number = 0;    // under which its bytes are kept
  uint32_t size = 0;      // of its bytes
  uint32_t count = 0;     // facts or entries

  // Set while the part is in memory. Where there is no limit it stays set, and
  // readers need no more than this.
  std::atomic<const void*> part{nullptr};
  std::atomic<bool> used{false};  // since the cache last looked

  // Guarded by the cache's mutex.
  std::shared_ptr<const void> owner;
  size_t bytes = 0;
  bool retired = false;
};

class PartCache {
 public:
  using Load =
      std::function<absl::StatusOr<std::string>(bool is_index, uint32_t number)>;

  // `names` interns the texts of blocks and outlives this; `limit` 0: none.
  // What is in memory is counted in `counted`.
  PartCache(const Interner* names, Load load, uint64_t limit,
            std::shared_ptr<std::atomic<uint64_t>> counted)
      : names_(names),
        load_(std::move(load)),
        limit_(limit),
        counted_(std::move(counted)) {}

  // The part, or null when it cannot be read: then the ReadScope of this thread
  // knows why. `owner` gets a share where the cache is limited.
  const RecordBlock* Records(PartSlot& slot,
                             std::shared_ptr<const void>& owner) {
    return static_cast<const RecordBlock*>(Get(slot, owner));
  }
  const IdentifierBlock* Identifiers(PartSlot& slot,
                                     std::shared_ptr<const void>& owner) {
    return static_cast<const IdentifierBlock*>(Get(slot, owner));
  }
  // The part where it is in memory and stays there, or null: to ask ahead.
  const void* Resident(const PartSlot& slot) const {
    return limit_ == 0 ? slot.part.load(std::memory_order_acquire) : nullptr;
  }
  // Reads on the side, for work that touches each part once. The numbers of
  // texts may be missing.
  absl::StatusOr<std::shared_ptr<const RecordBlock>> ReadRecords(
      PartSlot& slot);
  absl::StatusOr<std::vector<IdentifierEntry>> ReadIdentifiers(PartSlot& slot);
  // Tells that the part's bytes will be gone: whoever still holds the slot finds
  // the part in memory.
  absl::Status Retire(PartSlot& slot);

 private:
  const void* Get(PartSlot& slot, std::shared_ptr<const void>& owner);
  absl::StatusOr<std::shared_ptr<const void>> Read(PartSlot& slot,
                                                   const Interner* names,
                                                   size_t& bytes) const;
  std::shared_ptr<const void> Find(PartSlot& slot);
  void Enter(PartSlot& slot, std::shared_ptr<const void> part, size_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Evict() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Interner* const names_;
  const Load load_;
  const uint64_t limit_;
  const std::shared_ptr<std::atomic<uint64_t>> counted_;
  mutable Mutex mutex_;
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<std::weak_ptr<PartSlot>> clock_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_PART_CACHE_H_
