// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Regular expressions of RE2's syntax: matching takes time linear in the text,
// whatever the pattern.

#ifndef TRATO_EXPRESSION_REGEX_H_
#define TRATO_EXPRESSION_REGEX_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}

namespace trato::core {

inline constexpr size_t kMaxRegexBytes = 1000;

// Immutable; copies share.
class Regex {
 public:
  // INVALID_ARGUMENT when it is malformed, too long, or needs too much memory.
  static absl::StatusOr<Regex> Compile(std::string_view pattern);

  // Whether any part of the text matches.
  bool IsFoundIn(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_REGEX_H_
