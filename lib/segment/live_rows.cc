// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_rows.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/numeric/int128.h"

namespace trato::core {
namespace {

// Sums of which only the extremes are looked at first.
constexpr size_t kBlock = 64;

// From here on rows are kept, and of all together so many bytes.
constexpr size_t kMany = 200;
constexpr size_t kOffered = 4096;
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

size_t LiveRows::Group::FirstToChange(Extent extent, Op op, int64_t value,
                                      size_t begin, size_t end,
                                      bool& now) const {
  const auto is_first_of_instant = [&](size_t i) {
    return i == begin || times_[i - 1] != times_[i];
  };
  if (extent == Extent::kMean) {
    // As the evaluator rounds: half away from zero.
    const auto holds = [&](size_t from) {
      const auto count = static_cast<absl::int128>(end - from);
      const absl::int128 twice = absl::int128(Sum(from, end)) * 2;
      const absl::int128 half = twice < 0 ? twice - count : twice + count;
      return ComparisonHolds(op, static_cast<int64_t>(half / (count * 2)),
                             value);
    };
    now = holds(begin);
    for (size_t i = begin + 1; i < end; ++i) {
      if (is_first_of_instant(i) && holds(i) != now) return i - 1;
    }
    return end - 1;
  }
  // From the last one back: of the places where it becomes another one the
  // last that is met is the first to come.
  std::optional<bool> known;
  size_t begins = end;  // the rest of which that is known
  size_t leaves = end - 1;
  int64_t best = amounts_[end - 1];
  for (size_t i = end; i-- > begin;) {
    best = extent == Extent::kMost ? std::max(best, amounts_[i])
                                   : std::min(best, amounts_[i]);
    if (!is_first_of_instant(i)) continue;
    const bool holds = ComparisonHolds(op, best, value);
    if (known && *known != holds) leaves = begins - 1;
    known = holds;
    begins = i;
  }
  now = *known;
  return leaves;
}

LiveRows::LiveRows(const std::vector<CustomerRows::Type>& types,
                   const std::vector<LiveGroup>* groups,
                   const std::vector<LivePairs>* pairs)
    : of_(groups),
      pairs_of_(pairs),
      rows_(types),
      groups_(groups->size()),
      pairs_(pairs->size()) {}

bool LiveRows::Begin(const Timeline& timeline,
                     std::span<const uint32_t> records, int64_t now_us) {
  ++stamp_;
  if (stamp_ == 0) {
    for (Group& it : groups_) it.stamp_ = 0;
    stamp_ = 1;
  }
  for (LastPair& it : pairs_) it.Forget();
  return rows_.Begin(timeline, records, now_us);
}

const LiveRows::Group& LiveRows::Of(uint16_t group, bool sums) {
  Group& it = groups_[group];
  if (it.stamp_ != stamp_) Make((*of_)[group], it);
  if (sums && !it.has_sums_) MakeSums(it);
  return it;
}

template <typename Use>
void LiveRows::WithTimes(const LivePairs& pairs, Use use) {
  without_.clear();
  for (const uint16_t group : pairs.without) {
    without_.push_back(Of(group, false).times());
  }
  use(PairTimes{Of(pairs.before, false).times(), Of(pairs.then, false).times(),
                without_});
}

const LastPair::Pair& LiveRows::PairAt(uint16_t pairs, int64_t now_us) {
  const LivePairs& of = (*pairs_of_)[pairs];
  const LastPair::Pair* pair = nullptr;
  WithTimes(of, [&](const PairTimes& times) {
    pair = &pairs_[pairs].At(of, times, now_us);
  });
  return *pair;
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
  it.own_times_.clear();
  it.own_amounts_.clear();
  if (group.types.size() == 1) {
    const CustomerRows::Rows rows = rows_[group.types[0]];
    for (size_t i = 0; i < rows.times.size(); ++i) {
      if (!Passes(group, rows.amounts[i])) continue;
      it.own_times_.push_back(rows.times[i]);
      it.own_amounts_.push_back(rows.amounts[i]);
    }
  } else {
    sorted_.clear();
    for (const uint16_t type : group.types) {
      const CustomerRows::Rows rows = rows_[type];
      const auto middle = static_cast<ptrdiff_t>(sorted_.size());
      for (size_t i = 0; i < rows.times.size(); ++i) {
        const int64_t amount = rows.amounts.empty() ? 0 : rows.amounts[i];
        if (Passes(group, amount)) sorted_.emplace_back(rows.times[i], amount);
      }
      std::inplace_merge(sorted_.begin(), sorted_.begin() + middle,
                         sorted_.end());
    }
    for (const auto& [at_us, amount] : sorted_) {
      it.own_times_.push_back(at_us);
      it.own_amounts_.push_back(amount);
    }
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
  AddToPairs(place->type, at_us, amount.minor);
}

void LiveRows::AddToPairs(size_t type, int64_t at_us, int64_t amount) {
  const auto has = [&](uint16_t group) {
    const LiveGroup& it = (*of_)[group];
    return std::find(it.types.begin(), it.types.end(), type) !=
               it.types.end() &&
           Passes(it, amount);
  };
  for (size_t i = 0; i < pairs_.size(); ++i) {
    if (!pairs_[i].is_known()) continue;
    const LivePairs& of = (*pairs_of_)[i];
    unsigned steps = 0;
    if (has(of.before)) steps |= LastPair::kBefore;
    if (has(of.then)) steps |= LastPair::kThen;
    if (std::any_of(of.without.begin(), of.without.end(), has)) {
      steps |= LastPair::kWithout;
    }
    if (steps == 0) continue;
    WithTimes(of, [&](const PairTimes& times) {
      pairs_[i].Added(of, times, steps, at_us);
    });
  }
}

size_t LiveRows::bytes() const {
  size_t bytes =
      rows_.bytes() + sizeof(*this) + pairs_.size() * sizeof(LastPair);
  for (const Group& it : groups_) {
    bytes += sizeof(it) +
             (it.own_times_.capacity() + it.own_amounts_.capacity() +
              it.sums_.capacity()) *
                 sizeof(int64_t);
  }
  return bytes;
}

LiveRows* LiveRowsCache::Find(RecordNumber customer) {
  const auto found = places_.find(customer);
  if (found == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->rows.get();
}

void LiveRowsCache::Offer(RecordNumber customer,
                          std::unique_ptr<LiveRows>& rows) {
  if (rows->size() < kMany) return;
  // Who comes once only would displace those who come again.
  if (offered_.empty()) offered_.resize(kOffered);
  RecordNumber& lately = offered_[customer % kOffered];
  if (lately != customer + 1) {
    lately = customer + 1;
    return;
  }
  rows->Trim();
  // Room for what else they will be asked, and for what comes.
  const size_t bytes = rows->bytes() + rows->bytes() / 4;
  if (bytes > kMaxKept) return;
  Forget(customer);
  entries_.push_front({customer, std::move(rows), bytes});
  places_[customer] = entries_.begin();
  bytes_ += bytes;
  while (bytes_ > kMaxKept) {
    Entry& oldest = entries_.back();
    // Its room is of use to the next one.
    if (oldest.bytes < kMaxKept / 256) rows = std::move(oldest.rows);
    Forget(oldest.customer);
  }
}

void LiveRowsCache::Forget(RecordNumber customer) {
  const auto found = places_.find(customer);
  if (found == places_.end()) return;
  bytes_ -= found->second->bytes;
  entries_.erase(found->second);
  places_.erase(found);
}

}  // namespace trato::core
