// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/fold.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

namespace trato::core {
namespace {

// A character decomposes into 18 at most.
constexpr utf8proc_ssize_t kMaxDecomposed = 32;
// How much of a text is read for each byte that may come out. Blanks and marks
// fold to nothing, so a text of them alone would never end otherwise.
constexpr size_t kReadPerByte = 16;

bool IsApostrophe(utf8proc_int32_t c) {
  return c == '\'' || c == 0x2018 || c == 0x2019 || c == 0x02bc ||
         c == 0x00b4 || c == '`';
}

// The decimal digits of the scripts whose users mix them with ours; those that
// NFKD knows are not here. -1: none.
int DigitOf(utf8proc_int32_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  for (const utf8proc_int32_t zero : {0x0660, 0x06f0, 0x0966}) {
    if (c >= zero && c <= zero + 9) return c - zero;
  }
  return -1;
}

// What people type for letters that have no decomposition; null: itself.
const char* PlainLetter(utf8proc_int32_t c) {
  switch (c) {
    case 0x00e6:
      return "ae";
    case 0x00f0:
    case 0x0111:
      return "d";
    case 0x00f8:
      return "o";
    case 0x00fe:
      return "th";
    case 0x0127:
      return "h";
    case 0x0131:
      return "i";
    case 0x0142:
      return "l";
    case 0x0153:
      return "oe";
    case 0x0167:
      return "t";
    default:
      return nullptr;
  }
}

bool IsWordCharacter(utf8proc_int32_t c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_SO:  // among others, what people draw with
      return true;
    default:
      return false;
  }
}

// Calls visit(character) for the folded characters of the text, in order, with
// 0 for what ends a word, until it gives false.
template <typename Visit>
void ForEachFolded(std::string_view text, Visit visit) {
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      ++at;
      utf8proc_int32_t c = 0;
      if (byte >= 'A' && byte <= 'Z') {
        c = byte - 'A' + 'a';
      } else if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
        c = byte;
      } else if (IsApostrophe(byte)) {
        continue;
      }
      if (!visit(c)) return;
      continue;
    }
    utf8proc_int32_t code_point;
    const utf8proc_ssize_t used = utf8proc_iterate(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
        static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (used <= 0) {  // not UTF-8: the store holds none
      ++at;
      continue;
    }
    at += static_cast<size_t>(used);
    if (IsApostrophe(code_point)) continue;
    utf8proc_int32_t parts[kMaxDecomposed];
    int boundary = 0;
    const utf8proc_ssize_t count = utf8proc_decompose_char(
        code_point, parts, kMaxDecomposed,
        static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                       UTF8PROC_CASEFOLD | UTF8PROC_IGNORE |
                                       UTF8PROC_STRIPMARK),
        &boundary);
    for (utf8proc_ssize_t i = 0; i < std::min(count, kMaxDecomposed); ++i) {
      utf8proc_int32_t c = parts[i];
      if (const int digit = DigitOf(c); digit >= 0) {
        c = '0' + digit;
      } else if (const char* plain = PlainLetter(c)) {
        for (; plain[1] != 0; ++plain) {
          if (!visit(*plain)) return;
        }
        c = *plain;
      } else if (!IsWordCharacter(c)) {
        c = 0;
      }
      if (!visit(c)) return;
    }
  }
}

}  // namespace

std::string FoldText(std::string_view text, size_t max_bytes) {
  std::string folded;
  folded.reserve(std::min(text.size(), max_bytes));
  bool ended = false;
  ForEachFolded(text.substr(0, max_bytes * kReadPerByte),
                [&](utf8proc_int32_t c) {
                  if (c == 0) {
                    ended = !folded.empty();
                    return true;
                  }
                  utf8proc_uint8_t bytes[4];
                  size_t size = 1;
                  if (c < 0x80) {
                    bytes[0] = static_cast<utf8proc_uint8_t>(c);
                  } else {
                    size = static_cast<size_t>(utf8proc_encode_char(c, bytes));
                  }
                  if (folded.size() + ended + size > max_bytes) return false;
                  if (ended) folded.push_back(' ');
                  ended = false;
                  folded.append(reinterpret_cast<const char*>(bytes), size);
                  return true;
                });
  return folded;
}

std::string FoldDigits(std::string_view text, size_t max_bytes) {
  std::string digits;
  ForEachFolded(text.substr(0, max_bytes * kReadPerByte),
                [&](utf8proc_int32_t c) {
                  if (c >= '0' && c <= '9') {
                    digits.push_back(static_cast<char>(c));
                  }
                  return digits.size() < max_bytes;
                });
  return digits;
}

bool IsTelephoneLike(std::string_view text) {
  bool has_digit = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      has_digit = true;
    } else if (std::string_view(" +-./()").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return has_digit;
}

}  // namespace trato::core
