// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/allocation.h"

#include <algorithm>

namespace trato::core {
namespace {

// Differences below this share of the largest score are rounding, and no reason
// to go round in circles.
constexpr double kTinyShare = 1e-9;

}  // namespace

double Allocation::ScoreOf(uint32_t customer, uint32_t offer) const {
  for (const Wish& wish : wishes_[customer]) {
    if (wish.offer == offer) return wish.score;
  }
  return 0;
}

double Allocation::ScoreOf(uint32_t customer) const {
  return given_[customer] == kNothing ? 0
                                      : ScoreOf(customer, given_[customer]);
}

const Allocation::Move* Allocation::Best(Moves& moves, uint32_t offer) const {
  // Who has it no more is found out here.
  while (!moves.empty() && given_[moves.top().customer] != offer) moves.pop();
  return moves.empty() ? nullptr : &moves.top();
}

void Allocation::Give(uint32_t customer, uint32_t offer) {
  if (given_[customer] != kNothing) --taken_[given_[customer]];
  given_[customer] = offer;
  if (offer == kNothing) return;
  ++taken_[offer];
  // What is never used up is nobody's to give up.
  if (most_[offer] == kAnyNumber) return;
  const double score = ScoreOf(customer, offer);
  for (const Wish& wish : wishes_[customer]) {
    if (wish.offer != offer) {
      moves_[offer][wish.offer].push({wish.score - score, customer});
    }
  }
  drops_[offer].push({-score, customer});
}

void Allocation::Add(std::vector<Wish> wishes) {
  const auto customer = static_cast<uint32_t>(wishes_.size());
  wishes_.push_back(std::move(wishes));
  given_.push_back(kNothing);
  ++round_;
  queue_.clear();
  const auto reach = [&](uint32_t offer, double gain, uint32_t from,
                         uint32_t mover) {
    if (most_[offer] == 0) return;
    Reached& it = reached_[offer];
    if (it.round == round_ && gain <= it.gain + tiny_) return;
    it = {gain, from, mover, round_};
    if (!is_queued_[offer]) {
      is_queued_[offer] = 1;
      queue_.push_back(offer);
    }
  };
  for (const Wish& wish : wishes_[customer]) {
    tiny_ = std::max(tiny_, wish.score * kTinyShare);
  }
  for (const Wish& wish : wishes_[customer]) {
    reach(wish.offer, wish.score, kNothing, customer);
  }
  double best = tiny_;
  uint32_t end = kNothing;       // the offer where the chain ends
  uint32_t dropped = kNothing;   // who gets nothing in the end
  for (size_t i = 0; i < queue_.size(); ++i) {
    const uint32_t offer = queue_[i];
    is_queued_[offer] = 0;
    const double gain = reached_[offer].gain;
    if (!IsFull(offer)) {
      if (gain > best) {
        best = gain;
        end = offer;
        dropped = kNothing;
      }
      continue;
    }
    if (const Move* drop = Best(drops_[offer], offer);
        drop != nullptr && gain + drop->gain > best) {
      best = gain + drop->gain;
      end = offer;
      dropped = drop->customer;
    }
    for (auto& [other, moves] : moves_[offer]) {
      if (const Move* move = Best(moves, offer); move != nullptr) {
        reach(other, gain + move->gain, offer, move->customer);
      }
    }
  }
  if (end == kNothing) return;
  if (dropped != kNothing) Give(dropped, kNothing);
  // Back along the chain: each mover gets what the one after left.
  for (uint32_t offer = end;;) {
    const Reached it = reached_[offer];
    Give(it.mover, offer);
    if (it.from == kNothing) break;
    offer = it.from;
  }
}

}  // namespace trato::core
