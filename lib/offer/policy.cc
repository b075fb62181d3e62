// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/policy.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "insight/response_rate.h"

namespace trato::core {
namespace {

constexpr uint32_t kMinutes = 24 * 60;

absl::Status CheckFields(const ContactPolicyDefinition& it,
                         const Schema& schema) {
  TRATO_RETURN_IF_ERROR(schema.CheckChannel("channel", it.channel));
  for (const auto& [field, label] :
       {std::pair("issue", &it.issue), std::pair("group", &it.group),
        std::pair("offer", &it.offer)}) {
    if (!label->empty()) TRATO_RETURN_IF_ERROR(CheckLabel(field, *label));
  }
  if (it.at_most.has_value() != !it.within.empty()) {
    return absl::InvalidArgumentError(
        it.within.empty() ? "within is missing: at most so many in what span?"
                          : "at_most is missing: how many within that span?");
  }
  if (!it.within.empty()) {
    TRATO_RETURN_IF_ERROR(
        Prefixed(ParseSpan(it.within).status(), "within: "));
  }
  if (it.quiet_from.has_value() != it.quiet_until.has_value()) {
    return absl::InvalidArgumentError(
        "quiet_from and quiet_until come together");
  }
  if (it.quiet_from &&
      (*it.quiet_from >= kMinutes || *it.quiet_until >= kMinutes ||
       *it.quiet_from == *it.quiet_until)) {
    return absl::InvalidArgumentError(
        "quiet_from and quiet_until are two different minutes of a day, 0 to "
        "1439");
  }
  if (it.holdout_basis_points > 10000) {
    return absl::InvalidArgumentError(
        "holdout_basis_points is above 10000, which is everybody");
  }
  if (!it.open_complaint.empty()) {
    TRATO_RETURN_IF_ERROR(
        schema.CheckInteractionType("open_complaint", it.open_complaint));
  }
  if (!it.at_most && !it.quiet_from && it.holdout_basis_points == 0 &&
      it.open_complaint.empty() && !it.retired) {
    return absl::InvalidArgumentError(
        "it limits nothing: at_most, quiet_from, holdout_basis_points or "
        "open_complaint is needed");
  }
  return absl::OkStatus();
}

absl::Status CheckFields(const ArbitrationDefinition& it) {
  if (it.name != "default") {
    return absl::InvalidArgumentError("name: there is one, 'default'");
  }
  if (!(it.benefit_weight >= 0 && it.benefit_weight <= 1000)) {
    return absl::InvalidArgumentError(
        "benefit_weight is not between 0 and 1000");
  }
  if (!(it.exploration >= 0 && it.exploration <= 1)) {
    return absl::InvalidArgumentError("exploration is not between 0 and 1");
  }
  if (!(it.pacing >= 0 && it.pacing <= 1000)) {
    return absl::InvalidArgumentError("pacing is not between 0 and 1000");
  }
  return absl::OkStatus();
}

constexpr size_t kMaxLearningSegments = kMaxFeatures;

// What was not found by a refit is refused, so that whoever asks may rely on it.
absl::Status CheckModel(const LearningDefinition& it) {
  if (it.policy != LearnerPolicy::kLogistic) {
    return absl::InvalidArgumentError("model: only a logistic learner has one");
  }
  const LogisticModel& model = *it.model;
  bool is_sound = !model.offers.empty() && model.offers.front().offer.empty() &&
                  model.offers.size() <= kMaxOffers + 1;
  for (size_t i = 0; is_sound && i < model.offers.size(); ++i) {
    const LogisticWeights& of = model.offers[i];
    is_sound = (i == 0 || model.offers[i - 1].offer < of.offer) &&
               of.weights.size() == FeaturesOf(it) + 1;
    for (const LogisticWeight& weight : of.weights) {
      is_sound = is_sound && std::isfinite(weight.mean) &&
                 weight.precision >= 1 && std::isfinite(weight.precision);
    }
  }
  if (is_sound) return absl::OkStatus();
  return absl::InvalidArgumentError("model: no refit makes such a one");
}

absl::Status CheckFields(const LearningDefinition& it) {
  for (const auto& [field, label] :
       {std::pair("issue", &it.issue), std::pair("group", &it.group),
        std::pair("offer", &it.offer)}) {
    if (!label->empty()) TRATO_RETURN_IF_ERROR(CheckLabel(field, *label));
  }
  if (it.segments.size() > kMaxLearningSegments) {
    return absl::InvalidArgumentError(
        StrCat("segments are more than ", kMaxLearningSegments));
  }
  for (size_t i = 0; i < it.segments.size(); ++i) {
    TRATO_RETURN_IF_ERROR(
        CheckLabel(StrCat("segments[", i, "]"), it.segments[i]));
    if (std::find(it.segments.begin(), it.segments.begin() + i,
                  it.segments[i]) != it.segments.begin() + i) {
      return absl::InvalidArgumentError(
          StrCat("segments[", i, "] is there twice"));
    }
  }
  if (it.model) TRATO_RETURN_IF_ERROR(CheckModel(it));
  return CheckLearner(ToLearner(it));
}

}  // namespace

size_t FeaturesOf(const LearningDefinition& it) {
  return it.segments.empty() ? size_t{kSimilarKinds} : it.segments.size();
}

LearnerDefinition ToLearner(const LearningDefinition& it) {
  LearnerDefinition learner;
  // What is told of its answers are counts, whatever it believes.
  learner.policy = it.policy == LearnerPolicy::kLogistic
                       ? LearnerPolicy::kAffinity
                       : it.policy;
  learner.floor = it.floor;
  learner.without_floor = it.without_floor;
  learner.prior_rate = it.prior_rate;
  learner.customer_weight = it.customer_weight;
  learner.exploration = it.exploration;
  learner.gamma = it.gamma;
  learner.half_life_us = it.half_life_us;
  return learner;
}

absl::Status Policies::Check(const PolicyDefinition& definition,
                             const Schema& schema) {
  if (const auto* it = std::get_if<ArbitrationDefinition>(&definition)) {
    return Prefixed(CheckFields(*it), "arbitration: ");
  }
  if (const auto* it = std::get_if<LearningDefinition>(&definition)) {
    TRATO_RETURN_IF_ERROR(CheckLabel("learner", it->name));
    return Prefixed(CheckFields(*it), StrCat("learner '", it->name, "': "));
  }
  const auto& it = std::get<ContactPolicyDefinition>(definition);
  TRATO_RETURN_IF_ERROR(CheckLabel("policy", it.name));
  return Prefixed(CheckFields(it, schema), StrCat("policy '", it.name, "': "));
}

void Policies::Define(const PolicyDefinition& definition, Interner& names) {
  if (const auto* it = std::get_if<ArbitrationDefinition>(&definition)) {
    arbitration_ = *it;
    has_arbitration_ = true;
    return;
  }
  if (const auto* it = std::get_if<LearningDefinition>(&definition)) {
    learnings_[it->name] = *it;
    // What decisions will name must have a number before.
    for (const std::string& segment : it->segments) names.Add(segment);
    ++learning_changes_;
    return;
  }
  const auto& it = std::get<ContactPolicyDefinition>(definition);
  defined_[it.name] = it;
  in_force_.clear();
  for (const auto& [name, policy] : defined_) {
    if (policy.retired) continue;
    const auto number = [&](std::string_view text) {
      return text.empty() ? 0 : names.Add(text);
    };
    ContactPolicy& added = in_force_.emplace_back();
    added.definition = policy;
    added.channel = number(policy.channel);
    added.issue = number(policy.issue);
    added.group = number(policy.group);
    added.offer = number(policy.offer);
    added.complaint = number(policy.open_complaint);
    if (!policy.within.empty()) {
      if (auto span = ParseSpan(policy.within); span.ok()) {
        added.within = *span;
      }
    }
  }
}

bool Policies::Knows(const PolicyDefinition& definition) const {
  if (const auto* it = std::get_if<ArbitrationDefinition>(&definition)) {
    return has_arbitration_ && arbitration_ == *it;
  }
  if (const auto* it = std::get_if<LearningDefinition>(&definition)) {
    const auto known = learnings_.find(it->name);
    return known != learnings_.end() && known->second == *it;
  }
  const auto& it = std::get<ContactPolicyDefinition>(definition);
  const auto known = defined_.find(it.name);
  return known != defined_.end() && known->second == it;
}

absl::StatusOr<const ContactPolicyDefinition*> Policies::Find(
    std::string_view name) const {
  const auto found = defined_.find(name);
  if (found != defined_.end()) return &found->second;
  TRATO_RETURN_IF_ERROR(CheckLabel("policy", name));
  std::vector<std::string_view> known;
  for (const auto& [other, policy] : defined_) known.push_back(other);
  return absl::NotFoundError(
      StrCat("policy '", name, "' is not defined", DidYouMean(name, known)));
}

absl::StatusOr<const LearningDefinition*> Policies::FindLearning(
    std::string_view name) const {
  const auto found = learnings_.find(name);
  if (found != learnings_.end()) return &found->second;
  TRATO_RETURN_IF_ERROR(CheckLabel("learner", name));
  std::vector<std::string_view> known;
  for (const auto& [other, learning] : learnings_) known.push_back(other);
  return absl::NotFoundError(
      StrCat("learner '", name, "' is not defined", DidYouMean(name, known)));
}

std::optional<int64_t> QuietUntil(const ContactPolicyDefinition& policy,
                                  int64_t now_us, absl::TimeZone zone) {
  if (!policy.quiet_from) return std::nullopt;
  const absl::TimeZone::CivilInfo at = zone.At(absl::FromUnixMicros(now_us));
  const auto minute =
      static_cast<uint32_t>(at.cs.hour() * 60 + at.cs.minute());
  const uint32_t from = *policy.quiet_from;
  const uint32_t until = *policy.quiet_until;
  const bool is_quiet = from < until ? minute >= from && minute < until
                                     : minute >= from || minute < until;
  if (!is_quiet) return std::nullopt;
  const bool is_tomorrow = minute >= until;
  const absl::CivilDay day = absl::CivilDay(at.cs) + (is_tomorrow ? 1 : 0);
  const absl::CivilSecond end = absl::CivilSecond(day) +
                                static_cast<absl::civil_diff_t>(until) * 60;
  // A time that a change of clocks skips is the first one after it; of one that
  // comes twice the first.
  const auto info = zone.At(end);
  const int64_t us = absl::ToUnixMicros(
      info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre);
  // Where clocks went back the hour may have come before already; where they
  // went forward the time between may not come at all that day.
  int64_t end_us = us > now_us ? us : absl::ToUnixMicros(info.post);
  // A change of clocks before then may lead out of the quiet hours.
  absl::TimeZone::CivilTransition change;
  if (zone.NextTransition(absl::FromUnixMicros(now_us), &change)) {
    auto moment = zone.At(change.from);
    if (moment.kind == absl::TimeZone::TimeInfo::UNIQUE) {
      moment = zone.At(change.to);
    }
    const int64_t change_us = absl::ToUnixMicros(moment.trans);
    if (moment.kind != absl::TimeZone::TimeInfo::UNIQUE && change_us > now_us) {
      end_us = std::min(end_us, change_us);
    }
  }
  return QuietUntil(policy, end_us, zone).value_or(end_us);
}

}  // namespace trato::core
