// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/interner.h"

namespace trato::core {

Interner::Interner() { Add(""); }

uint32_t Interner::Add(std::string_view text) {
  if (auto found = numbers_.find(text); found != numbers_.end()) {
    return found->second;
  }
  const auto number = static_cast<uint32_t>(texts_.size());
  numbers_.emplace(texts_.push_back(std::string(text)), number);
  return number;
}

std::optional<uint32_t> Interner::Find(std::string_view text) const {
  if (text.empty()) return 0;
  auto found = numbers_.find(text);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

}  // namespace trato::core
