// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/cell_arena.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace trato::core {
namespace {

// Slabs grow with what there is, so that a little takes little.
constexpr size_t kLeastSlab = 16 << 10;
constexpr size_t kMostSlab = 256 << 10;

}  // namespace

void CellArena::Swap(CellArena& other) noexcept {
  slabs_.swap(other.slabs_);
  free_.swap(other.free_);
  std::swap(next_, other.next_);
  std::swap(left_, other.left_);
  std::swap(bytes_, other.bytes_);
  std::swap(idle_, other.idle_);
}

void* CellArena::Take(size_t bytes) {
  if (bytes > kLargest) {
    void* const piece = ::operator new(bytes);
    bytes_ += bytes;
    return piece;
  }
  if (const size_t size = bytes / kUnit;
      size < free_.size() && free_[size] != nullptr) {
    void* const piece = free_[size];
    std::memcpy(&free_[size], piece, sizeof(void*));
    idle_ -= bytes;
    return piece;
  }
  if (left_ < bytes) {
    const size_t size = std::clamp(bytes_ / 32, kLeastSlab, kMostSlab);
    slabs_.push_back(std::make_unique_for_overwrite<char[]>(size));
    bytes_ += size;
    // What is left of the last is too small for this piece, and lost.
    next_ = slabs_.back().get();
    left_ = size;
  }
  void* const piece = next_;
  next_ += bytes;
  left_ -= bytes;
  return piece;
}

void CellArena::GiveBack(void* piece, size_t bytes) {
  if (bytes > kLargest) {
    bytes_ -= bytes;
    ::operator delete(piece);
    return;
  }
  const size_t size = bytes / kUnit;
  if (size >= free_.size()) free_.resize(size + 1);
  std::memcpy(piece, &free_[size], sizeof(void*));
  free_[size] = piece;
  idle_ += bytes;
}

}  // namespace trato::core
