// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/text_encoding.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/text.h"

namespace trato::core {
namespace {

constexpr uint32_t kReplacement = 0xfffd;

// Windows-1252 from 0x80 to 0x9f; above it is Latin-1.
constexpr uint16_t kWindows1252[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
    0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};

void Append(uint32_t code_point, std::string& text) {
  if (code_point < 0x80) {
    text.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text.push_back(static_cast<char>(0xc0 | code_point >> 6));
    text.push_back(static_cast<char>(0x80 | (code_point & 0x3f)));
  } else if (code_point < 0x10000) {
    text.push_back(static_cast<char>(0xe0 | code_point >> 12));
    text.push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3f)));
    text.push_back(static_cast<char>(0x80 | (code_point & 0x3f)));
  } else {
    text.push_back(static_cast<char>(0xf0 | code_point >> 18));
    text.push_back(static_cast<char>(0x80 | (code_point >> 12 & 0x3f)));
    text.push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3f)));
    text.push_back(static_cast<char>(0x80 | (code_point & 0x3f)));
  }
}

std::string FromUtf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](size_t i) -> uint32_t {
    const auto first = static_cast<uint8_t>(bytes[i]);
    const auto second = static_cast<uint8_t>(bytes[i + 1]);
    return big_endian ? first << 8 | second : second << 8 | first;
  };
  std::string text;
  text.reserve(bytes.size());
  size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) {
    uint32_t code_point = unit(i);
    if (code_point >= 0xd800 && code_point < 0xe000) {
      const uint32_t low =
          code_point < 0xdc00 && i + 3 < bytes.size() ? unit(i + 2) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
        i += 2;
      } else {
        code_point = kReplacement;
      }
    }
    Append(code_point, text);
  }
  if (i < bytes.size()) Append(kReplacement, text);
  return text;
}

void AppendWindows1252(std::string_view line, std::string& text) {
  for (char c : line) {
    const auto byte = static_cast<uint8_t>(c);
    Append(byte >= 0x80 && byte < 0xa0 ? kWindows1252[byte - 0x80] : byte,
           text);
  }
}

}  // namespace

DecodedText DecodeText(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe")) {
    return {FromUtf16(bytes.substr(2), false), "UTF-16"};
  }
  if (bytes.starts_with("\xfe\xff")) {
    return {FromUtf16(bytes.substr(2), true), "UTF-16"};
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  // A header is mostly ASCII: every other byte of it is zero.
  const std::string_view head = bytes.substr(0, 512);
  size_t zeros[2] = {0, 0};
  for (size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0';
  if (head.size() >= 4 && zeros[0] + zeros[1] > head.size() / 4) {
    return {FromUtf16(bytes, zeros[0] > zeros[1]), "UTF-16"};
  }
  DecodedText decoded;
  decoded.text.reserve(bytes.size());
  bool any_utf8 = false;
  bool any_other = false;
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const std::string_view line =
        bytes.substr(0, end == std::string_view::npos ? end : end + 1);
    bytes.remove_prefix(line.size());
    if (IsUtf8(line)) {
      any_utf8 = any_utf8 || std::any_of(line.begin(), line.end(), [](char c) {
                   return static_cast<uint8_t>(c) >= 0x80;
                 });
      decoded.text += line;
    } else {
      any_other = true;
      AppendWindows1252(line, decoded.text);
    }
  }
  decoded.encoding = !any_other  ? "UTF-8"
                     : !any_utf8 ? "Windows-1252"
                                 : "UTF-8 and Windows-1252";
  return decoded;
}

}  // namespace trato::core
