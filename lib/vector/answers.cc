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
  set_states_.clear();
  body_states_.clear();
  part_ = 0;
  has_usual_ = false;
  has_bare_ = false;
  currencies_.clear();
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
      values_.Begin(slots, question.node->args[1]->type.is(Kind::kString) &&
                               question.body->node->member != Member::kType);
      break;
    default:
      break;
  }
}

void Answers::CountRows(const TypeScan::Part& part, uint32_t first_record,
                        bool is_whole) {
  const uint32_t* ends = part.ends.data();
  const size_t size = part.size();
  if (!is_whole) {
    if (ranks_.Find(part.at_us, question_->set.from_us, question_->set.until_us,
                    part.ends, kept_ends_) == 0) {
      return;
    }
    ends = kept_ends_.data();
  }
  uint32_t* const counts = counts_.data();
  uint32_t before = 0;
  if (!part.records.empty()) {
    const uint32_t* const records = part.records.data();
    for (size_t i = 0; i < size; ++i) {
      counts[records[i] - first_record] += ends[i] - before;
      before = ends[i];
    }
    return;
  }
  uint32_t* const of_part = counts + (part.first_record - first_record);
  of_part[0] += ends[0];
  for (size_t i = 1; i < size; ++i) of_part[i] += ends[i] - ends[i - 1];
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
    for (size_t i = 0; i < part.size(); ++i) {
      for (; row < part.ends[i]; ++row) {
        if (!is_whole && (at_us[row] <= from_us || at_us[row] > until_us)) {
          continue;
        }
        AddAmount(part.RecordAt(i) - first_record, amounts[row],
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
  for (size_t i = 0; i < part.size(); ++i) {
    const uint32_t slot = part.RecordAt(i) - first_record;
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
  for (size_t i = 0; i < part.size(); ++i) {
    uint32_t end = part.ends[i];
    if (!is_whole) {
      while (end > begin && part.at_us[end - 1] > until_us) --end;
    }
    const bool any = end > begin && (is_whole || part.at_us[end - 1] > from_us);
    begin = part.ends[i];
    if (!any) continue;
    const uint32_t slot = part.RecordAt(i) - first_record;
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
      NoteBody(slot, state == kAbsent ? kAbsent : kUnsure);
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
      NoteBody(slot, state);
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
      NoteBody(slot, state);
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
      NoteBody(slot, held[k]);
    }
  }
}

void Answers::AddValues(const Rows& rows, const Column& body) {
  const bool is_text = body.form == Form::kText;
  if (is_text) values_.SetCodes(body.table->size());
  for (size_t k = 0; k < rows.size();) {
    const uint32_t slot = rows.slots[k];
    const size_t begin = k;
    while (k < rows.size() && rows.slots[k] == slot) ++k;
    if (is_text) {
      values_.AddCodes(slot, body.codes.data() + begin, k - begin);
      continue;
    }
    of_one_.clear();
    for (size_t i = begin; i < k; ++i) {
      if (body.is_constant) {
        of_one_.push_back(rows.type);  // i.type
        break;
      }
      uint8_t state = kKnown;
      const Datum value = body.ValueAt(i, state);
      if (state != kKnown) {
        NoteBody(slot, state);
      } else if (const auto* it = std::get_if<int64_t>(&value)) {
        of_one_.push_back(*it);
      } else if (const auto* it = std::get_if<double>(&value)) {
        of_one_.push_back(BitsOf(*it));
      } else if (const auto* it = std::get_if<Timestamp>(&value)) {
        of_one_.push_back(it->us);
      } else if (const auto* it = std::get_if<Duration>(&value)) {
        of_one_.push_back(it->us);
      } else if (const auto* it = std::get_if<Money>(&value)) {
        of_one_.push_back(it->minor);
        if (!it->currency || !IsUsual(it->currency)) Unsure(slot);
      } else {
        Unsure(slot);
      }
    }
    values_.AddWholes(slot, of_one_);
  }
}

void Answers::DistinctProducts(const TypeScan::Part& part,
                               uint32_t first_record, size_t codes) {
  const Cluster& cluster = *part.cluster;
  if (!cluster.has_lines()) return;
  const size_t rows = part.row_count() + part.gaps.size();
  values_.SetCodes(codes);
  // Where each row's lines end, and the first one's begin.
  kept_.resize(rows + 1);
  kept_[0] = cluster.LinesOf(part.first_row).first;
  cluster.column(ColumnId::kLineEnd)
      .Read(part.first_row, rows, kept_.data() + 1);
  const uint32_t first = kept_[0];
  codes_.resize(kept_[rows] - first);
  cluster.column(ColumnId::kProduct).Read(first, codes_.size(), codes_.data());
  if (!part.gaps.empty()) {
    // Without the lines of rows that were left out: what lies between two of
    // those moves up as one.
    uint32_t* const ends = kept_.data();
    uint32_t gone = 0;
    for (size_t k = 0; k < part.gaps.size(); ++k) {
      const size_t row = part.gaps[k] + k;
      const size_t until =
          k + 1 < part.gaps.size() ? part.gaps[k + 1] + k + 1 : rows;
      const uint32_t line = ends[row + 1];
      gone += line - ends[row];
      std::copy(codes_.data() + (line - first),
                codes_.data() + (ends[until] - first),
                codes_.data() + (line - first - gone));
      for (size_t i = row + 1; i < until; ++i) ends[i - k] = ends[i + 1] - gone;
    }
  }
  uint32_t begin = first;
  for (size_t i = 0; i < part.size(); ++i) {
    const uint32_t end = kept_[part.ends[i]];
    if (end == begin) continue;
    values_.AddCodes(part.RecordAt(i) - first_record,
                     codes_.data() + (begin - first), end - begin);
    begin = end;
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

}  // namespace trato::core
