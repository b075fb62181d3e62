// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How a command ends when it cannot do what it was asked.

#ifndef TRATO_BINDINGS_CLI_FAILURE_H_
#define TRATO_BINDINGS_CLI_FAILURE_H_

#include <stdexcept>
#include <string>
#include <utility>

namespace trato_cli {

// Shown as "error: <what>", with the place in an expression below it. Exit
// code 1.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& message, std::string excerpt = "")
      : std::runtime_error(message), excerpt_(std::move(excerpt)) {}

  // A line of an expression and a line with a caret; or empty.
  const std::string& excerpt() const { return excerpt_; }

 private:
  std::string excerpt_;
};

// Thrown when all was said on the output and the exit code is 1 all the same.
struct AnsweredNo {};

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_FAILURE_H_
