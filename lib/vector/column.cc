// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/column.h"

#include <utility>

namespace trato::core {

uint8_t Column::StateAt(size_t i) const {
  switch (form) {
    case Form::kCondition:
      return bytes[i] < kAbsent ? kKnown : bytes[i];
    case Form::kDatum: {
      const uint8_t state = states.empty() ? kKnown : states[i];
      if (state != kKnown) return state;
      return StateOf(datums[is_constant ? 0 : i]);
    }
    default:
      return states.empty() ? kKnown : states[i];
  }
}

Datum Column::ValueAt(size_t i, uint8_t& state) const {
  state = StateAt(i);
  if (state != kKnown) return Failure{};
  switch (form) {
    case Form::kCondition:
      return bytes[i] == kTrue;
    case Form::kReal:
      return reals[i];
    case Form::kText:
      return table->Text(codes[i]);
    case Form::kDatum:
      return datums[is_constant ? 0 : i];
    case Form::kWhole:
      break;
  }
  const int64_t whole = wholes[i];
  switch (kind) {
    case Kind::kTimestamp:
      return Timestamp{whole};
    case Kind::kDuration:
      return Duration{whole};
    case Kind::kMoney:
      if (whole == 0 && has_bare_zeros) {
        state = kUnsure;
        return Failure{};
      }
      return Money{whole, currency};
    case Kind::kUint:
      return static_cast<uint64_t>(whole);
    default:
      return whole;
  }
}

std::vector<uint8_t> ConditionsOf(const Column& column, size_t count) {
  if (column.form == Column::Form::kCondition) return column.bytes;
  std::vector<uint8_t> conditions(count);
  for (size_t i = 0; i < count; ++i) {
    uint8_t state;
    const Datum value = column.ValueAt(i, state);
    conditions[i] = state == kKnown ? ConditionOf(value) : state;
  }
  return conditions;
}

std::vector<uint8_t> TakeConditions(Column column, size_t count) {
  if (column.form == Column::Form::kCondition) return std::move(column.bytes);
  return ConditionsOf(column, count);
}

Column OfConditions(std::vector<uint8_t> conditions) {
  Column column;
  column.form = Column::Form::kCondition;
  column.bytes = std::move(conditions);
  return column;
}

}  // namespace trato::core
