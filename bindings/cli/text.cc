// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/text.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace trato_cli {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

struct Range {
  char32_t first;
  char32_t last;
};

// Marks that a terminal draws over the character before them. Sorted.
constexpr Range kCombining[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD}, {0x05BF, 0x05BF},
    {0x05C1, 0x05C2},   {0x05C4, 0x05C5},   {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0670, 0x0670},   {0x06D6, 0x06DC},   {0x06DF, 0x06E4}, {0x06E7, 0x06E8},
    {0x06EA, 0x06ED},   {0x0730, 0x074A},   {0x0900, 0x0902}, {0x093C, 0x093C},
    {0x0941, 0x0948},   {0x094D, 0x094D},   {0x0951, 0x0957}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A},   {0x0E47, 0x0E4E},   {0x1160, 0x11FF}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},   {0x200B, 0x200D},   {0x2060, 0x2064}, {0x20D0, 0x20F0},
    {0x302A, 0x302D},   {0x3099, 0x309A},   {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};

// East Asian wide and full width, and the emoji. Sorted.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},
    {0x23E9, 0x23EC},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x26BD, 0x26BE},   {0x2705, 0x2705},   {0x274C, 0x274C},
    {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2B50, 0x2B50},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
};

// Zero-width characters that change the direction or the line of what follows.
constexpr Range kSteering[] = {
    {0x007F, 0x009F}, {0x061C, 0x061C}, {0x200E, 0x200F}, {0x2028, 0x202E},
    {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},
};

template <std::size_t size>
bool IsIn(const Range (&ranges)[size], char32_t rune) {
  const Range* found = std::upper_bound(
      std::begin(ranges), std::end(ranges), rune,
      [](char32_t value, const Range& range) { return value < range.first; });
  return found != std::begin(ranges) && rune <= std::prev(found)->last;
}

struct Rune {
  char32_t value;
  std::size_t size;  // in bytes; 1 for a byte that is no UTF-8
  bool valid;
};

// Reads the first character of text that is not empty.
Rune Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  std::size_t size = 0;
  char32_t value = 0;
  char32_t smallest = 0;
  if ((lead & 0xE0) == 0xC0) {
    size = 2, value = lead & 0x1F, smallest = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    size = 3, value = lead & 0x0F, smallest = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    size = 4, value = lead & 0x07, smallest = 0x10000;
  }
  if (size == 0 || size > text.size()) return {lead, 1, false};
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {lead, 1, false};
    value = (value << 6) | (byte(i) & 0x3F);
  }
  if (value < smallest || value > 0x10FFFF ||
      (value >= 0xD800 && value <= 0xDFFF)) {
    return {lead, 1, false};
  }
  return {value, size, true};
}

std::size_t RuneWidth(const Rune& rune) {
  if (IsIn(kCombining, rune.value)) return 0;
  return IsIn(kWide, rune.value) ? 2 : 1;
}

template <typename... Arguments>
std::string Formatted(const char* format, Arguments... arguments) {
  char text[64];
  std::snprintf(text, sizeof(text), format, arguments...);
  return text;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = Decode(text);
    if (!rune.valid || rune.value < 0x20 || rune.value == 0x7F) {
      switch (rune.value) {
        case '\n':
          printable += "\\n";
          break;
        case '\r':
          printable += "\\r";
          break;
        case '\t':
          printable += "\\t";
          break;
        default:
          printable += Formatted("\\x%02x", static_cast<unsigned>(rune.value));
      }
    } else if (IsIn(kSteering, rune.value)) {
      printable += Formatted("\\u{%x}", static_cast<unsigned>(rune.value));
    } else {
      printable += text.substr(0, rune.size);
    }
    text.remove_prefix(rune.size);
  }
  return printable;
}

std::string JsonForTerminal(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  while (!json.empty()) {
    const Rune rune = Decode(json);
    if (IsIn(kSteering, rune.value)) {
      safe += Formatted("\\u%04x", static_cast<unsigned>(rune.value));
    } else {
      safe += json.substr(0, rune.size);
    }
    json.remove_prefix(rune.size);
  }
  return safe;
}

std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Rune rune = Decode(text);
    width += RuneWidth(rune);
    text.remove_prefix(rune.size);
  }
  return width;
}

std::string_view FirstCharacters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) {
    end += Decode(text.substr(end)).size;
  }
  return text.substr(0, end);
}

std::size_t CharacterCount(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(Decode(text).size);
  return count;
}

std::string Truncate(std::string_view text, std::size_t width) {
  if (Width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Rune rune = Decode(text.substr(end));
    if (used + RuneWidth(rune) > width - 1) break;
    used += RuneWidth(rune);
    end += rune.size;
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return std::string(text.substr(0, end)) + std::string(kEllipsis);
}

std::vector<std::string> WrapWords(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (Width(text) > width) {
    std::size_t used = 0;
    std::size_t end = 0;
    std::size_t blank = 0;  // the last one in the line
    while (end < text.size()) {
      const Rune rune = Decode(text.substr(end));
      if (rune.value == ' ') blank = end;
      if (end > 0 && used + RuneWidth(rune) > width) break;
      used += RuneWidth(rune);
      end += rune.size;
    }
    if (blank > 0) end = blank;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (lines.empty() || !text.empty()) lines.emplace_back(text);
  return lines;
}

std::string JoinWrapped(const std::vector<std::string>& parts,
                        std::string_view separator, std::string_view indent,
                        std::size_t width) {
  std::string text;
  std::size_t used = 0;
  for (const std::string& part : parts) {
    const bool starts = text.empty();
    const std::size_t needed = Width(separator) + Width(part);
    if (!starts && (width == 0 || used + needed <= width)) {
      text += separator;
      text += part;
      used += needed;
      continue;
    }
    if (!starts) {
      text += separator.substr(0, separator.find(' '));
      text += '\n';
    }
    text += indent;
    text += part;
    used = Width(indent) + Width(part);
  }
  return text;
}

std::string GroupDigits(std::string_view number) {
  const std::size_t sign = number.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string grouped(number.substr(0, sign));
  for (std::size_t i = sign; i < point; ++i) {
    if (i > sign && (point - i) % 3 == 0) grouped += ',';
    grouped += number[i];
  }
  grouped += number.substr(point);
  return grouped;
}

std::string Number(std::uint64_t number) {
  return GroupDigits(std::to_string(number));
}

std::string Figure(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return GroupDigits(text);
}

std::string Significant(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.5g", number);
  return text;
}

std::string Count(std::uint64_t number, std::string_view noun) {
  std::string text = Number(number) + " " + std::string(noun);
  if (number != 1) text += 's';
  return text;
}

std::string Percent(double share) { return Formatted("%.1f %%", 100 * share); }

std::string Share(std::uint64_t part, std::uint64_t whole) {
  return Percent(whole == 0
                     ? 0.0
                     : static_cast<double>(part) / static_cast<double>(whole));
}

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "_-./:@%+,=";
  if (!text.empty() &&
      text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace trato_cli
