// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside capi only: what the calls about offers and those about decisions share.

#ifndef TRATO_CAPI_OFFERS_H_
#define TRATO_CAPI_OFFERS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "capi/support.h"

namespace trato::capi {

trato_match ToMatch(const core::MatchResult& it);
// NULL: the defaults.
absl::StatusOr<core::DecideInput> ToMatchOptions(
    const trato_match_options* options, std::string_view name);

}  // namespace trato::capi

#endif  // TRATO_CAPI_OFFERS_H_
