// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/huge_pages.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace trato::core {
namespace {

// Enough for any type, and what fits lines of the cache.
constexpr std::align_val_t kSmall{64};
constexpr std::align_val_t kLarge{kHugePage};

size_t Rounded(size_t bytes) {
  return (bytes + kHugePage - 1) / kHugePage * kHugePage;
}

}  // namespace

void* AllocateLarge(size_t bytes) {
  if (bytes < kHugePage || bytes > static_cast<size_t>(-1) - kHugePage) {
    return ::operator new(bytes, kSmall);
  }
  void* const memory = ::operator new(Rounded(bytes), kLarge);
#ifdef MADV_HUGEPAGE
  // It is advice; without it all is as it was.
  static_cast<void>(madvise(memory, Rounded(bytes), MADV_HUGEPAGE));
#endif
  return memory;
}

void FreeLarge(void* memory, size_t bytes) {
  if (bytes < kHugePage || bytes > static_cast<size_t>(-1) - kHugePage) {
    ::operator delete(memory, kSmall);
  } else {
    ::operator delete(memory, kLarge);
  }
}

}  // namespace trato::core
