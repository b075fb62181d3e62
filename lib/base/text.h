// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Checks on text that comes from outside, and help for people who mistype.

#ifndef TRATO_BASE_TEXT_H_
#define TRATO_BASE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace trato::core {

inline constexpr size_t kMaxNameBytes = 128;
inline constexpr size_t kMaxIdentifierBytes = 1024;
inline constexpr size_t kMaxTextBytes = 1 << 20;

// Well-formed UTF-8: no overlong forms, no surrogates.
bool IsUtf8(std::string_view text);

// INVALID_ARGUMENT that names `field` unless `text` is UTF-8 of at most
// `max_bytes`.
absl::Status CheckText(std::string_view field, std::string_view text,
                       size_t max_bytes = kMaxTextBytes);

// A name that expressions can use: a-z, 0-9 and _, led by a letter.
absl::Status CheckName(std::string_view field, std::string_view name);

// A name for people's own things (segments, offers, products, batches): not
// empty, UTF-8, no control characters, no blank at either end.
absl::Status CheckLabel(std::string_view field, std::string_view label,
                        size_t max_bytes = kMaxNameBytes);

// An identifier `namespace:value`: a name, a colon, and a label.
absl::Status CheckIdentifier(std::string_view field,
                             std::string_view identifier);

// The number of characters (code points) in UTF-8 text; a byte that is not part
// of one counts as one.
size_t CharacterCount(std::string_view text);

// `, did you mean 'x'?` with the known name nearest to `name`, or nothing when
// none is near.
std::string DidYouMean(std::string_view name,
                       const std::vector<std::string_view>& known);

}  // namespace trato::core

#endif  // TRATO_BASE_TEXT_H_
