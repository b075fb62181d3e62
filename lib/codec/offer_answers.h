// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Offers, decisions, permits and what came of them, as JSON.

#ifndef TRATO_CODEC_OFFER_ANSWERS_H_
#define TRATO_CODEC_OFFER_ANSWERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "codec/answers.h"
#include "experiment/comparison.h"
#include "offer/obstacles.h"
#include "offer/trace.h"

namespace trato::core {

// What a match made of every offer.
std::string ExplainJson(const Model& model, RecordNumber customer,
                        const std::vector<TracedOffer>& offers,
                        int64_t now_us);
std::string WhyNotJson(const Model& model, RecordNumber customer,
                       const Catalogue::Offer& offer, const WhyNot& why,
                       int64_t now_us);
std::string OfferReportJson(const Model& model, int64_t now_us);
// The offers with all that is defined of them, and the versions of each.
std::string OfferListJson(const Model& model, bool with_history);
std::string PolicyListJson(const Model& model);

// How a decision compares with what is worked out anew.
enum class Replayed { kNotTried, kSame, kOther };
// `traced` is the match as it was then, empty where nobody asked.
std::string DecisionJson(const Model& model, const Decision& decision,
                         const std::vector<TracedOffer>& traced = {},
                         Replayed replayed = Replayed::kNotTried);
std::string PermitJson(const Model& model, const Permit& permit,
                       int64_t now_us);

// What a replay of decisions found.
struct ReplayReport {
  uint64_t decisions = 0;
  uint64_t same = 0;
  uint64_t folded = 0;  // for which the store had to be folded as it was
  struct Difference {
    FactId decision;
    std::string what;
  };
  std::vector<Difference> differences;  // the first of them
};
std::string ReplayJson(const ReplayReport& report);

// What a hold-out says of the offers that it is about.
struct HoldoutReport {
  std::string policy;
  int64_t since_us = 0;
  int64_t until_us = 0;
  struct Group {
    int64_t customers = 0;
    int64_t buyers = 0;
    int64_t purchases = 0;
    int64_t amount_minor = 0;  // of the offers' products, in the store's money
    ArmSums amounts;           // the same, by customer

    // How many bought, as sums.
    ArmSums sums() const {
      const auto all = static_cast<double>(buyers);
      return {customers, all, all};
    }
  };
  Group offered;
  Group held_out;
  int64_t mixed = 0;  // customers who were both, through a link
  double held_out_share = 0;  // that the policy has now

  SampleRatio ratio() const;
};
std::string HoldoutJson(const Model& model, const HoldoutReport& report);

// What was done with the purchases of a period.
struct LinkedPurchases {
  uint64_t purchases = 0;
  uint64_t known = 0;  // of which something was said already
  uint64_t linked = 0;
  uint64_t organic = 0;
};
std::string LinkedPurchasesJson(const LinkedPurchases& report);

}  // namespace trato::core

#endif  // TRATO_CODEC_OFFER_ANSWERS_H_
