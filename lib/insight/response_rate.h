// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How often people say yes to an offer: counts of trials and successes among
// similar customers, and the rate that follows from them, drawn towards that of
// everybody, and this towards a prior, where little is known.
//
//   rate(all)     = (k + prior x w) / (n + w)
//   rate(similar) = (k_s + rate(all) x w) / (n_s + w)   prior = 0.05, w = 20
//
// the means of Beta beliefs with the level above as what is believed before.
// The counts have dates, so the rate at an instant follows from what is dated
// up to then.

#ifndef TRATO_INSIGHT_RESPONSE_RATE_H_
#define TRATO_INSIGHT_RESPONSE_RATE_H_

#include <array>
#include <cstdint>

#include "base/timed_sum.h"

namespace trato::core {

inline constexpr double kResponsePrior = 0.05;
inline constexpr double kResponseWeight = 20;
// Customers are similar who had bought what is offered never, once, or more
// often, when it was decided.
inline constexpr int kSimilarKinds = 3;

class ResponseRate {
 public:
  void AddTrial(int similar, int64_t at_us, int64_t count) {
    trials_[similar].Add(at_us, count);
  }
  void AddSuccess(int similar, int64_t at_us, int64_t count) {
    successes_[similar].Add(at_us, count);
  }

  struct Counts {
    int64_t trials = 0;
    int64_t successes = 0;
  };
  Counts Of(int similar, int64_t now_us) const {
    return {trials_[similar].At(now_us), successes_[similar].At(now_us)};
  }

  double Rate(int similar, int64_t now_us) const {
    Counts all;
    Counts here;
    for (int i = 0; i < kSimilarKinds; ++i) {
      const Counts counts = Of(i, now_us);
      all.trials += counts.trials;
      all.successes += counts.successes;
      if (i == similar) here = counts;
    }
    return Drawn(here, Drawn(all, kResponsePrior));
  }

 private:
  static double Drawn(const Counts& counts, double towards) {
    return (static_cast<double>(counts.successes) + towards * kResponseWeight) /
           (static_cast<double>(counts.trials) + kResponseWeight);
  }

  std::array<TimedSum, kSimilarKinds> trials_;
  std::array<TimedSum, kSimilarKinds> successes_;
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_RESPONSE_RATE_H_
