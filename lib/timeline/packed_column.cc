// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/packed_column.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace trato::core {

namespace {

// Divides what it divides without rest: a shift and one multiplication by the
// inverse of the odd part, modulo 2^64.
class ExactDivisor {
 public:
  explicit ExactDivisor(uint64_t divisor)
      : shift_(std::countr_zero(divisor)), inverse_(1) {
    const uint64_t odd = divisor >> shift_;
    // Each step doubles the bits that are right.
    for (int i = 0; i < 6; ++i) inverse_ *= 2 - odd * inverse_;
    limit_ = std::numeric_limits<uint64_t>::max() / odd;
  }
  bool Divides(uint64_t value) const {
    return (value >> shift_ << shift_) == value &&
           (value >> shift_) * inverse_ <= limit_;
  }
  uint64_t Divide(uint64_t value) const { return (value >> shift_) * inverse_; }

 private:
  int shift_;
  uint64_t inverse_;
  uint64_t limit_;
};

struct Bounds {
  int64_t low;
  int64_t high;
};

Bounds BoundsOneByOne(std::span<const int64_t> values) {
  Bounds bounds{values.front(), values.front()};
  for (int64_t value : values) {
    bounds.low = std::min(bounds.low, value);
    bounds.high = std::max(bounds.high, value);
  }
  return bounds;
}

#if defined(__x86_64__) && defined(__GNUC__)

// Eight at a time, where the processor can compare so many at once.
template <typename Numbers, size_t kLanes>
[[gnu::always_inline]] inline Bounds BoundsInLanes(
    std::span<const int64_t> values) {
  static_assert(sizeof(Numbers) == kLanes * sizeof(int64_t));
  Numbers low, high;
  std::memcpy(&low, values.data(), sizeof(low));
  high = low;
  size_t i = kLanes;
  for (; i + kLanes <= values.size(); i += kLanes) {
    Numbers next;
    std::memcpy(&next, values.data() + i, sizeof(next));
    low = next < low ? next : low;
    high = next > high ? next : high;
  }
  Bounds bounds{low[0], high[0]};
  for (size_t lane = 1; lane < kLanes; ++lane) {
    bounds.low = std::min<int64_t>(bounds.low, low[lane]);
    bounds.high = std::max<int64_t>(bounds.high, high[lane]);
  }
  for (; i < values.size(); ++i) {
    bounds.low = std::min(bounds.low, values[i]);
    bounds.high = std::max(bounds.high, values[i]);
  }
  return bounds;
}

using Numbers4 = int64_t __attribute__((vector_size(32)));
using Numbers8 = int64_t __attribute__((vector_size(64)));

[[gnu::target("avx2")]] Bounds BoundsByFour(std::span<const int64_t> values) {
  return BoundsInLanes<Numbers4, 4>(values);
}
[[gnu::target("avx512f")]] Bounds BoundsByEight(
    std::span<const int64_t> values) {
  return BoundsInLanes<Numbers8, 8>(values);
}

Bounds BoundsOf(std::span<const int64_t> values) {
  static const auto best = __builtin_cpu_supports("avx512f") ? BoundsByEight
                           : __builtin_cpu_supports("avx2")  ? BoundsByFour
                                                             : BoundsOneByOne;
  return (values.size() < 16 ? BoundsOneByOne : best)(values);
}

#else

Bounds BoundsOf(std::span<const int64_t> values) {
  return BoundsOneByOne(values);
}

#endif  // __x86_64__ && __GNUC__

}  // namespace

PackedColumn::Shape PackedColumn::Fit(std::span<const int64_t> values) {
  Shape shape;
  if (values.empty()) return shape;
  const auto [low, high] = BoundsOf(values);
  shape.base = low;
  const auto base = static_cast<uint64_t>(low);
  const uint64_t range = static_cast<uint64_t>(high) - base;
  if (range == 0) return shape;
  uint64_t scale = range;
  ExactDivisor divisor(scale);
  for (int64_t value : values) {
    const uint64_t difference = static_cast<uint64_t>(value) - base;
    if (divisor.Divides(difference)) continue;
    scale = std::gcd(scale, difference);
    if (scale == 1) break;
    divisor = ExactDivisor(scale);
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
  const size_t size = BytesFor(values.size(), shape.width);
  bytes.resize(start + size + kPadding);
  char* out = bytes.data() + start;
  const auto base = static_cast<uint64_t>(shape.base);
  const unsigned width = shape.width;
  const auto pack = [&](auto reduced) {
    if (width == 64) {
      for (int64_t value : values) {
        const uint64_t word = reduced(static_cast<uint64_t>(value) - base);
        std::memcpy(out, &word, sizeof(word));
        out += sizeof(word);
      }
      return;
    }
    // Each value is written with the bits before it in its first byte; up to 57
    // bits fit beside those. What it writes too much is written over.
    uint64_t word = 0;
    unsigned filled = 0;
    for (int64_t value : values) {
      word |= reduced(static_cast<uint64_t>(value) - base) << filled;
      std::memcpy(out, &word, sizeof(word));
      filled += width;
      out += filled >> 3;
      // In two halves: it may be all 64 bits.
      word >>= (filled & ~7u) / 2;
      word >>= (filled & ~7u) / 2;
      filled &= 7;
    }
  };
  if (shape.scale == 1) {
    pack([](uint64_t difference) { return difference; });
  } else {
    const ExactDivisor divisor(shape.scale);
    pack([&](uint64_t difference) { return divisor.Divide(difference); });
  }
  bytes.resize(start + size);
}

}  // namespace trato::core
