// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a fitted model says of one customer: whether she is still there, how
// often she will buy, when next, and what that is worth today.

#ifndef TRATO_INSIGHT_VALUE_PREDICTION_H_
#define TRATO_INSIGHT_VALUE_PREDICTION_H_

#include <atomic>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "insight/fit.h"
#include "insight/value_model.h"

namespace trato::core {

struct BetaNodes;

// One customer, as in PurchaseColumns; as it is, somebody at her first purchase.
struct PurchaseHistory {
  double frequency = 0;
  double recency = 0;
  double age = 0;
};

// Waiting longer than this is never.
inline constexpr double kLongestWait = 1e12;

// A model of time, with what it needs prepared. Any thread may ask.
class ValuePredictor {
 public:
  ValuePredictor(ValueModelKind kind, const Parameters& parameters);
  ~ValuePredictor();
  ValuePredictor(const ValuePredictor&) = delete;
  ValuePredictor& operator=(const ValuePredictor&) = delete;

  // The probability of being alive at her age; BG/BB: at the next occasion.
  double Alive(const PurchaseHistory& her) const;
  // That she will still be so `later` on, whatever she buys until then.
  double AliveLater(const PurchaseHistory& her, double later) const;
  // Expected purchases in the next `horizon`, and whether there is none.
  double Expected(const PurchaseHistory& her, double horizon) const;
  double NoneWithin(const PurchaseHistory& her, double horizon) const;
  // The time within which she buys again with probability `q`, if she is alive;
  // kLongestWait at most.
  double WaitIfAlive(const PurchaseHistory& her, double q) const;
  // Expected purchases in the next `horizon` (0: for ever), each worth
  // e^(-rate x time until it) today; rate > 0 where the horizon is 0.
  double Discounted(const PurchaseHistory& her, double horizon,
                    double rate) const;

  // The same without the probability of being alive, for models of time: what
  // depends on frequency and age alone.
  double ExpectedIfAlive(const PurchaseHistory& her, double horizon) const;
  double DiscountedIfAlive(const PurchaseHistory& her, double horizon,
                           double rate) const;

 private:
  static constexpr size_t kSizes = 5;
  static constexpr size_t kKept = 1024;  // frequencies whose nodes are kept

  const BetaNodes& NodesFor(double frequency, size_t size,
                            BetaNodes& own) const;
  double OverNodes(double frequency, double shape, double ratio) const;
  double Odds(const PurchaseHistory& her) const;
  double OfOccasions(const PurchaseHistory& her, double occasions,
                     double rate) const;
  double NoneOfOccasions(const PurchaseHistory& her, double occasions) const;

  const ValueModelKind kind_;
  const Parameters parameter_;
  // By size and frequency, made when first asked for.
  mutable std::unique_ptr<std::atomic<const BetaNodes*>[]> kept_;
};

// Columns to fill; empty: not wanted.
struct PredictionColumns {
  std::span<double> alive;
  std::span<double> alive_later;
  std::span<double> expected;
  // 95 % of what the uncertain parameters leave open of `expected`.
  std::span<double> expected_low;
  std::span<double> expected_high;
  std::span<double> none;
  std::span<double> wait;
  std::span<double> spend;
  std::span<double> discounted;
  std::span<double> value;
};

struct PredictOptions {
  double horizon = 0;   // of expected and none
  double later = 0;     // of alive_later
  double quantile = 0.5;  // of wait
  double value_horizon = 0;  // of discounted and value; 0: for ever
  double rate = 0;           // of discount, per unit of time
  double margin = 1;         // of the amount
  const FittedModel* spend = nullptr;  // gamma_gamma; nullptr: the column
};

// Errors: INVALID_ARGUMENT names what does not fit.
absl::Status PredictValue(const FittedModel& model,
                          const PurchaseColumns& columns,
                          const PredictOptions& options, const RunTasks& run,
                          const PredictionColumns& out);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_VALUE_PREDICTION_H_
