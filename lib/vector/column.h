// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a part of an expression is worth for many customers, or many
// interactions, at once: one array for each kind of value. A Datum at a time is
// the other way, and what has no array of its own is kept so.
//
// Beside its value an element may be absent, which is an ordinary outcome, or
// unsure: then the one-customer evaluator has to be asked, because only it
// knows which error there is, or whether there is one. Conditions have it all
// in one byte, so that && and || are a comparison of bytes.

#ifndef TRATO_VECTOR_COLUMN_H_
#define TRATO_VECTOR_COLUMN_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "expression/datum.h"

namespace trato::core {

// Of a condition. && is false where either is, otherwise the greater one; || is
// true where either is, otherwise the greater one.
inline constexpr uint8_t kFalse = 0;
inline constexpr uint8_t kTrue = 1;
// Of conditions and, in Column::states, of everything.
inline constexpr uint8_t kKnown = 0;
inline constexpr uint8_t kAbsent = 2;
inline constexpr uint8_t kUnsure = 3;

// Texts by number; no two are the same.
class TextTable {
 public:
  virtual ~TextTable() = default;
  virtual std::string_view Text(uint32_t code) const = 0;
  // All codes are below.
  virtual size_t size() const = 0;
};

struct Column {
  enum class Form : uint8_t {
    kCondition,  // bytes
    kWhole,      // wholes: int, timestamp, duration, money of one currency
    kReal,       // reals
    kText,       // codes in `table`
    kDatum,      // datums; where is_constant, just one that all have
  };

  static Column Constant(Datum value) {
    Column column;
    column.form = Form::kDatum;
    column.is_constant = true;
    column.datums.push_back(value);
    return column;
  }
  static Column OfForm(Form form, Kind kind, size_t count) {
    Column column;
    column.form = form;
    column.kind = kind;
    switch (form) {
      case Form::kCondition:
        column.bytes.resize(count);
        break;
      case Form::kWhole:
        column.wholes.resize(count);
        break;
      case Form::kReal:
        column.reals.resize(count);
        break;
      case Form::kText:
        column.codes.resize(count);
        break;
      case Form::kDatum:
        column.datums.resize(count);
        break;
    }
    return column;
  }

  // kKnown, kAbsent or kUnsure. Of a Datum that is a Failure, what that says.
  uint8_t StateAt(size_t i) const;
  // The value of an element that is known; one that cannot be told exactly
  // becomes unsure.
  Datum ValueAt(size_t i, uint8_t& state) const;

  Form form = Form::kCondition;
  Kind kind = Kind::kBool;  // of kWhole
  bool is_constant = false;
  // Of amounts whose zeros may have no currency, as sums of nothing have none.
  bool has_bare_zeros = false;
  Currency currency;
  const TextTable* table = nullptr;
  std::vector<uint8_t> bytes;
  std::vector<uint8_t> states;  // empty: all are known
  std::vector<int64_t> wholes;
  std::vector<double> reals;
  std::vector<uint32_t> codes;
  std::vector<Datum> datums;
};

inline uint8_t StateOf(const Failure& failure) {
  return failure.reason == Failure::Reason::kAbsent ? kAbsent : kUnsure;
}
inline uint8_t StateOf(const Datum& datum) {
  const auto* failure = std::get_if<Failure>(&datum);
  return failure == nullptr ? kKnown : StateOf(*failure);
}
// What is no condition is an error.
inline uint8_t ConditionOf(const Datum& datum) {
  if (const auto* known = std::get_if<bool>(&datum)) return *known;
  const uint8_t state = StateOf(datum);
  return state == kKnown ? kUnsure : state;
}

// Of a constant, that value for all of them.
std::vector<uint8_t> ConditionsOf(const Column& column, size_t count);
// The same of a column that nobody needs any more.
std::vector<uint8_t> TakeConditions(Column column, size_t count);
Column OfConditions(std::vector<uint8_t> conditions);

}  // namespace trato::core

#endif  // TRATO_VECTOR_COLUMN_H_
