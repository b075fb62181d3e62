// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/key_index.h"

#include <algorithm>
#include <bit>

namespace trato::core {
namespace {

// Entries for each first bits of hashes, about.
constexpr size_t kPerStart = 16;
constexpr size_t kLeastYoung = 1 << 16;

}  // namespace

void KeyIndex::Clear() { *this = KeyIndex(); }

void KeyIndex::Build(std::span<const std::pair<uint32_t, Keys>> records) {
  Clear();
  size_t count = 0;
  for (const auto& [record, keys] : records) {
    for (const uint32_t hash : keys) count += hash != 0 ? 1 : 0;
  }
  sealed_.reserve(count);
  for (const auto& [record, keys] : records) {
    for (const uint32_t hash : keys) {
      if (hash != 0) sealed_.emplace_back(hash, record);
    }
  }
  Seal();
}

void KeyIndex::Seal() {
  for (const auto& [hash, records] : young_) {
    for (const uint32_t record : records) sealed_.emplace_back(hash, record);
  }
  young_.clear();
  young_count_ = 0;
  std::sort(sealed_.begin(), sealed_.end());
  const size_t starts = std::bit_ceil(sealed_.size() / kPerStart + 2);
  shift_ = 32 - std::countr_zero(starts);
  starts_.assign(starts + 1, static_cast<uint32_t>(sealed_.size()));
  for (size_t i = sealed_.size(); i-- > 0;) {
    starts_[sealed_[i].first >> shift_] = static_cast<uint32_t>(i);
  }
  for (size_t i = starts; i-- > 0;) {
    starts_[i] = std::min(starts_[i], starts_[i + 1]);
  }
}

void KeyIndex::Add(uint32_t record, const Keys& keys) {
  for (const uint32_t hash : keys) {
    if (hash == 0) continue;
    auto& records = young_[hash];
    if (std::find(records.begin(), records.end(), record) != records.end()) {
      continue;
    }
    records.push_back(record);
    ++young_count_;
  }
  if (young_count_ > std::max(kLeastYoung, sealed_.size() / 4)) Seal();
}

std::pair<size_t, size_t> KeyIndex::RangeOf(uint32_t hash) const {
  if (starts_.empty()) return {0, 0};
  const auto from = sealed_.begin() + starts_[hash >> shift_];
  const auto to = sealed_.begin() + starts_[(hash >> shift_) + 1];
  const auto less = [](const Entry& entry, uint32_t wanted) {
    return entry.first < wanted;
  };
  const auto first = std::lower_bound(from, to, hash, less);
  auto last = first;
  while (last != to && last->first == hash) ++last;
  return {static_cast<size_t>(first - sealed_.begin()),
          static_cast<size_t>(last - sealed_.begin())};
}

size_t KeyIndex::bytes() const {
  return sealed_.capacity() * sizeof(Entry) +
         starts_.capacity() * sizeof(uint32_t) +
         young_.capacity() * (sizeof(uint32_t) + 16) + young_.capacity();
}

}  // namespace trato::core
