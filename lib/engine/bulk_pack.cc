// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows into blocks: each partition's are scattered to the blocks that they will
// be in, and these are made one by one.

#include <algorithm>
#include <memory>
#include <utility>

#include "base/status.h"
#include "engine/bulk.h"
#include "engine/bulk_block.h"
#include "timeline/block_packer.h"

namespace trato::core {
namespace {

// So many rows are scattered at once, or those of one partition.
constexpr size_t kGroupRows = 8 * kBlockRows;

// Places in a block are below this.
constexpr uint32_t kMostPlaces = uint32_t{1} << 31;

}  // namespace

absl::Status BulkRows::Pack(uint64_t position, Chain* chain, Link* link,
                            std::vector<int64_t>& first_seen, const Run& run,
                            const Take& take) {
  return is_rich_ || !wide_amounts_.empty()
             ? PackAs<NumberedRow>(position, chain, link, first_seen, run, take)
             : PackAs<PlainRow>(position, chain, link, first_seen, run, take);
}

template <typename RowInBlock>
absl::Status BulkRows::PackAs(uint64_t position, Chain* chain, Link* link,
                              std::vector<int64_t>& first_seen, const Run& run,
                              const Take& take) {
  const size_t records = state_->customers.record_count();
  if (chain != nullptr) chain->MakeSalts(records);
  BlockMaker<RowInBlock> maker(*this, position, chain);
  const uint32_t kinds = std::max<uint32_t>(1, maker.kinds());
  struct Range {
    uint32_t first, last;  // records
    size_t begin, end;     // rows
  };
  std::unique_ptr<RowInBlock[]> rows;
  size_t room = 0;
  const auto make_room = [&](size_t count) {
    if (count <= room) return;
    room = count;
    rows = std::make_unique_for_overwrite<RowInBlock[]>(room);
  };
  std::vector<uint32_t> counts;
  std::vector<Range> ranges;
  for (size_t begin = 0; begin < rows_.count();) {
    // Partitions that give enough for some blocks.
    size_t end = begin;
    size_t count = 0;
    while (end < rows_.count() && count < kGroupRows) {
      count += rows_.rows_in(end++);
    }
    const uint32_t first = RowPartitions::FirstRecord(begin);
    const auto span = static_cast<uint32_t>(
        std::min<uint64_t>(records,
                           uint64_t{RowPartitions::FirstRecord(1)} * end) -
        first);
    const auto for_each = [&](auto visit) {
      for (size_t i = begin; i < end; ++i) {
        rows_.ForEach(i, [&](uint32_t record, const RowPartitions::Row& row,
                             uint32_t number) {
          if (!dropped_.empty() && IsDropped(number)) return;
          visit(record, row, number);
        });
      }
    };
    const auto put = [&](uint32_t record_in_block,
                         const RowPartitions::Row& row, uint32_t number,
                         RowInBlock& out) {
      out.at_us = row.at_us;
      out.amount = row.amount;
      out.place = record_in_block * kinds + maker.RankOf(row.kind);
      if constexpr (std::is_same_v<RowInBlock, NumberedRow>) {
        out.number = number;
        out.key = KeyOf(number);
        out.has_more = HasMore(number);
      }
    };
    ranges.clear();
    const auto add_to_range = [&](uint32_t record, size_t from, size_t until) {
      if (ranges.empty() ||
          ranges.back().end - ranges.back().begin >= kBlockRows ||
          record - ranges.back().first >= kMostPlaces / kinds) {
        ranges.push_back({record, record, from, from});
      }
      ranges.back().last = record;
      ranges.back().end = until;
    };
    if (span > 16 * count) {
      // Few rows for so many records.
      std::vector<std::pair<uint32_t, RowInBlock>> sorted;
      sorted.reserve(count);
      for_each([&](uint32_t record, const auto& row, uint32_t number) {
        put(0, row, number, sorted.emplace_back(record, RowInBlock()).second);
      });
      std::stable_sort(
          sorted.begin(), sorted.end(),
          [](const auto& a, const auto& b) { return a.first < b.first; });
      make_room(sorted.size());
      for (size_t i = 0; i < sorted.size();) {
        const uint32_t record = sorted[i].first;
        size_t next = i + 1;
        while (next < sorted.size() && sorted[next].first == record) ++next;
        add_to_range(record, i, next);
        for (; i < next; ++i) {
          rows[i] = sorted[i].second;
          rows[i].place += (record - ranges.back().first) * kinds;
        }
      }
    } else {
      counts.assign(span, 0);
      for_each([&](uint32_t record, const auto&, uint32_t) {
        ++counts[record - first];
      });
      size_t placed = 0;
      for (uint32_t i = 0; i < span; ++i) {
        if (counts[i] == 0) continue;
        add_to_range(first + i, placed, placed + counts[i]);
        placed += counts[i];
        // From here on, the block that the record is in.
        counts[i] = static_cast<uint32_t>(ranges.size() - 1);
      }
      make_room(placed);
      struct Place {
        RowInBlock* next;
        uint32_t first_record;
      };
      std::vector<Place> places;
      for (const Range& range : ranges) {
        places.push_back({rows.get() + range.begin, range.first});
      }
      for_each([&](uint32_t record, const auto& row, uint32_t number) {
        Place& place = places[counts[record - first]];
        put(record - place.first_record, row, number, *place.next++);
      });
    }
    for (; begin < end; ++begin) rows_.Release(begin);
    std::vector<PackedBlock> blocks(ranges.size());
    std::vector<std::vector<Hash256>> commitments(ranges.size());
    run(ranges.size(), [&](size_t i) {
      const Range& range = ranges[i];
      maker.Make(std::span<RowInBlock>(rows.get() + range.begin,
                                       range.end - range.begin),
                 range.first, range.last, first_seen, blocks[i],
                 commitments[i]);
    });
    for (const auto& of_block : commitments) {
      for (const Hash256& it : of_block) link->AddCommitment(it);
    }
    TRATO_RETURN_IF_ERROR(take(std::move(blocks)));
  }
  return absl::OkStatus();
}

}  // namespace trato::core
