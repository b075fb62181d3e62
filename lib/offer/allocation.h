// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Who gets which of some scarce offers, so that the sum of the scores is the
// most that is possible: at most one each, and of each offer so many as there
// are. Customers come one by one; each time the most profitable chain of changes
// is made: she gets a, somebody who had a gets b, ..., and somebody gets what is
// left, or nothing. That keeps a plan of most value a plan of most value (the
// successive shortest paths of the transportation problem).

#ifndef TRATO_OFFER_ALLOCATION_H_
#define TRATO_OFFER_ALLOCATION_H_

#include <cstdint>
#include <limits>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace trato::core {

class Allocation {
 public:
  static constexpr uint32_t kNothing = std::numeric_limits<uint32_t>::max();
  static constexpr int64_t kAnyNumber = std::numeric_limits<int64_t>::max();

  struct Wish {
    uint32_t offer = 0;
    double score = 0;  // above 0
  };

  // `most`: of each offer so many at most, 0 or more.
  explicit Allocation(std::vector<int64_t> most)
      : most_(std::move(most)), taken_(most_.size()), drops_(most_.size()) {}

  // The next customer, who counts from 0, with each offer once at most.
  // Cost: O(wishes) while nothing that she wishes for is used up, else at worst
  // O((offers that are used up)^2).
  void Add(std::vector<Wish> wishes);

  // kNothing: she gets none.
  uint32_t OfferOf(uint32_t customer) const { return given_[customer]; }
  double ScoreOf(uint32_t customer) const;
  int64_t taken(uint32_t offer) const { return taken_[offer]; }

 private:
  // What is gained (0 or less) when a customer who has an offer gets another
  // one instead, the best first; of equal ones the first customer.
  struct Move {
    double gain;
    uint32_t customer;
    bool operator<(const Move& other) const {
      return gain != other.gain ? gain < other.gain
                                : customer > other.customer;
    }
  };
  using Moves = std::priority_queue<Move>;

  bool IsFull(uint32_t offer) const { return taken_[offer] >= most_[offer]; }
  double ScoreOf(uint32_t customer, uint32_t offer) const;
  void Give(uint32_t customer, uint32_t offer);
  // The best that still holds; null: none.
  const Move* Best(Moves& moves, uint32_t offer) const;

  std::vector<int64_t> most_;
  std::vector<int64_t> taken_;
  std::vector<std::vector<Wish>> wishes_;
  std::vector<uint32_t> given_;
  // By the offer that is given up and the one that is got instead.
  std::vector<absl::flat_hash_map<uint32_t, Moves>> moves_{most_.size()};
  std::vector<Moves> drops_;  // for nothing

  // Kept from customer to customer: the best chain that frees an offer for her.
  struct Reached {
    double gain = 0;
    uint32_t from = kNothing;  // whose holder moves on; kNothing: she herself
    uint32_t mover = 0;
    uint32_t round = 0;
  };
  std::vector<Reached> reached_{most_.size()};
  std::vector<uint32_t> queue_;
  std::vector<char> is_queued_ = std::vector<char>(most_.size());
  uint32_t round_ = 0;
  double tiny_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_ALLOCATION_H_
