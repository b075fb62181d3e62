// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/excerpt.h"

#include <algorithm>

#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

constexpr std::string_view kIndent = "  ";

// Tabs take one column here, so that the caret stays where it belongs.
std::string Shown(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '\t', ' ');
  return Printable(blanks);
}

}  // namespace

std::string ExcerptText(std::string_view excerpt, const Terminal& terminal) {
  const std::size_t line_end = excerpt.find('\n');
  if (line_end == std::string_view::npos) return "";
  const std::string_view line = excerpt.substr(0, line_end);
  const std::string_view below = excerpt.substr(line_end + 1);
  const std::size_t caret = below.find('^');
  if (caret == std::string_view::npos) return "";
  const std::string_view before =
      FirstCharacters(line, CharacterCount(below.substr(0, caret)));
  std::string left = Shown(before);
  const std::string right = Shown(line.substr(before.size()));
  std::string shown = left + right;
  if (terminal.width > 20 && Width(shown) + kIndent.size() >= terminal.width) {
    // Keep about half a line before the caret.
    std::string_view kept = left;
    while (Width(kept) > terminal.width / 2) {
      kept.remove_prefix(FirstCharacters(kept, 1).size());
    }
    if (kept.size() < left.size()) left = "\u2026" + std::string(kept);
    shown = Truncate(left + right, terminal.width - kIndent.size() - 1);
  }
  return std::string(kIndent) + shown + "\n" + std::string(kIndent) +
         std::string(Width(left), ' ') + terminal.Styled(Style::kBad, "^") +
         "\n";
}

}  // namespace trato_cli
