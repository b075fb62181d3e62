// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <limits>
#include <string>

#include "base/calendar_steps.h"
#include "segment/live_program.h"

namespace trato::core {
namespace {

constexpr uint32_t kMaxCodes = 4096;
constexpr uint8_t kNotKnown = 0xff;

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

LiveTest::LiveTest(const LiveProgram* program)
    : program_(program),
      known_(program->parts_.size()),
      visible_(program->groups_.size()),
      starts_(program->reaches_.size()),
      said_(program->attributes_.size()),
      by_code_(program->values_.size()) {}

void LiveTest::Begin(RecordNumber customer, int64_t now_us) {
  customer_ = customer;
  loaded_ = Loaded::kNot;
  const bool same_instant = now_us == now_us_ && stamp_ != 0;
  const uint32_t before = stamp_;
  MoveTo(now_us);
  if (!same_instant) return;
  // Windows begin where they did for the one before.
  for (Start& it : starts_) {
    if (it.stamp == before) it.stamp = stamp_;
  }
}

void LiveTest::MoveTo(int64_t now_us) {
  now_us_ = now_us;
  if (++stamp_ != 0) return;
  // The stamps have come round.
  for (Known& it : known_) it.stamp = 0;
  for (Visible& it : visible_) it.stamp = 0;
  for (Start& it : starts_) it.stamp = 0;
  for (Said& it : said_) it.stamp = 0;
  stamp_ = 1;
}

bool LiveTest::Test(uint16_t segment, int64_t* until_us) {
  const Outcome outcome = Of(program_->roots_[segment]);
  *until_us = outcome.until_us;
  return outcome.state == State::kHolds;
}

bool LiveTest::HasInteractionAt(int64_t at_us) {
  if (LoadRows()) return rows_->HasAt(at_us);
  const World& world = *program_->world_;
  for (const RecordNumber record : world.customers->RecordsOf(customer_)) {
    for (const auto& [type, readers] : program_->readers_) {
      if (world.timeline->FirstAfter(record, type, at_us - 1) == at_us) {
        return true;
      }
    }
  }
  return false;
}

LiveTest::Outcome LiveTest::Of(uint32_t index) {
  Known& known = known_[index];
  if (known.stamp == stamp_) return known.outcome;
  using PartKind = LiveProgram::PartKind;
  const LiveProgram::Part& part = program_->parts_[index];
  Outcome outcome;
  switch (part.kind) {
    case PartKind::kConstant:
      outcome.state = part.constant;
      break;
    case PartKind::kAnd:
    case PartKind::kOr:
      outcome = Logic(part);
      break;
    case PartKind::kNot:
      outcome = Of(program_->args_[part.first]);
      if (outcome.state == State::kHolds) {
        outcome.state = State::kFails;
      } else if (outcome.state == State::kFails) {
        outcome.state = State::kHolds;
      }
      break;
    case PartKind::kSegment:
      outcome = Of(program_->args_[part.first]);
      if (outcome.state == State::kAbsent) outcome.state = State::kFails;
      break;
    case PartKind::kWindow:
      outcome = OfWindow(program_->windows_[part.index]);
      break;
    case PartKind::kRecency:
      outcome = OfRecency(program_->recencies_[part.index]);
      break;
    case PartKind::kValue:
      outcome = OfValue(program_->values_[part.index], by_code_[part.index]);
      break;
    case PartKind::kPlain:
      outcome = OfPlain(part.index, part.aspect);
      break;
    case PartKind::kWhole:
      outcome = OfWhole(*program_->whole_[part.index]);
      break;
  }
  known = {stamp_, outcome};
  return outcome;
}

// As LogicAndChanges has it, of parts whose values are known by state.
LiveTest::Outcome LiveTest::Logic(const LiveProgram::Part& part) {
  const bool is_or = part.kind == LiveProgram::PartKind::kOr;
  const auto decides = [&](State state) {
    switch (part.aspect) {
      case Aspect::kHolds:
        return (state == State::kHolds) == is_or;
      case Aspect::kFails:
        return (state == State::kFails) != is_or;
      default:
        return state == (is_or ? State::kHolds : State::kFails);
    }
  };
  int64_t all_us = kNever;
  int64_t deciders_us = std::numeric_limits<int64_t>::min();
  bool decided = false;
  bool deciding = false, undecided = false, absent = false;
  for (uint32_t i = 0; i < part.count; ++i) {
    const Outcome outcome = Of(program_->args_[part.first + i]);
    if (decides(outcome.state)) {
      decided = true;
      deciders_us = std::max(deciders_us, outcome.until_us);
    } else {
      all_us = std::min(all_us, outcome.until_us);
    }
    deciding |= outcome.state == (is_or ? State::kHolds : State::kFails);
    undecided |= outcome.state == State::kUndecided;
    absent |= outcome.state == State::kAbsent;
    if (decided && deciders_us == kNever) break;
  }
  Outcome result;
  result.until_us = decided ? deciders_us : all_us;
  if (deciding) {
    result.state = is_or ? State::kHolds : State::kFails;
  } else if (undecided) {
    result.state = State::kUndecided;
  } else if (absent) {
    result.state = State::kAbsent;
  } else {
    result.state = is_or ? State::kFails : State::kHolds;
  }
  return result;
}

LiveTest::Outcome LiveTest::OfPlain(uint32_t plain, Aspect aspect) {
  const LiveProgram::Plain& it = program_->plain_[plain];
  Nesting nesting;
  Evaluation evaluation{program_->world_, customer_, now_us_, &nesting};
  ChangeBound bound;
  bound.aspect = aspect;
  evaluation.bound = &bound;
  const Datum value = Evaluate(evaluation, *it.node);
  Outcome outcome;
  outcome.until_us = bound.until_us;
  if (const auto* holds = std::get_if<bool>(&value)) {
    outcome.state = *holds ? State::kHolds : State::kFails;
  } else {
    const auto* failure = std::get_if<Failure>(&value);
    const bool is_absent =
        failure != nullptr && failure->reason == Failure::Reason::kAbsent;
    outcome.state = is_absent ? State::kAbsent : State::kUndecided;
  }
  return outcome;
}

LiveTest::Outcome LiveTest::OfWhole(const SegmentStore::Segment& segment) {
  Outcome outcome;
  const auto verdict = program_->store_->Test(segment, customer_, now_us_,
                                              &outcome.until_us);
  if (verdict.ok() && verdict->holds) outcome.state = State::kHolds;
  return outcome;
}

const LiveTest::Said& LiveTest::SaidOf(uint16_t attribute) {
  Said& said = said_[attribute];
  if (said.stamp == stamp_) return said;
  said.stamp = stamp_;
  said.until_us = kNever;
  const uint32_t number = program_->attributes_[attribute];
  const CustomerStore& customers = *program_->world_->customers;
  for (const RecordNumber record : customers.RecordsOf(customer_)) {
    said.until_us = std::min(
        said.until_us, customers.NextVersion(record, number, now_us_));
  }
  const AttributeValue value =
      customers.AttributeAt(customer_, number, now_us_);
  if (value.version == nullptr) {
    said.code = 0;
    return said;
  }
  const auto* text = std::get_if<std::string>(&value.version->value);
  if (text == nullptr) {
    said.code = kNoCode;
    return said;
  }
  // Texts of several attributes share the codes.
  auto known = codes_.find(*text);
  if (known == codes_.end() && codes_.size() < kMaxCodes) {
    known = codes_.emplace(*text, static_cast<uint32_t>(codes_.size() + 1)).first;
  }
  said.code = known == codes_.end() ? kNoCode : known->second;
  return said;
}

LiveTest::Outcome LiveTest::OfValue(const LiveProgram::OfValue& value,
                                    std::vector<uint8_t>& known) {
  const Said& said = SaidOf(value.attribute);
  if (said.code == kNoCode) return OfPlain(value.plain, Aspect::kValue);
  if (said.code >= known.size()) known.resize(said.code + 1, kNotKnown);
  uint8_t& state = known[said.code];
  if (state == kNotKnown) {
    state = static_cast<uint8_t>(OfPlain(value.plain, Aspect::kValue).state);
  }
  return {static_cast<State>(state), said.until_us};
}

bool LiveTest::LoadRows() {
  if (loaded_ != Loaded::kNot) return loaded_ == Loaded::kRows;
  loaded_ = Loaded::kRows;
  if (keeps_rows_) {
    rows_ = cache_.Find(customer_);
    if (rows_ != nullptr) return true;
  }
  if (own_rows_ == nullptr) {
    own_rows_ =
        std::make_unique<LiveRows>(program_->types_, &program_->groups_);
  }
  const World& world = *program_->world_;
  if (!own_rows_->Read(*world.timeline,
                       world.customers->RecordsOf(customer_))) {
    loaded_ = Loaded::kAmended;
    return false;
  }
  rows_ = keeps_rows_ ? cache_.Keep(customer_, own_rows_) : own_rows_.get();
  return true;
}

void LiveTest::Added(RecordNumber customer, uint32_t type, int64_t at_us,
                     const Money& amount) {
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
  const LiveProgram::Reach& reach = program_->reaches_[index];
  start.stamp = stamp_;
  start.is_known = true;
  start.from_us = now_us_ - reach.length_us;
  if (reach.offsets == nullptr) return start;
  const auto now_offset = reach.offsets->SteadyAt(now_us_);
  const auto then_offset = reach.offsets->SteadyAt(start.from_us);
  start.is_known = now_offset.has_value() && then_offset.has_value();
  if (start.is_known) start.from_us += *now_offset - *then_offset;
  return start;
}

int64_t LiveTest::Departure(const LiveProgram::Reach& reach,
                            int64_t at_us) const {
  int64_t when_us = at_us + reach.length_us;
  if (reach.offsets != nullptr) {
    const auto then_offset = reach.offsets->SteadyAt(at_us);
    const auto when_offset = reach.offsets->SteadyAt(when_us);
    when_us = then_offset && when_offset
                  ? when_us + *then_offset - *when_offset
                  : FirstReaching(at_us, reach.span, reach.zone, now_us_);
  }
  return when_us > kMaxInstant ? kNever : std::max(when_us, now_us_ + 1);
}

LiveTest::Outcome LiveTest::OfWindow(const LiveProgram::Window& window) {
  if (!LoadRows()) return OfPlain(window.plain, Aspect::kValue);
  const Visible& visible = RowsOf(window.group, window.is_sum);
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
    if (!start.is_known) return OfPlain(window.plain, Aspect::kValue);
    begin = static_cast<size_t>(
        std::upper_bound(times.begin(),
                         times.begin() + static_cast<ptrdiff_t>(end),
                         start.from_us) -
        times.begin());
  }
  const int64_t total = window.is_sum ? rows.Sum(begin, end)
                                      : static_cast<int64_t>(end - begin);
  const bool now = ComparisonHolds(window.op, total, window.value);
  Outcome outcome;
  outcome.state = now ? State::kHolds : State::kFails;
  if (end < times.size()) outcome.until_us = times[end];
  if (all || begin == end) return outcome;
  const size_t leaves =
      window.is_sum
          ? rows.FirstToChange(window.op, window.value, now, begin, end)
          : FirstToLeave(window.op, window.value, now, times, begin, end);
  if (leaves == end) return outcome;
  outcome.until_us =
      std::min(outcome.until_us,
               Departure(program_->reaches_[window.reach], times[leaves]));
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
