// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How many rows before some row lie in a window: a bit a row, counted by words,
// where the processor counts bits.

#ifndef TRATO_VECTOR_WINDOW_RANKS_H_
#define TRATO_VECTOR_WINDOW_RANKS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace trato::core {

class WindowRanks {
 public:
  // For each of `ends`, none of which is above the number of rows, how many
  // rows before it have from_us < time <= until_us. Gives how many do in all.
  uint32_t Find(std::span<const int64_t> at_us, int64_t from_us,
                int64_t until_us, std::span<const uint32_t> ends,
                std::vector<uint32_t>& ranks);
  // The same without what only some processors can do.
  uint32_t FindPlainly(std::span<const int64_t> at_us, int64_t from_us,
                       int64_t until_us, std::span<const uint32_t> ends,
                       std::vector<uint32_t>& ranks);

 private:
  std::vector<uint32_t> before_;  // by row, or by word
  std::vector<uint64_t> words_;
};

}  // namespace trato::core

#endif  // TRATO_VECTOR_WINDOW_RANKS_H_
