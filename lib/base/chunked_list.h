// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A list that grows at its end and whose elements never move. Memory is taken
// for many elements at once, where std::deque takes it for two large ones.

#ifndef TRATO_BASE_CHUNKED_LIST_H_
#define TRATO_BASE_CHUNKED_LIST_H_

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace trato::core {

template <typename T>
class ChunkedList {
 public:
  class const_iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;
    using iterator_category = std::forward_iterator_tag;

    const_iterator() = default;
    const T& operator*() const { return list_->chunks_[chunk_][place_]; }
    const T* operator->() const { return &**this; }
    const_iterator& operator++() {
      if (++place_ == list_->chunks_[chunk_].size()) {
        ++chunk_;
        place_ = 0;
      }
      return *this;
    }
    const_iterator operator++(int) {
      const const_iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const const_iterator&) const = default;

   private:
    friend class ChunkedList;
    const_iterator(const ChunkedList* list, size_t chunk)
        : list_(list), chunk_(chunk) {}

    const ChunkedList* list_ = nullptr;
    size_t chunk_ = 0;
    size_t place_ = 0;
  };

  ChunkedList() = default;
  ChunkedList(const ChunkedList&) = delete;
  ChunkedList& operator=(const ChunkedList&) = delete;

  T& push_back(T value) {
    if (chunks_.empty() || chunks_.back().size() == kChunk) {
      std::vector<T> chunk;
      chunk.reserve(kChunk);
      chunks_.push_back(std::move(chunk));
    }
    return chunks_.back().emplace_back(std::move(value));
  }
  const T& operator[](size_t i) const {
    return chunks_[i / kChunk][i % kChunk];
  }
  size_t size() const {
    return chunks_.empty()
               ? 0
               : (chunks_.size() - 1) * kChunk + chunks_.back().size();
  }
  const_iterator begin() const { return {this, 0}; }
  const_iterator end() const { return {this, chunks_.size()}; }

 private:
  static constexpr size_t kChunk = 256;

  std::vector<std::vector<T>> chunks_;  // none is empty
};

}  // namespace trato::core

#endif  // TRATO_BASE_CHUNKED_LIST_H_
