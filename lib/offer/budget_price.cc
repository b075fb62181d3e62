// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/budget_price.h"

#include <algorithm>
#include <cmath>

namespace trato::core {

SpendingPlan PlanOf(const OfferDefinition& offer, int64_t amount) {
  if (amount == kUnlimited || offer.valid_from_us == kAlways ||
      offer.valid_until_us == kForEver) {
    return {};
  }
  return {offer.valid_from_us, offer.valid_until_us, amount};
}

absl::int128 SpendingPath::Scaled(int64_t sum, int64_t at_us) const {
  const absl::int128 length = absl::int128(plan_.end_us) - plan_.start_us;
  const absl::int128 left =
      std::max<absl::int128>(absl::int128(plan_.amount) - before_, 0);
  return (absl::int128(sum) - before_) * length -
         left * (absl::int128(at_us) - plan_.start_us);
}

void SpendingPath::Measure(size_t from) {
  for (size_t i = from; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    if (step.at_us < plan_.start_us) {
      step.least = 0;
      continue;
    }
    const int64_t former = i == 0 ? 0 : steps_[i - 1].sum;
    const absl::int128 least = i == 0 ? absl::int128(0) : steps_[i - 1].least;
    step.least = std::min(least, Scaled(former, step.at_us));
  }
}

void SpendingPath::Plan(const SpendingPlan& plan, const TimedSum& taken) {
  plan_ = plan;
  steps_.clear();
  before_ = 0;
  if (!has_plan()) return;
  before_ = taken.At(plan.start_us - 1);
  taken.ForEachStep([&](int64_t at_us, int64_t sum) {
    steps_.push_back({at_us, sum, 0});
  });
  Measure(0);
}

void SpendingPath::Add(int64_t at_us, int64_t amount) {
  if (!has_plan() || amount == 0) return;
  size_t place = steps_.size();
  while (place > 0 && steps_[place - 1].at_us >= at_us) --place;
  if (place == steps_.size() || steps_[place].at_us != at_us) {
    const int64_t before = place == 0 ? 0 : steps_[place - 1].sum;
    steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(place),
                  {at_us, before, 0});
  }
  for (size_t i = place; i < steps_.size(); ++i) steps_[i].sum += amount;
  if (at_us >= plan_.start_us) {
    Measure(place);
  } else {
    before_ += amount;
    Measure(0);
  }
}

double SpendingPath::AheadAt(int64_t now_us) const {
  if (!has_plan() || now_us < plan_.start_us || now_us >= plan_.end_us) {
    return 0;
  }
  auto place = steps_.end();
  if (!steps_.empty() && steps_.back().at_us > now_us) {
    place = std::upper_bound(
        steps_.begin(), steps_.end(), now_us,
        [](int64_t at, const Step& step) { return at < step.at_us; });
  }
  const Step none{now_us, 0, 0};
  const Step& last = place == steps_.begin() ? none : *(place - 1);
  const absl::int128 here = Scaled(last.sum, now_us);
  const absl::int128 ahead = here - std::min(last.least, here);
  return static_cast<double>(ahead) /
         static_cast<double>(absl::int128(plan_.end_us) - plan_.start_us);
}

double PriceOfOne(double pacing, double typical, int64_t each, int64_t amount,
                  double ahead) {
  if (each <= 0 || amount <= 0 || !(ahead > 0) || !(typical > 0)) return 0;
  const auto one = static_cast<double>(each);
  const double decisions = std::max(1.0, static_cast<double>(amount) / one);
  return pacing * (typical / one) * (ahead / one) / std::sqrt(decisions);
}

}  // namespace trato::core
