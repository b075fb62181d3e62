// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 19 of trato.h: what another policy would have brought, and what is
// proved to have come of a treatment.

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "capi/columns.h"
#include "capi/support.h"
#include "codec/choices_csv.h"
#include "codec/proof_answers.h"
#include "columnar/choice_input.h"
#include "engine/store_proof.h"
#include "experiment/comparison.h"
#include "experiment/policy_value.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::LoggedChoices;

namespace {

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ColumnsOf(
    const trato_evaluation_options* options) {
  if (options == nullptr) {
    return std::vector<std::pair<std::string, std::string>>();
  }
  TRATO_ASSIGN_OR_RETURN(const trato_evaluation_options it,
                         ReadStruct(options, "options"));
  if (it.reserved0 != 0) {
    return absl::UnimplementedError("options.reserved0 is not 0");
  }
  return ToColumns(it.columns, it.column_count, "options");
}

absl::Status GiveValue(const LoggedChoices& log, trato_buf* out_json) {
  TRATO_ASSIGN_OR_RETURN(const trato::core::PolicyValue value,
                         trato::core::ValuePolicy(log));
  return MoveInto(trato::core::PolicyValueJson(value), out_json);
}

absl::StatusOr<trato::core::TargetQuestion> ToQuestion(
    const trato_target& it) {
  if (it.reserved0 != 0) {
    return absl::UnimplementedError("target.reserved0 is not 0");
  }
  if (it.policy >= static_cast<uint32_t>(trato::core::kTargetKinds)) {
    return absl::InvalidArgumentError(
        StrCat("target.policy: ", it.policy, " is none of those in trato.h"));
  }
  if (it.reward > TRATO_REWARD_VALUE) {
    return absl::InvalidArgumentError(
        StrCat("target.reward: ", it.reward, " is none of those in trato.h"));
  }
  trato::core::TargetQuestion question;
  question.kind = static_cast<trato::core::TargetKind>(it.policy);
  question.exploration = it.exploration;
  question.of_value = it.reward == TRATO_REWARD_VALUE;
  question.since_us = it.since_us;
  question.until_us = it.until_us;
  TRATO_ASSIGN_OR_RETURN(
      question.offers, ToTexts(it.offers, it.offer_count, "target.offers"));
  return question;
}

absl::Status CheckArm(const trato_arm& arm, bool yes_or_no,
                      const std::string& where) {
  if (arm.count < 0) {
    return absl::InvalidArgumentError(StrCat(where, ".count is below 0"));
  }
  if (!std::isfinite(arm.sum) || !std::isfinite(arm.sum_squares)) {
    return absl::InvalidArgumentError(
        StrCat(where, ".sum or sum_squares is not a finite number"));
  }
  if (!(arm.share >= 0 && std::isfinite(arm.share))) {
    return absl::InvalidArgumentError(StrCat(where, ".share is below 0"));
  }
  const auto count = static_cast<double>(arm.count);
  if (yes_or_no) {
    if (arm.sum >= 0 && arm.sum <= count && arm.sum == std::floor(arm.sum)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        StrCat(where, ".sum is no number of customers from 0 to count"));
  }
  // By Cauchy and Schwarz, but for rounding.
  if (arm.sum_squares * count * (1 + 1e-9) < arm.sum * arm.sum) {
    return absl::InvalidArgumentError(
        StrCat(where, ".sum_squares is too small for the sum"));
  }
  return absl::OkStatus();
}

// Without shares each arm should get as many.
absl::Status CheckShares(std::vector<double>& shares) {
  const auto given = std::count_if(shares.begin(), shares.end(),
                                   [](double share) { return share > 0; });
  if (given == 0) {
    std::fill(shares.begin(), shares.end(), 1);
  } else if (static_cast<size_t>(given) < shares.size()) {
    return absl::InvalidArgumentError(
        "arms: some have a share, and some have none");
  }
  return absl::OkStatus();
}

absl::StatusOr<trato::core::ComparisonTerms> ToTerms(
    const trato_experiment_options* options) {
  trato_experiment_options it = TRATO_EXPERIMENT_OPTIONS_INIT;
  if (options != nullptr) {
    TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
  }
  if (it.yes_or_no > 1) {
    return absl::InvalidArgumentError("options.yes_or_no is neither 0 nor 1");
  }
  if (!(it.level >= 1e-9 && it.level <= 0.5)) {
    return absl::InvalidArgumentError("options.level is not from 1e-9 to 0.5");
  }
  if (it.planned < 1) {
    return absl::InvalidArgumentError("options.planned is below 1");
  }
  return trato::core::ComparisonTerms{it.yes_or_no == 1, it.level, it.planned};
}

}  // namespace

extern "C" {

trato_status trato_decisions_evaluate(const trato_store* store,
                                      const trato_target* target,
                                      int64_t now_us, trato_buf* out_json,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const trato::core::Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const trato_target it,
                           ReadStruct(target, "target"));
    TRATO_ASSIGN_OR_RETURN(const auto question, ToQuestion(it));
    return MoveInto(trato::core::EvaluateDecisions(*core, question, now_us),
                    out_json);
  });
}

trato_status trato_offer_effects(const trato_store* store, trato_str offer,
                                 trato_str within, int64_t since_us,
                                 int64_t until_us, int64_t planned,
                                 int64_t now_us, trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const trato::core::Store* core, Unwrap(store));
    trato::core::EffectQuestion question;
    TRATO_ASSIGN_OR_RETURN(question.offer, ToText(offer, "offer"));
    TRATO_ASSIGN_OR_RETURN(question.within, ToText(within, "within"));
    question.since_us = since_us;
    question.until_us = until_us;
    question.planned = planned;
    return MoveInto(trato::core::OfferEffects(*core, question, now_us),
                    out_json);
  });
}

trato_status trato_experiment_compare(const trato_arm* arms, size_t arm_count,
                                      const trato_experiment_options* options,
                                      trato_buf* out_json,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    TRATO_ASSIGN_OR_RETURN(const auto terms, ToTerms(options));
    constexpr size_t kMaxArms = 1000;
    if (arm_count < 2 || arm_count > kMaxArms) {
      return absl::InvalidArgumentError(
          StrCat("arms: 2 to ", kMaxArms, " are needed"));
    }
    TRATO_RETURN_IF_ERROR(CheckSet(arms, "arms"));
    std::vector<std::string_view> names;
    std::vector<trato::core::ArmSums> sums;
    std::vector<double> shares;
    for (size_t i = 0; i < arm_count; ++i) {
      const std::string where = StrCat("arms[", i, "]");
      TRATO_ASSIGN_OR_RETURN(names.emplace_back(),
                             ToText(arms[i].name, StrCat(where, ".name")));
      TRATO_RETURN_IF_ERROR(CheckArm(arms[i], terms.yes_or_no, where));
      sums.push_back({arms[i].count, arms[i].sum, arms[i].sum_squares});
      shares.push_back(arms[i].share);
    }
    TRATO_RETURN_IF_ERROR(CheckShares(shares));
    return MoveInto(
        trato::core::ExperimentJson(
            names, sums, terms,
            trato::core::CompareWithFirst(sums, shares, terms)),
        out_json);
  });
}

trato_status trato_evaluation_table(ArrowArrayStream* stream,
                                    const trato_evaluation_options* options,
                                    trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    const StreamOwner owner(stream);
    TRATO_RETURN_IF_ERROR(CheckSet(stream, "stream"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    TRATO_ASSIGN_OR_RETURN(const auto columns, ColumnsOf(options));
    TRATO_ASSIGN_OR_RETURN(const LoggedChoices log,
                           trato::core::ReadChoices(stream, columns));
    return GiveValue(log, out_json);
  });
}

trato_status trato_evaluation_csv(trato_read_fn read, void* read_context,
                                  const trato_evaluation_options* options,
                                  trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    if (read == nullptr) return absl::InvalidArgumentError("read is NULL");
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    TRATO_ASSIGN_OR_RETURN(const auto columns, ColumnsOf(options));
    TRATO_ASSIGN_OR_RETURN(
        const LoggedChoices log,
        trato::core::ReadChoicesCsv(
            [&](char* buffer, size_t capacity) {
              return read(read_context, buffer, capacity);
            },
            columns));
    return GiveValue(log, out_json);
  });
}

}  // extern "C"
