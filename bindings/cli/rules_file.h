// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rules that people write into a JSON file: of the life cycle, of scores.

#ifndef TRATO_BINDINGS_CLI_RULES_FILE_H_
#define TRATO_BINDINGS_CLI_RULES_FILE_H_

#include <string>

#include "bindings/cli/store.h"

namespace trato_cli {

// What the file holds; - is the standard input. Throws Failure where it is no
// JSON, saying what was `expected`.
Json ReadRules(const std::string& path, const std::string& expected);

// The text of that name in an object; empty where there is none, or null.
std::string RuleText(const Json& object, const char* name);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_RULES_FILE_H_
