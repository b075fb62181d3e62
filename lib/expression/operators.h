// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The operators of CEL on values. They look at what the values are, so they
// serve dyn too; where two do not go together the result is kOverload.

#ifndef TRATO_EXPRESSION_OPERATORS_H_
#define TRATO_EXPRESSION_OPERATORS_H_

#include <compare>
#include <optional>

#include "expression/evaluator.h"

namespace trato::core {

// +, -, *, /, %, but for calendar spans.
Datum Arithmetic(Evaluation& evaluation, const Node& node, const Datum& a,
                 const Datum& b);
Datum Negate(const Node& node, const Datum& a);
// ==, != and the orderings.
Datum Compared(const Node& node, const Datum& a, const Datum& b);
// a in b, of a list or the keys of a map.
Datum In(const Node& node, const Datum& a, const Datum& b);
// a[b]
Datum Index(const Node& node, const Datum& a, const Datum& b);
// The value of the key, or null.
const Datum* Find(const MapValue& map, const Datum& key);

// true, false, or a Failure for money of two currencies. Values of different
// types are unequal, but numbers are compared by what they are worth.
Datum Equals(const Node& node, const Datum& a, const Datum& b);
// Of values of one ordered type, or of numbers; nothing for others. Money of
// two currencies is ordered by the currency first.
std::optional<std::partial_ordering> Order(const Datum& a, const Datum& b);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_OPERATORS_H_
