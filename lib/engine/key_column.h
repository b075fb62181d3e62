// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: the idempotency keys of many rows. Most are numbers,
// which are kept as such; the texts of the others lie behind each other.

#ifndef TRATO_ENGINE_KEY_COLUMN_H_
#define TRATO_ENGINE_KEY_COLUMN_H_

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/key_set.h"

namespace trato::core {

class KeyColumn {
 public:
  enum class Form : uint8_t { kNone, kNumber, kText };

  size_t size() const { return size_; }
  // Whether any row has a key.
  bool any() const { return any_; }

  void AddNone(size_t count) {
    for (; count > 0; --count) Add(Form::kNone, 0);
  }
  void AddNumber(uint64_t number) {
    any_ = true;
    Add(Form::kNumber, number);
  }
  void AddText(std::string_view key);

  Form form(size_t row) const {
    return chunks_[row / kChunk]->forms[row % kChunk];
  }
  // Of a row with that form.
  uint64_t number(size_t row) const {
    return chunks_[row / kChunk]->values[row % kChunk];
  }
  std::string_view text(size_t row) const { return TextAt(number(row)); }
  // The key as it is written; empty: none. It lives as long as the buffer and
  // this.
  struct Buffer {
    char digits[20];
  };
  std::string_view Key(size_t row, Buffer& buffer) const {
    return Get(row).Text(buffer);
  }
  // A key by itself, which lives as long as this.
  struct Value {
    uint64_t value = 0;
    Form form = Form::kNone;

    std::string_view Text(Buffer& buffer) const {
      switch (form) {
        case Form::kNone:
          return {};
        case Form::kText:
          return TextAt(value);
        case Form::kNumber:
          break;
      }
      const auto end = std::to_chars(
          buffer.digits, buffer.digits + sizeof(buffer.digits), value);
      return {buffer.digits, static_cast<size_t>(end.ptr - buffer.digits)};
    }
  };
  Value Get(size_t row) const { return {number(row), form(row)}; }
  // Of a row that has a key.
  uint64_t Hash(size_t row, const KeyHasher& hasher) const {
    return form(row) == Form::kNumber ? hasher(number(row)) : hasher(text(row));
  }

 private:
  static constexpr size_t kChunk = 65536;
  static constexpr size_t kTextChunk = size_t{1} << 20;
  struct Chunk {
    uint64_t values[kChunk];
    Form forms[kChunk];
  };

  static std::string_view TextAt(uint64_t place) {
    const char* at = reinterpret_cast<const char*>(place);
    uint32_t size;
    std::memcpy(&size, at, sizeof(size));
    return {at + sizeof(size), size};
  }

  void Add(Form form, uint64_t value) {
    const size_t place = size_ % kChunk;
    if (place == 0) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
    chunks_.back()->values[place] = value;
    chunks_.back()->forms[place] = form;
    ++size_;
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  size_t size_ = 0;
  bool any_ = false;
  std::vector<std::unique_ptr<char[]>> texts_;
  size_t text_room_ = 0;
  char* next_text_ = nullptr;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_KEY_COLUMN_H_
