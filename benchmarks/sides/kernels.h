// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole-base questions by hand-written loops over a store's columns, beside
// what its interface answers: how fast the form of the blocks can be read. They
// count all that there is, tail and corrections with it.

#ifndef TRATO_BENCHMARKS_SIDES_KERNELS_H_
#define TRATO_BENCHMARKS_SIDES_KERNELS_H_

#include <trato.h>

#include <cstdint>
#include <string_view>

namespace trato::bench {

// How many interactions of this type there are.
int64_t CountTypeByKernel(trato_store* store, std::string_view type,
                          int64_t now_us);
// The sum of all amounts, in minor units, whatever their currency.
int64_t SumAmountByKernel(trato_store* store, int64_t now_us);
// How many customers fulfil kBehaviour (trato_store.h).
// The bytes of the packed columns and row ends that one of the questions of the
// topic segments reads, where nothing lies in the tail.
uint64_t BytesRead(trato_store* store, std::string_view question);
int64_t CountBehaviourByKernel(trato_store* store, int64_t now_us);

}  // namespace trato::bench

#endif  // TRATO_BENCHMARKS_SIDES_KERNELS_H_
