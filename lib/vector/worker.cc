// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/worker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "expression/attribute_values.h"

namespace trato::core {
namespace {

using Form = Column::Form;
using Ask = RowQuestion::Ask;

// What an element may take of what a whole test may (kMaxSteps): far less, so
// that all of them together stay below it.
constexpr int64_t kStepsOfOperator = 1000;
constexpr int64_t kStepsOfOneByOne = 20'000;
constexpr size_t kBytesOfOneByOne = size_t{64} << 10;

bool Any(const std::vector<uint8_t>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [](uint8_t it) { return it != 0; });
}

bool IsAmount(const Part* body) {
  return body != nullptr && body->kind == Part::Kind::kMember &&
         body->node->member == Member::kAmount;
}

std::vector<uint8_t> TakeConditions(Column column, size_t count) {
  if (column.form == Form::kCondition) return std::move(column.bytes);
  return ConditionsOf(column, count);
}

Column OfConditions(std::vector<uint8_t> conditions) {
  Column column;
  column.form = Form::kCondition;
  column.bytes = std::move(conditions);
  return column;
}

}  // namespace

Worker::Worker(const Everybody& everybody)
    : everybody_(&everybody),
      parts_(everybody.parts),
      scratch_(&parts_->world(), parts_->now_us(), parts_->all().size()),
      tables_(&parts_->names()),
      columns_(parts_->all().size()),
      known_(parts_->all().size()),
      answers_(parts_->questions().size()),
      asked_(parts_->questions().size()) {}

void Worker::Begin(size_t count) {
  count_ = count;
  all_.assign(count, 1);
  for (auto& column : columns_) column.reset();
  asked_.assign(asked_.size(), Asked::kNot);
  texts_.Release(no_texts_);
}

std::vector<uint8_t> Worker::TestRecords(RecordNumber from,
                                         const std::vector<uint8_t>& wanted,
                                         std::span<const RecordNumber> linked) {
  from_ = from;
  groups_ = {};
  linked_ = linked;
  Begin(wanted.size());
  return ConditionsOf(Evaluate(parts_->root(), wanted), count_);
}

std::vector<uint8_t> Worker::TestGroups(
    std::span<const Group> groups,
    std::span<const CustomerStore::Linked::Place> places) {
  groups_ = groups;
  linked_ = {};
  // Slots are those of the groups.
  from_ = 0;
  const uint32_t first = groups.front().first;
  std::vector<uint32_t> slots;
  for (const Group& group : groups) {
    slots.insert(slots.end(), group.count,
                 static_cast<uint32_t>(&group - groups.data()));
  }
  selected_.clear();
  slots_of_selected_.clear();
  for (const auto& it : places) {
    if (it.place < first || it.place - first >= slots.size()) continue;
    selected_.push_back(it.record);
    slots_of_selected_.push_back(slots[it.place - first]);
  }
  Begin(groups.size());
  return ConditionsOf(Evaluate(parts_->root(), all_), count_);
}

bool Worker::TakeCell(const RowQuestion& question, RecordNumber record,
                      Answers::Cell& cell) {
  if (asked_[question.index] == Asked::kNot) return false;
  cell = answers_[question.index]->Take(record - from_);
  return true;
}

const Column& Worker::Evaluate(const Part& part,
                               const std::vector<uint8_t>& wanted) {
  std::unique_ptr<Column>& column = columns_[part.index];
  std::vector<uint8_t>& known = known_[part.index];
  if (column == nullptr) {
    known = wanted;
    auto made = std::make_unique<Column>(EvaluateNow(part, wanted));
    column = std::move(made);
    if (part.kind == Part::Kind::kQuestion &&
        asked_[part.question->index] == Asked::kOfAll) {
      known = all_;
    }
  } else if (part.kind != Part::Kind::kConstant) {
    // Shared, and wanted now of some of whom it may be anything.
    uint8_t is_missing = 0;
    for (size_t i = 0; i < count_; ++i) {
      is_missing |= wanted[i] & static_cast<uint8_t>(known[i] ^ 1);
      known[i] |= wanted[i];
    }
    if (is_missing != 0) *column = EvaluateNow(part, known);
  }
  return *column;
}

Column Worker::EvaluateNow(const Part& part,
                           const std::vector<uint8_t>& wanted) {
  switch (part.kind) {
    case Part::Kind::kConstant:
      return Column::Constant(part.constant);
    case Part::Kind::kAnd:
    case Part::Kind::kOr:
      return EvaluateLogic(part, wanted);
    case Part::Kind::kNot: {
      std::vector<uint8_t> held =
          ConditionsOf(Evaluate(*part.args[0], wanted), count_);
      NegateAll(held);
      return OfConditions(std::move(held));
    }
    case Part::Kind::kSegment: {
      std::vector<uint8_t> held =
          ConditionsOf(Evaluate(*part.args[0], wanted), count_);
      AbsentToFalse(held);
      return OfConditions(std::move(held));
    }
    case Part::Kind::kConditional: {
      const Column& condition = Evaluate(*part.args[0], wanted);
      const Column& one = Evaluate(*part.args[1], wanted);
      return Choose(condition, one, Evaluate(*part.args[2], wanted), count_);
    }
    case Part::Kind::kOperator: {
      absl::InlinedVector<const Column*, 4> args;
      for (const Part* arg : part.args) args.push_back(&Evaluate(*arg, wanted));
      return Operate(scratch_, part, {args.data(), args.size()}, count_,
                     kStepsOfOperator);
    }
    case Part::Kind::kAttribute:
      return AttributeOf(part, wanted);
    case Part::Kind::kHasAttribute:
      return HasAttribute(part, wanted);
    case Part::Kind::kQuestion:
      return AnswerOf(*part.question, wanted);
    case Part::Kind::kOneByOne:
      return OneByOne(part, wanted);
    case Part::Kind::kMember:
    case Part::Kind::kHasField:
      break;
  }
  return Column::Constant(Fail(Failure::Reason::kOverload));
}

Column Worker::EvaluateLogic(const Part& part,
                             const std::vector<uint8_t>& wanted) {
  const bool is_and = part.kind == Part::Kind::kAnd;
  const uint8_t decided = is_and ? kFalse : kTrue;
  std::vector<uint8_t> result(count_, is_and ? kTrue : kFalse);
  std::vector<uint8_t> still = wanted;
  for (size_t k = 0; k < part.args.size(); ++k) {
    const Part& arg = *part.args[k];
    if (k > 0) {
      for (size_t i = 0; i < count_; ++i) {
        still[i] = wanted[i] & (result[i] != decided);
      }
      // What linked records have is wanted whatever the others' answer is.
      if (linked_.empty() && !Any(still)) break;
    }
    const Column& column = Evaluate(arg, still);
    if (column.form == Form::kCondition) {
      is_and ? AndInto(result, column.bytes) : OrInto(result, column.bytes);
    } else {
      const std::vector<uint8_t> held = ConditionsOf(column, count_);
      is_and ? AndInto(result, held) : OrInto(result, held);
    }
  }
  return OfConditions(std::move(result));
}

Column Worker::AttributeOneByOne(const Part& part) {
  Column result = Column::OfForm(Form::kDatum, Kind::kDyn, count_);
  for (size_t i = 0; i < count_; ++i) {
    scratch_.evaluation.customer = LeaderOf(i);
    result.datums[i] = AttributeDatum(scratch_.evaluation, *part.node);
  }
  return result;
}

Column Worker::AttributeOf(const Part& part,
                           const std::vector<uint8_t>& wanted) {
  const auto& attribute =
      everybody_->attributes.find(part.node->number)->second;
  if (!groups_.empty() || attribute.column == nullptr) {
    return AttributeOneByOne(part);
  }
  const AttributeColumn& from = *attribute.column;
  using Entry = AttributeColumn::Entry;
  Form form = Form::kWhole;
  Kind kind = part.node->type.kind();
  if (kind == Kind::kString) form = Form::kText;
  if (kind == Kind::kDouble) form = Form::kReal;
  if (kind == Kind::kBool) form = Form::kCondition;
  Column result = Column::OfForm(form, kind, count_);
  result.table = attribute.texts.get();
  result.currency = from.currency();
  std::vector<uint8_t> states(count_, kAbsent);
  const size_t end =
      std::min<size_t>(count_, from.size() > from_ ? from.size() - from_ : 0);
  // An entry in the future says nothing of now.
  const bool is_now = from.latest_us() <= parts_->now_us();
  uint8_t any = kKnown;
  bool looks_up = false;
  for (size_t i = 0; i < end; ++i) {
    const bool holds = is_now || from.from_us()[from_ + i] <= parts_->now_us();
    const Entry entry = from.entries()[from_ + i];
    const bool is_lookup = entry == Entry::kLookUp || !holds;
    states[i] = is_lookup ? kUnsure : entry == Entry::kValue ? kKnown : kAbsent;
    looks_up |= is_lookup;
    any |= states[i];
  }
  // Where no record has a value now, there are none.
  if (end > 0 && from.type() != ValueType::kNone) {
    const auto copy = [&](const auto* values, auto& to) {
      std::copy_n(values + from_, end, to.begin());
    };
    switch (form) {
      case Form::kText:
        copy(from.codes(), result.codes);
        break;
      case Form::kReal:
        copy(from.reals(), result.reals);
        break;
      case Form::kCondition:
        copy(from.wholes(), result.bytes);
        break;
      default:
        copy(from.wholes(), result.wholes);
        break;
    }
  }
  if (looks_up && form != Form::kText) {
    for (size_t i = 0; i < end; ++i) {
      if (states[i] != kUnsure || wanted[i] == 0) continue;
      scratch_.evaluation.customer = LeaderOf(i);
      const Datum value = AttributeDatum(scratch_.evaluation, *part.node);
      uint8_t state = StateOf(value);
      if (const auto* it = std::get_if<bool>(&value)) {
        result.bytes[i] = *it;
      } else if (const auto* it = std::get_if<int64_t>(&value)) {
        result.wholes[i] = *it;
      } else if (const auto* it = std::get_if<Timestamp>(&value)) {
        result.wholes[i] = it->us;
      } else if (const auto* it = std::get_if<double>(&value)) {
        result.reals[i] = *it;
      } else if (const auto* it = std::get_if<Money>(&value)) {
        result.wholes[i] = it->minor;
        if (it->currency != from.currency()) state = kUnsure;
      }
      states[i] = state;
    }
  }
  if (form == Form::kCondition) {
    for (size_t i = 0; i < count_; ++i) {
      if (states[i] != kKnown) result.bytes[i] = states[i];
    }
  } else if (any != kKnown || end < count_) {
    result.states = std::move(states);
  }
  return result;
}

Column Worker::HasAttribute(const Part& part,
                            const std::vector<uint8_t>& wanted) {
  Column result = Column::OfForm(Form::kCondition, Kind::kBool, count_);
  const auto& attribute =
      everybody_->attributes.find(part.node->number)->second;
  const AttributeColumn* column = attribute.column;
  const int64_t now_us = parts_->now_us();
  using Entry = AttributeColumn::Entry;
  for (size_t i = 0; i < count_; ++i) {
    if (groups_.empty() && column != nullptr) {
      const size_t record = from_ + i;
      if (record >= column->size()) continue;
      const Entry entry = column->entries()[record];
      if (entry != Entry::kLookUp && column->from_us()[record] <= now_us) {
        result.bytes[i] = entry == Entry::kValue;
        continue;
      }
    }
    if (wanted[i] != 0) {
      result.bytes[i] = parts_->world().customers->HasAttribute(
          LeaderOf(i), part.node->number, now_us);
    }
  }
  return result;
}

Column Worker::OneByOne(const Part& part, const std::vector<uint8_t>& wanted) {
  const Node& node = *part.node;
  const bool is_condition = node.type.is(Kind::kBool);
  Column result = is_condition
                      ? Column::OfForm(Form::kCondition, Kind::kBool, count_)
                      : Column::OfForm(Form::kDatum, node.type.kind(), count_);
  const Datum unsure = Fail(Failure::Reason::kOverload, node);
  for (size_t i = 0; i < count_; ++i) {
    Datum value = unsure;
    if (wanted[i] != 0) {
      Nesting nesting;
      Evaluation evaluation{&parts_->world(), LeaderOf(i), parts_->now_us(),
                            &nesting};
      value = trato::core::Evaluate(evaluation, node);
      if (nesting.steps > kStepsOfOneByOne ||
          evaluation.arena.bytes() > kBytesOfOneByOne) {
        value = unsure;
      }
      if (const auto* text = std::get_if<std::string_view>(&value)) {
        value = texts_.Copy(*text);
      }
    }
    if (is_condition) {
      result.bytes[i] = ConditionOf(value);
    } else {
      // Of what has parts, these are gone.
      const Kind kind = KindOf(value);
      const bool stays = IsFailure(value) || kind < Kind::kBytes ||
                         kind == Kind::kMoney || kind == Kind::kTimestamp ||
                         kind == Kind::kDuration;
      result.datums[i] = stays ? value : unsure;
    }
  }
  return result;
}

Column Worker::AnswerOf(const RowQuestion& question,
                        const std::vector<uint8_t>& wanted) {
  std::unique_ptr<Answers>& answers = answers_[question.index];
  if (asked_[question.index] != Asked::kOfAll) {
    if (groups_.empty() ||
        (question.is_of_customer() && question.has_any_order)) {
      AskScans(question, wanted);
    } else {
      if (answers == nullptr) answers = std::make_unique<Answers>();
      answers->Begin(question, count_, parts_->now_us());
      const auto& cells = everybody_->cells[question.index];
      for (size_t i = 0; i < count_; ++i) {
        if (question.is_of_customer()) {
          answers->NoteState(static_cast<uint32_t>(i), kUnsure);
          continue;
        }
        for (uint32_t k = 0; k < groups_[i].count; ++k) {
          answers->Put(static_cast<uint32_t>(i), cells[groups_[i].first + k]);
        }
      }
      asked_[question.index] = Asked::kOfAll;
    }
  }
  return answers->Finish();
}

bool Worker::Selects(const std::vector<uint8_t>& wanted) {
  // Reading rows of a record alone takes so many times what reading it with all
  // others does.
  constexpr size_t kFew = 6;
  size_t count = linked_.size();
  for (const uint8_t it : wanted) count += it;
  if (count * kFew > count_) return false;
  selected_.clear();
  for (size_t i = 0; i < count_; ++i) {
    if (wanted[i] != 0) selected_.push_back(from_ + static_cast<uint32_t>(i));
  }
  const auto wanted_count = static_cast<ptrdiff_t>(selected_.size());
  selected_.insert(selected_.end(), linked_.begin(), linked_.end());
  std::inplace_merge(selected_.begin(), selected_.begin() + wanted_count,
                     selected_.end());
  selected_.erase(std::unique(selected_.begin(), selected_.end()),
                  selected_.end());
  return true;
}

ScanRequest Worker::RequestFor(const RowSet& set, bool times,
                               bool amounts) const {
  ScanRequest request;
  if (groups_.empty()) {
    request.from = from_;
    request.until = from_ + static_cast<RecordNumber>(count_);
  }
  request.times = times;
  request.amounts = amounts;
  if (is_selected_) {
    request.records = &selected_;
    request.from_us = set.from_us;
    request.until_us = set.until_us;
  }
  return request;
}

const TypeScan::Part& Worker::InSlots(const TypeScan::Part& part) {
  if (groups_.empty()) return part;
  slots_of_part_.resize(part.size());
  auto at = selected_.begin();
  for (size_t i = 0; i < part.size(); ++i) {
    at = std::lower_bound(at, selected_.end(), part.records[i]);
    slots_of_part_[i] =
        slots_of_selected_[static_cast<size_t>(at - selected_.begin())];
  }
  in_slots_ = part;
  in_slots_.records = slots_of_part_;
  return in_slots_;
}

void Worker::AskScans(const RowQuestion& question,
                      const std::vector<uint8_t>& wanted) {
  PrepareParts(question.set);
  if (question.body != nullptr) PreparePart(*question.body);
  ++asking_;
  is_selected_ = !groups_.empty() || Selects(wanted);
  // What else is asked of the same columns comes along.
  absl::InlinedVector<const RowQuestion*, 4> asked;
  for (const RowQuestion& it : parts_->questions()) {
    const bool is_light = !it.set.is_of_lines && !it.set.has_sequence() &&
                          !it.asks_customer &&
                          (!it.reads_times || question.reads_times) &&
                          (!it.reads_amounts || question.reads_amounts);
    if (&it == &question ||
        (is_light && !is_selected_ && it.set.types == question.set.types &&
         asked_[it.index] != Asked::kOfAll)) {
      asked.push_back(&it);
    }
  }
  for (const RowQuestion* it : asked) {
    std::unique_ptr<Answers>& answers = answers_[it->index];
    if (answers == nullptr) answers = std::make_unique<Answers>();
    answers->Begin(*it, count_, parts_->now_us());
    asked_[it->index] =
        is_selected_ && groups_.empty() ? Asked::kOfSome : Asked::kOfAll;
    PrepareSequences(it->set);
    for (const RowFilter& filter : it->set.filters) {
      if (filter.sequence == nullptr) continue;
      const SequenceState& state = *sequences_[filter.sequence];
      for (const Times* times : {&state.before, &state.without}) {
        for (size_t slot = 0; slot < times->states().size(); ++slot) {
          answers->NoteState(static_cast<uint32_t>(slot),
                             times->states()[slot]);
        }
      }
    }
  }
  const ScanRequest request =
      RequestFor(question.set, question.reads_times, question.reads_amounts);
  for (const uint32_t type : question.set.types) {
    for (const RowQuestion* it : asked) answers_[it->index]->BeginType();
    everybody_->scans.find(type)->second->Read(
        request, buffer_, [&](const TypeScan::Part& part) {
          const TypeScan::Part& in_slots = InSlots(part);
          for (const RowQuestion* it : asked) AddPart(*it, in_slots, type);
        });
  }
}

void Worker::AddPart(const RowQuestion& question, const TypeScan::Part& part,
                     uint32_t type) {
  Answers& answers = *answers_[question.index];
  answers.BeginPart();
  const RowSet& set = question.set;
  const bool is_whole = part.is_in_window || set.IsWhole(parts_->now_us());
  const bool is_plain = set.filters.empty() && !set.is_of_lines;
  if (is_plain && question.body == nullptr) {
    if (question.ask == Ask::kRecency) {
      return answers.LastTimes(part, from_, is_whole);
    }
    return answers.CountRows(part, from_, is_whole);
  }
  if (is_plain && question.ask == Ask::kSum && IsAmount(question.body)) {
    return answers.SumAmounts(part, from_, is_whole);
  }
  if (question.ask == Ask::kDistinct && set.is_of_lines &&
      set.filters.empty() && set.line_filters.empty() && is_whole &&
      part.cluster != nullptr && part.rows.empty() &&
      question.body->kind == Part::Kind::kMember &&
      question.body->node->member == Member::kProduct) {
    return answers.DistinctProducts(part, from_, tables_.names.size());
  }
  Rows& rows = rows_;
  SelectRows(part, type, from_, set.from_us, set.until_us, is_whole, rows);
  const bool first_only = question.ask == Ask::kExists &&
                          question.body == nullptr && !set.is_of_lines;
  Pass(set, rows, first_only,
       [&](uint32_t slot, uint8_t state) { answers.NoteState(slot, state); });
  if (rows.size() == 0) return;
  if (question.ask == Ask::kFirst || question.ask == Ask::kLast) {
    std::vector<uint8_t> is_candidate(rows.size(), kFalse);
    for (const uint32_t k : answers.Candidates(rows)) is_candidate[k] = kTrue;
    Keep(rows, is_candidate);
    answers.AddCandidates(rows, EvaluateRows(*question.body, rows), texts_);
    return;
  }
  if (question.body == nullptr) return answers.Add(rows, nullptr);
  const Column body = EvaluateRows(*question.body, rows);
  answers.Add(rows, &body);
}

template <typename Note>
void Worker::Pass(const RowSet& set, Rows& rows, bool first_only, Note note) {
  const auto pass = [&](const std::vector<RowFilter>& filters) {
    for (const RowFilter& filter : filters) {
      if (rows.size() == 0) return;
      if (filter.sequence != nullptr) {
        SequenceState& state = *sequences_[filter.sequence];
        Keep(rows, Completing(rows, state.before, state.without,
                              state.span ? &*state.span : nullptr,
                              first_only && &filter == &filters.back()));
        continue;
      }
      const std::vector<uint8_t> held =
          TakeConditions(EvaluateRows(*filter.body, rows), rows.size());
      for (size_t k = 0; k < held.size(); ++k) {
        if (held[k] >= kAbsent) note(rows.slots[k], held[k]);
      }
      Keep(rows, held);
    }
  };
  pass(set.filters);
  if (!set.is_of_lines) return;
  ToLines(rows);
  pass(set.line_filters);
}

void Worker::PreparePart(const Part& part) {
  if (part.kind == Part::Kind::kConstant) return;
  if (!part.is_of_rows) {
    Evaluate(part, all_);
    return;
  }
  for (const Part* arg : part.args) PreparePart(*arg);
}

void Worker::PrepareParts(const RowSet& set) {
  for (const auto* filters : {&set.filters, &set.line_filters}) {
    for (const RowFilter& filter : *filters) {
      if (filter.body != nullptr) PreparePart(*filter.body);
      if (filter.sequence == nullptr) continue;
      PrepareParts(filter.sequence->before);
      for (const RowSet& without : filter.sequence->without) {
        PrepareParts(without);
      }
    }
  }
}

void Worker::PrepareSequences(const RowSet& set) {
  for (const RowFilter& filter : set.filters) {
    if (filter.sequence == nullptr) continue;
    std::unique_ptr<SequenceState>& state = sequences_[filter.sequence];
    if (state == nullptr) {
      state = std::make_unique<SequenceState>();
      if (filter.sequence->span != nullptr) {
        state->span.emplace(*filter.sequence->span, filter.sequence->zone);
      }
    }
    if (state->asking == asking_) continue;
    state->asking = asking_;
    SequenceState* const it = state.get();
    it->before.Begin(count_);
    CollectTimes(filter.sequence->before, it->before);
    it->before.Sort();
    it->without.Begin(count_);
    for (const RowSet& without : filter.sequence->without) {
      CollectTimes(without, it->without);
    }
    it->without.Sort();
  }
}

void Worker::CollectTimes(const RowSet& set, Times& times) {
  PrepareSequences(set);
  for (const RowFilter& filter : set.filters) {
    if (filter.sequence == nullptr) continue;
    const SequenceState& state = *sequences_[filter.sequence];
    for (const Times* step : {&state.before, &state.without}) {
      for (size_t slot = 0; slot < step->states().size(); ++slot) {
        times.NoteState(static_cast<uint32_t>(slot), step->states()[slot]);
      }
    }
  }
  const ScanRequest request = RequestFor(set, true, set.Reads(Member::kAmount));
  for (const uint32_t type : set.types) {
    everybody_->scans.find(type)->second->Read(
        request, buffer_, [&](const TypeScan::Part& given) {
          const TypeScan::Part& part = InSlots(given);
          const bool is_whole =
              part.is_in_window || set.IsWhole(parts_->now_us());
          if (set.filters.empty()) {
            times.AddPart(part, from_, set.from_us, set.until_us, is_whole);
            return;
          }
          SelectRows(part, type, from_, set.from_us, set.until_us, is_whole,
                     rows_);
          Pass(set, rows_, false, [&](uint32_t slot, uint8_t state) {
            times.NoteState(slot, state);
          });
          for (size_t k = 0; k < rows_.size(); ++k) {
            times.Add(rows_.slots[k], rows_.TimeAt(k));
          }
        });
  }
}

Column Worker::EvaluateRows(const Part& part, const Rows& rows) {
  if (part.kind == Part::Kind::kConstant) {
    return Column::Constant(part.constant);
  }
  if (!part.is_of_rows) return Spread(Evaluate(part, all_), rows.slots);
  const size_t count = rows.size();
  switch (part.kind) {
    case Part::Kind::kMember:
      return LoadMember(rows, *part.node, tables_);
    case Part::Kind::kHasField:
      return LoadHasField(rows, *part.node);
    case Part::Kind::kAnd:
    case Part::Kind::kOr: {
      const bool is_and = part.kind == Part::Kind::kAnd;
      std::vector<uint8_t> result(count, is_and ? kTrue : kFalse);
      for (const Part* arg : part.args) {
        const std::vector<uint8_t> held =
            TakeConditions(EvaluateRows(*arg, rows), count);
        is_and ? AndInto(result, held) : OrInto(result, held);
      }
      return OfConditions(std::move(result));
    }
    case Part::Kind::kNot: {
      std::vector<uint8_t> held =
          TakeConditions(EvaluateRows(*part.args[0], rows), count);
      NegateAll(held);
      return OfConditions(std::move(held));
    }
    case Part::Kind::kConditional:
      return Choose(EvaluateRows(*part.args[0], rows),
                    EvaluateRows(*part.args[1], rows),
                    EvaluateRows(*part.args[2], rows), count);
    default:
      break;
  }
  absl::InlinedVector<Column, 4> columns;
  absl::InlinedVector<const Column*, 4> args;
  for (const Part* arg : part.args) columns.push_back(EvaluateRows(*arg, rows));
  for (const Column& column : columns) args.push_back(&column);
  return Operate(scratch_, part, {args.data(), args.size()}, count, 0);
}

}  // namespace trato::core
