// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What each customer answered to each offer. A cell is eight bytes; those of one
// record lie together behind twelve bytes of its own, in order of offer, segment
// and step, and a cell of nothing is none. Segments and steps are few: a cell has
// the number of the two together.
//
// A customer is one or more records that are linked. Each record keeps its own
// cells, so that a link is only an edge, and taking it back leaves what was
// there before.

#ifndef TRATO_LEARNING_CUSTOMER_CELLS_H_
#define TRATO_LEARNING_CUSTOMER_CELLS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "learning/cell_arena.h"

namespace trato::core {

struct CustomerCell {
  uint16_t offer;
  uint16_t when;  // of CustomerCells::whens
  uint16_t shown;
  uint16_t accepted;
};
static_assert(sizeof(CustomerCell) == 8);

class CustomerCells {
 public:
  CustomerCells() = default;
  CustomerCells(CustomerCells&& other) noexcept { *this = std::move(other); }
  CustomerCells& operator=(CustomerCells&& other) noexcept;
  ~CustomerCells() { Clear(); }

  struct When {
    uint16_t segment;
    uint16_t step;
  };
  static constexpr size_t kMaxWhens = 65535;

  std::span<const CustomerCell> Of(uint64_t record) const;
  const When& when(const CustomerCell& cell) const { return whens_[cell.when]; }
  bool HasRoomFor(uint16_t segment, uint16_t step) const {
    return whens_.size() < kMaxWhens || numbers_.contains(Both(segment, step));
  }
  // The cell, or nullptr.
  const CustomerCell* Find(uint64_t record, uint16_t offer, uint16_t segment,
                           uint16_t step) const;
  // Adds to a cell, made where there is none; what comes to nothing goes. The
  // caller has checked that nothing falls below 0 or above 65535.
  void Add(uint64_t record, uint16_t offer, uint16_t segment, uint16_t step,
           int shown, int accepted);

  size_t records() const { return rows_.size(); }
  size_t cells() const { return cells_; }
  size_t bytes() const;
  std::vector<uint64_t> SortedRecords() const;
  void Clear();

 private:
  // Followed by its cells.
  struct Row {
    std::array<uint32_t, 2> record_halves;  // so that it lies where 4 bytes may
    uint16_t count;
    uint16_t room;
    CustomerCell cells[1];

    uint64_t record() const {
      return uint64_t{record_halves[1]} << 32 | record_halves[0];
    }
  };
  // The record is in the row alone, so that the table is of pointers.
  struct Slot {
    mutable Row* row;
  };
  struct SlotHash {
    using is_transparent = void;
    size_t operator()(uint64_t record) const {
      return absl::Hash<uint64_t>()(record);
    }
    size_t operator()(const Slot& slot) const {
      return (*this)(slot.row->record());
    }
  };
  struct SlotEq {
    using is_transparent = void;
    static uint64_t Of(uint64_t record) { return record; }
    static uint64_t Of(const Slot& slot) { return slot.row->record(); }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Of(a) == Of(b);
    }
  };
  // How many it has room for.
  static uint32_t RoomFor(uint32_t count);
  static size_t SizeOf(uint32_t room) {
    return offsetof(Row, cells) + room * sizeof(CustomerCell);
  }
  // The row with room for one more cell; nullptr: made.
  Row* Grow(uint64_t record, Row* row);
  // Moves the rows together where much of their memory is idle.
  void Tidy();
  void GiveBackLarge(Row* row);

  static uint32_t Both(uint16_t segment, uint16_t step) {
    return (uint32_t{segment} << 16) | step;
  }
  using Key = std::tuple<uint16_t, uint16_t, uint16_t>;
  Key KeyOf(const CustomerCell& cell) const {
    return {cell.offer, when(cell).segment, when(cell).step};
  }
  template <typename Cell>
  Cell* PlaceOf(Cell* begin, size_t count, const Key& key) const;
  uint16_t NumberOf(uint16_t segment, uint16_t step);

  absl::flat_hash_set<Slot, SlotHash, SlotEq> rows_;
  CellArena arena_;  // of the rows
  std::vector<When> whens_;
  absl::flat_hash_map<uint32_t, uint16_t> numbers_;  // of whens_
  size_t cells_ = 0;
};

// Who is one customer.
class CustomerLinks {
 public:
  // The records of hers, in order; only the record itself where there is none.
  std::span<const uint64_t> Of(const uint64_t& record) const;
  // False: the edge is there already (not there).
  bool Link(uint64_t one, uint64_t other);
  bool Unlink(uint64_t one, uint64_t other);

  // In order.
  const std::vector<std::pair<uint64_t, uint64_t>>& edges() const {
    return edges_;
  }

 private:
  void Regroup() const;

  std::vector<std::pair<uint64_t, uint64_t>> edges_;  // smaller first
  // Made by the first question after a change.
  mutable bool stale_ = false;
  mutable absl::flat_hash_map<uint64_t, size_t> group_of_;
  mutable std::vector<std::vector<uint64_t>> groups_;
};

}  // namespace trato::core

#endif  // TRATO_LEARNING_CUSTOMER_CELLS_H_
