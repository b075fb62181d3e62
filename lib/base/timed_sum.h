// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A sum whose parts have dates: what it was at any instant, however late the
// parts arrive.

#ifndef TRATO_BASE_TIMED_SUM_H_
#define TRATO_BASE_TIMED_SUM_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trato::core {

class TimedSum {
 public:
  // Cost: amortised O(1) for what is latest, else linear in what is later.
  void Add(int64_t at_us, int64_t amount) {
    if (amount == 0) return;
    auto place = steps_.end();
    if (!steps_.empty() && steps_.back().at_us >= at_us) place = After(at_us);
    const int64_t before = place == steps_.begin() ? 0 : (place - 1)->sum;
    if (place != steps_.begin() && (place - 1)->at_us == at_us) {
      --place;
    } else {
      place = steps_.insert(place, {at_us, before});
    }
    for (auto it = place; it != steps_.end(); ++it) it->sum += amount;
    // What cancelled out leaves no step.
    const int64_t former = place == steps_.begin() ? 0 : (place - 1)->sum;
    if (place->sum == former) steps_.erase(place);
  }

  // Of all parts dated up to now_us. Cost: O(1) at the end, else O(log n).
  int64_t At(int64_t now_us) const {
    if (steps_.empty()) return 0;
    if (steps_.back().at_us <= now_us) return steps_.back().sum;
    const auto place = After(now_us);
    return place == steps_.begin() ? 0 : (place - 1)->sum;
  }

  // The largest that it is at now_us or later. Cost: linear in what is later.
  int64_t MaxFrom(int64_t now_us) const {
    int64_t most = At(now_us);
    for (auto it = After(now_us); it != steps_.end(); ++it) {
      most = std::max(most, it->sum);
    }
    return most;
  }

  // The first instant after now_us from which on it stays below `limit`;
  // `never`: it does not.
  int64_t BelowFrom(int64_t limit, int64_t now_us, int64_t never) const {
    if ((steps_.empty() ? 0 : steps_.back().sum) >= limit) return never;
    int64_t at_us = now_us;
    for (auto it = After(now_us); it != steps_.end(); ++it) {
      if (it->sum >= limit) at_us = (it + 1)->at_us;
    }
    // It may be too much now, and less at the next step.
    if (at_us == now_us && At(now_us) >= limit) at_us = After(now_us)->at_us;
    return at_us;
  }

  size_t steps() const { return steps_.size(); }
  // Calls visit(instant, sum up to there) in order.
  template <typename Visit>
  void ForEachStep(Visit visit) const {
    for (const Step& step : steps_) visit(step.at_us, step.sum);
  }

 private:
  struct Step {
    int64_t at_us;
    int64_t sum;  // of everything up to here
  };
  std::vector<Step>::const_iterator After(int64_t at_us) const {
    return std::upper_bound(
        steps_.begin(), steps_.end(), at_us,
        [](int64_t at, const Step& step) { return at < step.at_us; });
  }
  std::vector<Step>::iterator After(int64_t at_us) {
    return std::upper_bound(
        steps_.begin(), steps_.end(), at_us,
        [](int64_t at, const Step& step) { return at < step.at_us; });
  }

  // In order of instant, one for each.
  std::vector<Step> steps_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_TIMED_SUM_H_
