// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A column of whole numbers in as many bits as its range needs, readable in
// place (frame of reference): value i is base + scale * (bits i). The scale is
// what all differences are multiples of, so whole seconds, minutes or pieces
// cost no more than what tells them apart. One form on disk and in memory.

#ifndef TRATO_TIMELINE_PACKED_COLUMN_H_
#define TRATO_TIMELINE_PACKED_COLUMN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

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
        mask_(shape.width == 64 ? ~uint64_t{0}
                                : (uint64_t{1} << shape.width) - 1),
        width_(shape.width) {}

  int64_t operator[](size_t i) const {
    if (width_ == 0) return base_;
    const uint64_t bit = i * width_;
    uint64_t word;
    std::memcpy(&word, bits_ + (bit >> 3), sizeof(word));
    // Wraps where the range is wider than an int64, as it did when packed.
    return static_cast<int64_t>(static_cast<uint64_t>(base_) +
                                scale_ * ((word >> (bit & 7)) & mask_));
  }

  // The first of [begin, end) that is greater than `value`, in a range that is
  // sorted.
  size_t UpperBound(size_t begin, size_t end, int64_t value) const {
    while (begin < end) {
      const size_t middle = begin + (end - begin) / 2;
      if ((*this)[middle] > value) {
        end = middle;
      } else {
        begin = middle + 1;
      }
    }
    return begin;
  }

  bool is_constant() const { return width_ == 0; }

  static size_t BytesFor(size_t count, uint8_t width) {
    return (count * width + 7) / 8;
  }
  // The smallest shape that holds the values.
  static Shape Fit(std::span<const int64_t> values);
  // Appends the values' bits in that shape, without padding.
  static void Append(std::span<const int64_t> values, const Shape& shape,
                     std::string& bytes);

 private:
  const char* bits_ = nullptr;
  int64_t base_ = 0;
  uint64_t scale_ = 1;
  uint64_t mask_ = 0;
  uint8_t width_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_PACKED_COLUMN_H_
