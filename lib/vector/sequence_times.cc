// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/sequence_times.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace trato::core {
namespace {

constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;

// Longer spans are counted back in the calendar.
constexpr int64_t kMostDays = 400'000;

// Before all instants.
constexpr int64_t kNone = std::numeric_limits<int64_t>::min();

// With more, the one-customer evaluator says whether it is too much.
constexpr uint32_t kMaxTimes = 50'000;

}  // namespace

void Times::Begin(size_t slots) {
  slots_ = slots;
  ends_.resize(slots + 1);
  ends_[0] = 0;
  at_us_.clear();
  next_slot_ = 0;
  others_.clear();
  states_.clear();
}

bool Times::ContinueAt(uint32_t slot) {
  if (slot < next_slot_) return false;
  const auto end = static_cast<uint32_t>(at_us_.size());
  for (; next_slot_ < slot; ++next_slot_) ends_[next_slot_ + 1] = end;
  return true;
}

void Times::Add(uint32_t slot, int64_t at_us) {
  // The slot that is being filled has no end yet.
  if (ContinueAt(slot) &&
      (at_us_.size() == ends_[slot] || at_us_.back() <= at_us)) {
    at_us_.push_back(at_us);
  } else {
    others_.push_back({slot, at_us});
  }
}

void Times::AddPart(const TypeScan::Part& part, uint32_t first_record,
                    int64_t from_us, int64_t until_us, bool is_whole) {
  const uint32_t first = part.RecordAt(0) - first_record;
  // Whole parts in order of record are copied as they are.
  const bool is_ascending =
      std::is_sorted(part.records.begin(), part.records.end()) &&
      std::adjacent_find(part.records.begin(), part.records.end()) ==
          part.records.end();
  if (is_whole && is_ascending && ContinueAt(first) &&
      at_us_.size() == ends_[first]) {
    const auto start = static_cast<uint32_t>(at_us_.size());
    at_us_.insert(at_us_.end(), part.at_us.begin(), part.at_us.end());
    if (part.records.empty()) {
      for (size_t i = 0; i < part.size(); ++i) {
        ends_[first + i + 1] = start + part.ends[i];
      }
      next_slot_ = first + part.size();
      return;
    }
    uint32_t end = start;
    for (size_t i = 0; i < part.size(); ++i) {
      const size_t slot = part.records[i] - first_record;
      for (; next_slot_ < slot; ++next_slot_) ends_[next_slot_ + 1] = end;
      end = start + part.ends[i];
      ends_[slot + 1] = end;
      next_slot_ = slot + 1;
    }
    return;
  }
  uint32_t row = 0;
  for (size_t i = 0; i < part.size(); ++i) {
    const uint32_t slot = part.RecordAt(i) - first_record;
    for (; row < part.ends[i]; ++row) {
      const int64_t at_us = part.at_us[row];
      if (is_whole || (at_us > from_us && at_us <= until_us)) Add(slot, at_us);
    }
  }
}

void Times::NoteState(uint32_t slot, uint8_t state) {
  if (states_.empty()) states_.resize(slots_, kKnown);
  states_[slot] = std::max(states_[slot], state);
}

void Times::Sort() {
  ContinueAt(static_cast<uint32_t>(slots_));
  if (!others_.empty()) MergeOthers();
  uint32_t most = 0;
  for (size_t slot = 0; slot < slots_; ++slot) {
    most = std::max(most, ends_[slot + 1] - ends_[slot]);
  }
  if (most <= kMaxTimes) return;
  for (size_t slot = 0; slot < slots_; ++slot) {
    if (ends_[slot + 1] - ends_[slot] > kMaxTimes) {
      NoteState(static_cast<uint32_t>(slot), kUnsure);
    }
  }
}

void Times::MergeOthers() {
  std::sort(others_.begin(), others_.end(), [](const One& a, const One& b) {
    return std::tie(a.slot, a.at_us) < std::tie(b.slot, b.at_us);
  });
  merged_ends_.resize(slots_ + 1);
  merged_ends_[0] = 0;
  merged_.resize(at_us_.size() + others_.size());
  int64_t* out = merged_.data();
  uint32_t gone = 0;
  size_t slot = 0;
  for (size_t k = 0; k < others_.size();) {
    // As they are up to the next slot that has others.
    const size_t until = others_[k].slot;
    out = std::copy(at_us_.data() + ends_[slot], at_us_.data() + ends_[until],
                    out);
    for (; slot < until; ++slot)
      merged_ends_[slot + 1] = ends_[slot + 1] + gone;
    const int64_t* at = at_us_.data() + ends_[slot];
    const int64_t* const end = at_us_.data() + ends_[slot + 1];
    for (; k < others_.size() && others_[k].slot == slot; ++k, ++gone) {
      while (at != end && *at <= others_[k].at_us) *out++ = *at++;
      *out++ = others_[k].at_us;
    }
    out = std::copy(at, end, out);
    merged_ends_[slot + 1] = ends_[slot + 1] + gone;
    ++slot;
  }
  std::copy(at_us_.data() + ends_[slot], at_us_.data() + at_us_.size(), out);
  for (; slot < slots_; ++slot) merged_ends_[slot + 1] = ends_[slot + 1] + gone;
  ends_.swap(merged_ends_);
  at_us_.swap(merged_);
}

bool SpanBack::Holds(int64_t us, int64_t of_us) {
  if (us > of_us) return true;
  // Clocks move by less than two days.
  const int64_t exact_us = span_.days * kDayUs + span_.us;
  if (span_.months == 0 && span_.days < kMostDays) {
    if (span_.days == 0 || of_us - us > exact_us + 2 * kDayUs) {
      return of_us - us < exact_us;
    }
    const int64_t first_us = of_us - exact_us - 2 * kDayUs;
    if (of_us >= steady_until_ || of_us < steady_from_) FindSteady(of_us);
    if (first_us >= steady_from_ && of_us >= steady_from_ &&
        of_us < steady_until_) {
      return of_us - us < exact_us;
    }
  }
  return us > Subtract(of_us, span_, zone_);
}

void SpanBack::FindSteady(int64_t of_us) {
  steady_from_ = std::numeric_limits<int64_t>::min();
  steady_until_ = std::numeric_limits<int64_t>::max();
  const absl::Time at = absl::FromUnixMicros(of_us);
  absl::TimeZone::CivilTransition change;
  // A clock may read the same at two instants: the one further inside.
  if (zone_.PrevTransition(at + absl::Microseconds(1), &change)) {
    const absl::TimeZone::TimeInfo info = zone_.At(change.to);
    steady_from_ =
        absl::ToUnixMicros(std::max({info.pre, info.trans, info.post})) + 1;
  }
  if (zone_.NextTransition(at, &change)) {
    const absl::TimeZone::TimeInfo info = zone_.At(change.from);
    steady_until_ =
        absl::ToUnixMicros(std::min({info.pre, info.trans, info.post}));
  }
}

uint64_t SpanBack::AtMost() const {
  if (span_.months != 0 || span_.days >= kMostDays) {
    return std::numeric_limits<uint64_t>::max();
  }
  const int64_t exact_us = span_.days * kDayUs + span_.us;
  // Clocks move by less than two days.
  return static_cast<uint64_t>(exact_us + (span_.days > 0 ? 2 * kDayUs : 0));
}

namespace {

// Of steps of one customer the last before an instant; kNone: there is none.
class LastStep {
 public:
  LastStep(const int64_t* begin, const int64_t* end)
      : step_(begin), end_(end), are_few_(end - begin <= kFew) {}

  // Instants are asked for in order.
  int64_t Before(int64_t at_us) {
    if (are_few_) {
      // All of them: without a branch, as it is hard to guess.
      int64_t last = kNone;
      for (const int64_t* it = step_; it != end_; ++it) {
        last = *it < at_us ? *it : last;
      }
      return last;
    }
    for (; step_ != end_ && *step_ < at_us; ++step_) last_ = *step_;
    return last_;
  }

 private:
  static constexpr ptrdiff_t kFew = 8;

  const int64_t* step_;
  const int64_t* const end_;
  const bool are_few_;
  int64_t last_ = kNone;
};

}  // namespace

std::vector<uint8_t> Completing(const Rows& rows, const Times& before,
                                const Times& without, SpanBack* span,
                                bool first_only) {
  const size_t count = rows.size();
  std::vector<uint8_t> completes(count);
  const uint32_t* const slots = rows.slots.data();
  const uint32_t* const row = rows.rows.data();
  const int64_t* const at_us = rows.part->at_us.data();
  const uint64_t most =
      span == nullptr ? std::numeric_limits<uint64_t>::max() : span->AtMost();
  for (size_t k = 0; k < count;) {
    const uint32_t slot = slots[k];
    const size_t begin = k;
    for (++k;
         k < count && slots[k] == slot && at_us[row[k - 1]] <= at_us[row[k]];) {
      ++k;
    }
    if (before.begin(slot) == before.end(slot)) continue;
    LastStep step(before.begin(slot), before.end(slot));
    for (size_t i = begin; i < k; ++i) {
      const int64_t at = at_us[row[i]];
      const int64_t last = step.Before(at);
      if (last == kNone ||
          static_cast<uint64_t>(at) - static_cast<uint64_t>(last) > most ||
          (span != nullptr && !span->Holds(last, at))) {
        continue;
      }
      const int64_t* const end = without.end(slot);
      const int64_t* const no =
          std::upper_bound(without.begin(slot), end, last);
      completes[i] = no == end || *no >= at;
      if (first_only && completes[i] != 0) break;
    }
  }
  return completes;
}

}  // namespace trato::core
