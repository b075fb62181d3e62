// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/customer_rows.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

namespace trato::core {

CustomerRows::CustomerRows(std::vector<Type> types)
    : types_(std::move(types)), of_(types_.size()) {
  for (uint32_t i = 0; i < types_.size(); ++i) {
    places_.emplace_back(types_[i].type, i);
  }
  std::sort(places_.begin(), places_.end());
}

std::optional<size_t> CustomerRows::PlaceOf(uint32_t type) const {
  const auto found = std::lower_bound(places_.begin(), places_.end(),
                                      std::pair<uint32_t, uint32_t>(type, 0));
  if (found == places_.end() || found->first != type) return std::nullopt;
  return found->second;
}

bool CustomerRows::Begin(const Timeline& timeline,
                         std::span<const uint32_t> records, int64_t now_us) {
  for (OfType& of : of_) {
    of.is_read = false;
    of.times.clear();
    of.amounts.clear();
  }
  Resume(timeline, records, now_us);
  return std::none_of(records.begin(), records.end(), [&](uint32_t record) {
    return timeline.amendments_.Concern(record);
  });
}

void CustomerRows::Resume(const Timeline& timeline,
                          std::span<const uint32_t> records, int64_t now_us) {
  timeline_ = &timeline;
  records_ = records;
  now_us_ = now_us;
}

void CustomerRows::Read(size_t i) {
  OfType& of = of_[i];
  of.is_read = true;
  of.is_cut = false;
  of.currency = {};
  of.has_several = false;
  Timeline::Sources sources;
  Pins pins;
  for (const uint32_t record : records_) {
    timeline_->FindSources(record, types_[i].type,
                           std::numeric_limits<int64_t>::min(),
                           timeline_->horizon_.as_of_us, sources, pins);
  }
  for (const Source& source : sources) {
    const size_t middle = of.times.size();
    Append(source, timeline_->horizon_.known_at, types_[i], of);
    if (middle > 0) Merge(middle, of);
  }
}

void CustomerRows::ReadAll() {
  for (OfType& of : of_) {
    of = {std::move(of.times), std::move(of.amounts), {}, false, true, false};
    of.times.clear();
    of.amounts.clear();
  }
  Timeline::Sources sources;
  Pins pins;
  for (const uint32_t record : records_) {
    timeline_->FindSources(record, std::nullopt,
                           std::numeric_limits<int64_t>::min(),
                           timeline_->horizon_.as_of_us, sources, pins);
  }
  for (const Source& source : sources) {
    const auto place = PlaceOf(source.plain != nullptr
                                   ? source.plain[source.begin]->type
                                   : source.cluster->type());
    if (!place) continue;
    OfType& of = of_[*place];
    const size_t middle = of.times.size();
    Append(source, timeline_->horizon_.known_at, types_[*place], of);
    if (middle > 0) Merge(middle, of);
  }
}

void CustomerRows::Prefetch(const Timeline& timeline, uint32_t record) {
  for (const auto& run : timeline.runs_) {
    Timeline::Place place;
    if (timeline.Locate(*run, record, place)) {
      place.block->Prefetch(place.record);
    }
  }
}

void CustomerRows::Append(const Source& all, uint64_t known_at,
                          const Type& type, OfType& of) const {
  const bool amounts = type.amounts;
  Source source = all;
  const bool knows_all =
      known_at == std::numeric_limits<uint64_t>::max() ||
      (source.cluster != nullptr &&
       source.cluster->block().max_position() <= known_at);
  if (knows_all && type.newest < source.size()) {
    uint32_t visible = source.end;
    while (visible > source.begin && source.TimeAt(visible - 1) > now_us_) {
      --visible;  // few are dated later
    }
    if (visible - source.begin > type.newest) {
      source.begin = visible - type.newest;
      of.is_cut = true;
    }
  }
  if (source.plain != nullptr || !knows_all) {
    for (uint32_t row = source.begin; row < source.end; ++row) {
      const InteractionRef it = source.At(row);
      if (!knows_all && it.position() > known_at) continue;
      of.times.push_back(it.at_us());
      if (!amounts) continue;
      const Money amount = it.amount();
      of.amounts.push_back(amount.minor);
      NoteCurrency(amount.currency, of);
    }
    return;
  }
  const size_t from = of.times.size();
  const size_t count = source.size();
  const Cluster& cluster = *source.cluster;
  of.times.resize(from + count);
  cluster.column(ColumnId::kAt)
      .Read(source.begin, count, of.times.data() + from);
  if (!amounts) return;
  of.amounts.resize(from + count);
  cluster.column(ColumnId::kAmount)
      .Read(source.begin, count, of.amounts.data() + from);
  const PackedColumn& currency = cluster.column(ColumnId::kCurrency);
  const size_t different = currency.is_constant() ? 1 : count;
  for (size_t i = 0; i < different; ++i) {
    NoteCurrency(cluster.currency(source.begin + static_cast<uint32_t>(i)), of);
  }
}

void CustomerRows::NoteCurrency(const Currency& currency, OfType& of) {
  if (!currency || currency == of.currency) return;
  if (of.currency) {
    of.has_several = true;
  } else {
    of.currency = currency;
  }
}

void CustomerRows::Merge(size_t middle, OfType& of) {
  const auto at = [&](size_t i) {
    return of.times.begin() + static_cast<ptrdiff_t>(i);
  };
  if (middle == of.times.size() || of.times[middle - 1] <= of.times[middle]) {
    return;
  }
  // What is earlier than all that came stays where it is.
  const auto first = static_cast<size_t>(
      std::upper_bound(of.times.begin(), at(middle), of.times[middle]) -
      of.times.begin());
  if (of.amounts.empty()) {
    std::inplace_merge(at(first), at(middle), of.times.end());
    return;
  }
  merged_.clear();
  for (size_t i = first; i < of.times.size(); ++i) {
    merged_.emplace_back(of.times[i], of.amounts[i]);
  }
  std::inplace_merge(
      merged_.begin(),
      merged_.begin() + static_cast<ptrdiff_t>(middle - first), merged_.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = first; i < of.times.size(); ++i) {
    std::tie(of.times[i], of.amounts[i]) = merged_[i - first];
  }
}

std::optional<CustomerRows::Place> CustomerRows::Add(uint32_t type,
                                                     int64_t at_us,
                                                     const Money& amount) {
  const auto place = PlaceOf(type);
  if (!place) return std::nullopt;
  OfType& of = of_[*place];
  if (!of.is_read) return std::nullopt;
  // Before those that are enough, and others may be missing between.
  if (of.is_cut && !of.times.empty() && at_us < of.times.front()) {
    return std::nullopt;
  }
  const auto after =
      std::upper_bound(of.times.begin(), of.times.end(), at_us);
  const auto i = after - of.times.begin();
  const bool is_last = after == of.times.end();
  of.times.insert(after, at_us);
  if (types_[*place].amounts) {
    of.amounts.insert(of.amounts.begin() + i, amount.minor);
    NoteCurrency(amount.currency, of);
  }
  return Place{*place, is_last};
}

CustomerRows::Rows CustomerRows::operator[](size_t i) {
  OfType& of = of_[i];
  if (!of.is_read) Read(i);
  return {of.times, of.amounts, of.currency, of.has_several};
}

bool CustomerRows::HasAt(size_t i, int64_t at_us) {
  OfType& of = of_[i];
  if (!of.is_read) Read(i);
  return std::binary_search(of.times.begin(), of.times.end(), at_us);
}

size_t CustomerRows::size() const {
  size_t size = 0;
  for (const OfType& of : of_) size += of.times.size();
  return size;
}

size_t CustomerRows::bytes() const {
  size_t bytes = sizeof(*this) + types_.size() * (sizeof(OfType) + 16);
  for (const OfType& of : of_) {
    bytes += (of.times.capacity() + of.amounts.capacity()) * sizeof(int64_t);
  }
  return bytes;
}

}  // namespace trato::core
