// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the budget and the stock of an offer cost a candidate, so that what is
// scarce goes to whom it suits best over the whole period of the offer.
//
// An offer with both dates and an amount B is to take it in even steps of time.
// How far it is ahead of that,
//
//   X(t) = S(t) - B x (t - start) / (end - start),
//
// with S what is reserved at t, is what projected dual descent sums up: its
// price mu <- [mu - eta (rho - c)]+ is eta times the reflection of X at 0,
//
//   mu(t) = eta x (X(t) - min of X up to t).
//
// (Balseiro, Lu and Mirrokni: The Best of Many Worlds, 2023.) In this form it
// follows from what is reserved and when, not from the order in which it was
// told. X falls between the steps of S, so its minimum lies just before one of
// them or at t itself.

#ifndef TRATO_OFFER_BUDGET_PRICE_H_
#define TRATO_OFFER_BUDGET_PRICE_H_

#include <cstdint>
#include <vector>

#include "absl/numeric/int128.h"
#include "base/timed_sum.h"
#include "offer/definitions.h"

namespace trato::core {

// So much is to be taken, evenly from start to end.
struct SpendingPlan {
  int64_t start_us = 0;
  int64_t end_us = 0;  // exclusive, after the start
  int64_t amount = 0;  // 0: there is no plan

  bool operator==(const SpendingPlan&) const = default;
};

// Of an offer with such a stock or budget: none without both of its dates.
SpendingPlan PlanOf(const OfferDefinition& offer, int64_t amount);

// What was taken, against the plan.
class SpendingPath {
 public:
  const SpendingPlan& plan() const { return plan_; }
  bool has_plan() const { return plan_.amount > 0; }
  // A plan for what `taken` says; it must get all that is added to it since.
  // Cost: linear in the steps.
  void Plan(const SpendingPlan& plan, const TimedSum& taken);
  // Cost: amortised O(1) for what is latest, else linear in what is later.
  void Add(int64_t at_us, int64_t amount);

  // How far it is ahead, less how far it was behind at most; 0 outside of the
  // period. Cost: O(1) at the end, else O(log n).
  double AheadAt(int64_t now_us) const;

 private:
  struct Step {
    int64_t at_us;
    int64_t sum;
    // The least of X up to here, times the length of the period.
    absl::int128 least;
  };
  // X with such a sum, times the length of the period.
  absl::int128 Scaled(int64_t sum, int64_t at_us) const;
  void Measure(size_t from);

  SpendingPlan plan_;
  std::vector<Step> steps_;  // in order of instant
  // Taken before the period; what is left of the amount is spread over it.
  int64_t before_ = 0;
};

// What one more costs: of the budget and of the stock.
struct OfferPrice {
  double budget = 0;  // a minor unit, in minor units of score
  double stock = 0;   // a piece
  double total = 0;   // of all that one decision takes
};

// The price of being so far ahead, for one unit: `typical` is a score to go by,
// `each` what one decision takes. It is as high as the typical score where the
// offer is ahead by the square root of how many decisions the amount is for,
// times `pacing`: the step of a horizon of so many.
double PriceOfOne(double pacing, double typical, int64_t each, int64_t amount,
                  double ahead);

}  // namespace trato::core

#endif  // TRATO_OFFER_BUDGET_PRICE_H_
