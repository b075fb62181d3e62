// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/worker.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>
#include <type_traits>
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

std::vector<uint8_t> Worker::TestGroups(std::span<const Group> groups,
                                        const CustomerStore::Linked& linked) {
  groups_ = groups;
  records_of_groups_ = linked.records;
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
  for (const auto& it : linked.by_record) {
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
  Answers& answers = *answers_[question.index];
  // Most have nothing, as a cell that nobody has written.
  if (!answers.IsEmpty(record - from_)) cell = answers.Take(record - from_);
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

std::pair<uint8_t, RecordNumber> Worker::HolderOf(const AttributeColumn& column,
                                                  uint32_t attribute,
                                                  const Group& group) const {
  using Entry = AttributeColumn::Entry;
  const bool is_latest =
      parts_->world().customers->HoldsLatest(attribute);
  const auto is_same = [&](RecordNumber a, RecordNumber b) {
    if (column.entries()[a] != column.entries()[b]) return false;
    if (column.entries()[a] == Entry::kNone) return true;
    if (column.type() == ValueType::kString) {
      return column.codes()[a] == column.codes()[b];
    }
    if (column.type() == ValueType::kDouble) {
      return std::bit_cast<uint64_t>(column.reals()[a]) ==
             std::bit_cast<uint64_t>(column.reals()[b]);
    }
    return column.wholes()[a] == column.wholes()[b];
  };
  std::optional<RecordNumber> holder;
  for (const RecordNumber record :
       records_of_groups_.subspan(group.first, group.count)) {
    if (record >= column.size()) continue;
    const Entry entry = column.entries()[record];
    const int64_t from_us = column.from_us()[record];
    if (entry == Entry::kLookUp || from_us > parts_->now_us()) {
      return {kUnsure, record};
    }
    // Nothing was said, or else, where the latest does not win by being that,
    // nothing is said any more.
    const bool is_silent =
        entry == Entry::kNone &&
        (!is_latest || from_us == std::numeric_limits<int64_t>::min());
    if (is_silent) continue;
    if (!holder || (is_latest && from_us > column.from_us()[*holder])) {
      holder = record;
      continue;
    }
    const bool is_earlier = is_latest && from_us < column.from_us()[*holder];
    if (!is_earlier && !is_same(record, *holder)) return {kUnsure, record};
  }
  if (!holder || column.entries()[*holder] == Entry::kNone) {
    return {kAbsent, group.leader};
  }
  return {kKnown, *holder};
}

Column Worker::AttributeOf(const Part& part,
                           const std::vector<uint8_t>& wanted) {
  const auto& attribute =
      everybody_->attributes.find(part.node->number)->second;
  if (attribute.column == nullptr) return AttributeOneByOne(part);
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
  const bool is_of_groups = !groups_.empty();
  const size_t end =
      is_of_groups
          ? count_
          : std::min<size_t>(count_,
                             from.size() > from_ ? from.size() - from_ : 0);
  uint8_t any = kKnown;
  bool looks_up = false;
  std::vector<RecordNumber> holders;
  if (is_of_groups) {
    holders.resize(count_);
    for (size_t i = 0; i < count_; ++i) {
      std::tie(states[i], holders[i]) =
          HolderOf(from, part.node->number, groups_[i]);
      looks_up |= states[i] == kUnsure;
      any |= states[i];
    }
  } else {
    // An entry in the future says nothing of now.
    const bool is_now = from.latest_us() <= parts_->now_us();
    for (size_t i = 0; i < end; ++i) {
      const bool holds =
          is_now || from.from_us()[from_ + i] <= parts_->now_us();
      const Entry entry = from.entries()[from_ + i];
      const bool is_lookup = entry == Entry::kLookUp || !holds;
      states[i] = is_lookup                ? kUnsure
                  : entry == Entry::kValue ? kKnown
                                           : kAbsent;
      looks_up |= is_lookup;
      any |= states[i];
    }
  }
  // Where no record has a value now, there are none.
  if (end > 0 && from.type() != ValueType::kNone) {
    const auto copy = [&](const auto* values, auto& to) {
      if (!is_of_groups) {
        std::copy_n(values + from_, end, to.begin());
        return;
      }
      for (size_t i = 0; i < count_; ++i) {
        if (states[i] != kKnown) continue;
        to[i] =
            static_cast<std::decay_t<decltype(to[0])>>(values[holders[i]]);
      }
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
    if (!groups_.empty() && column != nullptr) {
      const uint8_t state =
          HolderOf(*column, part.node->number, groups_[i]).first;
      if (state != kUnsure) {
        result.bytes[i] = state == kKnown ? kTrue : kFalse;
        continue;
      }
    }
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

}  // namespace trato::core
