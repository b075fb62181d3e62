// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/row_directory.h"

namespace trato::core {
namespace {

// What a type may take in the directory, as a multiple of what a list of its
// records would take: finding a record in a list costs a search.
constexpr uint64_t kWorth = 4;

}  // namespace

bool RowDirectoryBuilder::Add(std::span<const int64_t> records,
                              std::span<const int64_t> ends) {
  const unsigned width = RowEndWidth(static_cast<uint32_t>(ends.back()));
  const uint64_t listed =
      records.size() * (RowEndWidth(record_count_) + uint64_t{width});
  if (record_count_ * uint64_t{width} > kWorth * listed) {
    listed_.resize(PackedColumn::BytesFor(record_count_, 1));
    for (const int64_t record : records) {
      listed_[static_cast<size_t>(record >> 3)] |=
          static_cast<char>(1 << (record & 7));
    }
    return false;
  }
  types_.push_back({records, ends, stride_});
  stride_ += width;
  return true;
}

std::string RowDirectoryBuilder::Finish() const {
  const size_t size = PackedColumn::BytesFor(record_count_, stride_);
  std::string bits(size + PackedColumn::kPadding, '\0');
  for (const Type& type : types_) {
    size_t next = 0;
    uint64_t bit = type.offset;
    for (uint32_t i = 0; i < record_count_; ++i, bit += stride_) {
      if (next < type.records.size() && type.records[next] == i) ++next;
      if (next == 0) continue;
      char* const at = bits.data() + (bit >> 3);
      uint64_t word;
      std::memcpy(&word, at, sizeof(word));
      word |= static_cast<uint64_t>(type.ends[next - 1]) << (bit & 7);
      std::memcpy(at, &word, sizeof(word));
    }
  }
  bits.resize(size);
  bits += listed_;
  return bits;
}

}  // namespace trato::core
