// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/definitions.h"

#include <cmath>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "base/strings.h"

namespace trato::core {
namespace {

absl::Status Wrong(std::string_view what) {
  return absl::InvalidArgumentError(StrCat("definition.", what));
}

bool Within(double value, double least, double most) {
  return value >= least && value <= most;  // NaN is not
}

absl::Status CheckFloor(const LearnerDefinition& it) {
  if (it.without_floor) {
    return it.floor == 0 ? absl::OkStatus()
                         : Wrong("without_floor contradicts a floor above 0");
  }
  if (Within(it.floor, kLeastFloor, 1)) return absl::OkStatus();
  return Wrong(
      "floor is not between 0.01 and 1; to go without, set without_floor and "
      "a floor of 0");
}

absl::Status CheckNeeds(const LearnerDefinition& it) {
  if (it.needs.size() > kMaxNeeds) return Wrong("needs are more than 65535");
  absl::flat_hash_set<std::string_view> names;
  std::vector<size_t> depth;
  for (size_t i = 0; i < it.needs.size(); ++i) {
    const LearnerNeed& need = it.needs[i];
    if (need.name.empty()) return Wrong(StrCat("needs[", i, "].name is empty"));
    if (need.name.size() > kMaxLearnerName) {
      return Wrong(StrCat("needs[", i, "].name is longer than 128 bytes"));
    }
    if (!names.insert(need.name).second) {
      return Wrong(StrCat("needs[", i, "].name is there twice"));
    }
    if (need.parent != kNoNeed && need.parent >= i) {
      return Wrong(StrCat("needs[", i, "].parent is not before it"));
    }
    depth.push_back(need.parent == kNoNeed ? 1 : depth[need.parent] + 1);
    if (depth.back() > kMaxNeedDepth) {
      return Wrong(StrCat("needs[", i, "].parent is 8 levels deep already"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNumbers(const LearnerDefinition& it) {
  if (!Within(it.prior_rate, 1e-6, 1 - 1e-6)) {
    return Wrong("prior_rate is not between 0 and 1");
  }
  if (it.customer_weight != 0 && !Within(it.customer_weight, 0.1, 1e6)) {
    return Wrong("customer_weight is not between 0.1 and 1000000, nor 0");
  }
  if (!Within(it.exploration, 0.01, 100)) {
    return Wrong("exploration is not between 0.01 and 100");
  }
  if (!Within(it.gamma, 0, 1e12)) return Wrong("gamma is below 0");
  if (it.half_life_us != 0 && it.half_life_us < kLeastHalfLifeUs) {
    return Wrong("half_life_us is less than a week");
  }
  if (it.context > kMaxContext) return Wrong("context is above 256");
  if (it.context > 0 && it.policy != LearnerPolicy::kLogistic) {
    return Wrong("context is only used by a logistic learner");
  }
  return absl::OkStatus();
}

}  // namespace

const char* NameOf(LearnerPolicy policy) {
  static constexpr const char* kNames[] = {"affinity", "logistic", "squarecb",
                                           "fixed", "random"};
  return kNames[static_cast<size_t>(policy)];
}

absl::Status CheckOffer(const LearnerDefinition& definition,
                        const LearnerOffer& offer, size_t number) {
  if (number >= kMaxOffers) return Wrong("offers are more than 65535");
  if (offer.name.empty()) {
    return Wrong(StrCat("offers[", number, "].name is empty"));
  }
  if (offer.name.size() > kMaxLearnerName) {
    return Wrong(StrCat("offers[", number, "].name is longer than 128 bytes"));
  }
  if (offer.need != kNoNeed && offer.need >= definition.needs.size()) {
    return Wrong(StrCat("offers[", number, "].need is not among the needs"));
  }
  return absl::OkStatus();
}

absl::Status CheckLearner(const LearnerDefinition& definition) {
  if (static_cast<uint32_t>(definition.policy) >= kLearnerPolicies) {
    return Wrong("policy is none");
  }
  TRATO_RETURN_IF_ERROR(CheckFloor(definition));
  TRATO_RETURN_IF_ERROR(CheckNumbers(definition));
  TRATO_RETURN_IF_ERROR(CheckNeeds(definition));
  absl::flat_hash_set<std::string_view> names;
  for (size_t i = 0; i < definition.offers.size(); ++i) {
    TRATO_RETURN_IF_ERROR(CheckOffer(definition, definition.offers[i], i));
    if (!names.insert(definition.offers[i].name).second) {
      return Wrong(StrCat("offers[", i, "].name is there twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace trato::core
