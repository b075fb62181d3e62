// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What was answered to one offer, or to all that serve one need, by segment and
// age: whole numbers, so that any order of the answers gives the same ones, and
// what is taken back leaves what was there before.

#ifndef TRATO_LEARNING_TALLY_H_
#define TRATO_LEARNING_TALLY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace trato::core {

// Time in steps of a quarter of a half-life. Without forgetting all is one step.
class Ages {
 public:
  explicit Ages(int64_t half_life_us) : step_us_(half_life_us / 4) {}

  uint16_t StepOf(int64_t at_us) const;
  // What an answer of that step counts at `now`: 0 for what is later, and for
  // what is older than 32 half-lives.
  static double Weight(uint16_t step, uint16_t now);

 private:
  int64_t step_us_;
};

// Shown and accepted, as they count now.
struct Rate {
  double shown = 0;
  double accepted = 0;

  Rate& operator+=(const Rate& other) {
    shown += other.shown;
    accepted += other.accepted;
    return *this;
  }
  // Drawn towards `before`, which counts for `weight` answers.
  double Mean(double before, double weight) const {
    return (accepted + before * weight) / (shown + weight);
  }
};

// Sums over pairs of answers of one customer, segment and step: how much
// customers differ follows from them.
struct PairSums {
  int64_t shown = 0;     // n (n - 1)
  int64_t accepted = 0;  // s (s - 1)
  int64_t crossed = 0;   // (n - 1) s
  PairSums& operator+=(const PairSums& other) {
    shown += other.shown;
    accepted += other.accepted;
    crossed += other.crossed;
    return *this;
  }
  PairSums& operator-=(const PairSums& other) {
    shown -= other.shown;
    accepted -= other.accepted;
    crossed -= other.crossed;
    return *this;
  }
  static PairSums Of(int64_t n, int64_t s) {
    return {n * (n - 1), s * (s - 1), n == 0 ? 0 : (n - 1) * s};
  }
};

class Tally {
 public:
  struct Cell {
    uint16_t segment;
    uint16_t step;
    int64_t shown;
    int64_t accepted;
    int64_t named_shown;  // to customers who are known; offers only
    int64_t named_accepted;
    PairSums pairs;
  };

  // Gives the cell, made where there is none.
  Cell& At(uint16_t segment, uint16_t step);
  // Forgets it when it is empty. Sums are stale until they are brought up.
  void Changed(uint16_t segment, uint16_t step);

  // Brings the sums up to what they are at that step.
  // Cost: O(cells) where something changed, else O(1).
  void BringUp(uint16_t now);
  const Rate& all() const { return all_; }
  const Rate& of(uint32_t segment) const {
    return segment < by_segment_.size() ? by_segment_[segment] : none_;
  }

  // Sums that tell how much customers differ, with `prior_rate` counting for ten
  // answers and an offer's rate for `segment_weight` in each segment.
  struct Spread {
    double expected = 0;  // of pairs, if customers were either yes or no
    double excess = 0;    // of pairs accepted, over what one rate for all gives
  };
  Spread SpreadOf(double prior_rate, double segment_weight, uint16_t now) const;

  const std::vector<Cell>& cells() const { return cells_; }
  std::vector<Cell>& mutable_cells() { return cells_; }
  bool stale(uint16_t now) const { return stale_ || now != now_; }

 private:
  size_t PlaceOf(uint16_t segment, uint16_t step) const;

  std::vector<Cell> cells_;  // in order of segment and step
  std::vector<Rate> by_segment_;
  Rate all_;
  Rate none_;
  uint16_t now_ = 0;
  bool stale_ = true;
};

// The weights of the levels: what is known of everybody counts for ten answers
// to an offer, and what is known of an offer for twenty of a segment.
inline constexpr double kOfferWeight = 10;
inline constexpr double kSegmentWeight = 20;

}  // namespace trato::core

#endif  // TRATO_LEARNING_TALLY_H_
