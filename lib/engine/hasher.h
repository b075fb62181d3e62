// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: BLAKE2b over texts and numbers, each text led by its
// length, so that different lists never hash alike.

#ifndef TRATO_ENGINE_HASHER_H_
#define TRATO_ENGINE_HASHER_H_

#include <sodium.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace trato::core {

class Hasher {
 public:
  explicit Hasher(size_t size) : size_(size) {
    crypto_generichash_init(&state_, nullptr, 0, size);
  }
  Hasher& Add(const void* data, size_t size) {
    crypto_generichash_update(&state_, static_cast<const unsigned char*>(data),
                              size);
    return *this;
  }
  Hasher& AddNumber(uint64_t number) {
    unsigned char bytes[8];
    for (int i = 0; i < 8; ++i) {
      bytes[i] = static_cast<unsigned char>(number >> (56 - 8 * i));
    }
    return Add(bytes, sizeof(bytes));
  }
  Hasher& AddText(std::string_view text) {
    AddNumber(text.size());
    return Add(text.data(), text.size());
  }
  template <size_t N>
  std::array<uint8_t, N> Finish() {
    std::array<uint8_t, N> out;
    crypto_generichash_final(&state_, out.data(), size_);
    return out;
  }

 private:
  crypto_generichash_state state_;
  size_t size_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_HASHER_H_
