// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole-base questions by hand-written loops over a store's columns, beside
// what its interface answers. None is there yet: each gives nothing, and then
// the log topic asks the interface, or shows "-" where that cannot be asked.

#ifndef TRATO_BENCHMARKS_SIDES_KERNELS_H_
#define TRATO_BENCHMARKS_SIDES_KERNELS_H_

#include <trato.h>

#include <cstdint>
#include <optional>

namespace trato::bench {

// How many interactions of this type there are.
inline std::optional<int64_t> CountTypeByKernel(const trato_store*,
                                                const char* /*type*/) {
  return std::nullopt;
}
// The sum of all amounts, in minor units.
inline std::optional<int64_t> SumAmountByKernel(const trato_store*) {
  return std::nullopt;
}
// How many customers fulfil kBehaviour (trato_store.h).
inline std::optional<int64_t> CountBehaviourByKernel(const trato_store*,
                                                     int64_t /*now_us*/) {
  return std::nullopt;
}

}  // namespace trato::bench

#endif  // TRATO_BENCHMARKS_SIDES_KERNELS_H_
