// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Memory for many small pieces of a few sizes: cut from large ones, without a
// word of the allocator for each. What is given back is for the next of its size.

#ifndef TRATO_LEARNING_CELL_ARENA_H_
#define TRATO_LEARNING_CELL_ARENA_H_

#include <cstddef>
#include <memory>
#include <vector>

namespace trato::core {

class CellArena {
 public:
  // Pieces are multiples of this, and lie at multiples of it.
  static constexpr size_t kUnit = 4;
  // Larger ones come from the allocator, one by one.
  static constexpr size_t kLargest = 1024;

  CellArena() = default;
  CellArena(CellArena&& other) noexcept { Swap(other); }
  CellArena& operator=(CellArena&& other) noexcept {
    Swap(other);
    return *this;
  }

  // `bytes` is at least a pointer's. Throws std::bad_alloc.
  void* Take(size_t bytes);
  void GiveBack(void* piece, size_t bytes);

  size_t bytes() const { return bytes_; }  // of all, given back or not
  size_t idle() const { return idle_; }    // given back, and not taken again

 private:
  void Swap(CellArena& other) noexcept;

  std::vector<std::unique_ptr<char[]>> slabs_;
  char* next_ = nullptr;  // of the last
  size_t left_ = 0;
  // The pieces that were given back, by size: each begins with where the next is.
  std::vector<void*> free_;
  size_t bytes_ = 0;
  size_t idle_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_LEARNING_CELL_ARENA_H_
