// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/type_scan.h"

#include <algorithm>
#include <atomic>

namespace trato::core {
namespace {

constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();

// Where a row lies, in one number: its run, its block, and it.
constexpr unsigned kRowBits = 20;
constexpr unsigned kBlockBits = 22;
constexpr uint64_t kMaxRow = (uint64_t{1} << kRowBits) - 1;

// The first two; 0 where they do not fit.
uint64_t PlaceOf(const BlockSlot& slot) {
  const uint64_t run = slot.place.run;
  const uint64_t number = slot.place.number;
  if (run >> (64 - kRowBits - kBlockBits) != 0 || number >> kBlockBits != 0) {
    return 0;
  }
  return run << kBlockBits | number;
}

}  // namespace

TypeScan::TypeScan(const Timeline& timeline, const ScanOptions& options)
    : timeline_(timeline),
      options_(options),
      until_us_(std::min(options.now_us, timeline.horizon_.as_of_us)),
      known_at_(std::min(options.known_at, timeline.horizon_.known_at)),
      amended_(FindAmended()) {
  if (timeline.tail_ != nullptr) {
    tail_ = timeline.tail_->by_type.Of(
        options.type, timeline.tail_->interactions, timeline.tail_->records);
  }
}

std::shared_ptr<const AmendedRows> TypeScan::FindAmended() const {
  const Amendments& amendments = timeline_.amendments_;
  if (amendments.size() == 0) return nullptr;
  if (SeesAllPositions() && until_us_ == options_.now_us) {
    const auto types = timeline_.amended_rows_.Latest(amendments, until_us_);
    if (types != nullptr) {
      const auto found = types->find(options_.type);
      if (found == types->end()) return nullptr;
      return {types, &found->second};
    }
  }
  auto rows = std::make_shared<AmendedRows>();
  Window window = Window::Until(options_.now_us);
  window.known_at = known_at_;
  amendments.ForEach([&](const AmendedInteraction& it) {
    if (!it.found) return;
    const Amendment* amendment = timeline_.InForce(it, window);
    if (amendment == nullptr) return;
    if (it.type == options_.type) rows->dropped.push_back({it.record, &it});
    // What was found out by then may be dated later.
    if (!amendment->retracts && amendment->content.type == options_.type &&
        it.at_us <= until_us_ && it.position <= known_at_) {
      rows->placed.Add(amendment->record, amendment->content);
    }
  });
  std::sort(rows->dropped.begin(), rows->dropped.end(),
            [](const auto& a, const auto& b) { return a.record < b.record; });
  rows->placed.Sort();
  return rows;
}

std::span<const TypeScan::Dropped> TypeScan::DroppedFrom(
    uint32_t record) const {
  if (amended_ == nullptr) return {};
  const auto first = std::lower_bound(
      amended_->dropped.begin(), amended_->dropped.end(), record,
      [](const Dropped& it, uint32_t of) { return it.record < of; });
  return {first, amended_->dropped.end()};
}

bool TypeScan::IsDropped(uint32_t record, const InteractionRef& it) const {
  for (const Dropped& dropped : DroppedFrom(record)) {
    if (dropped.record != record) break;
    if (timeline_.IsThat(record, it, *dropped.it)) return true;
  }
  return false;
}

size_t TypeScan::FirstBlock(const Run& run, uint32_t record) {
  const auto after =
      std::upper_bound(run.firsts.begin(), run.firsts.end(), record);
  return static_cast<size_t>(
      std::max<ptrdiff_t>(after - run.firsts.begin() - 1, 0));
}

void TypeScan::PrefetchAfter(const Run& run, size_t i) const {
  // Blocks may go while nobody holds them.
  if (timeline_.cache_->is_limited()) return;
  const auto block = [&](size_t k) -> const Block* {
    if (k >= run.blocks.size()) return nullptr;
    return run.blocks[k]->block.load(std::memory_order_acquire);
  };
  if (const Block* next = block(i + 1)) {
    const Cluster* cluster = next->Find(options_.type);
    if (cluster != nullptr) cluster->PrefetchTimes();
  }
  if (const Block* next = block(i + 2)) next->PrefetchScan(options_.type);
  if (const Block* next = block(i + 3)) next->PrefetchFind();
  if (i + 4 < run.blocks.size()) __builtin_prefetch(run.blocks[i + 4].get());
}

bool TypeScan::ReadBlock(BlockSlot& slot, uint32_t from, uint32_t until,
                         const ScanRequest& request, Buffer& buffer, Part& part,
                         std::shared_ptr<const void>& owner) const {
  if (from >= slot.first_record + slot.record_count) return false;
  const Block* block = timeline_.cache_->Get(slot, owner);
  if (block == nullptr) return false;
  part.cluster = block->Find(options_.type);
  if (part.cluster == nullptr) return false;
  part.slot = &slot;
  if (request.records != nullptr) {
    return ReadSelected(*block, from, until, request, buffer, part);
  }
  ReadEntries(*block, from, until, buffer, part);
  if (part.row_count() == 0) return false;
  FindDropped(buffer, part);
  if (CutsMuch(part)) {
    CutMuch(buffer, part);
  } else if (!buffer.gaps_.empty()) {
    CutFew(buffer, part);
  }
  if (part.row_count() == 0) return false;
  ReadColumns(request, buffer, part);
  return true;
}

void TypeScan::ReadEntries(const Block& block, uint32_t from, uint32_t until,
                           Buffer& buffer, Part& part) const {
  const Cluster& cluster = *part.cluster;
  const uint32_t first_record = block.first_record();
  uint32_t begin = from > first_record ? from - first_record : 0;
  uint32_t end = std::min(block.record_count(), until - first_record);
  const uint32_t room =
      cluster.is_in_directory() ? end - begin : cluster.entry_count();
  // Never empty, so that there is something to point at.
  buffer.records_.resize(std::max(room, 1u));
  buffer.ends_.resize(std::max(room, 1u));
  uint32_t* const ends = buffer.ends_.data();
  if (cluster.is_in_directory()) {
    cluster.ReadEnds(begin, room, ends);
    part.first_row = cluster.RowsOf(begin).first;
    part.first_record = first_record + begin;
    part.ends = {ends, room};
  } else {
    uint32_t* const records = buffer.records_.data();
    cluster.ReadEntries(first_record, records, ends);
    const auto first = std::lower_bound(records, records + room, from);
    const auto last = std::lower_bound(first, records + room, until);
    begin = static_cast<uint32_t>(first - records);
    end = static_cast<uint32_t>(last - records);
    part.first_row = begin == 0 ? 0 : ends[begin - 1];
    part.records = {first, last};
    part.ends = {ends + begin, end - begin};
  }
  if (part.first_row == 0) return;
  for (size_t i = 0; i < part.ends.size(); ++i) {
    ends[static_cast<size_t>(part.ends.data() - ends) + i] -= part.first_row;
  }
}

bool TypeScan::ReadSelected(const Block& block, uint32_t from, uint32_t until,
                            const ScanRequest& request, Buffer& buffer,
                            Part& part) const {
  const std::vector<uint32_t>& all = *request.records;
  const uint32_t first_record = block.first_record();
  const auto first =
      std::lower_bound(all.begin(), all.end(), std::max(from, first_record));
  const auto last = std::lower_bound(
      first, all.end(), std::min(until, first_record + block.record_count()));
  if (first == last) return false;
  const Cluster& cluster = *part.cluster;
  const PackedColumn& times = cluster.column(ColumnId::kAt);
  const int64_t until_us = std::min(until_us_, request.until_us);
  const int64_t from_us = std::max(options_.from_us, request.from_us);
  const bool cuts_end =
      times.largest_possible() > until_us && cluster.latest_us() > until_us;
  // Each record's rows lie in a place of their own: first where, then these, so
  // that the memory of many is fetched side by side.
  constexpr ptrdiff_t kAhead = 8;
  buffer.found_.clear();
  for (auto record = first; record != last && record - first < kAhead;
       ++record) {
    cluster.PrefetchRowsOf(*record - first_record);
  }
  for (auto record = first; record != last; ++record) {
    if (last - record > kAhead) {
      cluster.PrefetchRowsOf(record[kAhead] - first_record);
    }
    const auto [begin, end] = cluster.RowsOf(*record - first_record);
    if (begin == end) continue;
    __builtin_prefetch(times.place(end - 1));
    buffer.found_.push_back({*record, begin, end});
  }
  if (buffer.found_.empty()) return false;
  buffer.records_.clear();
  buffer.ends_.clear();
  buffer.rows_.clear();
  std::span<const Dropped> dropped = DroppedFrom(*first);
  for (const Buffer::RowsOf& it : buffer.found_) {
    size_t begin = it.begin;
    size_t end = it.end;
    if (cuts_end) end = times.UpperBound(begin, end, until_us);
    while (!dropped.empty() && dropped.front().record < it.record) {
      dropped = dropped.subspan(1);
    }
    const bool may_drop =
        !SeesAllPositions() ||
        (!dropped.empty() && dropped.front().record == it.record);
    if (request.last_only && !may_drop && begin < end) begin = end - 1;
    if (from_us != kAlways) begin = times.UpperBound(begin, end, from_us);
    if (begin >= end) continue;
    buffer.dropped_.clear();
    for (const Dropped& gone : dropped) {
      if (gone.record != it.record) break;
      FindDropped(gone, part, begin, end, buffer.dropped_);
    }
    const size_t before = buffer.rows_.size();
    for (size_t row = begin; row < end; ++row) {
      if (!buffer.dropped_.empty() &&
          std::find(buffer.dropped_.begin(), buffer.dropped_.end(), row) !=
              buffer.dropped_.end()) {
        continue;
      }
      if (!SeesAllPositions() && static_cast<uint64_t>(cluster.column(
                                     ColumnId::kPosition)[row]) > known_at_) {
        continue;
      }
      buffer.rows_.push_back(static_cast<uint32_t>(row));
    }
    if (buffer.rows_.size() == before) continue;
    buffer.records_.push_back(it.record);
    buffer.ends_.push_back(static_cast<uint32_t>(buffer.rows_.size()));
  }
  if (buffer.rows_.empty()) return false;
  part.records = buffer.records_;
  part.ends = buffer.ends_;
  part.rows = buffer.rows_;
  part.is_in_window = true;
  const size_t count = buffer.rows_.size();
  if (request.times) {
    buffer.at_us_.resize(count);
    for (size_t i = 0; i < count; ++i) buffer.at_us_[i] = times[part.rows[i]];
    part.at_us = buffer.at_us_;
  }
  if (!request.amounts) return true;
  const PackedColumn& amounts = cluster.column(ColumnId::kAmount);
  buffer.amounts_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    buffer.amounts_[i] = amounts[part.rows[i]];
  }
  part.amounts = buffer.amounts_;
  if (cluster.column(ColumnId::kCurrency).is_constant()) {
    part.currencies = {&cluster.currency(0), 1};
    return true;
  }
  buffer.currencies_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    buffer.currencies_[i] = cluster.currency(part.rows[i]);
  }
  part.currencies = buffer.currencies_;
  return true;
}

bool TypeScan::CutsMuch(const Part& part) const {
  return options_.from_us != kAlways || !SeesAllPositions() ||
         (part.cluster->column(ColumnId::kAt).largest_possible() > until_us_ &&
          part.cluster->latest_us() > until_us_);
}

void TypeScan::FindDropped(const Dropped& it, const Part& part, size_t begin,
                           size_t end, std::vector<uint32_t>& rows) const {
  const std::atomic_ref<uint64_t> place(it.place);
  const uint64_t block = PlaceOf(*part.slot);
  const uint64_t known = place.load(std::memory_order_relaxed);
  if (block != 0 && known >> kRowBits == block) {
    const uint64_t row = known & kMaxRow;
    if (begin <= row && row < end) rows.push_back(static_cast<uint32_t>(row));
    return;
  }
  const size_t before = rows.size();
  const PackedColumn& times = part.cluster->column(ColumnId::kAt);
  const int64_t at_us = it.it->at_us;
  for (size_t row = times.UpperBound(begin, end, at_us - 1);
       row < end && times[row] == at_us; ++row) {
    const InteractionRef candidate(part.cluster, static_cast<uint32_t>(row),
                                   part.slot);
    if (timeline_.IsThat(it.record, candidate, *it.it)) {
      rows.push_back(static_cast<uint32_t>(row));
    }
  }
  if (block != 0 && rows.size() == before + 1 && rows.back() <= kMaxRow) {
    place.store(block << kRowBits | rows.back(), std::memory_order_relaxed);
  }
}

void TypeScan::FindDropped(Buffer& buffer, const Part& part) const {
  buffer.gaps_.clear();
  const uint32_t last = part.RecordAt(part.size() - 1);
  for (const Dropped& it : DroppedFrom(part.RecordAt(0))) {
    if (it.record > last) break;
    size_t i = it.record - part.first_record;
    if (!part.records.empty()) {
      const auto record =
          std::lower_bound(part.records.begin(), part.records.end(), it.record);
      if (*record != it.record) continue;
      i = static_cast<size_t>(record - part.records.begin());
    }
    FindDropped(it, part, part.first_row + (i == 0 ? 0 : part.ends[i - 1]),
                part.first_row + part.ends[i], buffer.gaps_);
  }
  if (buffer.gaps_.empty()) return;
  for (uint32_t& row : buffer.gaps_) row -= part.first_row;
  std::sort(buffer.gaps_.begin(), buffer.gaps_.end());
  buffer.gaps_.erase(std::unique(buffer.gaps_.begin(), buffer.gaps_.end()),
                     buffer.gaps_.end());
}

template <typename EndOf>
void TypeScan::MoveEnds(Buffer& buffer, Part& part, EndOf end_of) const {
  if (part.records.empty()) {
    for (size_t i = 0; i < part.size(); ++i) {
      buffer.ends_[i] = end_of(part.ends[i]);
    }
    part.ends = {buffer.ends_.data(), part.size()};
    return;
  }
  size_t entries = 0;
  uint32_t before = 0;
  for (size_t i = 0; i < part.size(); ++i) {
    const uint32_t record = part.records[i];
    const uint32_t end = end_of(part.ends[i]);
    buffer.records_[entries] = record;
    buffer.ends_[entries] = end;
    entries += end > before;
    before = end;
  }
  part.records = {buffer.records_.data(), entries};
  part.ends = {buffer.ends_.data(), entries};
}

void TypeScan::CutMuch(Buffer& buffer, Part& part) const {
  const size_t rows = part.row_count();
  buffer.at_us_.resize(rows);
  part.cluster->column(ColumnId::kAt)
      .Read(part.first_row, rows, buffer.at_us_.data());
  // What does not count whenever it happened is put before all windows.
  constexpr int64_t kNever = kAlways;
  for (const uint32_t row : buffer.gaps_) buffer.at_us_[row] = kNever;
  if (!SeesAllPositions()) {
    const PackedColumn& positions = part.cluster->column(ColumnId::kPosition);
    for (size_t row = 0; row < rows; ++row) {
      if (static_cast<uint64_t>(positions[part.first_row + row]) > known_at_) {
        buffer.at_us_[row] = kNever;
      }
    }
  }
  // Which rows are kept, and how many of them come before each row: without a
  // branch, as it is hard to guess.
  buffer.rows_.resize(rows);
  buffer.kept_.resize(rows + 1);
  const int64_t* const times = buffer.at_us_.data();
  const int64_t from_us = std::max(options_.from_us, kNever);
  const int64_t until_us = until_us_;
  const uint32_t first_row = part.first_row;
  uint32_t* const out = buffer.rows_.data();
  uint32_t* const before_row = buffer.kept_.data();
  uint32_t kept = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    out[kept] = first_row + row;
    before_row[row] = kept;
    kept += static_cast<uint32_t>((times[row] > from_us) &
                                  (times[row] <= until_us));
  }
  before_row[rows] = kept;
  buffer.gaps_.clear();
  MoveEnds(buffer, part, [&](uint32_t end) { return before_row[end]; });
  part.rows = {buffer.rows_.data(), kept};
}

void TypeScan::CutFew(Buffer& buffer, Part& part) const {
  const std::vector<uint32_t>& cut = buffer.gaps_;
  uint32_t gone = 0;
  MoveEnds(buffer, part, [&](uint32_t end) {
    while (gone < cut.size() && cut[gone] < end) ++gone;
    return end - gone;
  });
}

template <typename T>
void TypeScan::LeaveOut(const Buffer& buffer, const Part& part,
                        std::vector<T>& column) const {
  T* const data = column.data();
  if (!part.rows.empty()) {
    size_t kept = 0;
    for (const uint32_t row : part.rows) {
      data[kept++] = data[row - part.first_row];
    }
    column.resize(kept);
    return;
  }
  const std::vector<uint32_t>& cut = buffer.gaps_;
  for (size_t k = 0; k < cut.size(); ++k) {
    const size_t end = k + 1 < cut.size() ? cut[k + 1] : column.size();
    std::copy(data + cut[k] + 1, data + end, data + cut[k] - k);
  }
  column.resize(column.size() - cut.size());
}

void TypeScan::ReadColumns(const ScanRequest& request, Buffer& buffer,
                           Part& part) const {
  // All of it at once, and then what is left out goes.
  const size_t all = [&]() -> size_t {
    if (!part.rows.empty()) return buffer.kept_.size() - 1;
    return part.row_count() + buffer.gaps_.size();
  }();
  const auto read = [&](ColumnId id, std::vector<int64_t>& to) {
    to.resize(all);
    part.cluster->column(id).Read(part.first_row, all, to.data());
    LeaveOut(buffer, part, to);
  };
  if (request.times) {
    // CutMuch has looked at these.
    if (part.rows.empty()) {
      read(ColumnId::kAt, buffer.at_us_);
    } else {
      LeaveOut(buffer, part, buffer.at_us_);
    }
    part.at_us = buffer.at_us_;
  }
  if (request.amounts) {
    read(ColumnId::kAmount, buffer.amounts_);
    part.amounts = buffer.amounts_;
    if (part.cluster->column(ColumnId::kCurrency).is_constant()) {
      part.currencies = {&part.cluster->currency(0), 1};
    } else {
      buffer.currencies_.resize(all);
      for (size_t i = 0; i < all; ++i) {
        buffer.currencies_[i] =
            part.cluster->currency(part.first_row + static_cast<uint32_t>(i));
      }
      LeaveOut(buffer, part, buffer.currencies_);
      part.currencies = buffer.currencies_;
    }
  }
  // From rows to how many of the part come before.
  for (size_t k = 0; k < buffer.gaps_.size(); ++k) {
    buffer.gaps_[k] -= static_cast<uint32_t>(k);
  }
  part.gaps = buffer.gaps_;
}

bool TypeScan::ReadPlain(const UnsealedRows& from, bool may_be_dropped,
                         const ScanRequest& request, Buffer& buffer,
                         Part& part) const {
  const auto by_record = [](const UnsealedRows::Row& it, uint32_t record) {
    return it.record < record;
  };
  auto row = std::lower_bound(from.rows.begin(), from.rows.end(), request.from,
                              by_record);
  const auto end =
      std::lower_bound(row, from.rows.end(), request.until, by_record);
  if (row == end) return false;
  buffer.records_.clear();
  buffer.ends_.clear();
  buffer.at_us_.clear();
  buffer.amounts_.clear();
  buffer.currencies_.clear();
  buffer.plain_.clear();
  const bool is_selected = request.records != nullptr;
  const int64_t from_us = is_selected
                              ? std::max(options_.from_us, request.from_us)
                              : options_.from_us;
  // A correction counts as of when it is found out, whatever its date: what
  // may be seen of it is a matter of now.
  const int64_t most_us = may_be_dropped ? until_us_ : options_.now_us;
  const int64_t until_us =
      is_selected ? std::min(most_us, request.until_us) : most_us;
  may_be_dropped &= !DroppedFrom(row->record).empty();
  const auto add = [&] {
    if (row->at_us <= from_us || row->at_us > until_us ||
        (!SeesAllPositions() && row->it->position > known_at_) ||
        (may_be_dropped && IsDropped(row->record, InteractionRef(row->it)))) {
      return;
    }
    if (buffer.records_.empty() || buffer.records_.back() != row->record) {
      buffer.records_.push_back(row->record);
      buffer.ends_.push_back(0);
    }
    buffer.plain_.push_back(row->it);
    buffer.ends_.back() = static_cast<uint32_t>(buffer.plain_.size());
    if (request.times) buffer.at_us_.push_back(row->at_us);
    if (!request.amounts) return;
    buffer.amounts_.push_back(row->amount_minor);
    buffer.currencies_.push_back(row->currency);
  };
  if (is_selected) {
    for (const uint32_t record : *request.records) {
      row = std::lower_bound(row, end, record, by_record);
      for (; row != end && row->record == record; ++row) add();
      if (row == end) break;
    }
  } else {
    for (; row != end; ++row) add();
  }
  if (buffer.plain_.empty()) return false;
  part.records = buffer.records_;
  part.ends = buffer.ends_;
  part.at_us = buffer.at_us_;
  part.amounts = buffer.amounts_;
  part.currencies = buffer.currencies_;
  part.plain = buffer.plain_.data();
  part.is_in_window = is_selected;
  return true;
}

}  // namespace trato::core
