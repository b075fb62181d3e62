// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How the parts of an expression move with `now`: not at all or by steps, along
// with it or against it, or in a way that nobody can foresee.

#ifndef TRATO_EXPRESSION_MOTION_H_
#define TRATO_EXPRESSION_MOTION_H_

#include "expression/ast.h"

namespace trato::core {

// Of Node::slope: the value may be another one at every instant.
inline constexpr int8_t kUnforeseen = 127;

// Fills in Node::slope of a checked tree. Gives the first part that is
// kUnforeseen, or null.
const Node* FindMotion(Node& root);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_MOTION_H_
