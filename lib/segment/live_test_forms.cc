// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What parts of conditions are worth that are read out of arrays.

#include <algorithm>

#include "segment/live_program.h"

namespace trato::core {
namespace {

// With more, the one-customer evaluator says whether it is too much for a test.
constexpr size_t kMaxOfStep = 16'384;

// Whether amounts may be compared or added.
bool Agree(const Currency& a, const Currency& b) { return !a || !b || a == b; }

// The first of [begin, end) with whose leaving how many are left no longer
// compares as now; `end`: none.
size_t FirstToLeave(Op op, int64_t value, bool now,
                    std::span<const int64_t> times, size_t begin, size_t end) {
  // The most that may be left for it to be different.
  int64_t left = -1;
  switch (op) {
    case Op::kGreaterOrEqual:
      left = now ? value - 1 : -1;
      break;
    case Op::kGreater:
      left = now ? value : -1;
      break;
    case Op::kLess:
      left = now ? -1 : value - 1;
      break;
    case Op::kLessOrEqual:
      left = now ? -1 : value;
      break;
    default:
      for (size_t i = begin; i < end; ++i) {
        // Those of one instant leave together.
        if (i + 1 < end && times[i + 1] == times[i]) continue;
        const auto rest = static_cast<int64_t>(end - i - 1);
        if (ComparisonHolds(op, rest, value) != now) return i;
      }
      return end;
  }
  return left < 0 ? end : end - static_cast<size_t>(left) - 1;
}

}  // namespace

bool LiveTest::LoadRows() {
  if (loaded_ != Loaded::kNot) return loaded_ == Loaded::kRows;
  loaded_ = Loaded::kRows;
  const Timeline& timeline = *program_->world_->timeline;
  const auto records = program_->world_->customers->RecordsOf(customer_);
  if (keeps_rows_) {
    rows_ = cache_.Find(customer_);
    if (rows_ != nullptr) {
      rows_->Resume(timeline, records, now_us_);
      return true;
    }
  }
  if (own_rows_ == nullptr) {
    own_rows_ =
        std::make_unique<LiveRows>(program_->types_, &program_->groups_,
                                   &program_->pairs_);
  }
  rows_ = own_rows_.get();
  if (!rows_->Begin(timeline, records, now_us_)) {
    loaded_ = Loaded::kAmended;
    return false;
  }
  own_customer_ = customer_;
  has_own_ = true;
  if (asks_all_) rows_->ReadAll();
  return true;
}

void LiveTest::Added(RecordNumber customer, uint32_t type, int64_t at_us,
                     const Money& amount) {
  if (customer == own_customer_) has_own_ = false;
  if (LiveRows* rows = cache_.Find(customer)) rows->Add(type, at_us, amount);
}

const LiveTest::Visible& LiveTest::RowsOf(uint16_t group, bool sums) {
  Visible& visible = visible_[group];
  if (visible.stamp == stamp_ && !sums) return visible;
  visible.stamp = stamp_;
  visible.rows = &rows_->Of(group, sums);
  // Few are dated later.
  const std::span<const int64_t> times = visible.rows->times();
  visible.count = times.size();
  if (visible.count > 0 && times.back() > now_us_) {
    visible.count = static_cast<size_t>(
        std::upper_bound(times.begin(), times.end(), now_us_) - times.begin());
  }
  return visible;
}

const LiveTest::Start& LiveTest::StartOf(uint16_t index) {
  Start& start = starts_[index];
  if (start.stamp == stamp_) return start;
  start = {stamp_, program_->reaches_[index].StartAt(now_us_)};
  return start;
}

LiveTest::Outcome LiveTest::OfWindow(const LiveProgram::Window& window) {
  using Of = LiveProgram::Window::Of;
  if (!LoadRows()) return OfPlain(window.plain, Aspect::kValue);
  const bool sums = window.of == Of::kSum || window.of == Of::kAverage;
  const Visible& visible = RowsOf(window.group, sums);
  const LiveRows::Group& rows = *visible.rows;
  const std::span<const int64_t> times = rows.times();
  const bool reads_amounts = program_->groups_[window.group].amounts;
  if (reads_amounts &&
      (rows.fails() || !Agree(rows.currency(), window.currency))) {
    return OfPlain(window.plain, Aspect::kValue);
  }
  const size_t end = visible.count;
  size_t begin = 0;
  const bool all = window.reach == LiveProgram::kAll;
  if (!all) {
    const Start& start = StartOf(window.reach);
    if (!start.from_us) return OfPlain(window.plain, Aspect::kValue);
    begin = static_cast<size_t>(
        std::upper_bound(times.begin(),
                         times.begin() + static_cast<ptrdiff_t>(end),
                         *start.from_us) -
        times.begin());
  }
  Outcome outcome;
  if (end < times.size()) outcome.until_us = times[end];
  size_t leaves = end;
  if (window.of == Of::kCount || window.of == Of::kSum) {
    const int64_t total = window.of == Of::kSum
                              ? rows.Sum(begin, end)
                              : static_cast<int64_t>(end - begin);
    const bool now = ComparisonHolds(window.op, total, window.value);
    outcome.state = now ? State::kHolds : State::kFails;
    if (all || begin == end) return outcome;
    leaves = window.of == Of::kSum
                 ? rows.FirstToChange(window.op, window.value, now, begin, end)
                 : FirstToLeave(window.op, window.value, now, times, begin, end);
  } else {
    const auto of = window.of == Of::kMin   ? LiveRows::Extent::kLeast
                    : window.of == Of::kMax ? LiveRows::Extent::kMost
                                            : LiveRows::Extent::kMean;
    if (begin == end) {
      outcome.state = State::kAbsent;
      return outcome;
    }
    bool now = false;
    leaves = rows.FirstToChange(of, window.op, window.value, begin, end, now);
    outcome.state = now ? State::kHolds : State::kFails;
    if (all) return outcome;
  }
  if (leaves == end) return outcome;
  outcome.until_us = std::min(
      outcome.until_us, program_->reaches_[window.reach].Departure(
                            times[leaves], now_us_));
  return outcome;
}

LiveTest::Outcome LiveTest::OfSequence(
    const LiveProgram::Sequence& sequence) {
  if (!LoadRows()) return OfPlain(sequence.plain, Aspect::kValue);
  const LivePairs& pairs = program_->pairs_[sequence.pairs];
  // False: somebody else has to be asked.
  const auto is_plain = [&](uint16_t group) {
    const LiveRows::Group& rows = rows_->Of(group, false);
    return rows.times().size() <= kMaxOfStep &&
           !(program_->groups_[group].amounts && rows.fails());
  };
  Start before, then;
  if (sequence.before != LiveProgram::kAll) before = StartOf(sequence.before);
  if (sequence.then != LiveProgram::kAll) then = StartOf(sequence.then);
  const bool knows =
      (sequence.before == LiveProgram::kAll || before.from_us) &&
      (sequence.then == LiveProgram::kAll || then.from_us);
  if (!knows || !is_plain(pairs.before) || !is_plain(pairs.then) ||
      !std::all_of(pairs.without.begin(), pairs.without.end(), is_plain)) {
    return OfPlain(sequence.plain, Aspect::kValue);
  }
  const LastPair::Pair& pair = rows_->PairAt(sequence.pairs, now_us_);
  Outcome outcome;
  if (!pair.exists || (before.from_us && pair.before_us <= *before.from_us) ||
      (then.from_us && pair.then_us <= *then.from_us)) {
    outcome.until_us = pair.next_us;
    return outcome;
  }
  outcome.state = State::kHolds;
  const auto leaves = [&](uint16_t reach, int64_t at_us) {
    if (reach == LiveProgram::kAll) return;
    outcome.until_us = std::min(
        outcome.until_us, program_->reaches_[reach].Departure(at_us, now_us_));
  };
  leaves(sequence.before, pair.before_us);
  leaves(sequence.then, pair.then_us);
  return outcome;
}

LiveTest::Outcome LiveTest::OfRecency(const LiveProgram::Recency& recency) {
  if (!LoadRows()) return OfPlain(recency.plain, Aspect::kValue);
  const Visible& rows = RowsOf(recency.group, false);
  const std::span<const int64_t> times = rows.rows->times();
  Outcome outcome;
  if (rows.count < times.size()) outcome.until_us = times[rows.count];
  if (rows.count == 0) {
    outcome.state = State::kAbsent;
    return outcome;
  }
  const int64_t last_us = times[rows.count - 1];
  const bool holds =
      ComparisonHolds(recency.op, now_us_ - last_us, recency.value_us);
  outcome.state = holds ? State::kHolds : State::kFails;
  const bool grows =
      recency.op == Op::kGreater || recency.op == Op::kGreaterOrEqual;
  if (holds == grows) return outcome;
  int64_t when_us;
  const bool beyond =
      recency.op == Op::kGreater || recency.op == Op::kLessOrEqual;
  if (__builtin_add_overflow(last_us, recency.value_us, &when_us) ||
      when_us >= kMaxInstant) {
    return outcome;
  }
  outcome.until_us =
      std::min(outcome.until_us, when_us + (beyond ? 1 : 0));
  return outcome;
}

}  // namespace trato::core
