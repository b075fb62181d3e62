// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The policies in force: what limits contact, how offers are ranked, and what
// learns who takes which.

#ifndef TRATO_OFFER_POLICY_H_
#define TRATO_OFFER_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/calendar.h"
#include "base/interner.h"
#include "base/strings.h"
#include "offer/catalogue.h"
#include "offer/definitions.h"
#include "schema/schema.h"

namespace trato::core {

struct ContactPolicy {
  ContactPolicyDefinition definition;
  // Interned; 0: any.
  uint32_t channel = 0;
  uint32_t issue = 0;
  uint32_t group = 0;
  uint32_t offer = 0;
  std::optional<Span> within;
  uint32_t complaint = 0;  // a type of interaction; 0: does not matter
  uint64_t version = 0;

  bool IsFor(const Catalogue::Offer& it, uint32_t on_channel) const {
    return (channel == 0 || channel == on_channel) &&
           (issue == 0 || issue == it.issue) &&
           (group == 0 || group == it.group) &&
           (offer == 0 || offer == it.number);
  }
  bool has_cap() const { return definition.at_most.has_value(); }
  bool has_quiet_hours() const { return definition.quiet_from.has_value(); }
  bool has_holdout() const { return definition.holdout_basis_points > 0; }
};

class Policies {
 public:
  // The error names the policy and the field.
  static absl::Status Check(const PolicyDefinition& definition,
                            const Schema& schema);
  void Define(const PolicyDefinition& definition, Interner& names);
  bool Knows(const PolicyDefinition& definition) const;

  // In force, by name.
  const std::vector<ContactPolicy>& contact() const { return in_force_; }
  const ArbitrationDefinition& arbitration() const { return arbitration_; }
  // All that were defined, retired ones too, by name.
  const StringMap<ContactPolicyDefinition>& defined() const {
    return defined_;
  }
  // Learners, retired ones too, by name.
  const StringMap<LearningDefinition>& learnings() const { return learnings_; }
  // Counts what changed those.
  uint64_t learning_changes() const { return learning_changes_; }
  // INVALID_ARGUMENT, NOT_FOUND with the nearest known name.
  absl::StatusOr<const LearningDefinition*> FindLearning(
      std::string_view name) const;
  absl::StatusOr<const ContactPolicyDefinition*> Find(
      std::string_view name) const;
  bool has_arbitration() const { return has_arbitration_; }

 private:
  StringMap<ContactPolicyDefinition> defined_;
  std::vector<ContactPolicy> in_force_;
  ArbitrationDefinition arbitration_;
  bool has_arbitration_ = false;
  StringMap<LearningDefinition> learnings_;
  uint64_t learning_changes_ = 0;
};

// Without offers and needs.
LearnerDefinition ToLearner(const LearningDefinition& it);
// Of a logistic one: what a customer may be.
size_t FeaturesOf(const LearningDefinition& it);

// The end of the quiet hours that now_us lies in, by a clock in `zone`; nothing
// outside of them. They may go over midnight.
std::optional<int64_t> QuietUntil(const ContactPolicyDefinition& policy,
                                  int64_t now_us, absl::TimeZone zone);

}  // namespace trato::core

#endif  // TRATO_OFFER_POLICY_H_
