// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The types of expressions. Every expression has one before it runs.

#ifndef TRATO_EXPRESSION_TYPE_H_
#define TRATO_EXPRESSION_TYPE_H_

#include <cstdint>
#include <string>

#include "schema/value.h"

namespace trato::core {

enum class Kind : uint8_t {
  kBool,
  kInt,
  kDouble,
  kString,
  kMoney,
  kTimestamp,
  kList,          // of `element`
  kCustomer,      // only to take an attribute of
  kInteractions,  // some of the customer's interactions
  kInteraction,   // one of them, in the body of a macro
  kLines,         // the order lines of some interactions
  kLine,
};

struct Type {
  Kind kind = Kind::kBool;
  Kind element = Kind::kBool;

  bool operator==(const Type&) const = default;
};

// "int", "list of string", "interactions", ...
std::string NameOf(Type type);

Type TypeOfAttribute(ValueType type);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_TYPE_H_
