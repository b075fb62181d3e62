// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where an expression is wrong.

#ifndef TRATO_BINDINGS_CLI_EXCERPT_H_
#define TRATO_BINDINGS_CLI_EXCERPT_H_

#include <string>
#include <string_view>

#include "bindings/cli/terminal.h"

namespace trato_cli {

// The two lines of trato_error_excerpt, indented, with the caret below its
// character also where characters are escaped or wide, and cut around it where
// the terminal is too narrow. Nothing for an empty excerpt.
std::string ExcerptText(std::string_view excerpt, const Terminal& terminal);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_EXCERPT_H_
