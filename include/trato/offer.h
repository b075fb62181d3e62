// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Offers, decisions and permits of the C++20 core. trato.h says what each means.

#ifndef TRATO_OFFER_H_
#define TRATO_OFFER_H_

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trato::core {

using IdBytes = std::array<uint8_t, 16>;

struct OfferVariantInput {
  std::string_view channel;
  std::string_view title;
  std::string_view content;
};

struct OfferInput {
  static constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

  std::string_view name;
  std::string_view title;
  std::vector<std::string_view> products;
  std::string_view currency;
  int64_t value_minor = 0;
  int64_t discount_minor = 0;
  uint32_t discount_basis_points = 0;
  std::string_view eligibility;
  int64_t valid_from_us = std::numeric_limits<int64_t>::min();
  int64_t valid_until_us = std::numeric_limits<int64_t>::max();
  std::string_view coupon_span;
  std::string_view purpose;
  std::string_view channel;
  std::string_view issue;
  std::string_view group;
  std::vector<std::string_view> categories;
  std::vector<std::string_view> needs;
  std::string_view applicability;
  std::string_view suitability;
  std::string_view context;
  int64_t cost_minor = 0;
  int64_t benefit_minor = 0;
  double lever = 1;
  int64_t stock = kUnlimited;
  int64_t budget_minor = kUnlimited;
  std::string_view respond_within;
  std::vector<OfferVariantInput> variants;
};

struct PolicyInput {
  std::string_view name;
  std::string_view channel;
  std::string_view issue;
  std::string_view group;
  std::string_view offer;
  std::optional<uint32_t> at_most;
  std::string_view within;
  std::optional<uint32_t> quiet_from;
  std::optional<uint32_t> quiet_until;
  uint32_t holdout_basis_points = 0;
  std::string_view open_complaint;
  bool retired = false;
};

struct ArbitrationInput {
  double benefit_weight = 0.25;
  double exploration = 0;
  uint32_t per_issue = 0;
  uint32_t per_group = 0;
  double pacing = 0;
};

struct ProductInput {
  std::string_view id;
  std::string_view name;
  std::string_view category;
  std::vector<std::string_view> substitutes;
};

struct MatchResult {
  std::string_view offer;    // lives as long as the store object
  std::string_view channel;  // empty: wherever
  double score = 0;
  double affinity = 0;
  int64_t value_minor = 0;
  std::string_view currency;
};

struct DecideInput {
  std::string_view channel;       // empty: any
  std::string_view conversation;  // may be empty
};

struct DecisionResult {
  IdBytes id{};
  double probability = 0;
  std::optional<MatchResult> match;
};

// A decision that was made elsewhere.
struct PastDecisionInput {
  std::string_view customer;
  std::string_view offer;
  std::string_view channel;       // empty: not said
  std::string_view conversation;  // may be empty
  std::string_view key;
  int64_t at_us = std::numeric_limits<int64_t>::min();  // kAtNow
  double score = 0;
  double probability = 1;
};

struct OutcomeInput {
  uint32_t kind = 0;
  int64_t at_us = std::numeric_limits<int64_t>::min();  // kAtNow
  IdBytes decision{};  // zeros: by conversation
  std::string_view key;
  std::string_view conversation;
  std::optional<IdBytes> interaction;
};

struct PermitInput {
  std::string_view channel;  // empty: the decision's
  std::string_view purpose;  // empty: the offer's
  std::string_view offer;    // empty: the decision's, or none
  std::optional<IdBytes> decision;
  std::string_view lasts;  // a span; empty: a day
};

struct PermitResult {
  IdBytes id{};
  int64_t deadline_us = 0;
  std::string address;
};

struct PurchaseLinkInput {
  IdBytes purchase{};
  std::optional<IdBytes> decision;  // none: it came of none
  std::string_view reason;
  std::string_view key;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_H_
