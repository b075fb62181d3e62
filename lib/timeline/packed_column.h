// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A column of whole numbers in as many bits as its range needs, readable in
// place (frame of reference): value i is base + scale * (bits i). The scale is
// what all differences are multiples of, so whole seconds, minutes or pieces
// cost no more than what tells them apart. One form on disk and in memory.

#ifndef TRATO_TIMELINE_PACKED_COLUMN_H_
#define TRATO_TIMELINE_PACKED_COLUMN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

namespace trato::core {

class PackedColumn {
 public:
  // What describes a column; the bits lie elsewhere.
  struct Shape {
    uint8_t width = 0;  // bits a value: 0 to 57, or 64
    int64_t base = 0;
    uint64_t scale = 1;

    bool is_zero() const { return width == 0 && base == 0; }
  };

  // Bytes after the bits of the last value that may be read.
  static constexpr size_t kPadding = 8;

  // All zeros.
  PackedColumn() = default;
  // `bits` holds BytesFor(count, width) bytes and kPadding more.
  PackedColumn(const Shape& shape, const char* bits)
      : bits_(bits),
        base_(shape.base),
        scale_(shape.scale),
        width_(shape.width) {}

  int64_t operator[](size_t i) const {
    if (width_ == 0) return base_;
    const uint64_t bit = i * width_;
    uint64_t word;
    std::memcpy(&word, bits_ + (bit >> 3), sizeof(word));
    const uint64_t mask = ~uint64_t{0} >> (64 - width_);
    // Wraps where the range is wider than an int64, as it did when packed.
    return static_cast<int64_t>(static_cast<uint64_t>(base_) +
                                scale_ * ((word >> (bit & 7)) & mask));
  }

  // Values [begin, begin + count), as int64_t or less.
  template <typename Int>
  void Read(size_t begin, size_t count, Int* out) const {
    if (width_ == 0) {
      std::fill_n(out, count, static_cast<Int>(base_));
      return;
    }
    if constexpr (std::is_same_v<Int, int64_t> ||
                  std::is_same_v<Int, uint32_t>) {
      constexpr size_t kMany = 32;
      const size_t done = count < kMany ? 0 : ReadByFour(begin, count, out);
      begin += done;
      count -= done;
      out += done;
    }
    const char* const bits = bits_;
    const uint64_t width = width_;
    const uint64_t mask = this->mask();
    const auto base = static_cast<uint64_t>(base_);
    uint64_t bit = begin * width;
    const auto next = [&] {
      uint64_t word;
      std::memcpy(&word, bits + (bit >> 3), sizeof(word));
      word = (word >> (bit & 7)) & mask;
      bit += width;
      return word;
    };
    if (scale_ == 1) {
      for (size_t i = 0; i < count; ++i)
        out[i] = static_cast<Int>(base + next());
      return;
    }
    const uint64_t scale = scale_;
    for (size_t i = 0; i < count; ++i) {
      out[i] = static_cast<Int>(base + scale * next());
    }
  }

  // No value is above it. INT64_MAX where the shape does not tell.
  int64_t largest_possible() const {
    uint64_t range = 0;
    int64_t largest = 0;
    if (__builtin_mul_overflow(scale_, mask(), &range) ||
        range > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
        __builtin_add_overflow(base_, static_cast<int64_t>(range), &largest)) {
      return std::numeric_limits<int64_t>::max();
    }
    return largest;
  }

  // The first of [begin, end) that is greater than `value`, in a range that is
  // sorted.
  size_t UpperBound(size_t begin, size_t end, int64_t value) const {
    // Without a branch on what is compared: which way it goes is hard to guess.
    for (size_t count = end - begin; count > 0;) {
      const size_t half = count / 2;
      const bool is_after = (*this)[begin + half] <= value;
      begin += is_after ? half + 1 : 0;
      count = is_after ? count - half - 1 : half;
    }
    return begin;
  }

  // Where the bits of value i begin; null where all values are the same.
  const char* place(size_t i) const {
    return width_ == 0 ? nullptr : bits_ + (i * width_ >> 3);
  }

  bool is_constant() const { return width_ == 0; }

  static size_t BytesFor(size_t count, size_t width) {
    return (count * width + 7) / 8;
  }
  // The smallest shape that holds the values.
  static Shape Fit(std::span<const int64_t> values);
  // Appends the values' bits in that shape, without padding.
  static void Append(std::span<const int64_t> values, const Shape& shape,
                     std::string& bytes);

 private:
  // How many of the first ones it has read: those that can be read four at a
  // time.
  template <typename Int>
  size_t ReadByFour(size_t begin, size_t count, Int* out) const;
  uint64_t mask() const {
    return width_ == 0 ? 0 : ~uint64_t{0} >> (64 - width_);
  }

  const char* bits_ = nullptr;
  int64_t base_ = 0;
  uint64_t scale_ = 1;
  uint8_t width_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_PACKED_COLUMN_H_
