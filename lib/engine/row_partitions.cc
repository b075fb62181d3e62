// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/row_partitions.h"

#include <algorithm>

namespace trato::core {

size_t RowPartitions::rows_in(size_t partition) const {
  size_t rows = 0;
  for (const Chunk& chunk : partitions_[partition].chunks) rows += chunk.used;
  return rows;
}

RowPartitions::Chunk& RowPartitions::ChunkFor(uint32_t partition,
                                              bool numbered) {
  if (partition >= partitions_.size()) partitions_.resize(partition + 1);
  std::vector<Chunk>& chunks = partitions_[partition].chunks;
  if (!chunks.empty() && chunks.back().used < chunks.back().room &&
      (chunks.back().numbers != nullptr) == numbered) {
    return chunks.back();
  }
  // As many as there are, so that at most half of it is in vain.
  size_t& room = partitions_[partition].room;
  Chunk chunk;
  chunk.room = static_cast<uint32_t>(
      std::clamp<size_t>(room, kFirstChunk, kLargestChunk));
  room += chunk.room;
  chunk.rows = std::make_unique_for_overwrite<Row[]>(chunk.room);
  if (numbered) {
    chunk.numbers = std::make_unique_for_overwrite<uint32_t[]>(chunk.room);
  }
  chunks.push_back(std::move(chunk));
  return chunks.back();
}

template <bool kNumbered>
void RowPartitions::AddAll(std::span<const uint32_t> records,
                           std::span<const uint16_t> kinds,
                           std::span<const int64_t> at_us,
                           std::span<const int64_t> amounts,
                           uint32_t first_number) {
  // Where each partition's next row goes.
  struct Place {
    Row* rows = nullptr;
    uint32_t* numbers = nullptr;
    uint32_t used = 0;
    uint32_t room = 0;
    Chunk* chunk = nullptr;
  };
  std::vector<Place> places;
  const auto settle = [](Place& place) {
    if (place.chunk != nullptr) place.chunk->used = place.used;
  };
  for (size_t i = 0; i < records.size(); ++i) {
    const uint32_t partition = records[i] >> kRecordBits;
    if (partition >= places.size()) places.resize(partition + 1);
    Place* place = &places[partition];
    if (place->used == place->room) {
      settle(*place);
      Chunk& chunk = ChunkFor(partition, kNumbered);
      *place = {chunk.rows.get(), chunk.numbers.get(), chunk.used, chunk.room,
                &chunk};
    }
    const int64_t amount = amounts[i];
    const bool fits =
        amount > kWideAmount && amount <= std::numeric_limits<int32_t>::max();
    place->rows[place->used] = {
        at_us[i], fits ? static_cast<int32_t>(amount) : kWideAmount,
        static_cast<uint16_t>(records[i] - FirstRecord(partition)), kinds[i]};
    if constexpr (kNumbered) {
      place->numbers[place->used] = first_number + static_cast<uint32_t>(i);
    }
    ++place->used;
  }
  for (Place& place : places) settle(place);
  size_ += records.size();
}

void RowPartitions::Add(std::span<const uint32_t> records,
                        std::span<const uint16_t> kinds,
                        std::span<const int64_t> at_us,
                        std::span<const int64_t> amounts,
                        uint32_t first_number) {
  if (first_number == kNoNumber) {
    AddAll<false>(records, kinds, at_us, amounts, 0);
  } else {
    AddAll<true>(records, kinds, at_us, amounts, first_number);
  }
}

}  // namespace trato::core
