// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Finds what is asked of the history more than once in one expression, so that
// it is evaluated once.

#ifndef TRATO_EXPRESSION_SHARING_H_
#define TRATO_EXPRESSION_SHARING_H_

#include "expression/ast.h"

namespace trato::core {

// Numbers the parts of a checked tree that are worth the same wherever they
// stand (Node::shared) and gives how many numbers there are. Such a part asks
// something of interactions or of another segment, uses no variable from
// outside, and is a plain value.
size_t NumberShared(Node& root);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_SHARING_H_
