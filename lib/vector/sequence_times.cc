// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/sequence_times.h"

#include <algorithm>
#include <limits>

namespace trato::core {
namespace {

constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;

// With more, the one-customer evaluator says whether it is too much.
constexpr uint32_t kMaxTimes = 50'000;

}  // namespace

void Times::Begin(size_t slots) {
  slots_ = slots;
  all_.clear();
  states_.clear();
}

void Times::NoteState(uint32_t slot, uint8_t state) {
  if (states_.empty()) states_.resize(slots_, kKnown);
  states_[slot] = std::max(states_[slot], state);
}

void Times::Sort() {
  ends_.assign(slots_ + 1, 0);
  for (const One& it : all_) ++ends_[it.slot + 1];
  for (size_t slot = 0; slot < slots_; ++slot) {
    if (ends_[slot + 1] > kMaxTimes) {
      NoteState(static_cast<uint32_t>(slot), kUnsure);
    }
    ends_[slot + 1] += ends_[slot];
  }
  at_us_.resize(all_.size());
  std::vector<uint32_t> next(ends_.begin(), ends_.end() - 1);
  bool is_sorted = true;
  for (const One& it : all_) {
    const uint32_t at = next[it.slot]++;
    at_us_[at] = it.at_us;
    is_sorted &= at == ends_[it.slot] || at_us_[at - 1] <= it.at_us;
  }
  if (is_sorted) return;
  for (size_t slot = 0; slot < slots_; ++slot) {
    int64_t* const first = at_us_.data() + ends_[slot];
    int64_t* const last = at_us_.data() + ends_[slot + 1];
    if (!std::is_sorted(first, last)) std::sort(first, last);
  }
}

bool SpanBack::Holds(int64_t us, int64_t of_us) {
  if (us > of_us) return true;
  // Clocks move by less than two days.
  const int64_t exact_us = span_.days * kDayUs + span_.us;
  if (span_.months == 0 && span_.days < 400'000) {
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

std::vector<uint8_t> Completing(const Rows& rows, const Times& before,
                                const Times& without, SpanBack* span) {
  std::vector<uint8_t> completes(rows.size(), kFalse);
  const int64_t* step = nullptr;
  const int64_t* no = nullptr;
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t slot = rows.slots[k];
    if (k == 0 || rows.slots[k - 1] != slot) {
      step = before.begin(slot);
      no = without.begin(slot);
    }
    const int64_t at_us = rows.TimeAt(k);
    while (step != before.end(slot) && *step < at_us) ++step;
    if (step == before.begin(slot)) continue;
    const int64_t last_us = step[-1];
    if (span != nullptr && !span->Holds(last_us, at_us)) continue;
    while (no != without.end(slot) && *no <= last_us) ++no;
    completes[k] = no == without.end(slot) || *no >= at_us;
  }
  return completes;
}

}  // namespace trato::core
