// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/key_index.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace trato::core {
namespace {

// Entries for each first bits of hashes, about.
constexpr size_t kPerStart = 16;
// At least, so that 16 bits of a hash are left to keep.
constexpr int kLeastStartBits = 16;
constexpr size_t kLeastYoung = 1 << 16;

}  // namespace

void KeyIndex::Clear() { *this = KeyIndex(); }

void KeyIndex::Build(std::span<const std::pair<uint32_t, Keys>> records) {
  Clear();
  size_t count = 0;
  for (const auto& [record, keys] : records) {
    for (const uint32_t hash : keys) count += hash != 0 ? 1 : 0;
  }
  std::vector<Entry> entries;
  entries.reserve(count);
  for (const auto& [record, keys] : records) {
    for (const uint32_t hash : keys) {
      if (hash != 0) entries.emplace_back(hash, record);
    }
  }
  Seal(std::move(entries));
}

std::vector<KeyIndex::Entry> KeyIndex::Sealed() const {
  std::vector<Entry> entries;
  entries.reserve(records_.size() + young_count_);
  for (size_t start = 0; start + 1 < starts_.size(); ++start) {
    const auto first = static_cast<uint32_t>(start << shift_);
    const uint32_t last = (uint32_t{1} << shift_) - 1;
    for (size_t i = starts_[start]; i < starts_[start + 1]; ++i) {
      entries.emplace_back(first | (hashes_[i] & last), records_[i]);
    }
  }
  return entries;
}

void KeyIndex::Seal(std::vector<Entry> entries) {
  for (const auto& [hash, records] : young_) {
    for (const uint32_t record : records) entries.emplace_back(hash, record);
  }
  young_.clear();
  young_count_ = 0;
  std::sort(entries.begin(), entries.end());
  const int bits = std::max(
      kLeastStartBits, static_cast<int>(std::bit_width(entries.size() / kPerStart)));
  shift_ = 32 - bits;
  starts_.assign((size_t{1} << bits) + 1, 0);
  for (const Entry& it : entries) ++starts_[(it.first >> shift_) + 1];
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  records_.assign(entries.size(), 0);
  hashes_.assign(entries.size(), 0);
  for (size_t i = 0; i < entries.size(); ++i) {
    hashes_[i] = static_cast<uint16_t>(entries[i].first);
    records_[i] = entries[i].second;
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
  if (young_count_ > std::max(kLeastYoung, records_.size() / 4)) Seal(Sealed());
}

std::pair<size_t, size_t> KeyIndex::RangeOf(uint32_t hash,
                                            size_t limit) const {
  if (starts_.empty()) return {0, 0};
  // Those of one range differ in their last 16 bits, if at all.
  const auto place = [&](size_t i) {
    return hashes_.begin() + static_cast<std::ptrdiff_t>(i);
  };
  const auto to = place(starts_[(hash >> shift_) + 1]);
  const auto wanted = static_cast<uint16_t>(hash);
  const auto first = std::lower_bound(place(starts_[hash >> shift_]), to, wanted);
  auto last = first;
  while (last != to && *last == wanted &&
         static_cast<size_t>(last - first) <= limit) {
    ++last;
  }
  return {static_cast<size_t>(first - hashes_.begin()),
          static_cast<size_t>(last - hashes_.begin())};
}

size_t KeyIndex::bytes() const {
  return records_.capacity() * (sizeof(uint32_t) + sizeof(uint16_t)) +
         starts_.capacity() * sizeof(uint32_t) +
         young_.capacity() * (sizeof(uint32_t) + 16) + young_.capacity();
}

}  // namespace trato::core
