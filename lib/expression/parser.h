// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// From text to a tree, by the precedences of CEL.

#ifndef TRATO_EXPRESSION_PARSER_H_
#define TRATO_EXPRESSION_PARSER_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "expression/ast.h"

namespace trato::core {

// How deep a tree may be. && and || take any number of parts and count once.
inline constexpr int kMaxExpressionDepth = 100;

// Errors are INVALID_ARGUMENT and carry a place.
absl::StatusOr<std::unique_ptr<Node>> Parse(std::string_view text);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_PARSER_H_
