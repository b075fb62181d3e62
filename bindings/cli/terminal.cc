// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "bindings/cli/failure.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

constexpr std::size_t kBufferSize = 64 * 1024;

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::size_t TerminalWidth(int descriptor) {
  winsize size = {};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  return 80;
}

// Writes everything; the errno of the failure, or 0.
int WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Terminal Terminal::Of(int descriptor) {
  Terminal terminal;
  terminal.present = isatty(descriptor) == 1;
  if (!terminal.present) return terminal;
  terminal.width = TerminalWidth(descriptor);
  terminal.colors =
      Environment("NO_COLOR").empty() && Environment("TERM") != "dumb";
  return terminal;
}

std::string Terminal::Styled(Style style, std::string_view text) const {
  const char* code = "";
  switch (style) {
    case Style::kPlain:
      return std::string(text);
    case Style::kStrong:
      code = "1";
      break;
    case Style::kFaint:
      code = "2";
      break;
    case Style::kBad:
      code = "1;31";
      break;
  }
  if (!colors || text.empty()) return std::string(text);
  return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

Output::Output(int descriptor)
    : descriptor_(descriptor), terminal_(Terminal::Of(descriptor)) {}

void Output::Write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBufferSize) Flush();
}

void Output::Line(std::string_view text) {
  buffer_ += text;
  Write("\n");
}

void Output::Facts(const std::string& head, std::vector<std::string> parts) {
  constexpr std::string_view kIndent = "  ";
  parts.insert(parts.begin(), head);
  std::string text = JoinWrapped(parts, " · ", kIndent, terminal_.width);
  text.replace(0, kIndent.size() + head.size(),
               terminal_.Styled(Style::kStrong, head));
  Line(text);
}

void Output::Flush() {
  const int failed = WriteAll(descriptor_, buffer_);
  buffer_.clear();
  if (failed == EPIPE) throw OutputClosed();
  if (failed != 0) {
    throw Failure(std::string("cannot write the output: ") +
                  std::strerror(failed));
  }
}

void WriteError(std::string_view text) { WriteAll(STDERR_FILENO, text); }

}  // namespace trato_cli
