// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// 128-bit ids. An id is always the hash of what it names, so it exists before
// its fact arrives and does not depend on any order.

#ifndef TRATO_BASE_ID_H_
#define TRATO_BASE_ID_H_

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace trato::core {

struct Id {
  // Compared as one big-endian number, which is also the order of Hex().
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const Id&) const = default;

  // BLAKE2b-128 over `domain` and the parts, each led by its length, so that
  // different lists of parts never hash alike.
  static Id Of(std::string_view domain,
               std::initializer_list<std::string_view> parts);
  static Id FromBytes(const unsigned char* bytes);
  // From 16 bytes, or 32 hexadecimal digits; nothing when it is neither.
  static std::optional<Id> Parse(std::string_view text);

  void ToBytes(unsigned char* bytes) const;
  std::string ToByteString() const;
  std::string Hex() const;

  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.high, id.low);
  }
};

// A record is named `namespace:value`; a fact by its source and key, or by its
// content. Separate types: the id of one is never the id of the other.
struct RecordId : Id {
  static RecordId Of(std::string_view name) {
    return RecordId{Id::Of("record", {name})};
  }
};

struct FactId : Id {
  static FactId OfKey(std::string_view source, std::string_view key) {
    return FactId{Id::Of("fact-key", {source, key})};
  }
};

}  // namespace trato::core

#endif  // TRATO_BASE_ID_H_
