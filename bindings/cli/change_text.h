// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A change of a watch, as it is printed.

#ifndef TRATO_BINDINGS_CLI_CHANGE_TEXT_H_
#define TRATO_BINDINGS_CLI_CHANGE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "bindings/cli/command_line.h"
#include "trato.h"

namespace trato_cli {

// "time", "fact", "definition", "link"
std::string_view CauseText(std::uint32_t cause);
Json ChangeJson(const trato_change& change, const std::string& at);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_CHANGE_TEXT_H_
