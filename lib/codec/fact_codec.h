// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Facts to the bytes of fact.proto and back.

#ifndef TRATO_CODEC_FACT_CODEC_H_
#define TRATO_CODEC_FACT_CODEC_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "codec/fact.h"

namespace trato::core {

// What a payload is: the number of its field in Fact.payload of fact.proto.
uint32_t PayloadNumber(const Payload& payload);

// The payload in canonical form.
std::string CanonicalPayload(const Fact& fact);

// The id of a fact without key that is the n-th of its like, from 0.
FactId IdOfContent(const Fact& fact, std::string_view canonical_payload,
                   uint32_t n);

// What two facts with one key must agree in: a hash of kind and payload.
uint64_t PayloadHash(const Fact& fact, std::string_view canonical_payload);

// What one transaction may take: half of what the container and the format of
// the bytes allow.
inline constexpr size_t kMaxEntryBytes = size_t{512} << 20;

// One journal entry. All facts have the same recorded time. RESOURCE_EXHAUSTED
// above kMaxEntryBytes.
absl::StatusOr<std::string> EncodeEntry(int64_t recorded_us,
                                        std::span<const Fact> facts,
                                        std::string_view salts = {});

// The same for one interaction without key, lines and fields, written straight
// from what it consists of, at the end of `out`. Source and currency are not
// empty.
void EncodePlainEntry(int64_t recorded_us, int64_t event_us,
                      std::string_view actor, std::string_view source,
                      std::string_view batch, std::string_view record,
                      std::string_view type, std::string_view channel,
                      bool outbound, Money amount, std::string& out);

// The facts of an entry, without ids. DATA_LOSS when the bytes are no entry.
struct DecodedEntry {
  std::vector<Fact> facts;
  std::string salts;
};
absl::StatusOr<DecodedEntry> DecodeEntry(std::string_view bytes);

}  // namespace trato::core

#endif  // TRATO_CODEC_FACT_CODEC_H_
