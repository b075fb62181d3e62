// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Gives every node of a tree its type and its code, or says what is wrong and
// where. What passes here cannot fail for its form when it runs.

#ifndef TRATO_EXPRESSION_CHECKER_H_
#define TRATO_EXPRESSION_CHECKER_H_

#include "absl/status/status.h"
#include "expression/ast.h"
#include "expression/registry.h"

namespace trato::core {

// Errors are INVALID_ARGUMENT and carry a place.
absl::Status Check(const CompileContext& context, const Registry& registry,
                   Node& root, Reads& reads);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_CHECKER_H_
