// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What is at the other end of an output, and writing to it.

#ifndef TRATO_BINDINGS_CLI_TERMINAL_H_
#define TRATO_BINDINGS_CLI_TERMINAL_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trato_cli {

enum class Style { kPlain, kStrong, kFaint, kBad };

// What a file descriptor leads to.
struct Terminal {
  static Terminal Of(int descriptor);

  // `text` in a style, where colours are shown; else as it is.
  std::string Styled(Style style, std::string_view text) const;

  // The width to wrap prose at: the terminal's, or 80.
  std::size_t ProseWidth() const { return width == 0 ? 80 : width; }

  bool present = false;
  bool colors = false;
  std::size_t width = 0;  // 0: nobody cuts the lines
};

// Thrown when the reader of the standard output went away: end quietly.
struct OutputClosed {};

// Buffered writing to a file descriptor. Nothing is written on destruction:
// what matters is flushed, what a failed command had to say is dropped.
class Output {
 public:
  explicit Output(int descriptor);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  const Terminal& terminal() const { return terminal_; }

  void Write(std::string_view text);
  void Line(std::string_view text);

  // "head · part · part", the head emphasised, on as many lines as the terminal
  // needs. Everything is printable already.
  void Facts(const std::string& head, std::vector<std::string> parts);

  // Throws OutputClosed, or Failure for any other reason.
  void Flush();

 private:
  int descriptor_;
  Terminal terminal_;
  std::string buffer_;
};

// Writes to the standard error as much as it takes.
void WriteError(std::string_view text);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_TERMINAL_H_
