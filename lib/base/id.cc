// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/id.h"

#include <sodium.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "base/strings.h"

namespace trato::core {
namespace {

uint64_t LoadBigEndian(const unsigned char* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

void StoreBigEndian(uint64_t value, unsigned char* bytes) {
  for (int i = 7; i >= 0; --i) {
    bytes[i] = static_cast<unsigned char>(value & 0xff);
    value >>= 8;
  }
}

void Update(crypto_generichash_state& state, std::string_view part) {
  unsigned char length[8];
  StoreBigEndian(part.size(), length);
  crypto_generichash_update(&state, length, sizeof(length));
  crypto_generichash_update(
      &state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
}

}  // namespace

Id Id::Of(std::string_view domain,
          std::initializer_list<std::string_view> parts) {
  crypto_generichash_state state;
  unsigned char bytes[16];
  crypto_generichash_init(&state, nullptr, 0, sizeof(bytes));
  Update(state, domain);
  for (std::string_view part : parts) Update(state, part);
  crypto_generichash_final(&state, bytes, sizeof(bytes));
  return FromBytes(bytes);
}

Id Id::FromBytes(const unsigned char* bytes) {
  return {LoadBigEndian(bytes), LoadBigEndian(bytes + 8)};
}

std::optional<Id> Id::Parse(std::string_view text) {
  if (text.size() == 16) {
    return FromBytes(reinterpret_cast<const unsigned char*>(text.data()));
  }
  if (text.size() != 32 ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isxdigit)) {
    return std::nullopt;
  }
  const std::string bytes = absl::HexStringToBytes(ToAbsl(text));
  return FromBytes(reinterpret_cast<const unsigned char*>(bytes.data()));
}

void Id::ToBytes(unsigned char* bytes) const {
  StoreBigEndian(high, bytes);
  StoreBigEndian(low, bytes + 8);
}

std::string Id::ToByteString() const {
  std::string bytes(16, '\0');
  ToBytes(reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

std::string Id::Hex() const { return absl::BytesToHexString(ToByteString()); }

}  // namespace trato::core
