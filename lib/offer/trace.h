// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A match in words: what became of each offer, and why.

#ifndef TRATO_OFFER_TRACE_H_
#define TRATO_OFFER_TRACE_H_

#include <string>
#include <vector>

#include "offer/budget_price.h"
#include "offer/matcher.h"

namespace trato::core {

struct TracedOffer {
  std::string offer;
  std::string title;
  bool kept = false;
  std::string stage;  // that dropped it
  std::string reason;
  std::string rule;    // the condition that did not hold
  std::string policy;  // that stands against it
  std::string channel;
  double score = 0;
  double affinity = 0;
  double organic = 0;
  double rate = 0;
  double context = 1;
  double lever = 1;
  OfferPrice price;
  int64_t value_minor = 0;
  int64_t benefit_minor = 0;
  int64_t discount_minor = 0;
  double probability = 0;
  std::string learner;    // that serves it; empty: none
  double answers = 0;     // of hers to it, as they count
  double acceptances = 0;
};

// The offers of the last match in its order: kept ones first.
std::vector<TracedOffer> Trace(const MatchContext& context,
                               const Matcher& matcher, RecordNumber customer,
                               int64_t now_us);
// Why the candidate was kept or dropped.
std::string ReasonFor(const MatchContext& context, const Matcher& matcher,
                      const MatchCandidate& candidate, RecordNumber customer,
                      int64_t now_us);
// What a policy says, in words: "at most 2 within 7d".
std::string DescribePolicy(const ContactPolicyDefinition& policy);
// "08:30".
std::string MinuteOfDay(uint32_t minutes);

}  // namespace trato::core

#endif  // TRATO_OFFER_TRACE_H_
