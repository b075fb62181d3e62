// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading many values of a packed column, four at a time where the processor
// can.

#include <cstring>

#include "timeline/packed_column.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace trato::core {

#if defined(__x86_64__) && defined(__GNUC__)

namespace {

// How eight values that follow each other lie in the bytes that they begin in:
// eight values later it is the same again. Each pair comes from one load.
struct Eight {
  alignas(32) uint8_t bytes[4][16];  // by pair: which bytes go where
  alignas(32) uint64_t shifts[8];
  size_t places[4];  // by pair: where the load begins
};

Eight LayOut(uint64_t first_bit, uint64_t width) {
  Eight eight;
  const uint64_t bit = first_bit & 7;
  for (uint64_t pair = 0; pair < 4; ++pair) {
    const uint64_t one = bit + 2 * pair * width;
    const uint64_t other = one + width;
    eight.places[pair] = one >> 3;
    const uint64_t apart = (other >> 3) - (one >> 3);
    for (uint64_t k = 0; k < 8; ++k) {
      eight.bytes[pair][k] = static_cast<uint8_t>(k);
      eight.bytes[pair][8 + k] = static_cast<uint8_t>(apart + k);
    }
    eight.shifts[2 * pair] = one & 7;
    eight.shifts[2 * pair + 1] = other & 7;
  }
  return eight;
}

// Low 64 bits of the products.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i Times(__m256i a,
                                                                 __m256i b) {
  const __m256i cross =
      _mm256_mullo_epi32(a, _mm256_shuffle_epi32(b, _MM_SHUFFLE(2, 3, 0, 1)));
  const __m256i sums = _mm256_add_epi32(cross, _mm256_srli_epi64(cross, 32));
  return _mm256_add_epi64(_mm256_mul_epu32(a, b), _mm256_slli_epi64(sums, 32));
}

// Those that may be read so; the rest is left to the caller.
template <typename Int, bool kScaled>
[[gnu::target("avx2")]] size_t UnpackByFour(const char* bits,
                                            uint64_t first_bit, uint64_t width,
                                            uint64_t mask, uint64_t base,
                                            uint64_t scale, size_t count,
                                            Int* out) {
  const Eight eight = LayOut(first_bit, width);
  const char* from = bits + (first_bit >> 3);
  // A load takes 16 bytes, and PackedColumn::kPadding may be read after the
  // last value.
  const char* const end =
      bits + ((first_bit + count * width + 7) >> 3) + PackedColumn::kPadding;
  const __m256i masks = _mm256_set1_epi64x(static_cast<int64_t>(mask));
  const __m256i bases = _mm256_set1_epi64x(static_cast<int64_t>(base));
  const __m256i scales = _mm256_set1_epi64x(static_cast<int64_t>(scale));
  const __m256i lower_halves = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  __m256i shuffles[2];
  __m256i shifts[2];
  for (int half = 0; half < 2; ++half) {
    std::memcpy(&shuffles[half], eight.bytes[2 * half], 32);
    std::memcpy(&shifts[half], &eight.shifts[4 * half], 32);
  }
  size_t i = 0;
  for (; i + 8 <= count && from + eight.places[3] + 16 <= end; i += 8) {
    for (int half = 0; half < 2; ++half) {
      __m128i low, high;
      std::memcpy(&low, from + eight.places[2 * half], 16);
      std::memcpy(&high, from + eight.places[2 * half + 1], 16);
      __m256i values =
          _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
      values = _mm256_shuffle_epi8(values, shuffles[half]);
      values = _mm256_and_si256(_mm256_srlv_epi64(values, shifts[half]), masks);
      if (kScaled) values = Times(values, scales);
      values = _mm256_add_epi64(values, bases);
      if (sizeof(Int) == sizeof(int64_t)) {
        std::memcpy(out + i + 4 * half, &values, 4 * sizeof(Int));
      } else {
        values = _mm256_permutevar8x32_epi32(values, lower_halves);
        std::memcpy(out + i + 4 * half, &values, 4 * sizeof(Int));
      }
    }
    from += width;
  }
  return i;
}

}  // namespace

template <typename Int>
size_t PackedColumn::ReadByFour(size_t begin, size_t count, Int* out) const {
  static const bool is_able = __builtin_cpu_supports("avx2") != 0;
  if (!is_able || width_ == 0 || width_ > 57) return 0;
  const auto unpack =
      scale_ == 1 ? UnpackByFour<Int, false> : UnpackByFour<Int, true>;
  return unpack(bits_, begin * width_, width_, mask(),
                static_cast<uint64_t>(base_), scale_, count, out);
}

#else

template <typename Int>
size_t PackedColumn::ReadByFour(size_t, size_t, Int*) const {
  return 0;
}

#endif  // __x86_64__ && __GNUC__

template size_t PackedColumn::ReadByFour(size_t, size_t, int64_t*) const;
template size_t PackedColumn::ReadByFour(size_t, size_t, uint32_t*) const;

}  // namespace trato::core
