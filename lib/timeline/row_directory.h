// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where each record's rows lie in the clusters of a block: for each record, one
// after the other, the row after its last in each type. Finding all that a
// record has reads two neighbouring entries, in one place, whatever the number
// of types. Types that few records have are not in it: their clusters list the
// records themselves, and a bit for each record says whether any of them does.

#ifndef TRATO_TIMELINE_ROW_DIRECTORY_H_
#define TRATO_TIMELINE_ROW_DIRECTORY_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "timeline/packed_column.h"

namespace trato::core {

// One type's part of a directory.
class RowEnds {
 public:
  RowEnds() = default;
  // The directory has `stride` bits for each record.
  RowEnds(const char* bits, uint64_t stride, uint64_t offset, unsigned width)
      : bits_(bits),
        stride_(stride),
        offset_(offset),
        mask_((uint64_t{1} << width) - 1) {}

  // The row after the i-th record's last.
  uint32_t operator[](uint64_t i) const {
    const uint64_t bit = i * stride_ + offset_;
    uint64_t word;
    std::memcpy(&word, bits_ + (bit >> 3), sizeof(word));
    return static_cast<uint32_t>((word >> (bit & 7)) & mask_);
  }
  // Asks for where that lies, and the end before it.
  void Prefetch(uint64_t i) const {
    __builtin_prefetch(bits_ + ((i * stride_ + offset_) >> 3));
    if (i > 0) __builtin_prefetch(bits_ + (((i - 1) * stride_ + offset_) >> 3));
  }
  // Of `count` records from the first-th on.
  void Read(uint32_t first, uint32_t count, uint32_t* out) const {
    uint64_t bit = first * stride_ + offset_;
    for (uint32_t i = 0; i < count; ++i, bit += stride_) {
      uint64_t word;
      std::memcpy(&word, bits_ + (bit >> 3), sizeof(word));
      out[i] = static_cast<uint32_t>((word >> (bit & 7)) & mask_);
    }
  }

 private:
  const char* bits_ = nullptr;
  uint64_t stride_ = 0;
  uint64_t offset_ = 0;
  uint64_t mask_ = 0;
};

// The bits that a type of so many rows takes for each record.
inline unsigned RowEndWidth(uint32_t rows) {
  return static_cast<unsigned>(std::bit_width(rows));
}

class RowDirectoryBuilder {
 public:
  explicit RowDirectoryBuilder(uint32_t record_count)
      : record_count_(record_count) {}

  // Adds a type with the records that have rows and the row after the last of
  // each, which must stay where they are. False when it is too rare to be in
  // the directory.
  bool Add(std::span<const int64_t> records, std::span<const int64_t> ends);
  // The directory, and after it the records that are listed; without padding.
  std::string Finish() const;

 private:
  struct Type {
    std::span<const int64_t> records, ends;
    uint64_t offset = 0;
  };

  const uint32_t record_count_;
  uint64_t stride_ = 0;
  std::string listed_;  // a bit for each record; empty: none is
  std::vector<Type> types_;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_ROW_DIRECTORY_H_
