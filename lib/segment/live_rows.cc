// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace trato::core {
namespace {

// Sums of which only the extremes are looked at first.
constexpr size_t kBlock = 64;

// From here on rows are kept, and of all together so many bytes.
constexpr size_t kMany = 200;
constexpr size_t kMaxKept = size_t{32} << 20;

// Whether amounts may be compared or added.
bool Agree(const Currency& a, const Currency& b) { return !a || !b || a == b; }

bool Passes(const LiveGroup& group, int64_t amount) {
  return std::all_of(group.conditions.begin(), group.conditions.end(),
                     [&](const LiveGroup::Condition& it) {
                       return ComparisonHolds(it.op, amount, it.minor);
                     });
}

}  // namespace

bool ComparisonHolds(Op op, int64_t a, int64_t b) {
  switch (op) {
    case Op::kEqual:
      return a == b;
    case Op::kNotEqual:
      return a != b;
    case Op::kLess:
      return a < b;
    case Op::kLessOrEqual:
      return a <= b;
    case Op::kGreater:
      return a > b;
    default:
      return a >= b;
  }
}

size_t LiveRows::Group::FirstToChange(Op op, int64_t value, bool now,
                                      size_t begin, size_t end) const {
  const int64_t all = sums_[end];
  const auto changes = [&](int64_t gone) {
    return ComparisonHolds(op, all - gone, value) != now;
  };
  const bool is_order = op != Op::kEqual && op != Op::kNotEqual;
  for (size_t i = begin; i < end;) {
    // sums_[i + 1] is what has gone with row i.
    const size_t block = (i + 1) / kBlock;
    if (is_order && (i + 1) % kBlock == 0 && !changes(lowest_[block]) &&
        !changes(highest_[block])) {
      i += kBlock;
      continue;
    }
    const bool is_last_of_instant = i + 1 == end || times_[i + 1] != times_[i];
    if (is_last_of_instant && changes(sums_[i + 1])) return i;
    ++i;
  }
  return end;
}

LiveRows::LiveRows(const std::vector<CustomerRows::Type>& types,
                   const std::vector<LiveGroup>* groups)
    : of_(groups), rows_(types), groups_(groups->size()) {}

bool LiveRows::Read(const Timeline& timeline,
                    std::span<const uint32_t> records) {
  ++stamp_;
  if (stamp_ == 0) {
    for (Group& it : groups_) it.stamp_ = 0;
    stamp_ = 1;
  }
  return rows_.Read(timeline, records);
}

const LiveRows::Group& LiveRows::Of(uint16_t group, bool sums) {
  Group& it = groups_[group];
  if (it.stamp_ != stamp_) Make((*of_)[group], it);
  if (sums && !it.has_sums_) MakeSums(it);
  return it;
}

void LiveRows::Make(const LiveGroup& group, Group& it) {
  it.stamp_ = stamp_;
  it.has_sums_ = false;
  it.fails_ = false;
  it.currency_ = {};
  for (const uint16_t type : group.types) {
    const CustomerRows::Rows rows = rows_[type];
    it.fails_ |= rows.has_several || !Agree(it.currency_, rows.currency);
    if (!it.currency_) it.currency_ = rows.currency;
  }
  for (const LiveGroup::Condition& condition : group.conditions) {
    it.fails_ |= !Agree(it.currency_, condition.currency);
  }
  if (group.is_plain()) {
    const CustomerRows::Rows rows = rows_[group.types[0]];
    it.times_ = rows.times;
    it.amounts_ = rows.amounts;
    return;
  }
  it.sorted_.clear();
  for (const uint16_t type : group.types) {
    const CustomerRows::Rows rows = rows_[type];
    const auto middle = static_cast<ptrdiff_t>(it.sorted_.size());
    for (size_t i = 0; i < rows.times.size(); ++i) {
      const int64_t amount = rows.amounts.empty() ? 0 : rows.amounts[i];
      if (Passes(group, amount)) it.sorted_.emplace_back(rows.times[i], amount);
    }
    std::inplace_merge(it.sorted_.begin(), it.sorted_.begin() + middle,
                       it.sorted_.end());
  }
  it.own_times_.resize(it.sorted_.size());
  it.own_amounts_.resize(it.sorted_.size());
  for (size_t i = 0; i < it.sorted_.size(); ++i) {
    std::tie(it.own_times_[i], it.own_amounts_[i]) = it.sorted_[i];
  }
  it.times_ = it.own_times_;
  it.amounts_ = it.own_amounts_;
}

void LiveRows::NoteSum(int64_t sum, Group& it) {
  if (it.sums_.size() % kBlock == 0) {
    it.lowest_.push_back(sum);
    it.highest_.push_back(sum);
  } else {
    it.lowest_.back() = std::min(it.lowest_.back(), sum);
    it.highest_.back() = std::max(it.highest_.back(), sum);
  }
  it.sums_.push_back(sum);
}

void LiveRows::MakeSums(Group& it) {
  it.has_sums_ = true;
  it.sums_.clear();
  it.lowest_.clear();
  it.highest_.clear();
  int64_t sum = 0;
  NoteSum(sum, it);
  for (const int64_t amount : it.amounts_) {
    it.fails_ |= __builtin_add_overflow(sum, amount, &sum);
    NoteSum(sum, it);
  }
}

void LiveRows::Add(uint32_t type, int64_t at_us, const Money& amount) {
  const auto place = rows_.Add(type, at_us, amount);
  if (!place) return;
  const CustomerRows::Rows rows = rows_[place->type];
  for (size_t i = 0; i < groups_.size(); ++i) {
    const LiveGroup& group = (*of_)[i];
    Group& it = groups_[i];
    if (it.stamp_ != stamp_ ||
        std::find(group.types.begin(), group.types.end(), place->type) ==
            group.types.end()) {
      continue;
    }
    const bool appends =
        place->is_last && !it.fails_ && amount.currency == it.currency_ &&
        (group.is_plain() || it.own_times_.empty() ||
         it.own_times_.back() <= at_us);
    if (!appends) {
      it.stamp_ = 0;
      continue;
    }
    if (group.is_plain()) {
      it.times_ = rows.times;
      it.amounts_ = rows.amounts;
    } else {
      if (!Passes(group, amount.minor)) continue;
      it.own_times_.push_back(at_us);
      it.own_amounts_.push_back(amount.minor);
      it.times_ = it.own_times_;
      it.amounts_ = it.own_amounts_;
    }
    if (!it.has_sums_) continue;
    int64_t sum = 0;
    it.fails_ |= __builtin_add_overflow(it.sums_.back(), amount.minor, &sum);
    NoteSum(sum, it);
  }
}

size_t LiveRows::bytes() const {
  size_t bytes = rows_.bytes() + sizeof(*this);
  for (const Group& it : groups_) {
    bytes += sizeof(it) +
             (it.own_times_.capacity() + it.own_amounts_.capacity() +
              it.sums_.capacity() + 2 * it.sorted_.capacity()) *
                 sizeof(int64_t);
  }
  return bytes;
}

LiveRows* LiveRowsCache::Find(RecordNumber customer) {
  const auto found = entries_.find(customer);
  if (found == entries_.end()) return nullptr;
  found->second.used = ++uses_;
  return found->second.rows.get();
}

LiveRows* LiveRowsCache::Keep(RecordNumber customer,
                              std::unique_ptr<LiveRows>& rows) {
  if (rows->size() < kMany) return rows.get();
  // Room for what they will be asked.
  const size_t bytes = 2 * rows->bytes();
  if (bytes > kMaxKept) return rows.get();
  Entry& entry = entries_[customer];
  entry = {std::move(rows), ++uses_, bytes};
  bytes_ += bytes;
  LiveRows* const kept = entry.rows.get();
  while (bytes_ > kMaxKept) {
    // Seldom, and of few.
    const auto oldest = std::min_element(
        entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
          return a.second.used < b.second.used;
        });
    bytes_ -= oldest->second.bytes;
    entries_.erase(oldest);
  }
  return kept;
}

void LiveRowsCache::Forget(RecordNumber customer) {
  const auto found = entries_.find(customer);
  if (found == entries_.end()) return;
  bytes_ -= found->second.bytes;
  entries_.erase(found);
}

}  // namespace trato::core
