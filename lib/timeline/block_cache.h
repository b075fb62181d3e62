// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Sealed blocks, in memory or not. A block that is not in memory is read when
// it is asked for; when more than the limit is in memory, those that were not
// asked for lately go. Any thread may ask.

#ifndef TRATO_TIMELINE_BLOCK_CACHE_H_
#define TRATO_TIMELINE_BLOCK_CACHE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "base/read_scope.h"
#include "timeline/block.h"

namespace trato::core {

// Where the bytes of a block are kept.
struct BlockPlace {
  uint32_t run = 0;
  uint32_t number = 0;
  bool operator==(const BlockPlace&) const = default;
};

// One block of a run; what is known of it without reading it.
struct BlockSlot : std::enable_shared_from_this<BlockSlot> {
  BlockPlace place;
  uint32_t first_record = 0;
  uint32_t record_count = 0;
  uint32_t rows = 0;
  uint32_t size = 0;  // of its bytes
  bool has_keys = false;

  // Set while the block is in memory. Where there is no limit it stays set, and
  // readers need no more than this.
  std::atomic<const Block*> block{nullptr};
  std::atomic<bool> used{false};  // since the cache last looked
  // Once it was in memory, and where few of its records have rows: a bit for
  // each that does. It stays when the block goes, so that a block is not read
  // to find nothing in it.
  std::atomic<const char*> present{nullptr};

  // False only when the i-th record has nothing in the block.
  bool MayHave(uint32_t i) const {
    const char* bits = present.load(std::memory_order_acquire);
    return bits == nullptr || (bits[i >> 3] >> (i & 7) & 1) != 0;
  }

  // Guarded by the cache's mutex.
  std::string present_bits;  // where the block may go
  std::shared_ptr<const Block> owner;
  std::shared_ptr<const BlockKeys> keys;
  bool retired = false;
};

class BlockCache {
 public:
  using Load =
      std::function<absl::StatusOr<std::string>(BlockPlace place, bool keys)>;

  // Blocks whose bytes nobody keeps elsewhere (load is empty) stay in memory.
  BlockCache(Load load, uint64_t limit)
      : load_(std::move(load)), limit_(load_ ? limit : 0) {}

  // How much of the limit others use.
  const std::shared_ptr<std::atomic<uint64_t>>& elsewhere() const {
    return elsewhere_;
  }

  // Whether what Get gives must be held on to with its owner.
  bool is_limited() const { return limit_ != 0; }

  // The block, or null when it cannot be read: then the ReadScope of this
  // thread knows why. `owner` gets a share where the cache is limited.
  const Block* Get(BlockSlot& slot, std::shared_ptr<const void>& owner);
  // The block's keys; null when it has none.
  std::shared_ptr<const BlockKeys> GetKeys(BlockSlot& slot);

  // Takes a block that was just made.
  void Put(BlockSlot& slot, std::shared_ptr<const Block> block,
           std::shared_ptr<const BlockKeys> keys);
  // Tells that the block's run is gone, and its bytes will be. Whoever still
  // holds the slot finds the block in memory.
  void Retire(const std::shared_ptr<BlockSlot>& slot);
  // Reads a block on the side, for work that touches each block once.
  absl::StatusOr<std::shared_ptr<const Block>> Read(BlockSlot& slot);

  uint64_t resident_bytes() const;

 private:
  void Enter(BlockSlot& slot, std::shared_ptr<const Block> block)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Evict() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Load load_;
  const uint64_t limit_;
  const std::shared_ptr<std::atomic<uint64_t>> elsewhere_ =
      std::make_shared<std::atomic<uint64_t>>(0);
  mutable Mutex mutex_;
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  // The slots with a block in memory that may go, in turn.
  std::deque<std::weak_ptr<BlockSlot>> clock_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_BLOCK_CACHE_H_
