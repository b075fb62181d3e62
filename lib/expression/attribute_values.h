// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What an attribute is worth in expressions: one value; of many, a list; and
// where it is per product or need, a map from what it is about, so that
// customer.size["shoes"] and "tea" in customer.likes read as in CEL.

#ifndef TRATO_EXPRESSION_ATTRIBUTE_VALUES_H_
#define TRATO_EXPRESSION_ATTRIBUTE_VALUES_H_

#include "expression/evaluator.h"
#include "expression/registry.h"

namespace trato::core {

Type TypeOfAttribute(const AttributeDefinition& definition);

// Of an attribute of this type; a Failure where a single value is absent or
// there are too many.
Datum AttributeDatum(Evaluation& evaluation, const Node& node);

Datum ToDatum(const Value& value);

// A field of an interaction, as `node` reads it. A text stays where it lies, as
// long as the body of a macro looks at it; what leaves one copies it.
Datum FieldDatum(const FieldView& field, const Node& node);

// strength("likes", "tea"): how strong a value of the customer is, 0 where it
// is not there or not said.
void AddAttributeFunctions(Registry& registry);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_ATTRIBUTE_VALUES_H_
