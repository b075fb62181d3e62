// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_EXPRESSION_TIME_FUNCTIONS_H_
#define TRATO_EXPRESSION_TIME_FUNCTIONS_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace trato::core {

// A zone as expressions name it: "UTC", "+01:00", "Europe/Madrid".
std::optional<absl::TimeZone> ZoneOf(std::string_view name);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_TIME_FUNCTIONS_H_
