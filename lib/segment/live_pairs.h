// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which interactions follow which, as a sequence of two steps asks for: each of
// the later step goes with the last one before it. Of all such pairs the last
// one is the last to leave any window, so it alone says whether there is one.

#ifndef TRATO_SEGMENT_LIVE_PAIRS_H_
#define TRATO_SEGMENT_LIVE_PAIRS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segment/live_reach.h"

namespace trato::core {

struct LivePairs {
  // Groups of live rows.
  uint16_t before = 0;
  uint16_t then = 0;
  std::vector<uint16_t> without;
  // The step before lies in (later - within, later].
  bool has_within = false;
  LiveReach within;
  bool is_exact = false;  // otherwise the calendar is asked

  bool MayFollow(int64_t before_us, int64_t then_us) const;
};

// Sorted times of the groups of one LivePairs, whenever they are dated.
struct PairTimes {
  std::span<const int64_t> before;
  std::span<const int64_t> then;
  std::span<const std::span<const int64_t>> without;
};

// The last pair of one customer, kept while her interactions come.
class LastPair {
 public:
  struct Pair {
    bool exists = false;
    int64_t before_us = 0;
    int64_t then_us = 0;
    // When another interaction of the later step comes; kNever: none is known.
    int64_t next_us = kNever;
  };

  void Forget() { is_known_ = false; }
  bool is_known() const { return is_known_; }
  // Of those whose later step is up to now.
  const Pair& At(const LivePairs& of, const PairTimes& times, int64_t now_us);
  // After an interaction came, where is_known(); `times` have it. `steps`: of
  // which of the three it is.
  enum Step : unsigned { kBefore = 1, kThen = 2, kWithout = 4 };
  void Added(const LivePairs& of, const PairTimes& times, unsigned steps,
             int64_t at_us);

 private:
  bool is_known_ = false;
  int64_t seen_us_ = 0;  // pair_ is that of this instant
  Pair pair_;
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_PAIRS_H_
