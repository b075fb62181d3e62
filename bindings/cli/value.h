// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Typed values from words of the command line.

#ifndef TRATO_BINDINGS_CLI_VALUE_H_
#define TRATO_BINDINGS_CLI_VALUE_H_

#include <string>
#include <vector>

#include "bindings/cli/store.h"

namespace trato_cli {

// "bool", "int", "double", "string", "money", "timestamp".
const std::vector<std::string>& TypeNames();
trato_value_kind ParseKind(const std::string& name);

// `text` as a value of the kind. A string value borrows `text`.
trato_value ParseValue(const Store& store, trato_value_kind kind,
                       const std::string& text);

// The value for people.
std::string ValueText(const Store& store, const trato_value& value);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_VALUE_H_
