// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text as people look for it: without case, accents or punctuation.

#ifndef TRATO_BASE_FOLD_H_
#define TRATO_BASE_FOLD_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace trato::core {

// The words of the text, with one blank between them: Unicode's compatibility
// decomposition (NFKD) without marks, case folded; letters that do not
// decompose stand for those that people type (l for a barred l, ae for its
// ligature); apostrophes are left out; decimal digits are ASCII; what is
// neither letter, number nor symbol ends a word. Stops at the character with
// which it would be longer than `max_bytes`.
// Cost: linear in what is read of the text, at most a small multiple of
// max_bytes unless the text folds to nothing.
std::string FoldText(std::string_view text, size_t max_bytes);

// The decimal digits of the text, in ASCII, up to `max_bytes` of them.
std::string FoldDigits(std::string_view text, size_t max_bytes);

// Whether nothing but digits, blanks and + - . / ( ) is in it, and a digit.
bool IsTelephoneLike(std::string_view text);

}  // namespace trato::core

#endif  // TRATO_BASE_FOLD_H_
