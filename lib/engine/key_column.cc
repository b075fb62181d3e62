// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/key_column.h"

#include <algorithm>

namespace trato::core {

void KeyColumn::AddText(std::string_view key) {
  uint64_t number = 0;
  if (IsDecimal(key, &number)) {
    AddNumber(number);
    return;
  }
  const auto size = static_cast<uint32_t>(key.size());
  const size_t needed = sizeof(size) + key.size();
  if (text_room_ < needed) {
    text_room_ = std::max(kTextChunk, needed);
    texts_.push_back(std::make_unique_for_overwrite<char[]>(text_room_));
    next_text_ = texts_.back().get();
  }
  std::memcpy(next_text_, &size, sizeof(size));
  std::memcpy(next_text_ + sizeof(size), key.data(), key.size());
  any_ = true;
  Add(Form::kText, reinterpret_cast<uint64_t>(next_text_));
  next_text_ += needed;
  text_room_ -= needed;
}

}  // namespace trato::core
