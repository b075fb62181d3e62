// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text as a terminal shows it: escaped, measured, cut, and numbers for people.
// Data goes through Printable() before anything else here sees it.

#ifndef TRATO_BINDINGS_CLI_TEXT_H_
#define TRATO_BINDINGS_CLI_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trato_cli {

// The text with everything escaped that would steer a terminal: control
// characters ("\x1b", "\n"), direction and line marks ("\u{202e}") and bytes
// that are no UTF-8 ("\xff").
std::string Printable(std::string_view text);

// JSON that means the same, with the characters escaped that JSON lets through
// but a terminal would obey.
std::string JsonForTerminal(std::string_view json);

// How many columns printable text takes: combining marks none, CJK two.
std::size_t Width(std::string_view text);

// The first `count` characters.
std::string_view FirstCharacters(std::string_view text, std::size_t count);
std::size_t CharacterCount(std::string_view text);

// Cuts text to `width` columns; what is cut ends with an ellipsis.
std::string Truncate(std::string_view text, std::size_t width);

// Breaks text at blanks into lines of at most `width` columns; longer words are
// broken where the line ends. At least one line.
std::vector<std::string> WrapWords(std::string_view text, std::size_t width);

// Joins the parts by `separator`, going to a new line where `width` columns
// are full (0: never); of the separator, what comes before its first blank ends
// the line. Every line starts with `indent`, and parts are not cut.
std::string JoinWrapped(const std::vector<std::string>& parts,
                        std::string_view separator, std::string_view indent,
                        std::size_t width);

// "-1860533.39" becomes "-1,860,533.39".
std::string GroupDigits(std::string_view number);
std::string Number(std::uint64_t number);
// With so many decimals.
std::string Figure(double number, int digits);
// With five significant digits.
std::string Significant(double number);

// "1 customer", "1,103 customers".
std::string Count(std::uint64_t number, std::string_view noun);

// 0.162 as "16.2 %"; a share of nothing is "0.0 %".
std::string Percent(double share);
std::string Share(std::uint64_t part, std::uint64_t whole);

// The text as one word of a POSIX shell.
std::string ShellWord(std::string_view text);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_TEXT_H_
