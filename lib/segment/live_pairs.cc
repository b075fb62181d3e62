// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_pairs.h"

#include <algorithm>

namespace trato::core {
namespace {

// Whether any of `times` lies between the two, neither of them included.
bool HasBetween(std::span<const int64_t> times, int64_t from_us,
                int64_t until_us) {
  const auto after = std::upper_bound(times.begin(), times.end(), from_us);
  return after != times.end() && *after < until_us;
}

bool IsPair(const LivePairs& of, const PairTimes& times, int64_t before_us,
            int64_t then_us) {
  return of.MayFollow(before_us, then_us) &&
         std::none_of(times.without.begin(), times.without.end(),
                      [&](std::span<const int64_t> it) {
                        return HasBetween(it, before_us, then_us);
                      });
}

}  // namespace

bool LivePairs::MayFollow(int64_t before_us, int64_t then_us) const {
  if (!has_within) return true;
  if (is_exact) {
    if (const auto start = within.StartAt(then_us)) return before_us > *start;
  }
  return before_us > Subtract(then_us, within.span, within.zone);
}

const LastPair::Pair& LastPair::At(const LivePairs& of, const PairTimes& times,
                                   int64_t now_us) {
  if (is_known_ && now_us >= seen_us_ && now_us < pair_.next_us) return pair_;
  // What was known stays unless a later one makes a pair.
  const bool goes_on = is_known_ && now_us >= seen_us_;
  const int64_t seen_us = seen_us_;
  is_known_ = true;
  seen_us_ = now_us;
  pair_.next_us = kNever;
  if (!goes_on) pair_.exists = false;
  auto then = times.then.end();
  if (!times.then.empty() && times.then.back() > now_us) {
    then = std::upper_bound(times.then.begin(), then, now_us);
    pair_.next_us = *then;
  }
  auto before = times.before.end();
  while (then != times.then.begin()) {
    const int64_t then_us = *--then;
    if (goes_on && then_us <= seen_us) break;
    if (before == times.before.end()) {
      before = std::lower_bound(times.before.begin(), before, then_us);
    }
    while (before != times.before.begin() && *(before - 1) >= then_us) --before;
    if (before == times.before.begin()) break;
    const int64_t before_us = *(before - 1);
    if (!IsPair(of, times, before_us, then_us)) continue;
    pair_.exists = true;
    pair_.before_us = before_us;
    pair_.then_us = then_us;
    break;
  }
  return pair_;
}

void LastPair::Added(const LivePairs& of, const PairTimes& times,
                     unsigned steps, int64_t at_us) {
  const bool is_last_then = times.then.empty() || at_us >= times.then.back();
  if ((steps & kThen) != 0) {
    if (at_us > seen_us_) {
      pair_.next_us = std::min(pair_.next_us, at_us);
    } else if (!pair_.exists || at_us > pair_.then_us) {
      const auto before = std::lower_bound(times.before.begin(),
                                           times.before.end(), at_us);
      if (before != times.before.begin() &&
          IsPair(of, times, *(before - 1), at_us)) {
        pair_.exists = true;
        pair_.before_us = *(before - 1);
        pair_.then_us = at_us;
      }
    }
  }
  // What goes before a later step may change what that goes with.
  if ((steps & kBefore) != 0 && !is_last_then) Forget();
  if ((steps & kWithout) != 0 && pair_.exists && at_us > pair_.before_us &&
      at_us < pair_.then_us) {
    Forget();
  }
}

}  // namespace trato::core
