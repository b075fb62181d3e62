// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What proves that a treatment works, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_PROOF_ANSWERS_H_
#define TRATO_CODEC_PROOF_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/offer_answers.h"
#include "experiment/comparison.h"
#include "experiment/policy_value.h"

namespace trato::core {

// What a policy would have brought, by a table.
std::string PolicyValueJson(const PolicyValue& value);

// The same by a store's decisions.
struct DecisionsValue {
  PolicyValue value;
  std::string policy;  // in words
  bool of_value = false;
  std::optional<int64_t> since_us;
  int64_t until_us = 0;
  int64_t decisions = 0;
  // Of these, left out.
  int64_t elsewhere = 0;
  int64_t pending = 0;
  int64_t empty = 0;
};
std::string DecisionsValueJson(const Model& model, const DecisionsValue& it);

// The arms of an experiment, by name, against the first one.
std::string ExperimentJson(std::span<const std::string_view> names,
                           std::span<const ArmSums> arms,
                           const ComparisonTerms& terms,
                           const ExperimentResult& result);

// What an offer sold beyond those who were left out of it.
struct OfferEffect {
  const Catalogue::Offer* offer = nullptr;
  int64_t decided = 0;
  HoldoutReport groups;  // of no policy: there is no hold-out
  int64_t attributed_customers = 0;
  int64_t attributed_answers = 0;
  int64_t attributed_minor = 0;
};
struct OfferEffectsReport {
  int64_t since_us = 0;
  int64_t until_us = 0;
  int64_t planned = kUsualPlan;
  std::vector<OfferEffect> offers;
};
std::string OfferEffectsJson(const Model& model,
                             const OfferEffectsReport& report);

}  // namespace trato::core

#endif  // TRATO_CODEC_PROOF_ANSWERS_H_
