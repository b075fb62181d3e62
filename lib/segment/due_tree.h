// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// For each record an instant, and who is due by a given one: minima over blocks
// of 64, and over blocks of those.

#ifndef TRATO_SEGMENT_DUE_TREE_H_
#define TRATO_SEGMENT_DUE_TREE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/calendar.h"

namespace trato::core {

class DueTree {
 public:
  size_t size() const { return levels_[0].size(); }
  void Grow(size_t size) {
    for (std::vector<int64_t>& level : levels_) {
      if (level.size() < size) level.resize(size, kNever);
      size = (size + kWidth - 1) / kWidth;
    }
  }

  int64_t Get(size_t i) const { return levels_[0][i]; }
  void Prefetch(size_t i) const { __builtin_prefetch(&levels_[0][i]); }
  // Sets many, on several threads; then the minima have to be found again.
  void SetAlone(size_t i, int64_t at_us) { levels_[0][i] = at_us; }
  void FindMinima() {
    for (size_t level = 1; level < kLevels; ++level) {
      for (size_t i = 0; i < levels_[level].size(); ++i) {
        levels_[level][i] = Minimum(level - 1, i);
      }
    }
  }
  void Set(size_t i, int64_t at_us) {
    levels_[0][i] = at_us;
    for (size_t level = 1; level < kLevels; ++level) {
      const size_t parent = i / kWidth;
      int64_t& minimum = levels_[level][parent];
      if (at_us <= minimum) {
        minimum = at_us;
      } else {
        const int64_t found = Minimum(level - 1, parent);
        if (found == minimum) return;
        minimum = found;
      }
      at_us = minimum;
      i = parent;
    }
  }

  // The earliest of all; kNever where there is none.
  int64_t First() const {
    const std::vector<int64_t>& top = levels_[kLevels - 1];
    return top.empty() ? kNever : *std::min_element(top.begin(), top.end());
  }

  // Calls `visit(i)` for those that are due by then. It may set theirs.
  template <typename Visit>
  void ForEachDue(int64_t by_us, Visit visit) {
    Descend(kLevels - 1, 0, levels_[kLevels - 1].size(), by_us, visit);
  }

 private:
  static constexpr size_t kWidth = 64;
  static constexpr size_t kLevels = 3;

  // Of the block with this number.
  int64_t Minimum(size_t level, size_t block) const {
    const std::vector<int64_t>& of = levels_[level];
    const auto at = [&](size_t i) {
      return of.begin() + static_cast<ptrdiff_t>(std::min(i, of.size()));
    };
    return *std::min_element(at(block * kWidth), at((block + 1) * kWidth));
  }

  template <typename Visit>
  void Descend(size_t level, size_t begin, size_t end, int64_t by_us,
               Visit& visit) {
    for (size_t i = begin; i < end; ++i) {
      if (levels_[level][i] > by_us) continue;
      if (level == 0) {
        visit(i);
      } else {
        Descend(level - 1, i * kWidth,
                std::min((i + 1) * kWidth, levels_[level - 1].size()), by_us,
                visit);
      }
    }
  }

  std::vector<int64_t> levels_[kLevels];
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_DUE_TREE_H_
