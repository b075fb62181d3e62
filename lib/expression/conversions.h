// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// From one type to another, as text and back.

#ifndef TRATO_EXPRESSION_CONVERSIONS_H_
#define TRATO_EXPRESSION_CONVERSIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "expression/registry.h"

namespace trato::core {

// int( ), uint( ), double( ), string( ), bytes( ), bool( ).
void AddConversions(Registry& registry);

// The shortest digits that give the same double: "0.1", "1e+300".
std::string TextOfDouble(double value);
// "1.5s".
std::string TextOfDuration(int64_t us);
// "2009-02-13T23:31:30Z", with a fraction where it is not zero.
std::string TextOfTimestamp(int64_t us);

// "1h30m", "-1.5s", "250ms": a sum of hours, minutes, seconds, ms, us and ns
// with one sign, in microseconds.
absl::StatusOr<int64_t> ParseDuration(std::string_view text);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_CONVERSIONS_H_
