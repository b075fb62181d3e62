// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: BLAKE2b-256 of many messages at once. One message leaves
// most of a processor idle, as each step of the hash waits for the one before;
// so several go side by side in the lanes of its vectors, where it has any that
// are wide enough. The hashes are those that libsodium gives one by one.

#ifndef TRATO_ENGINE_HASH_EACH_H_
#define TRATO_ENGINE_HASH_EACH_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace trato::core {

// out[i] is the hash of messages[i].
void HashEach(std::span<const std::string_view> messages,
              std::array<uint8_t, 32>* out);

}  // namespace trato::core

#endif  // TRATO_ENGINE_HASH_EACH_H_
