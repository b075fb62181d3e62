// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The tree of an expression. The parser makes it; the checker fills in types,
// variables and calls; the evaluator walks it.

#ifndef TRATO_EXPRESSION_AST_H_
#define TRATO_EXPRESSION_AST_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "expression/datum.h"
#include "expression/type.h"

namespace trato::core {

enum class Op : uint8_t {
  kLiteral,   // literal
  kList,      // args
  kMap,       // args: key, value, key, value, ...
  kName,      // text: an identifier, until the checker knows which
  kVariable,  // slot: the variable of a macro
  kNow,
  kMember,        // args[0].text
  kAttribute,     // a customer's attribute: number
  kHasAttribute,  // has(customer.x): number
  kHasField,      // has(i.x): args[0], number
  kHasKey,        // has(map.x): args[0], text
  kIndex,         // args[0][args[1]]
  kCall,          // text(args), or args[0].text(rest) when is_method
  kNegate,        // -args[0]
  kNot,           // !args[0]
  kAnd,           // all args
  kOr,            // any of args
  kConditional,   // args[0] ? args[1] : args[2]
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  // Of interactions or lines args[0], with a variable in `slot` and args[1]
  // over it:
  kCount,  // no variable
  kFirst,  // no variable
  kLast,   // no variable
  kSum,
  kMin,
  kMax,
  kAverage,
  kDistinct,
  kExists,  // perhaps no variable
  kAll,
  kExistsOne,
  kWhere,
  // Of a list or the keys of a map args[0], with a variable in `slot` and
  // args[1] over it:
  kListExists,
  kListAll,
  kListExistsOne,
  kListFilter,
  kListMap,  // args[1], or args[2] where args[1] holds
};

// What a field of an interaction or line is, once the checker knows.
enum class Member : uint8_t {
  kNone,
  kAmount,
  kAt,
  kType,
  kChannel,
  kDirection,
  kField,  // an interaction's own: number
  kProduct,
  kQuantity,
  kUnitPrice,
  kKey,  // of a map: text
};

struct Node {
  Op op = Op::kLiteral;
  Member member = Member::kNone;
  bool is_method = false;
  bool is_absolute = false;  // .name: not a variable
  bool is_pure = false;      // a call whose value follows from its arguments
  uint8_t slot = 0;
  int8_t slope = 0;     // by how much it moves with now: motion.h
  uint16_t shared = 0;  // counts from 1: worth the same as others that have it
  uint32_t number = 0;  // an interned name
  int depth = 1;        // of the tree from here down, as it was parsed
  Type type;
  Place place;
  uint32_t begin = 0, end = 0;  // its bytes of the text
  std::string text;
  Datum literal;
  std::vector<std::unique_ptr<Node>> args;
  Evaluator evaluator;  // of a call
};

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_AST_H_
