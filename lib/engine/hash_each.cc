// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// BLAKE2b as RFC 7693 describes it, with a vector for each of its words.

#include "engine/hash_each.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace trato::core {
namespace {

constexpr size_t kHashBytes = 32;
constexpr size_t kBlockBytes = 128;

void HashOne(std::string_view message, uint8_t* out) {
  crypto_generichash(out, kHashBytes,
                     reinterpret_cast<const unsigned char*>(message.data()),
                     message.size(), nullptr, 0);
}

#if defined(__x86_64__) && defined(__GNUC__)

constexpr uint64_t kStart[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b,
                                0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

constexpr uint8_t kOrder[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

// One message beside others.
struct Lane {
  const char* data = nullptr;
  size_t size = 0;
  size_t index = 0;   // among the messages
  size_t blocks = 0;  // an empty message has one, too

  size_t TakenAfter(size_t block) const {
    return std::min(size, (block + 1) * kBlockBytes);
  }
  // Where the block's bytes are; the last is filled up with zeros in `filled`.
  const char* Block(size_t block, char* filled) const {
    const size_t begin = std::min(size, block * kBlockBytes);
    const size_t rest = std::min(size - begin, kBlockBytes);
    if (rest == kBlockBytes) return data + begin;
    std::memset(filled, 0, kBlockBytes);
    if (rest > 0) std::memcpy(filled, data + begin, rest);
    return filled;
  }
};

// Hashes as many messages as `Words` has lanes, all in step.
template <typename Words, size_t kLanes>
[[gnu::always_inline]] inline void HashLanes(const Lane* lanes,
                                             std::array<uint8_t, 32>* out) {
  Words h[8];
  for (int i = 0; i < 8; ++i) h[i] = Words{} + kStart[i];
  h[0] ^= Words{} + (0x01010000 ^ kHashBytes);
  size_t blocks = 0;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    blocks = std::max(blocks, lanes[lane].blocks);
  }
  alignas(64) char filled[kLanes][kBlockBytes];
  for (size_t block = 0; block < blocks; ++block) {
    Words m[16], v[16], taken{}, last{};
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const char* words = lanes[lane].Block(block, filled[lane]);
      for (int i = 0; i < 16; ++i) {
        uint64_t word;
        std::memcpy(&word, words + 8 * i, sizeof(word));
        m[i][lane] = word;
      }
      taken[lane] = lanes[lane].TakenAfter(block);
      last[lane] = block + 1 >= lanes[lane].blocks ? ~uint64_t{0} : 0;
    }
    for (int i = 0; i < 8; ++i) {
      v[i] = h[i];
      v[i + 8] = Words{} + kStart[i];
    }
    v[12] ^= taken;
    v[14] ^= last;
    const auto mix = [&](int a, int b, int c, int d, int x, int y)
        __attribute__((always_inline)) {
      v[a] += v[b] + m[x];
      v[d] ^= v[a];
      v[d] = v[d] >> 32 | v[d] << 32;
      v[c] += v[d];
      v[b] ^= v[c];
      v[b] = v[b] >> 24 | v[b] << 40;
      v[a] += v[b] + m[y];
      v[d] ^= v[a];
      v[d] = v[d] >> 16 | v[d] << 48;
      v[c] += v[d];
      v[b] ^= v[c];
      v[b] = v[b] >> 63 | v[b] << 1;
    };
#pragma GCC unroll 12
    for (int round = 0; round < 12; ++round) {
      const uint8_t* s = kOrder[round];
      mix(0, 4, 8, 12, s[0], s[1]);
      mix(1, 5, 9, 13, s[2], s[3]);
      mix(2, 6, 10, 14, s[4], s[5]);
      mix(3, 7, 11, 15, s[6], s[7]);
      mix(0, 5, 10, 15, s[8], s[9]);
      mix(1, 6, 11, 12, s[10], s[11]);
      mix(2, 7, 8, 13, s[12], s[13]);
      mix(3, 4, 9, 14, s[14], s[15]);
    }
    for (int i = 0; i < 8; ++i) h[i] ^= v[i] ^ v[i + 8];
    for (size_t lane = 0; lane < kLanes; ++lane) {
      if (block + 1 != lanes[lane].blocks) continue;
      for (int i = 0; i < 4; ++i) {
        const uint64_t word = h[i][lane];
        std::memcpy(out[lanes[lane].index].data() + 8 * i, &word, sizeof(word));
      }
    }
  }
}

using Words4 = uint64_t __attribute__((vector_size(32)));
using Words8 = uint64_t __attribute__((vector_size(64)));

[[gnu::target("avx2")]] void HashFour(const Lane* lanes,
                                      std::array<uint8_t, 32>* out) {
  HashLanes<Words4, 4>(lanes, out);
}

[[gnu::target("avx512f")]] void HashEight(const Lane* lanes,
                                          std::array<uint8_t, 32>* out) {
  HashLanes<Words8, 8>(lanes, out);
}

#endif  // __x86_64__ && __GNUC__

}  // namespace

void HashEach(std::span<const std::string_view> messages,
              std::array<uint8_t, 32>* out) {
  size_t done = 0;
  // Those with as many blocks stand beside each other.
#if defined(__x86_64__) && defined(__GNUC__)
  static const size_t at_once = __builtin_cpu_supports("avx512f") ? 8
                                : __builtin_cpu_supports("avx2")  ? 4
                                                                  : 1;
  std::vector<Lane> lanes;
  if (at_once > 1 && messages.size() >= at_once) {
    lanes.reserve(messages.size());
    for (size_t i = 0; i < messages.size(); ++i) {
      const std::string_view it = messages[i];
      lanes.push_back(
          {it.data(), it.size(), i,
           std::max<size_t>(1, (it.size() + kBlockBytes - 1) / kBlockBytes)});
    }
    std::sort(lanes.begin(), lanes.end(),
              [](const Lane& a, const Lane& b) { return a.blocks < b.blocks; });
    for (; done + at_once <= lanes.size(); done += at_once) {
      // Beside a much longer one the others only wait.
      size_t blocks = 0;
      for (size_t i = 0; i < at_once; ++i) blocks += lanes[done + i].blocks;
      if (2 * blocks < 3 * lanes[done + at_once - 1].blocks) break;
      (at_once == 8 ? HashEight : HashFour)(&lanes[done], out);
    }
    for (; done < lanes.size(); ++done) {
      const Lane& it = lanes[done];
      HashOne(messages[it.index], out[it.index].data());
    }
  }
#endif
  for (; done < messages.size(); ++done) {
    HashOne(messages[done], out[done].data());
  }
}

}  // namespace trato::core
