// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "base/status.h"
#include "base/text.h"
#include "trato/store.h"

namespace trato::core {

std::pair<uint32_t, uint32_t> ErrorPlace(const absl::Status& status) {
  const Place place = PlaceOf(status).value_or(Place{});
  return {place.line, place.column};
}

std::string Excerpt(std::string_view text, uint32_t line, uint32_t column) {
  if (line == 0 || column == 0) return "";
  for (uint32_t skipped = 1; skipped < line; ++skipped) {
    const size_t newline = text.find('\n');
    if (newline == std::string_view::npos) return "";
    text.remove_prefix(newline + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::string excerpt(text);
  excerpt.push_back('\n');
  // A tab above is a tab below, so that the caret stays under its place.
  uint32_t at = 1;
  for (char c : text) {
    if (at == column) break;
    if ((c & 0xc0) == 0x80) continue;
    excerpt.push_back(c == '\t' ? '\t' : ' ');
    ++at;
  }
  excerpt.push_back('^');
  return excerpt;
}

}  // namespace trato::core
