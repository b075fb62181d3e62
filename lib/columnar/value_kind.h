// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The kinds of values, numbered as in trato.h.

#ifndef TRATO_COLUMNAR_VALUE_KIND_H_
#define TRATO_COLUMNAR_VALUE_KIND_H_

#include <cstdint>
#include <string_view>

namespace trato::core {

enum ValueKind : uint32_t {
  kBoolKind = 1,
  kIntKind = 2,
  kDoubleKind = 3,
  kStringKind = 4,
  kMoneyKind = 5,
  kTimestampKind = 6,
};

// Beside a column of money stands NAME.currency, as no name holds a dot.
inline constexpr std::string_view kCurrencySuffix = ".currency";

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_VALUE_KIND_H_
