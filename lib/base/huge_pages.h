// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Memory for large arrays that are read anywhere: the system is asked for huge
// pages, so that finding where an element lies takes less than reading it.

#ifndef TRATO_BASE_HUGE_PAGES_H_
#define TRATO_BASE_HUGE_PAGES_H_

#include <cstddef>
#include <new>

namespace trato::core {

// What is smaller than this comes as any memory.
inline constexpr size_t kHugePage = size_t{2} << 20;

// Throws std::bad_alloc.
void* AllocateLarge(size_t bytes);
void FreeLarge(void* memory, size_t bytes);

// For containers.
template <typename T>
struct LargeAllocator {
  using value_type = T;

  LargeAllocator() = default;
  template <typename U>
  LargeAllocator(const LargeAllocator<U>&) {}

  T* allocate(size_t count) {
    if (count > static_cast<size_t>(-1) / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    return static_cast<T*>(AllocateLarge(count * sizeof(T)));
  }
  void deallocate(T* memory, size_t count) {
    FreeLarge(memory, count * sizeof(T));
  }
  bool operator==(const LargeAllocator&) const = default;
};

}  // namespace trato::core

#endif  // TRATO_BASE_HUGE_PAGES_H_
