// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/answers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "absl/numeric/int128.h"

namespace trato::core {
namespace {

using Ask = RowQuestion::Ask;
using Form = Column::Form;

// With more different values the one-customer evaluator says whether it is too
// much.
constexpr uint32_t kMaxValues = 4000;

// What tells values of one kind apart.
int64_t BitsOf(double value) {
  if (value == 0) return 0;  // one zero
  if (std::isnan(value)) return std::numeric_limits<int64_t>::min() + 1;
  return std::bit_cast<int64_t>(value);
}

}  // namespace

void Answers::Begin(const RowQuestion& question, size_t slots, int64_t now_us) {
  question_ = &question;
  slots_ = slots;
  now_us_ = now_us;
  kind_ = question.node->type.kind();
  counts_.assign(slots, 0);
  set_states_.assign(slots, kKnown);
  body_states_.assign(slots, kKnown);
  part_ = 0;
  has_usual_ = false;
  has_bare_ = false;
  currencies_.clear();
  values_.clear();
  listed_.clear();
  is_settled_ = false;
  switch (question.ask) {
    case Ask::kSum:
    case Ask::kAverage:
    case Ask::kMin:
    case Ask::kMax:
      wholes_.assign(slots, 0);
      reals_.assign(slots, 0);
      part_of_.assign(slots, 0);
      break;
    case Ask::kFirst:
    case Ask::kLast:
      datums_.assign(slots, Failure{});
      [[fallthrough]];
    case Ask::kRecency:
      wholes_.assign(slots, 0);
      break;
    case Ask::kDistinct:
      part_of_.assign(slots, 0);
      is_listed_.assign(slots, false);
      break;
    default:
      break;
  }
}

void Answers::WillTake(uint32_t slot) {
  if (question_->ask == Ask::kDistinct) List(slot);
}

void Answers::CountRows(const TypeScan::Part& part, uint32_t first_record,
                        bool is_whole) {
  uint32_t* const counts = counts_.data();
  const size_t entries = part.records.size();
  const uint32_t* const records = part.records.data();
  const uint32_t* const ends = part.ends.data();
  uint32_t before = 0;
  if (is_whole) {
    for (size_t i = 0; i < entries; ++i) {
      counts[records[i] - first_record] += ends[i] - before;
      before = ends[i];
    }
    return;
  }
  const size_t rows = part.row_count();
  kept_.resize(rows + 1);
  uint32_t* const kept = kept_.data();
  const int64_t* const at_us = part.at_us.data();
  const int64_t from_us = question_->set.from_us;
  const int64_t until_us = question_->set.until_us;
  uint32_t count = 0;
  for (size_t row = 0; row < rows; ++row) {
    kept[row] = count;
    count += static_cast<uint32_t>((at_us[row] > from_us) &
                                   (at_us[row] <= until_us));
  }
  kept[rows] = count;
  for (size_t i = 0; i < entries; ++i) {
    const uint32_t end = kept[ends[i]];
    counts[records[i] - first_record] += end - before;
    before = end;
  }
}

void Answers::SumAmounts(const TypeScan::Part& part, uint32_t first_record,
                         bool is_whole) {
  const size_t rows = part.row_count();
  const int64_t* const amounts = part.amounts.data();
  // So that sums of a part cannot overflow.
  uint64_t bits = 0;
  for (size_t row = 0; row < rows; ++row) {
    bits |= static_cast<uint64_t>(amounts[row] ^ (amounts[row] >> 63));
  }
  const Currency currency = part.currencies[0];
  const bool is_simple = part.currencies.size() == 1 && bits >> 40 == 0 &&
                         (currency || bits == 0) && IsUsual(currency);
  const int64_t* const at_us = part.at_us.data();
  const int64_t from_us =
      is_whole ? std::numeric_limits<int64_t>::min() : question_->set.from_us;
  const int64_t until_us =
      is_whole ? std::numeric_limits<int64_t>::max() : question_->set.until_us;
  if (!is_simple) {
    uint32_t row = 0;
    for (size_t i = 0; i < part.records.size(); ++i) {
      for (; row < part.ends[i]; ++row) {
        if (!is_whole && (at_us[row] <= from_us || at_us[row] > until_us)) {
          continue;
        }
        AddAmount(part.records[i] - first_record, amounts[row],
                  part.currencies[part.currencies.size() == 1 ? 0 : row], 1);
      }
    }
    return;
  }
  kept_.resize(rows + 1);
  sums_.resize(rows + 1);
  uint32_t* const kept = kept_.data();
  int64_t* const sums = sums_.data();
  uint32_t count = 0;
  int64_t sum = 0;
  if (is_whole) {
    for (size_t row = 0; row < rows; ++row) {
      sums[row] = sum;
      sum += amounts[row];
    }
  } else {
    for (size_t row = 0; row < rows; ++row) {
      kept[row] = count;
      sums[row] = sum;
      const bool counts = (at_us[row] > from_us) & (at_us[row] <= until_us);
      count += static_cast<uint32_t>(counts);
      sum += amounts[row] & -static_cast<int64_t>(counts);
    }
  }
  kept[rows] = count;
  sums[rows] = sum;
  uint32_t before = 0;
  int64_t sum_before = 0;
  for (size_t i = 0; i < part.records.size(); ++i) {
    const uint32_t slot = part.records[i] - first_record;
    const uint32_t end = is_whole ? part.ends[i] : kept[part.ends[i]];
    const int64_t sum_until = sums[part.ends[i]];
    counts_[slot] += end - before;
    if (__builtin_add_overflow(wholes_[slot], sum_until - sum_before,
                               &wholes_[slot])) {
      Unsure(slot);
    }
    before = end;
    sum_before = sum_until;
  }
}

void Answers::LastTimes(const TypeScan::Part& part, uint32_t first_record,
                        bool is_whole) {
  const int64_t until_us = question_->set.until_us;
  const int64_t from_us = question_->set.from_us;
  uint32_t begin = 0;
  for (size_t i = 0; i < part.records.size(); ++i) {
    uint32_t end = part.ends[i];
    if (!is_whole) {
      while (end > begin && part.at_us[end - 1] > until_us) --end;
    }
    const bool any = end > begin && (is_whole || part.at_us[end - 1] > from_us);
    begin = part.ends[i];
    if (!any) continue;
    const uint32_t slot = part.records[i] - first_record;
    const int64_t last_us = part.at_us[end - 1];
    wholes_[slot] =
        counts_[slot] == 0 ? last_us : std::max(wholes_[slot], last_us);
    counts_[slot] = 1;
  }
}

void Answers::NoteStates(const Rows& rows,
                         const std::vector<uint8_t>& conditions) {
  for (size_t k = 0; k < conditions.size(); ++k) {
    if (conditions[k] >= kAbsent) NoteState(rows.slots[k], conditions[k]);
  }
}

bool Answers::IsUsual(Currency currency) {
  if (!currency) {
    has_bare_ = true;
    return currencies_.empty();
  }
  if (!has_usual_) {
    has_usual_ = true;
    usual_ = currency;
  }
  if (currency == usual_) return currencies_.empty();
  if (currencies_.empty()) {
    currencies_.resize(slots_);
    for (size_t slot = 0; slot < slots_; ++slot) {
      if (counts_[slot] == 0) continue;
      currencies_[slot] = usual_;
      if (has_bare_) Unsure(static_cast<uint32_t>(slot));
    }
  }
  return false;
}

void Answers::AddAmount(uint32_t slot, int64_t minor, Currency currency,
                        uint32_t count) {
  if (!IsUsual(currency)) {
    if (!currency || (currencies_[slot] && currencies_[slot] != currency)) {
      Unsure(slot);
    }
    currencies_[slot] = currency;
  } else if (!currency && minor != 0) {
    Unsure(slot);
  }
  if (__builtin_add_overflow(wholes_[slot], minor, &wholes_[slot])) {
    Unsure(slot);
  }
  counts_[slot] += count;
}

void Answers::AddAmounts(const Rows& rows, const Column& body) {
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t slot = rows.slots[k];
    uint8_t state = body.StateAt(k);
    if (state == kKnown && body.form == Form::kWhole) {
      AddAmount(slot, body.wholes[k], body.currency, 1);
      continue;
    }
    const Datum value = body.ValueAt(k, state);
    const auto* money = std::get_if<Money>(&value);
    if (state != kKnown || money == nullptr) {
      uint8_t& known = body_states_[slot];
      known = std::max(known, state == kAbsent ? kAbsent : kUnsure);
      continue;
    }
    AddAmount(slot, money->minor, money->currency, 1);
  }
}

void Answers::AddNumbers(const Rows& rows, const Column& body) {
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t slot = rows.slots[k];
    uint8_t state = kKnown;
    const Datum value = body.ValueAt(k, state);
    if (state != kKnown) {
      body_states_[slot] = std::max(body_states_[slot], state);
      continue;
    }
    if (const auto* real = std::get_if<double>(&value)) {
      // The order of what is added matters: by record, type and time. Of
      // several places, or at one instant, it is not the order here.
      if ((part_of_[slot] >= first_of_type_ && part_of_[slot] != part_) ||
          (k > 0 && rows.slots[k - 1] == slot &&
           rows.rows[k - 1] != rows.rows[k] &&
           rows.TimeAt(k - 1) == rows.TimeAt(k))) {
        Unsure(slot);
      }
      part_of_[slot] = part_;
      reals_[slot] += *real;
    } else {
      int64_t whole = 0;
      if (const auto* it = std::get_if<int64_t>(&value)) {
        whole = *it;
      } else if (const auto* it = std::get_if<Duration>(&value)) {
        whole = it->us;
      } else {
        Unsure(slot);
      }
      if (__builtin_add_overflow(wholes_[slot], whole, &wholes_[slot])) {
        Unsure(slot);
      }
    }
    ++counts_[slot];
  }
}

void Answers::AddExtremes(const Rows& rows, const Column& body) {
  const bool is_max = question_->ask == Ask::kMax;
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t slot = rows.slots[k];
    uint8_t state = kKnown;
    const Datum value = body.ValueAt(k, state);
    if (state != kKnown) {
      body_states_[slot] = std::max(body_states_[slot], state);
      continue;
    }
    const bool is_first = counts_[slot] == 0;
    if (const auto* real = std::get_if<double>(&value)) {
      // Zeros of both signs are equal, and not-a-number is neither less nor
      // more: then the first one stays.
      if (std::isnan(*real) || *real == 0) Unsure(slot);
      if (is_first || (is_max ? *real > reals_[slot] : *real < reals_[slot])) {
        reals_[slot] = *real;
      }
      ++counts_[slot];
      continue;
    }
    int64_t whole = 0;
    if (const auto* it = std::get_if<int64_t>(&value)) {
      whole = *it;
    } else if (const auto* it = std::get_if<Timestamp>(&value)) {
      whole = it->us;
    } else if (const auto* it = std::get_if<Duration>(&value)) {
      whole = it->us;
    } else if (const auto* it = std::get_if<Money>(&value)) {
      whole = it->minor;
      if (!it->currency) Unsure(slot);
      if (!IsUsual(it->currency)) {
        if (currencies_[slot] && currencies_[slot] != it->currency) {
          Unsure(slot);
        }
        currencies_[slot] = it->currency;
      }
    } else {
      Unsure(slot);
    }
    if (is_first || (is_max ? whole > wholes_[slot] : whole < wholes_[slot])) {
      wholes_[slot] = whole;
    }
    ++counts_[slot];
  }
}

void Answers::AddConditions(const Rows& rows, const Column& body) {
  const uint8_t counted = question_->ask == Ask::kAll ? kFalse : kTrue;
  const std::vector<uint8_t> held = ConditionsOf(body, rows.size());
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t slot = rows.slots[k];
    counts_[slot] += held[k] == counted;
    if (held[k] >= kAbsent) {
      body_states_[slot] = std::max(body_states_[slot], held[k]);
    }
  }
}

void Answers::AddValues(const Rows& rows, const Column& body) {
  const bool is_text = body.form == Form::kText;
  if (is_text && stamps_.size() < body.table->size()) {
    stamps_.resize(body.table->size(), 0);
  }
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t slot = rows.slots[k];
    if (k == 0 || rows.slots[k - 1] != slot) {
      ++stamp_;
      if (part_of_[slot] != 0 && part_of_[slot] != part_) List(slot);
      part_of_[slot] = part_;
      if (!is_text) List(slot);
    }
    int64_t bits = 0;
    if (is_text) {
      uint32_t& stamp = stamps_[body.codes[k]];
      if (stamp == stamp_) continue;
      stamp = stamp_;
      bits = body.codes[k];
    } else if (body.is_constant) {
      bits = rows.type;  // i.type
    } else {
      uint8_t state = kKnown;
      const Datum value = body.ValueAt(k, state);
      if (state != kKnown) {
        body_states_[slot] = std::max(body_states_[slot], state);
        continue;
      }
      if (const auto* it = std::get_if<int64_t>(&value)) {
        bits = *it;
      } else if (const auto* it = std::get_if<double>(&value)) {
        bits = BitsOf(*it);
      } else if (const auto* it = std::get_if<Timestamp>(&value)) {
        bits = it->us;
      } else if (const auto* it = std::get_if<Duration>(&value)) {
        bits = it->us;
      } else if (const auto* it = std::get_if<Money>(&value)) {
        bits = it->minor;
        if (!it->currency || !IsUsual(it->currency)) Unsure(slot);
      } else {
        Unsure(slot);
      }
    }
    values_.emplace_back(slot, bits);
    ++counts_[slot];
  }
}

void Answers::Add(const Rows& rows, const Column* body) {
  switch (question_->ask) {
    case Ask::kCount:
      for (const uint32_t slot : rows.slots) ++counts_[slot];
      return;
    case Ask::kRecency:
      for (size_t k = 0; k < rows.size(); ++k) {
        const uint32_t slot = rows.slots[k];
        wholes_[slot] = counts_[slot] == 0
                            ? rows.TimeAt(k)
                            : std::max(wholes_[slot], rows.TimeAt(k));
        counts_[slot] = 1;
      }
      return;
    case Ask::kExists:
    case Ask::kAll:
    case Ask::kExistsOne:
      if (body != nullptr) return AddConditions(rows, *body);
      for (const uint32_t slot : rows.slots) ++counts_[slot];
      return;
    case Ask::kSum:
    case Ask::kAverage:
      if (question_->node->args[1]->type.is(Kind::kMoney)) {
        return AddAmounts(rows, *body);
      }
      return AddNumbers(rows, *body);
    case Ask::kMin:
    case Ask::kMax:
      return AddExtremes(rows, *body);
    case Ask::kDistinct:
      return AddValues(rows, *body);
    case Ask::kFirst:
    case Ask::kLast:
      return;
  }
}

std::vector<uint32_t> Answers::Candidates(const Rows& rows) {
  const bool is_last = question_->ask == Ask::kLast;
  std::vector<uint32_t> candidates;
  const size_t count = rows.size();
  for (size_t begin = 0; begin < count;) {
    const uint32_t slot = rows.slots[begin];
    size_t end = begin + 1;
    while (end < count && rows.slots[end] == slot) ++end;
    const size_t it = is_last ? end - 1 : begin;
    // Of several at one instant source and fact id decide.
    const bool is_tied =
        end - begin > 1 &&
        rows.TimeAt(it) == rows.TimeAt(is_last ? end - 2 : begin + 1);
    if (is_tied) Unsure(slot);
    candidates.push_back(static_cast<uint32_t>(it));
    begin = end;
  }
  return candidates;
}

void Answers::AddCandidates(const Rows& rows, const Column& body,
                            Arena& arena) {
  const bool is_last = question_->ask == Ask::kLast;
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t slot = rows.slots[k];
    const int64_t at_us = rows.TimeAt(k);
    if (counts_[slot] != 0) {
      if (at_us == wholes_[slot]) Unsure(slot);
      if (is_last ? at_us <= wholes_[slot] : at_us >= wholes_[slot]) continue;
    }
    counts_[slot] = 1;
    wholes_[slot] = at_us;
    uint8_t state = kKnown;
    Datum value = body.ValueAt(k, state);
    if (state != kKnown) {
      value = Fail(state == kAbsent ? Failure::Reason::kAbsent
                                    : Failure::Reason::kOverload);
    }
    // Where the row lies may be gone by the time that it is asked.
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      value = arena.Copy(*text);
    }
    datums_[slot] = value;
  }
}

void Answers::SettleValues() {
  if (is_settled_) return;
  is_settled_ = true;
  listed_.clear();
  for (const auto& it : values_) {
    if (is_listed_[it.first]) listed_.push_back(it);
  }
  std::sort(listed_.begin(), listed_.end());
  listed_.erase(std::unique(listed_.begin(), listed_.end()), listed_.end());
  for (size_t slot = 0; slot < slots_; ++slot) {
    if (is_listed_[slot]) counts_[slot] = 0;
  }
  for (const auto& it : listed_) ++counts_[it.first];
}

std::vector<uint8_t> Answers::States(bool also_empty) const {
  std::vector<uint8_t> states(slots_);
  uint8_t any = kKnown;
  for (size_t slot = 0; slot < slots_; ++slot) {
    states[slot] = std::max(set_states_[slot], body_states_[slot]);
    if (also_empty && counts_[slot] == 0 && states[slot] == kKnown) {
      states[slot] = kAbsent;
    }
    any = std::max(any, states[slot]);
  }
  if (any == kKnown) states.clear();
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
            counts_[slot] != 0 ? set_states_[slot] : StateAt(slot);
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
      SettleValues();
      for (size_t slot = 0; slot < slots_; ++slot) {
        if (counts_[slot] > kMaxValues) Unsure(static_cast<uint32_t>(slot));
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
  cell.set_state = set_states_[slot];
  cell.body_state = body_states_[slot];
  if (!wholes_.empty() && slot < wholes_.size()) cell.whole = wholes_[slot];
  if (slot < reals_.size()) cell.real = reals_[slot];
  if (!currencies_.empty()) {
    cell.currency = currencies_[slot];
  } else if (has_usual_) {
    cell.currency = usual_;
    if (has_bare_ && cell.count > 0) cell.body_state = kUnsure;
  }
  if (question_->ask == Ask::kFirst || question_->ask == Ask::kLast) {
    cell.datum = datums_[slot];
    // Text in an arena that goes with the range.
    if (std::holds_alternative<std::string_view>(cell.datum)) {
      cell.body_state = kUnsure;
      cell.datum = Failure{};
    }
  }
  if (question_->ask == Ask::kDistinct) {
    SettleValues();
    for (auto it = std::lower_bound(
             listed_.begin(), listed_.end(),
             std::pair(slot, std::numeric_limits<int64_t>::min()));
         it != listed_.end() && it->first == slot; ++it) {
      cell.values.push_back(it->second);
    }
  }
  return cell;
}

void Answers::Put(uint32_t slot, const Cell& cell) {
  set_states_[slot] = std::max(set_states_[slot], cell.set_state);
  body_states_[slot] = std::max(body_states_[slot], cell.body_state);
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
        datums_[slot] = cell.datum;
      }
      counts_[slot] = 1;
      return;
    }
    case Ask::kRecency:
      wholes_[slot] =
          is_first ? cell.whole : std::max(wholes_[slot], cell.whole);
      break;
    case Ask::kDistinct:
      List(slot);
      if (cell.currency && !IsUsual(cell.currency)) Unsure(slot);
      for (const int64_t value : cell.values) values_.emplace_back(slot, value);
      break;
    default:
      break;
  }
  counts_[slot] += cell.count;
}

}  // namespace trato::core
