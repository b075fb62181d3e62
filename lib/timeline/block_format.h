// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside timeline only: what writing and reading a block have in common.

#ifndef TRATO_TIMELINE_BLOCK_FORMAT_H_
#define TRATO_TIMELINE_BLOCK_FORMAT_H_

#include <cstdint>
#include <string_view>

#include "base/money.h"

namespace trato::core {

inline constexpr std::string_view kMagic = "TrB2";

// What a line costs by its quantity and unit price, wrapped where it does not
// fit: it only has to come out the same again.
int64_t ExpectedAmount(int64_t quantity, int64_t unit_price, Currency currency);

inline int64_t WrappingSubtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}
inline int64_t WrappingAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}

}  // namespace trato::core

#endif  // TRATO_TIMELINE_BLOCK_FORMAT_H_
