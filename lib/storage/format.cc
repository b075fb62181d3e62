// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/format.h"

#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/fault.h"
#include "base/strings.h"

namespace trato::core {
namespace {

constexpr size_t kMaxVarint = 10;
constexpr size_t kNumbers = 40;  // of a head record, before the chain

void PutU64(char* at, uint64_t value) {
  for (int i = 0; i < 8; ++i) at[i] = static_cast<char>(value >> 8 * i);
}

uint64_t GetU64(const char* at) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    value |= uint64_t{static_cast<unsigned char>(at[i])} << 8 * i;
  }
  return value;
}

uint64_t Mark(int64_t block, uint64_t checksum) {
  char bytes[16];
  PutU64(bytes, static_cast<uint64_t>(block));
  PutU64(bytes + 8, checksum);
  return XXH3_64bits(bytes, sizeof(bytes));
}

}  // namespace

uint64_t ChecksumOf(uint64_t store, uint64_t position, uint64_t first,
                    const Head::Chain& chain, std::string_view payload) {
  char lead[16 + sizeof(Head::Chain)];
  PutU64(lead, position);
  PutU64(lead + 8, first);
  std::memcpy(lead + 16, chain.data(), chain.size());
  return store ^ XXH3_64bits_withSeed(payload.data(), payload.size(),
                                      XXH3_64bits(lead, sizeof(lead)));
}

uint64_t ChecksumOf(uint64_t store, int64_t block, std::string_view payload) {
  const uint64_t checksum = XXH3_64bits_withSeed(payload.data(), payload.size(),
                                                 static_cast<uint64_t>(block));
  return block == HeadRecord::kId ? checksum : store ^ checksum;
}

absl::StatusOr<uint64_t> NewStoreId() {
  uint64_t id = 0;
  if (getentropy(&id, sizeof(id)) != 0) {
    return absl::UnavailableError(
        StrCat("the system gives no random bytes: ", std::strerror(errno)));
  }
  // SQLite's own numbers are of a generator that a fork copies.
  return Fault("no_store_id") ? 0 : id;
}

void AppendEntry(std::string& payload, std::string_view entry) {
  char lead[kMaxVarint];
  size_t size = 0;
  uint64_t rest = entry.size();
  while (rest >= 0x80) {
    lead[size++] = static_cast<char>(rest | 0x80);
    rest >>= 7;
  }
  lead[size++] = static_cast<char>(rest);
  const size_t needed = payload.size() + size + entry.size();
  if (payload.capacity() < needed) {
    payload.reserve(std::max(needed, 2 * payload.capacity()));
  }
  payload.append(lead, size);
  payload.append(entry);
}

std::optional<std::vector<std::string_view>> EntriesIn(
    std::string_view payload) {
  std::vector<std::string_view> entries;
  while (!payload.empty()) {
    uint64_t size = 0;
    size_t used = 0;
    for (;;) {
      if (used == payload.size() || used == kMaxVarint) return std::nullopt;
      const auto byte = static_cast<unsigned char>(payload[used]);
      size |= uint64_t{byte & 0x7fu} << 7 * used;
      ++used;
      if (byte < 0x80) break;
    }
    payload.remove_prefix(used);
    if (size > payload.size()) return std::nullopt;
    entries.push_back(payload.substr(0, size));
    payload.remove_prefix(size);
  }
  return entries;
}

std::string HeadRecord::Encode() const {
  std::string bytes(kNumbers + head.chain.size(), '\0');
  PutU64(bytes.data(), store);
  PutU64(bytes.data() + 8, head.position);
  PutU64(bytes.data() + 16, journal_start);
  PutU64(bytes.data() + 24, blocks);
  PutU64(bytes.data() + 32, blocks_sum);
  std::memcpy(bytes.data() + kNumbers, head.chain.data(), head.chain.size());
  return bytes;
}

std::optional<HeadRecord> HeadRecord::Decode(std::string_view bytes) {
  HeadRecord record;
  if (bytes.size() != kNumbers + record.head.chain.size()) return std::nullopt;
  record.store = GetU64(bytes.data());
  record.head.position = GetU64(bytes.data() + 8);
  record.journal_start = GetU64(bytes.data() + 16);
  record.blocks = GetU64(bytes.data() + 24);
  record.blocks_sum = GetU64(bytes.data() + 32);
  std::memcpy(record.head.chain.data(), bytes.data() + kNumbers,
              record.head.chain.size());
  if (record.journal_start > record.head.position) return std::nullopt;
  return record;
}

void HeadRecord::Add(int64_t block, uint64_t checksum) {
  ++blocks;
  blocks_sum += Mark(block, checksum);
}

void HeadRecord::Remove(int64_t block, uint64_t checksum) {
  --blocks;
  blocks_sum -= Mark(block, checksum);
}

std::string NameOf(BlockId id) {
  return StrCat("block ", static_cast<int>(id.kind), "/", id.run, "/",
                id.number, " (kind/run/number)");
}

std::string NameOfPositions(uint64_t first, uint64_t last) {
  return first == last ? StrCat("log position ", first)
                       : StrCat("log positions ", first, " to ", last);
}

}  // namespace trato::core
