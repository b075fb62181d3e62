// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/edition_check.h"

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

absl::Status CheckNames(std::string_view field,
                        const std::vector<std::string>& types,
                        const Schema& schema) {
  for (size_t i = 0; i < types.size(); ++i) {
    TRATO_RETURN_IF_ERROR(
        schema.CheckInteractionType(StrCat(field, "[", i, "]"), types[i]));
  }
  return absl::OkStatus();
}

absl::Status CheckModel(std::string_view field, const FittedModel& model,
                        bool of_spend) {
  if (of_spend != (model.kind == ValueModelKind::kGammaGamma) ||
      model.kind == ValueModelKind::kBgBb) {
    return absl::InvalidArgumentError(StrCat(field, " is of no such model"));
  }
  if (model.count != (of_spend ? 3u : 4u)) {
    return absl::InvalidArgumentError(
        StrCat(field, " has not the parameters of its model"));
  }
  for (size_t i = 0; i < model.count; ++i) {
    const double least = of_spend && i == 1 ? 1 : 0;
    if (!std::isfinite(model.value[i]) || !(model.value[i] > least)) {
      return absl::InvalidArgumentError(
          StrCat(field, ": ", ParameterName(model.kind, i), " is not above ",
                 of_spend && i == 1 ? 1 : 0));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckEdition(const ValueEdition& it, const Schema& schema) {
  if (it.types.empty()) {
    return absl::InvalidArgumentError("edition: types is empty");
  }
  TRATO_RETURN_IF_ERROR(CheckNames("edition: types", it.types, schema));
  TRATO_RETURN_IF_ERROR(CheckNames("edition: returns", it.returns, schema));
  TRATO_RETURN_IF_ERROR(CheckModel("edition: purchases", it.purchases, false));
  if (it.spend) {
    TRATO_RETURN_IF_ERROR(CheckModel("edition: spend", *it.spend, true));
  }
  if (!(it.horizon >= 0 && it.horizon <= 5200)) {
    return absl::InvalidArgumentError(
        "edition: horizon is not within 0 and 5,200 weeks");
  }
  if (!(it.discount >= 0 && it.discount <= 100)) {
    return absl::InvalidArgumentError(
        "edition: discount is not within 0 and 100 a year");
  }
  if (it.horizon == 0 && it.discount == 0) {
    return absl::InvalidArgumentError(
        "edition: horizon and discount are both 0: what is worth the same for "
        "ever has no end");
  }
  if (!(it.margin >= 0 && it.margin <= 1e6)) {
    return absl::InvalidArgumentError("edition: margin is not within 0 and 1e6");
  }
  if (it.edges.groups < 2 || it.edges.groups > kMaxRfmGroups) {
    return absl::InvalidArgumentError(
        "edition: groups is not within 2 and 10");
  }
  for (size_t i = 0; i < it.segments.size(); ++i) {
    TRATO_RETURN_IF_ERROR(
        CheckLabel(StrCat("edition: segments[", i, "].name"),
                   it.segments[i].name));
  }
  return absl::OkStatus();
}

}  // namespace trato::core
