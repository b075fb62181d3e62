// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/permission.h"

#include "base/strings.h"
#include "offer/trace.h"

namespace trato::core {

std::string WhyNoContact(const MatchContext& context,
                         const Catalogue::Offer& offer, uint32_t channel,
                         RecordNumber customer, int64_t now_us,
                         Matcher& matcher) {
  MatchCandidate candidate;
  candidate.offer = &offer;
  if (matcher.MayContact(context, customer, now_us, channel, candidate)) {
    return "";
  }
  return ReasonFor(context, matcher, candidate, customer, now_us);
}

}  // namespace trato::core
