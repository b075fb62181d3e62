// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One type's interactions of many records, column by column: how questions over
// the whole base are to be answered. What a scan gives is what reading each
// record by itself would give: amendments are applied, and what is not visible
// yet is left out. Blocks are gone through when their records are asked for,
// and of each only the columns that are wanted.
//
//   TypeScan purchases(timeline, {.type = purchase, .now_us = now_us,
//                                 .amounts = true});
//   TypeScan::Buffer buffer;
//   purchases.Read(0, record_count, buffer, [&](const TypeScan::Part& part) {
//     uint32_t row = 0;
//     for (size_t i = 0; i < part.size(); ++i) {
//       for (; row < part.ends[i]; ++row) sums[part.RecordAt(i)] +=
//           part.amounts[row];
//     }
//   });
//
// A question about customers reads the scans of its types for one range of
// records after the other, small enough for the sums of a range to stay in the
// processor's cache, and adds up what linked records have
// (CustomerStore::ForEachGroup) in the end. Where few of a range are asked for,
// their rows alone are read.

#ifndef TRATO_TIMELINE_TYPE_SCAN_H_
#define TRATO_TIMELINE_TYPE_SCAN_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "timeline/timeline.h"

namespace trato::core {

struct ScanOptions {
  uint32_t type = 0;
  int64_t now_us = 0;
  // What happened then or before is left out.
  int64_t from_us = std::numeric_limits<int64_t>::min();
  // What was recorded later counts for nothing.
  uint64_t known_at = std::numeric_limits<uint64_t>::max();
  // The columns that are wanted beside records and ends.
  bool times = true;
  bool amounts = false;
};

// What is wanted of a scan.
struct ScanRequest {
  // Of the records in [from, until).
  uint32_t from = 0;
  uint32_t until = std::numeric_limits<uint32_t>::max();
  bool times = true;
  bool amounts = false;
  // Where it is set: of these alone, which are ascending and in that range, and
  // of them what happened in (from_us, until_us].
  const std::vector<uint32_t>* records = nullptr;
  int64_t from_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = std::numeric_limits<int64_t>::max();
  // Of `records`: no more than the last row in each place is wanted.
  bool last_only = false;
};

// Any number of threads may read one scan, each with a buffer of its own, for
// as long as the timeline does not change.
class TypeScan {
 public:
  // Some of the rows. Those of one record may lie in several parts, each of
  // which is sorted; no row is in two.
  struct Part {
    // The records that have rows, ascending. Empty: all from the first on, with
    // rows or not.
    std::span<const uint32_t> records;
    uint32_t first_record = 0;
    std::span<const uint32_t> ends;  // by record: the row after its last
    // By row, where they are wanted.
    std::span<const int64_t> at_us;  // sorted within each record
    std::span<const int64_t> amounts;
    // By row, or just one that all of them have.
    std::span<const Currency> currencies;

    bool is_in_window = false;  // all are, of the request

    size_t size() const { return ends.size(); }
    uint32_t RecordAt(size_t i) const {
      return records.empty() ? first_record + static_cast<uint32_t>(i)
                             : records[i];
    }
    size_t row_count() const { return ends.empty() ? 0 : ends.back(); }
    // The row itself, for what the columns above do not say.
    InteractionRef Row(size_t i) const {
      if (plain != nullptr) return InteractionRef(plain[i]);
      return InteractionRef(cluster, RowInCluster(i), slot);
    }
    // Of what is sealed.
    uint32_t RowInCluster(size_t i) const {
      if (!rows.empty()) return rows[i];
      const auto row = static_cast<uint32_t>(i);
      if (gaps.empty()) return first_row + row;
      return first_row + row +
             static_cast<uint32_t>(
                 std::upper_bound(gaps.begin(), gaps.end(), row) -
                 gaps.begin());
    }

    const Interaction* const* plain = nullptr;  // where it is not sealed
    const Cluster* cluster = nullptr;
    BlockSlot* slot = nullptr;
    uint32_t first_row = 0;  // in the cluster
    // Where many were left out: which are there. Where few were: for each of
    // those before how many rows of the part it came.
    std::span<const uint32_t> rows;
    std::span<const uint32_t> gaps;
  };

  // What the spans of a part point into until the next one.
  class Buffer {
    friend class TypeScan;
    std::vector<uint32_t> records_, ends_, rows_, kept_, gaps_, dropped_;
    std::vector<int64_t> at_us_, amounts_;
    std::vector<Currency> currencies_;
    std::vector<const Interaction*> plain_;
    struct RowsOf {
      uint32_t record, begin, end;
    };
    std::vector<RowsOf> found_;
  };

  TypeScan(const Timeline& timeline, const ScanOptions& options);

  // Calls `visit(part)` until the rows that are wanted are all given.
  template <typename Visit>
  void Read(const ScanRequest& request, Buffer& buffer, Visit visit) const {
    // Whether the next block will likely be wanted, too.
    constexpr size_t kSparse = 64;
    const bool goes_on =
        request.records == nullptr ||
        request.records->size() > (request.until - request.from) / kSparse;
    for (const auto& run : timeline_.runs_) {
      const uint32_t first = std::max(request.from, run->from);
      const uint32_t last = std::min(request.until, run->until);
      for (size_t i = NextBlock(*run, FirstBlock(*run, first), request);
           i < run->blocks.size() && run->firsts[i] < last;
           i = NextBlock(*run, i + 1, request)) {
        if (goes_on) PrefetchAfter(*run, i);
        Part part;
        std::shared_ptr<const void> owner;
        if (ReadBlock(*run->blocks[i], first, last, request, buffer, part,
                      owner)) {
          visit(std::as_const(part));
        }
      }
    }
    for (const auto& rows : tail_) {
      Part part;
      if (ReadPlain(*rows, true, request, buffer, part)) {
        visit(std::as_const(part));
      }
    }
    Part part;
    if (amended_ != nullptr &&
        ReadPlain(amended_->placed, false, request, buffer, part)) {
      visit(std::as_const(part));
    }
  }
  // The same of the records in [from, until), with the columns of the options.
  template <typename Visit>
  void Read(uint32_t from, uint32_t until, Buffer& buffer, Visit visit) const {
    ScanRequest request;
    request.from = from;
    request.until = until;
    request.times = options_.times;
    request.amounts = options_.amounts;
    Read(request, buffer, visit);
  }

  template <typename Visit>
  void ReadAll(Buffer& buffer, Visit visit) const {
    Read(0, std::numeric_limits<uint32_t>::max(), buffer, visit);
  }

 private:
  using Dropped = AmendedRows::Dropped;

  static size_t FirstBlock(const Run& run, uint32_t record);
  // The first block from the i-th on that may have what is wanted.
  static size_t NextBlock(const Run& run, size_t i,
                          const ScanRequest& request) {
    if (request.records == nullptr || i >= run.blocks.size()) return i;
    const auto next = std::lower_bound(request.records->begin(),
                                       request.records->end(), run.firsts[i]);
    return next == request.records->end() ? run.blocks.size()
                                          : std::max(i, FirstBlock(run, *next));
  }
  // Asks for what the blocks after the i-th begin with: each lies in a place of
  // its own.
  void PrefetchAfter(const Run& run, size_t i) const;
  // What amendments do, where not all are in force.
  std::shared_ptr<const AmendedRows> FindAmended() const;
  // False when the block has no such row.
  bool ReadBlock(BlockSlot& slot, uint32_t from, uint32_t until,
                 const ScanRequest& request, Buffer& buffer, Part& part,
                 std::shared_ptr<const void>& owner) const;
  void ReadEntries(const Block& block, uint32_t from, uint32_t until,
                   Buffer& buffer, Part& part) const;
  bool ReadSelected(const Block& block, uint32_t from, uint32_t until,
                    const ScanRequest& request, Buffer& buffer,
                    Part& part) const;
  // The same of what is not sealed.
  bool ReadPlain(const UnsealedRows& from, bool may_be_dropped,
                 const ScanRequest& request, Buffer& buffer, Part& part) const;
  bool IsDropped(uint32_t record, const InteractionRef& it) const;
  // The first of that record or a later one.
  std::span<const Dropped> DroppedFrom(uint32_t record) const;
  bool SeesAllPositions() const {
    return known_at_ == std::numeric_limits<uint64_t>::max();
  }
  // Where the window or what is known leaves out rows: finds which are there.
  bool CutsMuch(const Part& part) const;
  void CutMuch(Buffer& buffer, Part& part) const;
  // The same of single rows, which something else holds in the place of.
  void CutFew(Buffer& buffer, Part& part) const;
  // Changes the part's records and ends as rows go: to `end_of(end)`.
  template <typename EndOf>
  void MoveEnds(Buffer& buffer, Part& part, EndOf end_of) const;
  // The rows of the part that are such, ascending.
  void FindDropped(Buffer& buffer, const Part& part) const;
  void FindDropped(const Dropped& it, const Part& part, size_t begin,
                   size_t end, std::vector<uint32_t>& rows) const;
  // The columns that are wanted, without the rows that are left out.
  void ReadColumns(const ScanRequest& request, Buffer& buffer,
                   Part& part) const;
  template <typename T>
  void LeaveOut(const Buffer& buffer, const Part& part,
                std::vector<T>& column) const;

  const Timeline& timeline_;
  const ScanOptions options_;
  const int64_t until_us_;
  const uint64_t known_at_;
  UnsealedRowLists tail_;
  std::shared_ptr<const AmendedRows> amended_;  // null: none
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_TYPE_SCAN_H_
