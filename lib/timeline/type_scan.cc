// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/type_scan.h"

#include <algorithm>
#include <tuple>

namespace trato::core {

TypeScan::TypeScan(const Timeline& timeline, const ScanOptions& options)
    : timeline_(timeline),
      options_(options),
      until_us_(std::min(options.now_us, timeline.horizon_.as_of_us)),
      known_at_(std::min(options.known_at, timeline.horizon_.known_at)) {
  Window window = Window::Until(options.now_us);
  window.known_at = known_at_;
  timeline.amendments_.ForEach([&](const AmendedInteraction& it) {
    if (!it.found) return;
    const Amendment* amendment = timeline.InForce(it, window);
    if (amendment == nullptr) return;
    if (it.type == options.type) {
      dropped_.push_back({it.record, &it});
    }
    // What was found out by then may be dated later.
    const Interaction& content = amendment->content;
    if (!amendment->retracts && content.type == options.type &&
        content.at_us > options.from_us && content.at_us <= options.now_us &&
        content.position <= known_at_ && it.at_us <= until_us_ &&
        it.position <= known_at_) {
      plain_.push_back({amendment->record, &content});
    }
  });
  std::sort(
      dropped_.begin(), dropped_.end(),
      [](const Dropped& a, const Dropped& b) { return a.record < b.record; });
  if (timeline.tail_ != nullptr) {
    auto record = timeline.tail_->records.begin();
    for (const Interaction& it : timeline.tail_->interactions) {
      const uint32_t of = *record;
      ++record;
      if (it.type == options.type && it.at_us > options.from_us &&
          it.at_us <= until_us_ && it.position <= known_at_ &&
          !IsDropped(of, InteractionRef(&it))) {
        plain_.push_back({of, &it});
      }
    }
  }
  std::sort(plain_.begin(), plain_.end(), [](const Plain& a, const Plain& b) {
    return std::tie(a.record, a.it->at_us) < std::tie(b.record, b.it->at_us);
  });
}

std::vector<TypeScan::Dropped>::const_iterator TypeScan::FirstDropped(
    uint32_t record) const {
  return std::lower_bound(
      dropped_.begin(), dropped_.end(), record,
      [](const Dropped& it, uint32_t of) { return it.record < of; });
}

bool TypeScan::IsDropped(uint32_t record, const InteractionRef& it) const {
  for (auto dropped = FirstDropped(record);
       dropped != dropped_.end() && dropped->record == record; ++dropped) {
    if (timeline_.IsThat(record, it, *dropped->it)) return true;
  }
  return false;
}

size_t TypeScan::FirstBlock(const Run& run, uint32_t record) {
  const auto after =
      std::upper_bound(run.firsts.begin(), run.firsts.end(), record);
  return static_cast<size_t>(
      std::max<ptrdiff_t>(after - run.firsts.begin() - 1, 0));
}

bool TypeScan::ReadBlock(BlockSlot& slot, uint32_t from, uint32_t until,
                         Buffer& buffer, Part& part,
                         std::shared_ptr<const void>& owner) const {
  const Block* block = timeline_.cache_->Get(slot, owner);
  if (block == nullptr) return false;
  const Cluster* cluster = block->Find(options_.type);
  if (cluster == nullptr) return false;
  const uint32_t first_record = block->first_record();
  const uint32_t entries = cluster->entry_count();
  buffer.records_.resize(entries);
  buffer.ends_.resize(entries);
  uint32_t* const records = buffer.records_.data();
  uint32_t* const ends = buffer.ends_.data();
  size_t count = cluster->ReadEntries(first_record, records, ends);
  size_t begin = 0;
  if (from > first_record) {
    begin = static_cast<size_t>(
        std::lower_bound(records, records + count, from) - records);
  }
  if (until - first_record < block->record_count()) {
    count = static_cast<size_t>(
        std::lower_bound(records + begin, records + count, until) - records);
  }
  if (begin == count) return false;
  part.cluster = cluster;
  part.slot = &slot;
  part.first_row = begin == 0 ? 0 : ends[begin - 1];
  part.records = {records + begin, count - begin};
  if (part.first_row > 0) {
    for (size_t i = begin; i < count; ++i) ends[i] -= part.first_row;
  }
  part.ends = {ends + begin, count - begin};
  FindDropped(buffer, part);
  if (CutsMuch(part)) {
    CutMuch(buffer, part);
  } else if (!buffer.gaps_.empty()) {
    CutFew(buffer, part);
  }
  if (part.records.empty()) return false;
  ReadColumns(buffer, part);
  return true;
}

bool TypeScan::CutsMuch(const Part& part) const {
  if (options_.from_us != std::numeric_limits<int64_t>::min() ||
      known_at_ != std::numeric_limits<uint64_t>::max()) {
    return true;
  }
  const PackedColumn& times = part.cluster->column(ColumnId::kAt);
  if (times.largest_possible() <= until_us_) return false;
  bool all_count = true;
  for (const uint32_t end : part.ends) {
    all_count &= times[part.first_row + end - 1] <= until_us_;
  }
  return !all_count;
}

void TypeScan::FindDropped(Buffer& buffer, const Part& part) const {
  buffer.gaps_.clear();
  auto record = part.records.begin();
  for (auto it = FirstDropped(part.records.front());
       it != dropped_.end() && it->record <= part.records.back(); ++it) {
    record = std::lower_bound(record, part.records.end(), it->record);
    if (record == part.records.end()) break;
    if (*record != it->record) continue;
    const auto i = static_cast<size_t>(record - part.records.begin());
    const PackedColumn& times = part.cluster->column(ColumnId::kAt);
    const size_t end = part.first_row + part.ends[i];
    for (size_t row =
             times.UpperBound(part.first_row + (i == 0 ? 0 : part.ends[i - 1]),
                              end, it->it->at_us - 1);
         row < end && times[row] == it->it->at_us; ++row) {
      const InteractionRef candidate(part.cluster, static_cast<uint32_t>(row),
                                     part.slot);
      if (timeline_.IsThat(it->record, candidate, *it->it)) {
        buffer.gaps_.push_back(static_cast<uint32_t>(row) - part.first_row);
      }
    }
  }
  std::sort(buffer.gaps_.begin(), buffer.gaps_.end());
  buffer.gaps_.erase(std::unique(buffer.gaps_.begin(), buffer.gaps_.end()),
                     buffer.gaps_.end());
}

void TypeScan::CutMuch(Buffer& buffer, Part& part) const {
  const size_t rows = part.row_count();
  buffer.at_us_.resize(rows);
  part.cluster->column(ColumnId::kAt)
      .Read(part.first_row, rows, buffer.at_us_.data());
  // What does not count whenever it happened is put before all windows.
  constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
  for (const uint32_t row : buffer.gaps_) buffer.at_us_[row] = kNever;
  if (known_at_ != std::numeric_limits<uint64_t>::max()) {
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
  size_t entries = 0;
  uint32_t before = 0;
  for (size_t i = 0; i < part.records.size(); ++i) {
    const uint32_t record = part.records[i];
    const uint32_t end = before_row[part.ends[i]];
    buffer.records_[entries] = record;
    buffer.ends_[entries] = end;
    entries += end > before;
    before = end;
  }
  part.records = {buffer.records_.data(), entries};
  part.ends = {buffer.ends_.data(), entries};
  part.rows = {buffer.rows_.data(), kept};
}

void TypeScan::CutFew(Buffer& buffer, Part& part) const {
  const std::vector<uint32_t>& cut = buffer.gaps_;
  size_t entries = 0;
  uint32_t gone = 0;
  uint32_t before = 0;
  for (size_t i = 0; i < part.records.size(); ++i) {
    const uint32_t record = part.records[i];
    while (gone < cut.size() && cut[gone] < part.ends[i]) ++gone;
    const uint32_t end = part.ends[i] - gone;
    buffer.records_[entries] = record;
    buffer.ends_[entries] = end;
    entries += end > before;
    before = end;
  }
  part.records = {buffer.records_.data(), entries};
  part.ends = {buffer.ends_.data(), entries};
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

void TypeScan::ReadColumns(Buffer& buffer, Part& part) const {
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
  if (options_.times) {
    // CutMuch has looked at these.
    if (part.rows.empty()) {
      read(ColumnId::kAt, buffer.at_us_);
    } else {
      LeaveOut(buffer, part, buffer.at_us_);
    }
    part.at_us = buffer.at_us_;
  }
  if (options_.amounts) {
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

bool TypeScan::ReadPlain(uint32_t from, uint32_t until, Buffer& buffer,
                         Part& part) const {
  const auto by_record = [](const Plain& it, uint32_t record) {
    return it.record < record;
  };
  const auto begin =
      std::lower_bound(plain_.begin(), plain_.end(), from, by_record);
  const auto end = std::lower_bound(begin, plain_.end(), until, by_record);
  if (begin == end) return false;
  buffer.records_.clear();
  buffer.ends_.clear();
  buffer.at_us_.clear();
  buffer.amounts_.clear();
  buffer.currencies_.clear();
  buffer.plain_.clear();
  for (auto it = begin; it != end; ++it) {
    if (buffer.records_.empty() || buffer.records_.back() != it->record) {
      buffer.records_.push_back(it->record);
      buffer.ends_.push_back(0);
    }
    buffer.plain_.push_back(it->it);
    buffer.ends_.back() = static_cast<uint32_t>(buffer.plain_.size());
    if (options_.times) buffer.at_us_.push_back(it->it->at_us);
    if (!options_.amounts) continue;
    buffer.amounts_.push_back(it->it->amount.minor);
    buffer.currencies_.push_back(it->it->amount.currency);
  }
  part.records = buffer.records_;
  part.ends = buffer.ends_;
  part.at_us = buffer.at_us_;
  part.amounts = buffer.amounts_;
  part.currencies = buffer.currencies_;
  part.plain = buffer.plain_.data();
  return true;
}

}  // namespace trato::core
