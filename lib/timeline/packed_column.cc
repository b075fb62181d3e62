// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/packed_column.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace trato::core {

PackedColumn::Shape PackedColumn::Fit(std::span<const int64_t> values) {
  Shape shape;
  if (values.empty()) return shape;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  shape.base = *low;
  const auto base = static_cast<uint64_t>(*low);
  const uint64_t range = static_cast<uint64_t>(*high) - base;
  if (range == 0) return shape;
  uint64_t scale = range;
  for (int64_t value : values) {
    const uint64_t difference = static_cast<uint64_t>(value) - base;
    if (difference % scale == 0) continue;
    scale = std::gcd(scale, difference);
    if (scale == 1) break;
  }
  shape.scale = scale;
  shape.width = static_cast<uint8_t>(std::bit_width(range / scale));
  // A value is read with one load, which begins at any bit of a byte.
  if (shape.width > 57) shape.width = 64;
  return shape;
}

void PackedColumn::Append(std::span<const int64_t> values, const Shape& shape,
                          std::string& bytes) {
  if (shape.width == 0) return;
  const size_t start = bytes.size();
  bytes.resize(start + BytesFor(values.size(), shape.width) + kPadding);
  char* out = bytes.data() + start;
  const auto base = static_cast<uint64_t>(shape.base);
  const uint64_t scale = shape.scale;
  const unsigned width = shape.width;
  const auto pack = [&](auto reduced) {
    uint64_t word = 0;
    unsigned filled = 0;
    for (int64_t value : values) {
      const uint64_t bits = reduced(static_cast<uint64_t>(value) - base);
      word |= bits << filled;
      filled += width;
      if (filled >= 64) {
        std::memcpy(out, &word, sizeof(word));
        out += sizeof(word);
        filled -= 64;
        word = filled == 0 ? 0 : bits >> (width - filled);
      }
    }
    if (filled > 0) std::memcpy(out, &word, sizeof(word));
  };
  if (scale == 1) {
    pack([](uint64_t difference) { return difference; });
  } else {
    pack([scale](uint64_t difference) { return difference / scale; });
  }
  bytes.resize(start + BytesFor(values.size(), shape.width));
}

}  // namespace trato::core
