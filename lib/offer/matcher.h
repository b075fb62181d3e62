// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The next best offers of one customer. Every offer passes the stages in order,
// restriction, validity, eligibility, contact, value, and is dropped at the
// first that says no; what is left is ranked by affinity x value. Nothing is
// stored.
//
// Contact: an offer with a purpose needs the customer's consent to it; one
// without is direct marketing that needs none, and is dropped for who objected
// to that or is on a suppression list.

#ifndef TRATO_OFFER_MATCHER_H_
#define TRATO_OFFER_MATCHER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "customer/consent_ledger.h"
#include "insight/affinity.h"
#include "offer/catalogue.h"
#include "offer/coupon.h"
#include "offer/decision_log.h"

namespace trato::core {

enum class Stage : uint8_t {
  kNone,
  kRestriction,  // her data is not to be used
  kValidity,
  kEligibility,
  kContact,  // she has not consented, or objects
  kValue
};
std::string_view NameOf(Stage stage);

struct MatchCandidate {
  const Catalogue::Offer* offer = nullptr;
  Stage dropped_at = Stage::kNone;
  Affinity affinity;
  int64_t value_minor = 0;  // after the discount
  double score = 0;         // affinity x value, in minor units

  bool kept() const { return dropped_at == Stage::kNone; }
};

struct MatchContext {
  const World* world;
  const Catalogue* catalogue;
  const DecisionLog* decisions;
  const CouponBook* coupons;
  const ConsentLedger* consents;
  absl::TimeZone zone;
  Currency currency;  // scores compare in this one only
};

// Whether the customer may not be offered it, and by what; kNone: she may.
ConsentState RefusalOf(const MatchContext& context,
                       const Catalogue::Offer& offer, RecordNumber customer,
                       int64_t now_us);
// The same in words.
std::string WhyRefused(const Catalogue::Offer& offer, ConsentState refusal);

// All offers for the customer led by `customer`: the kept ones first, best
// first (ties by name), then the dropped ones by name.
std::vector<MatchCandidate> Match(const MatchContext& context,
                                  RecordNumber customer, int64_t now_us);

// The candidates for people and for the log, with why each was kept or dropped,
// in words. The best is chosen with probability 1.
std::vector<DecidedCandidate> DescribeCandidates(
    const MatchContext& context, const std::vector<MatchCandidate>& candidates,
    RecordNumber customer, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_OFFER_MATCHER_H_
