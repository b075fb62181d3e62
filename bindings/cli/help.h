// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What --help says, and what is said of a command line that is wrong.

#ifndef TRATO_BINDINGS_CLI_HELP_H_
#define TRATO_BINDINGS_CLI_HELP_H_

#include <CLI/CLI.hpp>
#include <string>

namespace trato_cli {

// Usage first, then arguments, options, commands and examples.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// "STORE is required", in one line, with the command to ask for help.
std::string UsageError(const CLI::App& root, const CLI::ParseError& error);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_HELP_H_
