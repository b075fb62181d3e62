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
    const Interaction& content = amendment->content;
    if (!amendment->retracts && content.type == options.type &&
        content.at_us <= until_us_ && content.position <= known_at_ &&
        it.at_us <= until_us_ && it.position <= known_at_) {
      plain_.push_back({amendment->record, &content});
    }
  });
  std::sort(
      dropped_.begin(), dropped_.end(),
      [](const Dropped& a, const Dropped& b) { return a.record < b.record; });
  if (timeline.tail_ != nullptr) {
    auto record = timeline.tail_->records.begin();
    for (const Interaction& it : timeline.tail_->interactions) {
      const uint32_t of = *record++;
      if (it.type == options.type && it.at_us <= until_us_ &&
          it.position <= known_at_ && !IsDropped(of, InteractionRef(&it))) {
        plain_.push_back({of, &it});
      }
    }
  }
  std::sort(plain_.begin(), plain_.end(), [](const Plain& a, const Plain& b) {
    return std::tie(a.record, a.it->at_us) < std::tie(b.record, b.it->at_us);
  });
}

std::span<const TypeScan::Dropped> TypeScan::DroppedOf(uint32_t record) const {
  const auto begin = std::lower_bound(
      dropped_.begin(), dropped_.end(), record,
      [](const Dropped& it, uint32_t of) { return it.record < of; });
  const auto end = std::upper_bound(
      begin, dropped_.end(), record,
      [](uint32_t of, const Dropped& it) { return of < it.record; });
  return {begin, end};
}

bool TypeScan::IsDropped(uint32_t record, const InteractionRef& it) const {
  if (dropped_.empty() || it.stands_for()) return false;
  for (const Dropped& dropped : DroppedOf(record)) {
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
  const uint32_t rows = ends[count - 1] - part.first_row;
  if (part.first_row > 0) {
    for (size_t i = begin; i < count; ++i) ends[i] -= part.first_row;
  }
  const PackedColumn& times = cluster->column(ColumnId::kAt);
  if (options_.times) {
    buffer.at_us_.resize(rows);
    times.Read(part.first_row, rows, buffer.at_us_.data());
    part.at_us = buffer.at_us_;
  }
  part.records = {records + begin, count - begin};
  part.ends = {ends + begin, count - begin};
  if (options_.amounts) {
    buffer.amounts_.resize(rows);
    cluster->column(ColumnId::kAmount)
        .Read(part.first_row, rows, buffer.amounts_.data());
    part.amounts = buffer.amounts_;
    if (cluster->column(ColumnId::kCurrency).is_constant()) {
      part.currencies = {&cluster->currency(0), 1};
    } else {
      buffer.currencies_.clear();
      for (uint32_t row = 0; row < rows; ++row) {
        buffer.currencies_.push_back(cluster->currency(part.first_row + row));
      }
      part.currencies = buffer.currencies_;
    }
  }
  bool all_count = known_at_ == std::numeric_limits<uint64_t>::max();
  if (times.largest_possible() > until_us_) {
    const bool read = options_.times;
    for (const uint32_t end : part.ends) {
      const int64_t last =
          read ? part.at_us[end - 1] : times[part.first_row + end - 1];
      all_count &= last <= until_us_;
    }
  }
  const auto dropped = std::lower_bound(
      dropped_.begin(), dropped_.end(), part.records.front(),
      [](const Dropped& it, uint32_t record) { return it.record < record; });
  all_count &=
      dropped == dropped_.end() || dropped->record > part.records.back();
  if (!all_count) LeaveOut(buffer, part);
  return !part.records.empty();
}

void TypeScan::LeaveOut(Buffer& buffer, Part& part) const {
  const bool one_currency = part.currencies.size() <= 1;
  uint32_t* const records = buffer.records_.data();
  uint32_t* const ends = buffer.ends_.data();
  const size_t entries = part.records.size();
  const size_t begin = static_cast<size_t>(part.records.data() - records);
  buffer.rows_.resize(part.row_count());
  size_t kept = 0;
  size_t kept_entries = 0;
  uint32_t row = 0;
  for (size_t i = begin; i < begin + entries; ++i) {
    const uint32_t record = records[i];
    const size_t before = kept;
    const bool is_amended = !DroppedOf(record).empty();
    for (const uint32_t end = ends[i]; row < end; ++row) {
      const InteractionRef it(part.cluster, part.first_row + row, part.slot);
      if (it.at_us() > until_us_ || it.position() > known_at_) continue;
      if (is_amended && IsDropped(record, it)) continue;
      if (options_.times) buffer.at_us_[kept] = buffer.at_us_[row];
      if (options_.amounts) {
        buffer.amounts_[kept] = buffer.amounts_[row];
        if (!one_currency) buffer.currencies_[kept] = buffer.currencies_[row];
      }
      buffer.rows_[kept++] = part.first_row + row;
    }
    if (kept == before) continue;
    records[kept_entries] = record;
    ends[kept_entries++] = static_cast<uint32_t>(kept);
  }
  part.records = {records, kept_entries};
  part.ends = {ends, kept_entries};
  if (options_.times) part.at_us = part.at_us.first(kept);
  part.rows = {buffer.rows_.data(), kept};
  if (options_.amounts) {
    part.amounts = part.amounts.first(kept);
    if (!one_currency) part.currencies = part.currencies.first(kept);
  }
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
