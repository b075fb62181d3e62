// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The seam between std::string_view and Abseil's string functions: some builds
// of Abseil (Debian's is one) have a string_view of their own.

#ifndef TRATO_BASE_STRINGS_H_
#define TRATO_BASE_STRINGS_H_

#include <concepts>
#include <map>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace trato::core {

inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view ToStd(absl::string_view text) {
  return {text.data(), text.size()};
}

namespace strings_internal {
template <typename T>
decltype(auto) Piece(const T& value) {
  if constexpr (std::convertible_to<const T&, std::string_view>) {
    return ToAbsl(value);
  } else {
    return static_cast<const T&>(value);
  }
}
}  // namespace strings_internal

// absl::StrCat and StrAppend that take std::string_view too.
template <typename... Args>
std::string StrCat(const Args&... args) {
  return absl::StrCat(strings_internal::Piece(args)...);
}
template <typename... Args>
void StrAppend(std::string* text, const Args&... args) {
  absl::StrAppend(text, strings_internal::Piece(args)...);
}

// Maps from std::string that are asked with std::string_view.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    return absl::HashOf(ToAbsl(text));
  }
};
struct StringEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return a == b;
  }
};
template <typename Value>
using StringHashMap =
    absl::flat_hash_map<std::string, Value, StringHash, StringEqual>;
template <typename Value>
using StringMap = std::map<std::string, Value, std::less<>>;

}  // namespace trato::core

#endif  // TRATO_BASE_STRINGS_H_
