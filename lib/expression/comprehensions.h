// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// CEL's macros over lists and maps.

#ifndef TRATO_EXPRESSION_COMPREHENSIONS_H_
#define TRATO_EXPRESSION_COMPREHENSIONS_H_

#include "expression/evaluator.h"

namespace trato::core {

// What the node asks of the items of a list, or the keys of a map, `range`.
Datum AskOfList(Evaluation& evaluation, const Node& node, const Datum& range);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_COMPREHENSIONS_H_
