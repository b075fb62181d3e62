// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What of an expression a value rests on.

#ifndef TRATO_EXPRESSION_CONSTANT_H_
#define TRATO_EXPRESSION_CONSTANT_H_

#include <cstdint>
#include <optional>

#include "expression/ast.h"

namespace trato::core {

// Whether the node asks for nothing of a customer; `bound`: variables, by slot,
// that are known. It may be another one at each instant.
bool IsConstant(const Node& node, uint32_t bound);

// The attribute with one value at a time that alone decides what the node is
// worth, whatever now is; nothing: none, or more.
std::optional<uint32_t> OnlyAttribute(const Node& node);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_CONSTANT_H_
