// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

bool IsControl(unsigned char c) { return c < 0x20 || c == 0x7f; }

// Whether all is ASCII that is seen: what most names and keys are, and what
// needs no further look.
bool IsPlain(std::string_view text) {
  bool plain = true;
  for (unsigned char c : text) plain &= c > ' ' && c < 0x7f;
  return plain;
}

// Eight bytes at a time.
bool IsAscii(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  uint64_t high = 0;
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= text.size(); i += sizeof(uint64_t)) {
    uint64_t eight;
    std::memcpy(&eight, text.data() + i, sizeof(eight));
    high |= eight;
  }
  for (; i < text.size(); ++i) {
    high |= static_cast<uint64_t>(text[i]) & 0x80;
  }
  return (high & kHighBits) == 0;
}

bool IsGoodName(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// Levenshtein distance, with a swap of neighbours as one step.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1,
                                     std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1,
                          d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

bool IsUtf8(std::string_view text) {
  if (IsAscii(text)) return true;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point;
    const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &code_point);
    if (used <= 0) return false;
    bytes += used;
    left -= used;
  }
  return true;
}

absl::Status CheckText(std::string_view field, std::string_view text,
                       size_t max_bytes) {
  if (text.size() > max_bytes) {
    return absl::InvalidArgumentError(StrCat(field, " has ", text.size(),
                                             " bytes, at most ", max_bytes,
                                             " are allowed"));
  }
  if (!IsUtf8(text)) {
    return absl::InvalidArgumentError(StrCat(field, " is not UTF-8"));
  }
  return absl::OkStatus();
}

absl::Status CheckName(std::string_view field, std::string_view name) {
  TRATO_RETURN_IF_ERROR(CheckText(field, name, kMaxNameBytes));
  if (IsGoodName(name)) return absl::OkStatus();
  if (name.empty()) {
    return absl::InvalidArgumentError(StrCat(field, " is empty"));
  }
  const bool printable = std::none_of(
      name.begin(), name.end(), [](unsigned char c) { return IsControl(c); });
  return absl::InvalidArgumentError(
      StrCat(field, printable ? StrCat(" '", name, "'") : std::string(),
             " may hold a-z, 0-9 and _ only, from a letter"));
}

absl::Status CheckLabel(std::string_view field, std::string_view label,
                        size_t max_bytes) {
  if (!label.empty() && label.size() <= max_bytes && IsPlain(label)) {
    return absl::OkStatus();
  }
  TRATO_RETURN_IF_ERROR(CheckText(field, label, max_bytes));
  if (label.empty()) {
    return absl::InvalidArgumentError(StrCat(field, " is empty"));
  }
  if (std::any_of(label.begin(), label.end(),
                  [](unsigned char c) { return IsControl(c); })) {
    return absl::InvalidArgumentError(
        StrCat(field, " holds a control character"));
  }
  // U+0080 to U+009F, and the separators of lines and paragraphs.
  for (size_t i = 0; i + 1 < label.size(); ++i) {
    const auto at = [&](size_t ahead) {
      return i + ahead < label.size()
                 ? static_cast<unsigned char>(label[i + ahead])
                 : 0;
    };
    if ((at(0) == 0xc2 && at(1) < 0xa0) ||
        (at(0) == 0xe2 && at(1) == 0x80 && (at(2) == 0xa8 || at(2) == 0xa9))) {
      return absl::InvalidArgumentError(
          StrCat(field, " holds a control character"));
    }
  }
  if (label.front() == ' ' || label.back() == ' ') {
    return absl::InvalidArgumentError(
        StrCat(field, " starts or ends with a blank"));
  }
  return absl::OkStatus();
}

absl::Status CheckIdentifier(std::string_view field,
                             std::string_view identifier) {
  const size_t colon = identifier.find(':');
  if (colon != std::string_view::npos && colon <= kMaxNameBytes &&
      colon + 1 < identifier.size() &&
      identifier.size() <= kMaxIdentifierBytes &&
      IsGoodName(identifier.substr(0, colon)) &&
      IsPlain(identifier.substr(colon + 1))) {
    return absl::OkStatus();
  }
  TRATO_RETURN_IF_ERROR(CheckText(field, identifier, kMaxIdentifierBytes));
  if (colon == std::string_view::npos) {
    return absl::InvalidArgumentError(StrCat(
        field, " is not written namespace:value, for example shop:12748"));
  }
  TRATO_RETURN_IF_ERROR(
      CheckName(StrCat(field, ": namespace"), identifier.substr(0, colon)));
  return CheckLabel(StrCat(field, ": value"), identifier.substr(colon + 1),
                    kMaxIdentifierBytes);
}

size_t CharacterCount(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  size_t count = 0;
  for (; left > 0; ++count) {
    utf8proc_int32_t code_point;
    const utf8proc_ssize_t used = std::max<utf8proc_ssize_t>(
        utf8proc_iterate(bytes, left, &code_point), 1);
    bytes += used;
    left -= used;
  }
  return count;
}

std::string DidYouMean(std::string_view name,
                       const std::vector<std::string_view>& known) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, name.size() / 3) + 1;
  if (name.size() > kMaxNameBytes) return "";
  for (std::string_view candidate : known) {
    if (candidate.size() > kMaxNameBytes) continue;
    const size_t distance = EditDistance(name, candidate);
    if (distance < best_distance ||
        (distance == best_distance && !best.empty() && candidate < best)) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (best.empty()) return "";
  return StrCat(", did you mean '", best, "'?");
}

}  // namespace trato::core
