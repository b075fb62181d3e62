// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/window_ranks.h"

#include <cstddef>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

namespace trato::core {
namespace {

constexpr size_t kBits = 64;

#if defined(__x86_64__) && defined(__GNUC__)

// There is room for a word more than the rows take.
[[gnu::target("avx2,bmi2,popcnt")]] uint32_t RankByWords(
    const int64_t* at_us, size_t rows, int64_t from_us, int64_t until_us,
    const uint32_t* ends, size_t size, uint64_t* words, uint32_t* before,
    uint32_t* ranks) {
  const __m256i from = _mm256_set1_epi64x(from_us);
  const __m256i until = _mm256_set1_epi64x(until_us);
  uint32_t count = 0;
  for (size_t word = 0; word <= rows / kBits; ++word) {
    const int64_t* const at = at_us + word * kBits;
    const size_t left = rows - word * kBits;
    uint64_t bits = 0;
    if (left >= kBits) {
      for (size_t k = 0; k < kBits; k += 4) {
        __m256i times;
        std::memcpy(&times, at + k, sizeof(times));
        const __m256i is_within = _mm256_andnot_si256(
            _mm256_cmpgt_epi64(times, until), _mm256_cmpgt_epi64(times, from));
        bits |= static_cast<uint64_t>(
                    _mm256_movemask_pd(_mm256_castsi256_pd(is_within)))
                << k;
      }
    } else {
      for (size_t k = 0; k < left; ++k) {
        bits |= static_cast<uint64_t>((at[k] > from_us) & (at[k] <= until_us))
                << k;
      }
    }
    words[word] = bits;
    before[word] = count;
    count += static_cast<uint32_t>(__builtin_popcountll(bits));
  }
  for (size_t i = 0; i < size; ++i) {
    const uint32_t end = ends[i];
    const uint64_t bits = _bzhi_u64(words[end / kBits], end % kBits);
    ranks[i] =
        before[end / kBits] + static_cast<uint32_t>(__builtin_popcountll(bits));
  }
  return count;
}

bool CanCountBits() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("popcnt");
}

#endif  // __x86_64__ && __GNUC__

}  // namespace

uint32_t WindowRanks::Find(std::span<const int64_t> at_us, int64_t from_us,
                           int64_t until_us, std::span<const uint32_t> ends,
                           std::vector<uint32_t>& ranks) {
#if defined(__x86_64__) && defined(__GNUC__)
  static const bool can_count = CanCountBits();
  if (can_count) {
    ranks.resize(ends.size());
    words_.resize(at_us.size() / kBits + 1);
    before_.resize(words_.size());
    return RankByWords(at_us.data(), at_us.size(), from_us, until_us,
                       ends.data(), ends.size(), words_.data(), before_.data(),
                       ranks.data());
  }
#endif
  return FindPlainly(at_us, from_us, until_us, ends, ranks);
}

uint32_t WindowRanks::FindPlainly(std::span<const int64_t> at_us,
                                  int64_t from_us, int64_t until_us,
                                  std::span<const uint32_t> ends,
                                  std::vector<uint32_t>& ranks) {
  // Without a branch, as it is hard to guess.
  before_.resize(at_us.size() + 1);
  uint32_t count = 0;
  for (size_t row = 0; row < at_us.size(); ++row) {
    before_[row] = count;
    count += static_cast<uint32_t>((at_us[row] > from_us) &
                                   (at_us[row] <= until_us));
  }
  before_[at_us.size()] = count;
  ranks.resize(ends.size());
  for (size_t i = 0; i < ends.size(); ++i) ranks[i] = before_[ends[i]];
  return count;
}

}  // namespace trato::core
