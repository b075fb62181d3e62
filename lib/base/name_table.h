// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Many short names as numbers, counted from 0: what a name takes is its bytes
// and some sixteen more. A name never moves, so views of it live as long as the
// table, and while one thread adds, others may ask for the text of numbers that
// they know.

#ifndef TRATO_BASE_NAME_TABLE_H_
#define TRATO_BASE_NAME_TABLE_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/huge_pages.h"
#include "base/stable_vector.h"
#include "base/strings.h"

namespace trato::core {

class NameTable {
 public:
  static constexpr size_t kMaxBytes = 65000;  // of a name

  NameTable() = default;
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  // The number of a name that is not in the table. Throws std::bad_alloc when
  // all names come to more than 4 GiB.
  uint32_t Add(std::string_view name);
  // The same for many, which takes less.
  void AddAll(std::span<const std::string_view> names);
  // The number of the name, which is added where it is new: its hash is made
  // once.
  uint32_t FindOrAdd(std::string_view name);
  void Reserve(size_t names);
  // Gives back what is kept for more than an eighth more names than there are.
  void Trim();
  // Takes back what was added last.
  void DropLast();

  // Cost: two places in memory, whatever the number of names.
  std::optional<uint32_t> Find(std::string_view name) const {
    return FindHashed(HashOf(name), name);
  }
  // Asks for the memory in which that will look for the name.
  void Prefetch(std::string_view name) const {
    if (buckets_.empty()) return;
    __builtin_prefetch(&buckets_[BucketOf(HashOf(name))]);
  }
  // Asks for the name that is there, which is what that looks at next. Worth it
  // some time after Prefetch.
  void PrefetchFound(std::string_view name) const {
    if (buckets_.empty()) return;
    const uint64_t hash = HashOf(name);
    const Bucket& here = buckets_[BucketOf(hash)];
    for (size_t i = 0; i < here.count; ++i) {
      if (here.tags[i] == static_cast<uint8_t>(hash)) {
        __builtin_prefetch(At(here.places[i]));
      }
    }
  }
  // The same two steps before Text.
  void PrefetchPlace(uint32_t number) const {
    __builtin_prefetch(&places_[number]);
  }
  void PrefetchText(uint32_t number) const {
    __builtin_prefetch(At(places_[number]));
  }
  std::string_view Text(uint32_t number) const {
    return TextAt(At(places_[number]));
  }
  size_t size() const { return places_.size(); }

 private:
  // A name lies on a page: its number, its length and its bytes.
  static constexpr uint32_t kPageBytes = 1 << 16;
  // From so many pages on, as many are taken at once.
  static constexpr size_t kPagesAtOnce = kHugePage / kPageBytes;
  static constexpr size_t kNumberBytes = sizeof(uint32_t);
  // Leads the two bytes of a length that is not below it.
  static constexpr unsigned char kLong = 255;

  // Names by hash, in as much as the processor fetches at once.
  struct alignas(64) Bucket {
    static constexpr size_t kPlaces = 12;

    std::array<uint32_t, kPlaces> places;
    std::array<uint8_t, kPlaces> tags;  // what tells most hashes apart
    uint8_t count = 0;
    bool overflowed = false;  // some are in the buckets that follow
  };

  struct FreeSlab {
    size_t bytes = 0;
    void operator()(char* memory) const { FreeLarge(memory, bytes); }
  };

  const char* At(uint32_t place) const {
    return pages_[place / kPageBytes] + place % kPageBytes;
  }
  static uint32_t NumberAt(const char* at) {
    uint32_t number;
    std::memcpy(&number, at, sizeof(number));
    return number;
  }
  static std::string_view TextAt(const char* at) {
    at += kNumberBytes;
    const auto first = static_cast<unsigned char>(*at);
    if (first < kLong) return {at + 1, first};
    uint16_t size;
    std::memcpy(&size, at + 1, sizeof(size));
    return {at + 1 + sizeof(size), size};
  }
  static uint64_t HashOf(std::string_view name) { return StringHash{}(name); }
  size_t BucketOf(uint64_t hash) const;
  size_t After(size_t bucket) const {
    return bucket + 1 == buckets_.size() ? 0 : bucket + 1;
  }
  std::optional<uint32_t> FindHashed(uint64_t hash,
                                     std::string_view name) const;
  uint32_t AddHashed(uint64_t hash, std::string_view name);
  void AddPage();
  // Keeps the name, without the index.
  uint32_t Keep(std::string_view name);
  void Index(uint64_t hash, uint32_t place);
  void Rebuild(size_t names);

  StableVector<uint32_t> places_;  // page and byte in it
  StableVector<char*> pages_;
  std::vector<std::unique_ptr<char[], FreeSlab>> slabs_;  // with the pages
  uint32_t used_ = kPageBytes;  // of the last page
  std::vector<Bucket, LargeAllocator<Bucket>> buckets_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_NAME_TABLE_H_
