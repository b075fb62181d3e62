// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/name_table.h"

#include <algorithm>
#include <new>
#include <utility>

namespace trato::core {

size_t NameTable::BucketOf(uint64_t hash) const {
  // Any number of buckets will do.
  return static_cast<size_t>((hash >> 32) * buckets_.size() >> 32);
}

std::optional<uint32_t> NameTable::FindHashed(uint64_t hash,
                                              std::string_view name) const {
  if (buckets_.empty()) return std::nullopt;
  const auto tag = static_cast<uint8_t>(hash);
  size_t bucket = BucketOf(hash);
  for (size_t left = buckets_.size(); left > 0; --left) {
    const Bucket& here = buckets_[bucket];
    for (size_t i = 0; i < here.count; ++i) {
      if (here.tags[i] != tag) continue;
      const char* const at = At(here.places[i]);
      if (TextAt(at) == name) return NumberAt(at);
    }
    if (!here.overflowed) break;
    bucket = After(bucket);
  }
  return std::nullopt;
}

void NameTable::Index(uint64_t hash, uint32_t place) {
  size_t bucket = BucketOf(hash);
  while (buckets_[bucket].count == Bucket::kPlaces) {
    buckets_[bucket].overflowed = true;
    bucket = After(bucket);
  }
  Bucket& here = buckets_[bucket];
  here.places[here.count] = place;
  here.tags[here.count++] = static_cast<uint8_t>(hash);
}

void NameTable::Rebuild(size_t names) {
  // Three quarters full at most.
  buckets_.assign(names / (Bucket::kPlaces * 3 / 4) + 1, {});
  for (uint32_t i = 0; i < places_.size(); ++i) {
    Index(HashOf(Text(i)), places_[i]);
  }
}

void NameTable::Reserve(size_t names) {
  if (names > buckets_.size() * Bucket::kPlaces * 3 / 4) Rebuild(names);
}

void NameTable::AddPage() {
  const size_t number = pages_.size();
  if (number == (uint64_t{1} << 32) / kPageBytes) throw std::bad_alloc();
  const size_t of_slab = number < kPagesAtOnce ? 0 : number % kPagesAtOnce;
  if (of_slab == 0) {
    const size_t bytes = number < kPagesAtOnce ? kPageBytes : kHugePage;
    std::unique_ptr<char[], FreeSlab> slab(
        static_cast<char*>(AllocateLarge(bytes)), FreeSlab{bytes});
    slabs_.push_back(std::move(slab));
  }
  pages_.push_back(slabs_.back().get() + of_slab * kPageBytes);
}

void NameTable::Trim() {
  const size_t names = places_.size() + places_.size() / 8;
  if (buckets_.size() <= names / (Bucket::kPlaces * 3 / 4) + 1) return;
  decltype(buckets_)().swap(buckets_);
  Rebuild(names);
}

uint32_t NameTable::Keep(std::string_view name) {
  const size_t head = kNumberBytes + (name.size() < kLong ? 1 : 3);
  if (used_ + head + name.size() > kPageBytes) {
    AddPage();
    used_ = 0;
  }
  const auto number = static_cast<uint32_t>(places_.size());
  char* const at = pages_[pages_.size() - 1] + used_;
  std::memcpy(at, &number, kNumberBytes);
  char* const length = at + kNumberBytes;
  if (name.size() < kLong) {
    *length = static_cast<char>(name.size());
  } else {
    const auto size = static_cast<uint16_t>(name.size());
    *length = static_cast<char>(kLong);
    std::memcpy(length + 1, &size, sizeof(size));
  }
  std::copy(name.begin(), name.end(), at + head);
  places_.push_back(static_cast<uint32_t>((pages_.size() - 1) * kPageBytes) +
                    used_);
  used_ += static_cast<uint32_t>(head + name.size());
  return number;
}

uint32_t NameTable::Add(std::string_view name) {
  return AddHashed(HashOf(name), name);
}

uint32_t NameTable::FindOrAdd(std::string_view name) {
  const uint64_t hash = HashOf(name);
  if (const auto found = FindHashed(hash, name)) return *found;
  return AddHashed(hash, name);
}

uint32_t NameTable::AddHashed(uint64_t hash, std::string_view name) {
  if (places_.size() >= buckets_.size() * Bucket::kPlaces * 3 / 4) {
    Rebuild(places_.size() * 2);
  }
  const uint32_t number = Keep(name);
  Index(hash, places_[number]);
  return number;
}

void NameTable::AddAll(std::span<const std::string_view> names) {
  Reserve(size() + names.size());
  // Where an entry goes is all over the index: its memory is asked for ahead.
  constexpr size_t kAhead = 16;
  std::array<uint64_t, kAhead> hashes{};
  for (size_t i = 0; i < names.size() + kAhead; ++i) {
    if (i >= kAhead) {
      const uint32_t number = Keep(names[i - kAhead]);
      Index(hashes[i % kAhead], places_[number]);
    }
    if (i < names.size()) {
      hashes[i % kAhead] = HashOf(names[i]);
      __builtin_prefetch(&buckets_[BucketOf(hashes[i % kAhead])], 1);
    }
  }
}

void NameTable::DropLast() {
  const auto last = static_cast<uint32_t>(places_.size() - 1);
  const uint32_t place = places_[last];
  size_t bucket = BucketOf(HashOf(Text(last)));
  for (;; bucket = After(bucket)) {
    Bucket& here = buckets_[bucket];
    const auto end = here.places.begin() + here.count;
    const auto found = std::find(here.places.begin(), end, place);
    if (found == end) continue;
    --here.count;
    *found = here.places[here.count];
    here.tags[static_cast<size_t>(found - here.places.begin())] =
        here.tags[here.count];
    break;
  }
  if (place / kPageBytes == pages_.size() - 1) used_ = place % kPageBytes;
  places_.pop_back();
}

}  // namespace trato::core
