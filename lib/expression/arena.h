// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Room for what one evaluation makes: text, lists, sets. All of it goes at
// once, or back to a mark, so nothing in it has a destructor.

#ifndef TRATO_EXPRESSION_ARENA_H_
#define TRATO_EXPRESSION_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace trato::core {

class Arena {
 public:
  Arena() {}  // NOLINT: its room needs no zeros
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  struct Mark {
    size_t chunks;
    char* next;
    char* end;
    size_t bytes;
  };
  Mark mark() const { return {chunks_.size(), next_, end_, bytes_}; }
  // Everything that was made since is gone.
  void Release(const Mark& mark) {
    if (mark.next == next_ && mark.chunks == chunks_.size()) return;
    chunks_.resize(mark.chunks);
    next_ = mark.next;
    end_ = mark.end;
    bytes_ = mark.bytes;
  }

  // Bytes in use.
  size_t bytes() const { return bytes_; }

  template <typename T>
  T* New(T value) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (Allocate(sizeof(T))) T(std::move(value));
  }
  // Not initialised beyond T's default.
  template <typename T>
  std::span<T> NewArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    T* first = static_cast<T*>(Allocate(count * sizeof(T)));
    std::uninitialized_default_construct_n(first, count);
    return {first, count};
  }
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(Allocate(text.size()));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

 private:
  void* Allocate(size_t bytes) {
    bytes = (bytes + 15) & ~size_t{15};
    bytes_ += bytes;
    if (static_cast<size_t>(end_ - next_) < bytes) Grow(bytes);
    void* at = next_;
    next_ += bytes;
    return at;
  }
  [[gnu::noinline]] void Grow(size_t bytes) {
    const size_t size = std::max(bytes, std::max<size_t>(bytes_, 4096));
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = chunks_.back().get();
    end_ = next_ + size;
  }

  alignas(16) char inline_[512];
  char* next_ = inline_;
  char* end_ = inline_ + sizeof(inline_);
  size_t bytes_ = 0;
  std::vector<std::unique_ptr<char[]>> chunks_;
};

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_ARENA_H_
