// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "base/strings.h"
#include "segment/live_program.h"

namespace trato::core {
namespace {

constexpr uint32_t kMaxCodes = 4096;
constexpr uint8_t kNotKnown = 0xff;
// So often an attribute is looked up before a column of all of them is made.
constexpr uint32_t kMinAsked = 2000;

}  // namespace

LiveTest::LiveTest(const LiveProgram* program)
    : program_(program),
      known_(program->parts_.size()),
      visible_(program->groups_.size()),
      starts_(program->reaches_.size()),
      said_(program->attributes_.size()),
      by_code_(program->values_.size()),
      columns_(program->attributes_.size()) {}

void LiveTest::Begin(RecordNumber customer, int64_t now_us) {
  if (has_own_) {
    has_own_ = false;
    if (keeps_rows_) cache_.Offer(own_customer_, own_rows_);
  }
  asks_all_ = false;
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

uint32_t LiveTest::TestGated(uint16_t segment, int64_t* until_us) {
  const LiveProgram::Gates& it = program_->gates_[segment];
  const uint32_t other = stamp_ - 1;
  uint32_t answers = 0;
  *until_us = kNever;
  for (uint32_t standing = 0; standing < 1u << it.gates.size(); ++standing) {
    for (const uint32_t part : it.above) known_[part].stamp = other;
    for (size_t i = 0; i < it.gates.size(); ++i) {
      const bool holds = (standing >> i & 1) != 0;
      known_[it.gates[i].part] = {
          stamp_, {holds ? State::kHolds : State::kFails, kNever}};
    }
    const Outcome outcome = Of(program_->roots_[segment]);
    if (outcome.state == State::kHolds) answers |= 1u << standing;
    *until_us = std::min(*until_us, outcome.until_us);
  }
  // So far it was only supposed.
  for (const uint32_t part : it.above) known_[part].stamp = other;
  for (const auto& gate : it.gates) known_[gate.part].stamp = other;
  return answers;
}

bool LiveTest::HasInteractionAt(uint16_t segment, int64_t at_us) {
  const World& world = *program_->world_;
  const bool has_rows = LoadRows();
  for (const LiveProgram::TypeRead& it : program_->reads_[segment]) {
    if (has_rows && it.place) {
      if (rows_->HasAt(*it.place, at_us)) return true;
      continue;
    }
    for (const RecordNumber record : world.customers->RecordsOf(customer_)) {
      if (world.timeline->FirstAfter(record, it.type, at_us - 1) == at_us) {
        return true;
      }
    }
  }
  return false;
}

bool LiveTest::HasVersionAt(uint32_t attribute, RecordNumber customer,
                            int64_t at_us) {
  const CustomerStore& customers = *program_->world_->customers;
  const auto records = customers.RecordsOf(customer);
  const auto& of = program_->attributes_;
  const auto found = std::find(of.begin(), of.end(), attribute);
  if (found != of.end() && records.size() == 1) {
    const RecordNumber record = records[0];
    const AttributeColumn* column =
        ColumnOf(static_cast<uint16_t>(found - of.begin()));
    if (column != nullptr) {
      if (record >= column->size()) return false;
      // Of several versions it is the last.
      if (column->entries()[record] != AttributeColumn::Entry::kLookUp &&
          column->from_us()[record] <= at_us) {
        return column->from_us()[record] == at_us;
      }
    }
  }
  return std::any_of(records.begin(), records.end(), [&](RecordNumber record) {
    return customers.NextVersion(record, attribute, at_us - 1) == at_us;
  });
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
    case PartKind::kSequence:
      outcome = OfSequence(program_->sequences_[part.index]);
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

const AttributeColumn* LiveTest::ColumnOf(uint16_t attribute) {
  Column& it = columns_[attribute];
  if (it.is_known) return it.column;
  // To make it everybody is looked at.
  if (!asks_many_ && it.asked < kMinAsked) {
    ++it.asked;
    return nullptr;
  }
  it.is_known = true;
  it.column = program_->world_->customers->ColumnOf(
      program_->attributes_[attribute]);
  return it.column;
}

uint32_t LiveTest::CodeOf(const Value& value) {
  // Values of several attributes share the codes.
  std::string key(1, static_cast<char>(value.index()));
  std::visit(
      [&](const auto& it) {
        using T = std::decay_t<decltype(it)>;
        if constexpr (std::is_same_v<T, std::string>) {
          key += it;
        } else if constexpr (std::is_same_v<T, Money>) {
          StrAppend(&key, it.minor, " ", it.currency.code());
        } else if constexpr (std::is_same_v<T, Timestamp>) {
          StrAppend(&key, it.us);
        } else if constexpr (!std::is_same_v<T, std::monostate>) {
          key.append(reinterpret_cast<const char*>(&it), sizeof(it));
        }
      },
      value);
  auto known = codes_.find(key);
  if (known == codes_.end() && codes_.size() < kMaxCodes) {
    known = codes_.emplace(std::move(key), codes_.size() + 1).first;
  }
  return known == codes_.end() ? kNoCode : known->second;
}

const LiveTest::Said& LiveTest::SaidOf(uint16_t attribute) {
  Said& said = said_[attribute];
  if (said.stamp == stamp_) return said;
  said = {stamp_, 0, false, kNever};
  const uint32_t number = program_->attributes_[attribute];
  const CustomerStore& customers = *program_->world_->customers;
  const auto records = customers.RecordsOf(customer_);
  if (records.size() == 1) {
    if (const AttributeColumn* column = ColumnOf(attribute)) {
      const RecordNumber record = records[0];
      using Entry = AttributeColumn::Entry;
      if (record >= column->size()) return said;
      const Entry entry = column->entries()[record];
      // What is said last holds by now.
      if (entry != Entry::kLookUp && column->from_us()[record] <= now_us_) {
        if (entry == Entry::kNone) return said;
        if (column->type() == ValueType::kString) {
          said.in_column = true;
          said.code = column->codes()[record];
          return said;
        }
      }
    }
  }
  for (const RecordNumber record : records) {
    said.until_us = std::min(
        said.until_us, customers.NextVersion(record, number, now_us_));
  }
  const AttributeValue value =
      customers.AttributeAt(customer_, number, now_us_);
  if (value.version != nullptr) said.code = CodeOf(value.version->value);
  return said;
}

LiveTest::Outcome LiveTest::OfValue(const LiveProgram::OfValue& value,
                                    ByCode& by_code) {
  const Said& said = SaidOf(value.attribute);
  if (said.code == kNoCode) return OfPlain(value.plain, Aspect::kValue);
  std::vector<uint8_t>& known = said.in_column ? by_code.of_column : by_code.own;
  if (said.code >= known.size()) known.resize(said.code + 1, kNotKnown);
  uint8_t& state = known[said.code];
  if (state == kNotKnown) {
    state = static_cast<uint8_t>(OfPlain(value.plain, Aspect::kValue).state);
  }
  return {static_cast<State>(state), said.until_us};
}

}  // namespace trato::core
