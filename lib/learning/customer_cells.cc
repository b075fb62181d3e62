// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/customer_cells.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

namespace trato::core {
namespace {

// Little is left as it is.
constexpr size_t kLeastIdle = 32 << 10;

}  // namespace

template <typename Cell>
Cell* CustomerCells::PlaceOf(Cell* begin, size_t count, const Key& key) const {
  return std::lower_bound(begin, begin + count, key,
                          [this](const CustomerCell& cell, const Key& at) {
                            return KeyOf(cell) < at;
                          });
}

uint16_t CustomerCells::NumberOf(uint16_t segment, uint16_t step) {
  const auto [it, is_new] = numbers_.try_emplace(
      Both(segment, step), static_cast<uint16_t>(whens_.size()));
  if (is_new) whens_.push_back({segment, step});
  return it->second;
}

CustomerCells& CustomerCells::operator=(CustomerCells&& other) noexcept {
  // What was here goes with the other.
  std::swap(rows_, other.rows_);
  std::swap(whens_, other.whens_);
  std::swap(numbers_, other.numbers_);
  std::swap(arena_, other.arena_);
  std::swap(cells_, other.cells_);
  return *this;
}

uint32_t CustomerCells::RoomFor(uint32_t count) {
  return std::min<uint32_t>(count + count / 16, UINT16_MAX);
}

// The others go with the arena.
void CustomerCells::GiveBackLarge(Row* row) {
  const size_t size = SizeOf(row->room);
  if (size > CellArena::kLargest) arena_.GiveBack(row, size);
}

void CustomerCells::Tidy() {
  if (arena_.idle() < kLeastIdle || arena_.idle() < arena_.bytes() / 16) return;
  CellArena tidy;
  std::vector<std::pair<const Slot*, Row*>> moved;
  moved.reserve(rows_.size());
  for (const Slot& slot : rows_) {
    const size_t size = SizeOf(slot.row->room);
    void* const row = tidy.Take(size);
    std::memcpy(row, slot.row, size);
    moved.emplace_back(&slot, static_cast<Row*>(row));
  }
  // Nothing fails from here on.
  for (const auto& [slot, row] : moved) {
    GiveBackLarge(slot->row);
    slot->row = row;
  }
  arena_ = std::move(tidy);
}

std::span<const CustomerCell> CustomerCells::Of(uint64_t record) const {
  const auto it = rows_.find(record);
  if (it == rows_.end()) return {};
  return {it->row->cells, it->row->count};
}

const CustomerCell* CustomerCells::Find(uint64_t record, uint16_t offer,
                                        uint16_t segment, uint16_t step) const {
  const std::span<const CustomerCell> row = Of(record);
  const Key key(offer, segment, step);
  const CustomerCell* place = PlaceOf(row.data(), row.size(), key);
  const bool found = place != row.data() + row.size() && KeyOf(*place) == key;
  return found ? place : nullptr;
}

CustomerCells::Row* CustomerCells::Grow(uint64_t record, Row* row) {
  const uint32_t count = row == nullptr ? 0 : row->count;
  const uint32_t room = RoomFor(count + 1);
  auto* const larger = static_cast<Row*>(arena_.Take(SizeOf(room)));
  larger->record_halves = {static_cast<uint32_t>(record),
                           static_cast<uint32_t>(record >> 32)};
  larger->count = static_cast<uint16_t>(count);
  larger->room = static_cast<uint16_t>(room);
  if (row == nullptr) {
    rows_.insert(Slot{larger});
    return larger;
  }
  std::memcpy(larger->cells, row->cells, count * sizeof(CustomerCell));
  rows_.find(record)->row = larger;
  arena_.GiveBack(row, SizeOf(row->room));
  return larger;
}

void CustomerCells::Add(uint64_t record, uint16_t offer, uint16_t segment,
                        uint16_t step, int shown, int accepted) {
  Tidy();
  const auto slot = rows_.find(record);
  Row* row = slot == rows_.end() ? nullptr : slot->row;
  const Key key(offer, segment, step);
  const size_t count = row == nullptr ? 0 : row->count;
  const CustomerCell* const found =
      row == nullptr ? nullptr : PlaceOf(row->cells, count, key);
  const auto at =
      row == nullptr ? size_t{0} : static_cast<size_t>(found - row->cells);
  if (at == count || KeyOf(*found) != key) {
    const uint16_t number = NumberOf(segment, step);
    if (row == nullptr || row->count == row->room) row = Grow(record, row);
    std::memmove(row->cells + at + 1, row->cells + at,
                 (count - at) * sizeof(CustomerCell));
    row->cells[at] = {offer, number, 0, 0};
    ++row->count;
    ++cells_;
  }
  CustomerCell& cell = row->cells[at];
  cell.shown = static_cast<uint16_t>(cell.shown + shown);
  cell.accepted = static_cast<uint16_t>(cell.accepted + accepted);
  if (cell.shown > 0) return;
  --row->count;
  std::memmove(row->cells + at, row->cells + at + 1,
               (row->count - at) * sizeof(CustomerCell));
  --cells_;
  if (row->count > 0) return;
  rows_.erase(record);
  arena_.GiveBack(row, SizeOf(row->room));
}

size_t CustomerCells::bytes() const {
  // A slot of the table is a pointer and a byte.
  return arena_.bytes() + rows_.capacity() * 9;
}

std::vector<uint64_t> CustomerCells::SortedRecords() const {
  std::vector<uint64_t> records;
  records.reserve(rows_.size());
  for (const Slot& slot : rows_) records.push_back(slot.row->record());
  std::sort(records.begin(), records.end());
  return records;
}

void CustomerCells::Clear() {
  std::vector<Row*> rows;
  for (const Slot& slot : rows_) rows.push_back(slot.row);
  rows_.clear();
  for (Row* row : rows) GiveBackLarge(row);
  arena_ = CellArena();
  cells_ = 0;
}

std::span<const uint64_t> CustomerLinks::Of(const uint64_t& record) const {
  if (stale_) Regroup();
  if (group_of_.empty()) return {&record, 1};
  const auto it = group_of_.find(record);
  if (it == group_of_.end()) return {&record, 1};
  return groups_[it->second];
}

bool CustomerLinks::Link(uint64_t one, uint64_t other) {
  const std::pair<uint64_t, uint64_t> edge = std::minmax(one, other);
  const auto place = std::lower_bound(edges_.begin(), edges_.end(), edge);
  if (place != edges_.end() && *place == edge) return false;
  edges_.insert(place, edge);
  stale_ = true;
  return true;
}

bool CustomerLinks::Unlink(uint64_t one, uint64_t other) {
  const std::pair<uint64_t, uint64_t> edge = std::minmax(one, other);
  const auto place = std::lower_bound(edges_.begin(), edges_.end(), edge);
  if (place == edges_.end() || *place != edge) return false;
  edges_.erase(place);
  stale_ = true;
  return true;
}

// Each record's group is that of the smallest record it can reach.
void CustomerLinks::Regroup() const {
  stale_ = false;
  std::map<uint64_t, uint64_t> parent;
  const auto root = [&](uint64_t record) {
    uint64_t at = parent.try_emplace(record, record).first->second;
    while (at != record) {
      record = at;
      at = parent[record];
    }
    return record;
  };
  for (const auto& [one, other] : edges_) {
    const uint64_t a = root(one);
    const uint64_t b = root(other);
    parent[std::max(a, b)] = std::min(a, b);
  }
  group_of_.clear();
  groups_.clear();
  // In order, so that the smallest comes first.
  for (const auto& [record, up] : parent) {
    const uint64_t first = root(record);
    if (first == record) {
      group_of_[record] = groups_.size();
      groups_.push_back({record});
    } else {
      const size_t group = group_of_.at(first);
      group_of_[record] = group;
      groups_[group].push_back(record);
    }
  }
}

}  // namespace trato::core
