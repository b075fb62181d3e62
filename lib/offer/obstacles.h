// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything that keeps one offer from one customer, and when each of it could
// fall at the earliest if nothing happens but that time passes.

#ifndef TRATO_OFFER_OBSTACLES_H_
#define TRATO_OFFER_OBSTACLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "offer/matcher.h"

namespace trato::core {

struct Obstacle {
  Stage stage = Stage::kNone;
  std::string reason;
  std::string rule;     // the condition that does not hold
  std::string policy;   // that stands against it
  std::string channel;  // it is only in the way on this one
  // The first instant at which it could be gone; kNever: not by itself.
  int64_t falls_us = 0;
};

struct WhyNot {
  std::vector<Obstacle> obstacles;  // in order of the stages
  // Before this instant she does not get it if nothing comes; kNever: never by
  // itself. now_us where nothing is in the way.
  int64_t possible_us = 0;
};

// Cost: that of a match of one offer, with a bound for each condition.
WhyNot FindObstacles(const MatchContext& context, const Catalogue::Offer& offer,
                     RecordNumber customer, int64_t now_us,
                     const MatchRequest& request, Matcher& matcher);

}  // namespace trato::core

#endif  // TRATO_OFFER_OBSTACLES_H_
