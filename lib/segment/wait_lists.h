// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// For each record which segments wait for which instant: few of each, so they
// lie together in blocks of records. A block is written by one thread at a time.

#ifndef TRATO_SEGMENT_WAIT_LISTS_H_
#define TRATO_SEGMENT_WAIT_LISTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace trato::core {

struct Wait {
  int64_t until_us = 0;
  uint16_t segment = 0;
};

class WaitLists {
 public:
  // The records of a block.
  static constexpr size_t kBlock = 256;

  void Grow(size_t records) {
    while (blocks_.size() * kBlock < records) {
      blocks_.push_back(std::make_unique<Block>());
    }
  }

  template <typename Visit>
  void ForEach(size_t record, Visit visit) const {
    const Block& block = *blocks_[record / kBlock];
    const Entry& entry = block.entries[record % kBlock];
    const char* at = block.bytes.data() + size_t{entry.begin} * kBytes;
    for (size_t i = 0; i < entry.count; ++i, at += kBytes) visit(Read(at));
  }

  void Set(size_t record, std::span<const Wait> waits) {
    Block& block = *blocks_[record / kBlock];
    Entry& entry = block.entries[record % kBlock];
    if (waits.size() > entry.room) MakeRoom(block, entry, waits.size());
    block.live += waits.size();
    block.live -= entry.count;
    entry.count = static_cast<uint16_t>(waits.size());
    char* at = block.bytes.data() + size_t{entry.begin} * kBytes;
    for (const Wait& wait : waits) {
      std::memcpy(at, &wait.until_us, sizeof(wait.until_us));
      std::memcpy(at + sizeof(wait.until_us), &wait.segment,
                  sizeof(wait.segment));
      at += kBytes;
    }
  }

  // Of the record's block, and where they lie.
  size_t BytesBeside(size_t record) const {
    return blocks_[record / kBlock]->bytes.size();
  }
  const void* BlockOf(size_t record) const {
    return blocks_[record / kBlock]->bytes.data();
  }

  void Prefetch(size_t record) const {
    __builtin_prefetch(&blocks_[record / kBlock]->entries[record % kBlock]);
  }

 private:
  static constexpr size_t kBytes = sizeof(int64_t) + sizeof(uint16_t);

  struct Entry {
    uint32_t begin = 0;
    uint16_t count = 0;
    uint16_t room = 0;
  };
  struct Block {
    Entry entries[kBlock];
    std::vector<char> bytes;
    size_t live = 0;  // waits
  };

  static Wait Read(const char* at) {
    Wait wait;
    std::memcpy(&wait.until_us, at, sizeof(wait.until_us));
    std::memcpy(&wait.segment, at + sizeof(wait.until_us),
                sizeof(wait.segment));
    return wait;
  }

  // At the end; now and then all is moved together.
  static void MakeRoom(Block& block, Entry& entry, size_t count) {
    if (block.bytes.size() > (block.live + block.live / 4 + 64) * kBytes) {
      std::vector<char> bytes;
      bytes.reserve((block.live + block.live / 4 + count + 64) * kBytes);
      for (Entry& it : block.entries) {
        const auto from = block.bytes.begin() +
                          static_cast<ptrdiff_t>(size_t{it.begin} * kBytes);
        it.begin = static_cast<uint32_t>(bytes.size() / kBytes);
        it.room = it.count;
        bytes.insert(bytes.end(), from,
                     from + static_cast<ptrdiff_t>(size_t{it.count} * kBytes));
      }
      block.bytes = std::move(bytes);
    }
    entry.begin = static_cast<uint32_t>(block.bytes.size() / kBytes);
    entry.room = static_cast<uint16_t>(count);
    const size_t size = block.bytes.size() + count * kBytes;
    if (size > block.bytes.capacity()) {
      block.bytes.reserve(size + block.bytes.size() / 8);
    }
    block.bytes.resize(size);
  }

  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_WAIT_LISTS_H_
