// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A vector that grows at its end and whose elements never move. While one
// thread adds, others may read elements whose index they know: no lock is
// needed for that, as it would be with std::deque.

#ifndef TRATO_BASE_STABLE_VECTOR_H_
#define TRATO_BASE_STABLE_VECTOR_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "base/huge_pages.h"

namespace trato::core {

template <typename T>
class StableVector {
 public:
  StableVector() = default;
  StableVector(const StableVector&) = delete;
  StableVector& operator=(const StableVector&) = delete;
  ~StableVector() {
    for (size_t i = 0; i < chunks_.size(); ++i) {
      T* const chunk = chunks_[i].load(std::memory_order_relaxed);
      if (chunk == nullptr) break;
      std::destroy_n(chunk, kFirst << i);
      FreeLarge(chunk, (kFirst << i) * sizeof(T));
    }
  }

  T& operator[](size_t i) { return *At(i); }
  const T& operator[](size_t i) const { return *At(i); }

  T& push_back(T value) {
    const auto [chunk, place] = Locate(size_);
    if (place == 0 &&
        chunks_[chunk].load(std::memory_order_relaxed) == nullptr) {
      chunks_[chunk].store(NewChunk(kFirst << chunk),
                           std::memory_order_release);
    }
    T& added = chunks_[chunk].load(std::memory_order_relaxed)[place];
    added = std::move(value);
    ++size_;
    return added;
  }

  // Nobody may be reading the last element.
  void pop_back() { (*this)[--size_] = T(); }

  size_t size() const { return size_; }

  // Elements that lie one after the other from the i-th on, up to `most`.
  std::span<const T> From(size_t i, size_t most) const {
    const auto [chunk, place] = Locate(i);
    const T* const first =
        chunks_[chunk].load(std::memory_order_acquire) + place;
    return {first, std::min(most, (kFirst << chunk) - place)};
  }

 private:
  // Each chunk is twice as large as the one before it.
  static constexpr size_t kFirst = 64;

  static std::pair<size_t, size_t> Locate(size_t i) {
    const size_t from_first = i + kFirst;
    const size_t chunk = static_cast<size_t>(std::bit_width(from_first)) -
                         static_cast<size_t>(std::bit_width(kFirst));
    return {chunk, from_first - (kFirst << chunk)};
  }
  static T* NewChunk(size_t count) {
    auto* const chunk = static_cast<T*>(AllocateLarge(count * sizeof(T)));
    try {
      std::uninitialized_default_construct_n(chunk, count);
    } catch (...) {
      FreeLarge(chunk, count * sizeof(T));
      throw;
    }
    return chunk;
  }
  T* At(size_t i) const {
    const auto [chunk, place] = Locate(i);
    return chunks_[chunk].load(std::memory_order_acquire) + place;
  }

  std::array<std::atomic<T*>, 40> chunks_{};
  size_t size_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_BASE_STABLE_VECTOR_H_
