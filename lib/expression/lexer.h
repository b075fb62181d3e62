// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The words of an expression, as the CEL specification defines them.

#ifndef TRATO_EXPRESSION_LEXER_H_
#define TRATO_EXPRESSION_LEXER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"

namespace trato::core {

inline constexpr size_t kMaxExpressionBytes = 64 << 10;

struct Token {
  enum class Kind {
    kEnd,
    kName,
    kQuotedName,  // `name`, only after a dot
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kSymbol
  };
  Kind kind = Kind::kEnd;
  // The name, the symbol, the digits, or the string with escapes resolved.
  std::string text;
  Place place;
  uint32_t begin = 0, end = 0;  // its bytes
};

// INVALID_ARGUMENT with message and place.
absl::Status ErrorAt(Place place, std::string_view message);

// The tokens, the last one kEnd. Errors carry a place.
absl::StatusOr<std::vector<Token>> Tokenize(std::string_view text);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_LEXER_H_
