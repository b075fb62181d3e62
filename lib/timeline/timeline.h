// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The interaction log by record, and within a record by type. Most of it lies
// in runs: sealed blocks of packed columns, each run in order of record. What
// came since lies in the tail, as it was written. A record is read as the merge
// of its rows in all of these, in order of (event time, source, fact id);
// arrival never decides an order, and where something lies changes no answer.

#ifndef TRATO_TIMELINE_TIMELINE_H_
#define TRATO_TIMELINE_TIMELINE_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "base/chunked_list.h"
#include "base/interner.h"
#include "timeline/amendments.h"
#include "timeline/block_cache.h"
#include "timeline/interaction_ref.h"
#include "timeline/unsealed_rows.h"

namespace trato::core {

// Sealed blocks in order of record. While it is merged into another one, it
// speaks only for the records that were not taken over yet.
struct Run {
  uint32_t id = 0;
  uint32_t next_number = 0;  // of its next block
  uint64_t rows = 0;
  uint32_t from = 0;  // records below are another run's
  uint32_t until = std::numeric_limits<uint32_t>::max();
  uint64_t max_position = 0;
  std::vector<uint32_t> firsts;  // first record, by block
  std::vector<std::shared_ptr<BlockSlot>> blocks;
};

// A block on its way into a run.
struct PackedBlock {
  uint32_t first_record = 0;
  uint32_t record_count = 0;
  uint32_t rows = 0;
  Block::Packed packed;
};

// from_us < event time <= until_us, as seen at now_us.
struct Window {
  int64_t from_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = 0;
  int64_t now_us = 0;
  // What was recorded later counts for nothing.
  uint64_t known_at = std::numeric_limits<uint64_t>::max();

  static Window Until(int64_t now_us) {
    return {std::numeric_limits<int64_t>::min(), now_us, now_us,
            std::numeric_limits<uint64_t>::max()};
  }
};

// What a store of the past may know.
struct Horizon {
  int64_t as_of_us = std::numeric_limits<int64_t>::max();
  uint64_t known_at = std::numeric_limits<uint64_t>::max();
};

// Keeps alive what interactions point at, where that may go away.
using Pins = absl::InlinedVector<std::shared_ptr<const void>, 4>;

struct PageRequest;
struct TimelinePage;

class Timeline {
 public:
  // The fact id that an interaction of the record has by its content, or by
  // its key where it has one; n numbers equal ones without key.
  using IdFunction =
      std::function<FactId(uint32_t record, const InteractionRef&,
                           std::string_view key, uint32_t n)>;

  // `names` interns types, channels, sources and products and outlives this.
  Timeline(const Interner* names, IdFunction id_of);

  // ---- Writing, by one thread while nobody reads.

  // `record` is the record's internal number. The interaction has been checked.
  void Insert(uint32_t record, Interaction interaction);
  // Asks for the memory in which that will look for the record.
  void PrefetchTail(uint32_t record) const {
    if (tail_ != nullptr) tail_->by_record.prefetch(record);
  }
  void Amend(uint32_t record, const FactId& interaction, Amendment amendment);
  void SetCache(std::shared_ptr<BlockCache> cache) {
    cache_ = std::move(cache);
  }
  void SetHorizon(const Horizon& horizon) { horizon_ = horizon; }
  // For amendments whose interaction was found before they were sealed.
  Amendments& amendments() { return amendments_; }
  const Amendments& amendments() const { return amendments_; }

  // Runs are put in place and taken away as wholes.
  const std::vector<std::shared_ptr<Run>>& runs() const { return runs_; }
  void SetRuns(std::vector<std::shared_ptr<Run>> runs) {
    runs_ = std::move(runs);
  }
  // Looks for interactions that amendments wait for among rows that came in
  // sealed.
  void ResolveSealed(const Run& run);
  // The rows that are not sealed.
  size_t tail_rows() const { return tail_ == nullptr ? 0 : tail_->rows; }
  // Packs the tail into blocks of a run to come.
  std::vector<PackedBlock> PackTail() const;
  // Packs the rows that `inputs` have of the records from `from` on, about
  // `rows` of them, into blocks of a run to come; `until` gets the first record
  // that was left. Only blocks are read, so readers may go on.
  absl::StatusOr<std::vector<PackedBlock>> PackRuns(
      std::span<const std::shared_ptr<Run>> inputs, uint32_t from,
      uint64_t rows, uint32_t& until) const;
  // The block anew without some rows; nothing where no row is left. `visit` is
  // called for each row that goes.
  absl::StatusOr<std::vector<PackedBlock>> PackWithout(
      BlockSlot& slot,
      const std::function<bool(uint32_t record, const InteractionRef&)>& goes,
      const std::function<void(const InteractionRef&)>& visit) const;
  // Takes the tail away. To let go of what this gives takes a while, for which
  // readers need not wait.
  [[nodiscard]] std::shared_ptr<const void> TakeTail() {
    last_tail_records_ = tail_ == nullptr ? 0 : tail_->by_record.size();
    return std::exchange(tail_, nullptr);
  }
  // A copy of what is readable now, for a store of the past: runs are shared,
  // the tail is copied. Amendments are for the caller to add.
  void ShareWith(Timeline& other) const;

  // ---- Reading.

  // Calls `visit(const InteractionRef&)` for the record's interactions of the
  // type, in order, until it gives false; says whether it never did.
  template <typename Visit>
  bool ForEach(uint32_t record, uint32_t type, const Window& window,
               Visit visit) const;
  size_t Count(uint32_t record, uint32_t type, const Window& window) const;
  // The time of the first interaction of the type after `after_us`, or the last
  // in (after_us, until_us], recorded or put there by an amendment, in force or
  // not, which is no harm: kNever where there is none.
  int64_t FirstAfter(uint32_t record, uint32_t type, int64_t after_us) const;
  int64_t LastIn(uint32_t record, uint32_t type, int64_t after_us,
                 int64_t until_us) const;
  // The first instant after `now_us` at which an amendment takes effect on the
  // record; kNever where there is none.
  int64_t NextAmendment(uint32_t record, int64_t now_us) const;
  // The types of which the record has, or had, anything; sorted.
  std::vector<uint32_t> TypesOf(uint32_t record) const;
  // The types of which anything was recorded, sorted. Looks at each block's
  // head.
  std::vector<uint32_t> Types() const;
  // All rows of all records, whatever amends them and in no order. Reads each
  // block once.
  void ForEachRaw(
      const std::function<void(uint32_t record, const InteractionRef&)>& visit)
      const;
  // The record's rows alone.
  void ForEachRawOf(
      uint32_t record,
      const std::function<void(const InteractionRef&)>& visit) const;
  // All of the record's interactions of the type, sorted; `pins` keeps them.
  void Collect(uint32_t record, uint32_t type, const Window& window,
               std::vector<InteractionRef>& out, Pins& pins) const;
  // Of all types, in no order.
  void CollectAll(uint32_t record, const Window& window,
                  std::vector<InteractionRef>& out, Pins& pins) const;
  // The page gets a copy of what the request names.
  void ReadPage(const PageRequest& request, TimelinePage& page) const;
  FactId IdOf(uint32_t record, const InteractionRef& it) const;
  std::string KeyOf(const InteractionRef& it) const { return it.key(*cache_); }
  BlockCache& cache() const { return *cache_; }
  // The row with this key among the record's, sealed or not, amended or not.
  std::optional<Interaction> FindKey(uint32_t record, uint32_t source,
                                     std::string_view key) const;
  // How many interactions without key of the type and instant are like it,
  // amended or not.
  uint32_t CountLike(
      uint32_t record, std::optional<uint32_t> type, int64_t at_us,
      const std::function<bool(const InteractionRef&)>& is_like) const;

  size_t interaction_count() const;
  const Horizon& horizon() const { return horizon_; }
  const Interner& names() const { return *names_; }

 private:
  friend class CustomerRows;
  friend class TypeScan;

  // The rows of one type in one place, sorted by (event time, source).
  struct Source {
    const Cluster* cluster = nullptr;
    BlockSlot* slot = nullptr;
    uint32_t begin = 0;
    uint32_t end = 0;
    const Interaction* const* plain = nullptr;  // where it is not sealed

    size_t size() const { return end - begin; }
    InteractionRef At(uint32_t row) const {
      return plain != nullptr ? InteractionRef(plain[row])
                              : InteractionRef(cluster, row, slot);
    }
    int64_t TimeAt(uint32_t row) const {
      return plain != nullptr ? plain[row]->at_us : cluster->at_us(row);
    }
  };
  using Sources = absl::InlinedVector<Source, 12>;
  // Rows in order. One takes no memory of its own: most are alone.
  class SortedRows {
   public:
    size_t size() const {
      return many_.empty() ? (one_ == nullptr ? 0 : 1) : many_.size();
    }
    const Interaction* const* data() const {
      return many_.empty() ? &one_ : many_.data();
    }
    const Interaction* const* begin() const { return data(); }
    const Interaction* const* end() const { return data() + size(); }
    void Insert(size_t place, const Interaction* row) {
      if (size() == 0) {
        one_ = row;
        return;
      }
      if (many_.empty()) {
        many_.reserve(4);
        many_.push_back(one_);
      }
      many_.insert(many_.begin() + static_cast<ptrdiff_t>(place), row);
    }

   private:
    const Interaction* one_ = nullptr;
    std::vector<const Interaction*> many_;  // where there are more
  };
  struct TailRun {
    uint32_t type = 0;
    SortedRows sorted;
  };
  // Most records have few rows of few types here.
  using TailRuns = absl::InlinedVector<TailRun, 1>;
  struct Tail {
    ChunkedList<Interaction> interactions;
    ChunkedList<uint32_t> records;  // whose each of them is
    absl::flat_hash_map<uint32_t, TailRuns> by_record;
    size_t rows = 0;
    TailRows by_type;
  };
  // What amendments put into a record in the window.
  struct Placed {
    std::vector<const Interaction*> sorted;
  };

  class PageReader;
  // Where a run has a record's rows.
  struct Place {
    BlockSlot* slot = nullptr;
    const Block* block = nullptr;
    uint32_t record = 0;  // counted from the block's first
    std::shared_ptr<const void> owner;
  };

  // False when the run has nothing of the record.
  bool Locate(const Run& run, uint32_t record, Place& place) const;
  // The sources with rows of the type (none: of any) in (from, until].
  void FindSources(uint32_t record, std::optional<uint32_t> type,
                   int64_t from_us, int64_t until_us, Sources& sources,
                   Pins& pins) const;
  // `hold` keeps them beyond the runs that they lie in.
  template <typename Visit>
  bool ForEachPinned(uint32_t record, uint32_t type, const Window& window,
                     bool hold, Pins& pins, Visit visit) const;
  void Hold(const Sources& sources, Pins& pins) const;
  template <typename Visit>
  bool Merge(uint32_t record, Sources& sources, uint64_t known_at,
             Visit visit) const;
  // Ends with `visit` for rows of one instant and source, by fact id.
  void SortTies(uint32_t record, std::vector<InteractionRef>& ties) const;
  uint64_t KnownAt(const Window& window) const {
    return std::min(window.known_at, horizon_.known_at);
  }
  // The amendment in force, or null.
  const Amendment* InForce(const AmendedInteraction& it,
                           const Window& window) const;
  // Whether the row is the one that amendments refer to.
  bool IsThat(uint32_t record, const InteractionRef& it,
              const AmendedInteraction& amended) const;
  bool IsReplaced(uint32_t record, const InteractionRef& it,
                  const Window& window) const;
  // Of the type, or of all.
  Placed PlacedIn(uint32_t record, std::optional<uint32_t> type,
                  const Window& window) const;
  bool SourceBefore(uint32_t a, uint32_t b) const {
    return a != b && names_->Text(a) < names_->Text(b);
  }
  void Resolve(uint32_t record, const InteractionRef& it);

  const Interner* names_;
  IdFunction id_of_;
  std::shared_ptr<BlockCache> cache_;
  Horizon horizon_;
  std::vector<std::shared_ptr<Run>> runs_;
  std::shared_ptr<Tail> tail_;
  size_t last_tail_records_ = 0;
  Amendments amendments_;
  mutable AmendedRowCache amended_rows_;
};

template <typename Visit>
bool Timeline::Merge(uint32_t record, Sources& sources, uint64_t known_at,
                     Visit visit) const {
  const auto sees = [known_at](const InteractionRef& it) {
    return known_at == std::numeric_limits<uint64_t>::max() ||
           it.position() <= known_at;
  };
  std::vector<InteractionRef> ties;
  for (;;) {
    // The earliest; sources are few.
    Source* first = nullptr;
    int64_t at_us = 0;
    bool tied = false;
    for (Source& source : sources) {
      if (source.begin == source.end) continue;
      const int64_t time = source.TimeAt(source.begin);
      if (first == nullptr || time < at_us) {
        first = &source;
        at_us = time;
        tied = false;
      } else if (time == at_us) {
        tied = true;
      }
    }
    if (first == nullptr) return true;
    if (!tied &&
        (first->size() == 1 || first->TimeAt(first->begin + 1) != at_us)) {
      const InteractionRef it = first->At(first->begin++);
      if (sees(it) && !visit(it)) return false;
      continue;
    }
    // Several at one instant.
    ties.clear();
    for (Source& source : sources) {
      while (source.begin != source.end &&
             source.TimeAt(source.begin) == at_us) {
        const InteractionRef it = source.At(source.begin++);
        if (sees(it)) ties.push_back(it);
      }
    }
    SortTies(record, ties);
    for (const InteractionRef& it : ties) {
      if (!visit(it)) return false;
    }
  }
}

template <typename Visit>
bool Timeline::ForEach(uint32_t record, uint32_t type, const Window& window,
                       Visit visit) const {
  Pins pins;
  return ForEachPinned(record, type, window, false, pins, visit);
}

template <typename Visit>
bool Timeline::ForEachPinned(uint32_t record, uint32_t type,
                             const Window& window, bool hold, Pins& pins,
                             Visit visit) const {
  const int64_t until_us = std::min(window.until_us, horizon_.as_of_us);
  Sources sources;
  FindSources(record, type, window.from_us, until_us, sources, pins);
  if (hold) Hold(sources, pins);
  if (!amendments_.Concern(record)) {
    return sources.empty() || Merge(record, sources, KnownAt(window), visit);
  }
  const Placed placed = PlacedIn(record, type, window);
  if (!placed.sorted.empty()) {
    sources.push_back({nullptr, nullptr, 0,
                       static_cast<uint32_t>(placed.sorted.size()),
                       placed.sorted.data()});
  }
  return Merge(record, sources, KnownAt(window), [&](const InteractionRef& it) {
    return IsReplaced(record, it, window) || visit(it);
  });
}

}  // namespace trato::core

#endif  // TRATO_TIMELINE_TIMELINE_H_
