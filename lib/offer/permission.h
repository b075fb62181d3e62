// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether one customer may be contacted once: on a channel, for a purpose, about
// an offer or about none.

#ifndef TRATO_OFFER_PERMISSION_H_
#define TRATO_OFFER_PERMISSION_H_

#include <string>

#include "offer/matcher.h"

namespace trato::core {

// Empty where she may be; else why not, in words.
std::string WhyNoContact(const MatchContext& context,
                         const Catalogue::Offer& offer, uint32_t channel,
                         RecordNumber customer, int64_t now_us,
                         Matcher& matcher);

}  // namespace trato::core

#endif  // TRATO_OFFER_PERMISSION_H_
