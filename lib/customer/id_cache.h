// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The ids of records that somebody asked for, so that their hashes are made
// once. Any thread may ask, without a lock.

#ifndef TRATO_CUSTOMER_ID_CACHE_H_
#define TRATO_CUSTOMER_ID_CACHE_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/id.h"

namespace trato::core {

class IdCache {
 public:
  IdCache() = default;
  IdCache(const IdCache&) = delete;
  IdCache& operator=(const IdCache&) = delete;
  ~IdCache() {
    for (auto& shelf : shelves_) {
      Page* const pages = shelf.load(std::memory_order_relaxed);
      if (pages == nullptr) continue;
      const auto number = static_cast<size_t>(&shelf - shelves_.data());
      for (size_t i = 0; i < PagesOn(number); ++i) {
        delete[] pages[i].load(std::memory_order_relaxed);
      }
      delete[] pages;
    }
  }

  // The id of the number, by make() the first time. It is always the same.
  template <typename Make>
  Id Get(uint32_t number, Make make) {
    Entry& entry = EntriesOf(number)[number % kPerPage];
    const Id kept{entry.high.load(std::memory_order_relaxed),
                  entry.low.load(std::memory_order_relaxed)};
    // Whoever writes, writes the same.
    if (kept.high != 0 && kept.low != 0) return kept;
    const Id id = make();
    entry.high.store(id.high, std::memory_order_relaxed);
    entry.low.store(id.low, std::memory_order_relaxed);
    return id;
  }
  // Asks for the memory in which the id is, if it was ever asked for.
  void Prefetch(uint32_t number) const {
    const auto [shelf, page] = Locate(number);
    const Page* const pages = shelves_[shelf].load(std::memory_order_acquire);
    if (pages == nullptr) return;
    const Entry* const entries = pages[page].load(std::memory_order_acquire);
    if (entries != nullptr) __builtin_prefetch(&entries[number % kPerPage]);
  }

 private:
  struct Entry {
    std::atomic<uint64_t> high{0};
    std::atomic<uint64_t> low{0};
  };
  using Page = std::atomic<Entry*>;
  static constexpr uint32_t kPerPage = 4096;

  // Each shelf has twice the pages of the one before it.
  static size_t PagesOn(size_t shelf) { return size_t{1} << shelf; }
  struct Place {
    size_t shelf, page;
  };
  static Place Locate(uint32_t number) {
    const size_t from_one = number / kPerPage + size_t{1};
    const size_t shelf = static_cast<size_t>(std::bit_width(from_one)) - 1;
    return {shelf, from_one - PagesOn(shelf)};
  }
  // The one that is there, or a new one; where two threads make one, the first
  // stays.
  template <typename T>
  static T* GetOrMake(std::atomic<T*>& at, size_t count) {
    T* const there = at.load(std::memory_order_acquire);
    if (there != nullptr) return there;
    auto made = std::make_unique<T[]>(count);
    T* expected = nullptr;
    if (at.compare_exchange_strong(expected, made.get(),
                                   std::memory_order_acq_rel)) {
      return made.release();
    }
    return expected;
  }
  Entry* EntriesOf(uint32_t number) {
    const auto [shelf, page] = Locate(number);
    Page* const pages = GetOrMake(shelves_[shelf], PagesOn(shelf));
    return GetOrMake(pages[page], kPerPage);
  }

  // All that 32 bits count.
  std::array<std::atomic<Page*>, 21> shelves_{};
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_ID_CACHE_H_
