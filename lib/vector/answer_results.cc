// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// From what was added up to columns, and to cells of linked records.

#include <algorithm>

#include "absl/numeric/int128.h"
#include "vector/answers.h"

namespace trato::core {
namespace {

using Ask = RowQuestion::Ask;
using Form = Column::Form;

}  // namespace

std::vector<uint8_t> Answers::States(bool also_empty) const {
  std::vector<uint8_t> states;
  const bool any_noted = !set_states_.empty() || !body_states_.empty();
  if (!any_noted && !also_empty) return states;
  states.resize(slots_, kKnown);
  if (also_empty) {
    for (size_t slot = 0; slot < slots_; ++slot) {
      states[slot] = counts_[slot] == 0 ? kAbsent : kKnown;
    }
  }
  for (const auto* noted : {&set_states_, &body_states_}) {
    if (noted->empty()) continue;
    for (size_t slot = 0; slot < slots_; ++slot) {
      states[slot] = (*noted)[slot] == kKnown ? states[slot] : kKnown;
    }
  }
  for (const auto* noted : {&set_states_, &body_states_}) {
    if (noted->empty()) continue;
    for (size_t slot = 0; slot < slots_; ++slot) {
      states[slot] = std::max(states[slot], (*noted)[slot]);
    }
  }
  return states;
}

Column Answers::FinishNumbers() {
  const bool is_sum = question_->ask == Ask::kSum;
  if (kind_ == Kind::kDouble) {
    Column result = Column::OfForm(Form::kReal, kind_, 0);
    result.states = States(!is_sum);
    result.reals = reals_;
    return result;
  }
  if (!currencies_.empty()) {
    Column result = Column::OfForm(Form::kDatum, kind_, slots_);
    result.states = States(!is_sum);
    for (size_t slot = 0; slot < slots_; ++slot) {
      result.datums[slot] = Money{wholes_[slot], currencies_[slot]};
    }
    return result;
  }
  Column result = Column::OfForm(Form::kWhole, kind_, 0);
  result.states = States(!is_sum);
  result.wholes = wholes_;
  result.currency = usual_;
  if (!has_usual_) result.currency = Currency();
  result.has_bare_zeros = kind_ == Kind::kMoney && (is_sum || has_bare_);
  return result;
}

Column Answers::FinishAverage() {
  const bool is_real = question_->node->args[1]->type.is(Kind::kDouble);
  if (kind_ == Kind::kDouble) {
    Column result = Column::OfForm(Form::kReal, kind_, slots_);
    result.states = States(true);
    for (size_t slot = 0; slot < slots_; ++slot) {
      const auto count = static_cast<double>(counts_[slot]);
      result.reals[slot] =
          (is_real ? reals_[slot] : static_cast<double>(wholes_[slot])) / count;
    }
    return result;
  }
  Column result = FinishNumbers();
  result.states = States(true);
  result.has_bare_zeros = kind_ == Kind::kMoney && has_bare_;
  for (size_t slot = 0; slot < slots_; ++slot) {
    if (counts_[slot] == 0) continue;
    const absl::int128 twice = absl::int128(wholes_[slot]) * 2;
    const absl::int128 count = counts_[slot];
    const absl::int128 half = twice < 0 ? twice - count : twice + count;
    const auto rounded = static_cast<int64_t>(half / (count * 2));
    if (result.form == Form::kWhole) {
      result.wholes[slot] = rounded;
    } else {
      result.datums[slot] = Money{rounded, currencies_[slot]};
    }
  }
  return result;
}

Column Answers::Finish() {
  switch (question_->ask) {
    case Ask::kExists:
    case Ask::kAll: {
      const uint8_t decided = question_->ask == Ask::kExists ? kTrue : kFalse;
      Column result = Column::OfForm(Form::kCondition, Kind::kBool, slots_);
      for (size_t slot = 0; slot < slots_; ++slot) {
        // What decides wins over what fails, but for the set itself.
        const uint8_t state =
            counts_[slot] != 0 ? SetStateAt(slot) : StateAt(slot);
        const uint8_t known = counts_[slot] != 0 ? decided : decided ^ 1;
        result.bytes[slot] = state != kKnown ? state : known;
      }
      return result;
    }
    case Ask::kExistsOne: {
      Column result = Column::OfForm(Form::kCondition, Kind::kBool, slots_);
      for (size_t slot = 0; slot < slots_; ++slot) {
        const uint8_t state = StateAt(slot);
        result.bytes[slot] = state != kKnown ? state : counts_[slot] == 1;
      }
      return result;
    }
    case Ask::kDistinct:
      counts_ = values_.Counts();
      for (size_t slot = 0; slot < slots_; ++slot) {
        if (counts_[slot] > question_->max_values) {
          Unsure(static_cast<uint32_t>(slot));
        }
      }
      [[fallthrough]];
    case Ask::kCount: {
      Column result = Column::OfForm(Form::kWhole, Kind::kInt, slots_);
      result.states = States(false);
      for (size_t slot = 0; slot < slots_; ++slot) {
        result.wholes[slot] = counts_[slot];
      }
      return result;
    }
    case Ask::kRecency: {
      Column result = Column::OfForm(Form::kWhole, Kind::kDuration, slots_);
      result.states = States(true);
      for (size_t slot = 0; slot < slots_; ++slot) {
        result.wholes[slot] = now_us_ - wholes_[slot];
      }
      return result;
    }
    case Ask::kFirst:
    case Ask::kLast: {
      Column result = Column::OfForm(Form::kDatum, Kind::kDyn, 0);
      result.states = States(true);
      result.datums = datums_;
      return result;
    }
    case Ask::kSum:
    case Ask::kMin:
    case Ask::kMax:
      return FinishNumbers();
    case Ask::kAverage:
      return FinishAverage();
  }
  return {};
}

Answers::Cell Answers::Take(uint32_t slot) {
  Cell cell;
  cell.count = counts_[slot];
  cell.set_state = SetStateAt(slot);
  cell.body_state = body_states_.empty() ? kKnown : body_states_[slot];
  if (!wholes_.empty() && slot < wholes_.size()) cell.whole = wholes_[slot];
  if (slot < reals_.size()) cell.real = reals_[slot];
  if (!currencies_.empty()) {
    cell.currency = currencies_[slot];
  } else if (has_usual_) {
    cell.currency = usual_;
    if (has_bare_ && cell.count > 0) cell.body_state = kUnsure;
  }
  if (question_->ask == Ask::kFirst || question_->ask == Ask::kLast) {
    cell.more = std::make_unique<Cell::More>();
    cell.more->datum = datums_[slot];
    // Text in an arena that goes with the range.
    if (std::holds_alternative<std::string_view>(cell.more->datum)) {
      cell.body_state = kUnsure;
      cell.more->datum = Failure{};
    }
  }
  if (question_->ask == Ask::kDistinct) {
    cell.more = std::make_unique<Cell::More>();
    cell.more->values = values_.Of(slot);
    cell.count = static_cast<uint32_t>(cell.more->values.size());
  }
  return cell;
}

void Answers::Put(uint32_t slot, const Cell& cell) {
  if (cell.set_state != kKnown) NoteState(slot, cell.set_state);
  if (cell.body_state != kKnown) NoteBody(slot, cell.body_state);
  if (question_->ask == Ask::kDistinct) {
    if (cell.currency && !IsUsual(cell.currency)) Unsure(slot);
    if (cell.more != nullptr) values_.Add(slot, cell.more->values);
    return;
  }
  if (cell.count == 0) return;
  const bool is_first = counts_[slot] == 0;
  switch (question_->ask) {
    case Ask::kSum:
    case Ask::kAverage:
      if (question_->node->args[1]->type.is(Kind::kMoney)) {
        AddAmount(slot, cell.whole, cell.currency, cell.count);
        return;
      }
      // Doubles are added one by one, which this is not.
      if (!is_first && question_->node->args[1]->type.is(Kind::kDouble)) {
        Unsure(slot);
      }
      reals_[slot] += cell.real;
      if (__builtin_add_overflow(wholes_[slot], cell.whole, &wholes_[slot])) {
        Unsure(slot);
      }
      break;
    case Ask::kMin:
    case Ask::kMax: {
      const bool is_max = question_->ask == Ask::kMax;
      if (kind_ == Kind::kMoney && !IsUsual(cell.currency)) {
        if (!cell.currency ||
            (currencies_[slot] && currencies_[slot] != cell.currency)) {
          Unsure(slot);
        }
        currencies_[slot] = cell.currency;
      }
      if (is_first ||
          (is_max ? cell.whole > wholes_[slot] : cell.whole < wholes_[slot])) {
        wholes_[slot] = cell.whole;
      }
      if (is_first ||
          (is_max ? cell.real > reals_[slot] : cell.real < reals_[slot])) {
        reals_[slot] = cell.real;
      }
      break;
    }
    case Ask::kFirst:
    case Ask::kLast: {
      if (!is_first && cell.whole == wholes_[slot]) Unsure(slot);
      const bool is_last = question_->ask == Ask::kLast;
      if (is_first ||
          (is_last ? cell.whole > wholes_[slot] : cell.whole < wholes_[slot])) {
        wholes_[slot] = cell.whole;
        datums_[slot] = cell.more->datum;
      }
      counts_[slot] = 1;
      return;
    }
    case Ask::kRecency:
      wholes_[slot] =
          is_first ? cell.whole : std::max(wholes_[slot], cell.whole);
      break;
    default:
      break;
  }
  counts_[slot] += cell.count;
}

}  // namespace trato::core
