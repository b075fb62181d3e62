// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The types of expressions. Every expression has one before it runs; where it
// is dyn, the values say at run time what they are.

#ifndef TRATO_EXPRESSION_TYPE_H_
#define TRATO_EXPRESSION_TYPE_H_

#include <cstdint>
#include <string>

#include "schema/value.h"

namespace trato::core {

enum class Kind : uint8_t {
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kNull,
  kTimestamp,
  kDuration,  // exact time
  kMoney,
  kType,  // of type(x)
  kDyn,   // any of these, known at run time
  kList,
  kMap,
  kCustomer,      // only to take an attribute of
  kSpan,          // calendar time, only to move a timestamp by
  kInteractions,  // some of the customer's interactions
  kSequence,      // the interactions that complete a sequence
  kInteraction,   // one of them
  kLines,         // the order lines of some interactions
  kLine,
};

// A kind, and for lists and maps what they hold: kinds in prefix order, the
// first one lowest, so that a type is a number. What is nested deeper than the
// eight kinds that fit is dyn.
class Type {
 public:
  constexpr Type(Kind kind = Kind::kBool)  // NOLINT: a kind is a type
      : code_(static_cast<uint64_t>(kind) + 1) {}

  static constexpr Type ListOf(Type element) {
    if (element.code_ >> 56 != 0) element = Kind::kDyn;
    return FromCode(element.code_ << 8 | Type(Kind::kList).code_);
  }
  static constexpr Type MapOf(Type key, Type value) {
    if (key.code_ > 0xff) key = Kind::kDyn;
    if (value.code_ >> 48 != 0) value = Kind::kDyn;
    return FromCode(value.code_ << 16 | key.code_ << 8 |
                    Type(Kind::kMap).code_);
  }

  constexpr Kind kind() const { return static_cast<Kind>((code_ & 0xff) - 1); }
  // Of a list.
  constexpr Type element() const { return FromCode(code_ >> 8); }
  // Of a map.
  constexpr Type key() const { return FromCode(code_ >> 8 & 0xff); }
  constexpr Type value() const { return FromCode(code_ >> 16); }

  constexpr bool is(Kind kind) const { return this->kind() == kind; }
  constexpr bool is_number() const {
    return is(Kind::kInt) || is(Kind::kUint) || is(Kind::kDouble);
  }
  // Whether it is of the customer's history, and no value.
  constexpr bool is_set() const {
    return is(Kind::kInteractions) || is(Kind::kLines) || is(Kind::kSequence);
  }
  // Whether it can be in a list, and in dyn.
  constexpr bool is_value() const { return kind() < Kind::kCustomer; }
  // Whether < applies.
  constexpr bool is_ordered() const {
    return kind() <= Kind::kDuration ? !is(Kind::kNull)
                                     : is(Kind::kMoney) || is(Kind::kDyn);
  }

  constexpr bool operator==(const Type&) const = default;

 private:
  static constexpr Type FromCode(uint64_t code) {
    Type type;
    type.code_ = code;
    return type;
  }

  uint64_t code_;
};

// "int", "list of string", "interactions", ...
std::string NameOf(Type type);

Type TypeOfAttribute(ValueType type);

// Whether a value of the type `given` may stand where `wanted` is asked for:
// it is the same, or dyn on either side, at any depth.
bool Fits(Type wanted, Type given);
// Whether they can be equal: they fit, or are numbers, at any depth.
bool Comparable(Type a, Type b);
// The type that both have: one that fits both, or dyn.
Type Joined(Type a, Type b);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_TYPE_H_
