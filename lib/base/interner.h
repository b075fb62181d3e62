// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Strings as small numbers. A string is kept once and never moves, so views of
// it live as long as the interner. Number 0 is the empty string.

#ifndef TRATO_BASE_INTERNER_H_
#define TRATO_BASE_INTERNER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "base/stable_vector.h"
#include "base/strings.h"

namespace trato::core {

class Interner {
 public:
  Interner();

  uint32_t Add(std::string_view text);
  std::optional<uint32_t> Find(std::string_view text) const;
  std::string_view Text(uint32_t number) const { return texts_[number]; }
  size_t size() const { return texts_.size(); }

 private:
  StableVector<std::string> texts_;
  absl::flat_hash_map<std::string_view, uint32_t, StringHash, StringEqual>
      numbers_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_INTERNER_H_
