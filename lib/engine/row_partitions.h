// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: rows of a table on their way into blocks, 16 bytes each,
// kept apart by range of records as they come. So the rows of a range lie
// together when it is packed, and can be let go when that is done.

#ifndef TRATO_ENGINE_ROW_PARTITIONS_H_
#define TRATO_ENGINE_ROW_PARTITIONS_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace trato::core {

class RowPartitions {
 public:
  // The amount that stands for one that does not fit, and is kept elsewhere.
  static constexpr int32_t kWideAmount = std::numeric_limits<int32_t>::min();
  // The number of a row that has none.
  static constexpr uint32_t kNoNumber = 0xffffffff;

  struct Row {
    int64_t at_us;
    int32_t amount;
    uint16_t record;  // less the partition's first
    uint16_t kind;
  };

  // Adds rows, numbered from `first_number` on: who wants to find again what
  // else belongs to a row goes by its number, which takes 4 bytes more.
  // kNoNumber: nobody will. The spans are as long as each other.
  void Add(std::span<const uint32_t> records, std::span<const uint16_t> kinds,
           std::span<const int64_t> at_us, std::span<const int64_t> amounts,
           uint32_t first_number);

  uint64_t size() const { return size_; }
  size_t count() const { return partitions_.size(); }
  size_t rows_in(size_t partition) const;
  static uint32_t FirstRecord(size_t partition) {
    return static_cast<uint32_t>(partition << kRecordBits);
  }
  // Calls `visit(record, row, number)` for the partition's rows, in the order
  // in which they came.
  template <typename Visit>
  void ForEach(size_t partition, Visit visit) const {
    const uint32_t first = FirstRecord(partition);
    for (const Chunk& chunk : partitions_[partition].chunks) {
      for (uint32_t i = 0; i < chunk.used; ++i) {
        const Row& row = chunk.rows[i];
        visit(first + row.record, row,
              chunk.numbers == nullptr ? kNoNumber : chunk.numbers[i]);
      }
    }
  }
  // Lets go of the partition's rows.
  void Release(size_t partition) { partitions_[partition].chunks.clear(); }

 private:
  static constexpr int kRecordBits = 14;
  static constexpr uint32_t kFirstChunk = 256;
  static constexpr uint32_t kLargestChunk = 16384;

  struct Chunk {
    std::unique_ptr<Row[]> rows;
    std::unique_ptr<uint32_t[]> numbers;  // null: none has one
    uint32_t room = 0;
    uint32_t used = 0;
  };
  struct Partition {
    std::vector<Chunk> chunks;
    size_t room = 0;  // of all chunks
  };

  template <bool kNumbered>
  void AddAll(std::span<const uint32_t> records,
              std::span<const uint16_t> kinds, std::span<const int64_t> at_us,
              std::span<const int64_t> amounts, uint32_t first_number);
  // A chunk of the partition with room for a row.
  Chunk& ChunkFor(uint32_t partition, bool numbered);

  std::vector<Partition> partitions_;
  uint64_t size_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_ROW_PARTITIONS_H_
