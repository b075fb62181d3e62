// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a host defines of offers: the offers themselves, the policies that limit
// contact, how what is left is ranked, and what learns who takes which.

#ifndef TRATO_OFFER_DEFINITIONS_H_
#define TRATO_OFFER_DEFINITIONS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/money.h"
#include "learning/definitions.h"
#include "learning/logistic_model.h"

namespace trato::core {

inline constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

// An offer as it is made on one channel.
struct OfferVariant {
  std::string channel;
  std::string title;    // empty: the offer's
  std::string content;  // a text, or the name of a template of the host's

  bool operator==(const OfferVariant&) const = default;
};

struct OfferDefinition {
  std::string name;
  std::string title;  // for people; empty: the name
  std::vector<std::string> products;
  Currency currency;
  int64_t value_minor = 0;     // worth to the firm when taken
  int64_t discount_minor = 0;  // money off, or
  uint32_t discount_basis_points = 0;
  std::string eligibility;  // empty: everybody
  int64_t valid_from_us = kAlways;
  int64_t valid_until_us = kForEver;  // exclusive
  std::string coupon_span;            // empty: no deadline
  std::string purpose{};  // that consent is needed for; empty: none is
  std::string channel{};  // on which; empty: any one will do

  std::string issue{};
  std::string group{};
  std::vector<std::string> categories{};  // of products, with all below them
  std::vector<std::string> needs{};
  std::string applicability{};  // whether it makes sense now
  std::string suitability{};    // whether it does her good
  std::string context{};        // worth a number; empty: 1
  int64_t cost_minor = 0;       // of making it once
  int64_t benefit_minor = 0;    // worth to her, beside the discount
  double lever = 1;
  int64_t stock = kUnlimited;
  int64_t budget_minor = kUnlimited;
  std::string respond_within{};  // empty: for ever
  std::vector<OfferVariant> variants{};

  bool operator==(const OfferDefinition&) const = default;
};

struct ContactPolicyDefinition {
  std::string name;
  // What it is for; empty: all.
  std::string channel{};
  std::string issue{};
  std::string group{};
  std::string offer{};
  std::optional<uint32_t> at_most{};  // contacts
  std::string within{};               // in any window of this span
  // Minutes of the customer's day.
  std::optional<uint32_t> quiet_from{};
  std::optional<uint32_t> quiet_until{};  // exclusive
  uint32_t holdout_basis_points = 0;
  std::string open_complaint{};  // a type of interaction
  bool retired = false;

  bool operator==(const ContactPolicyDefinition&) const = default;
};

struct ArbitrationDefinition {
  std::string name = "default";
  double benefit_weight = 0.25;
  double exploration = 0;  // share of decisions that are drawn evenly
  uint32_t per_issue = 0;  // at most, in one answer; 0: any number
  uint32_t per_group = 0;
  double pacing = 0;  // of prices for budgets and stock; 0: there are none

  bool operator==(const ArbitrationDefinition&) const = default;
};

// A learner that serves offers: how likely somebody takes one of them, and which
// one is chosen, follows from the answers. learning/definitions.h says what the
// numbers mean.
struct LearningDefinition {
  std::string name;
  // Of the offers; empty: all. Where several learners would serve one, the most
  // particular does: by offer, by group, by issue, then by name.
  std::string issue{};
  std::string group{};
  std::string offer{};
  // Who is alike; the first that she is in. Empty: who bought as often of what
  // is offered, never, once, or more.
  std::vector<std::string> segments{};
  LearnerPolicy policy = LearnerPolicy::kAffinity;
  double floor = kLeastFloor;
  bool without_floor = false;
  double prior_rate = 0.05;
  double customer_weight = 0;
  double exploration = 0.15;
  double gamma = 1000;
  int64_t half_life_us = 0;
  bool retired = false;
  // Of kLogistic, the edition of a refit; its features are the segments. None: it
  // has learned nothing yet.
  std::optional<LogisticModel> model{};

  bool operator==(const LearningDefinition&) const = default;
};

using PolicyDefinition = std::variant<ContactPolicyDefinition,
                                      ArbitrationDefinition, LearningDefinition>;

}  // namespace trato::core

#endif  // TRATO_OFFER_DEFINITIONS_H_
