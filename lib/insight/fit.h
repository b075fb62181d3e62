// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What whoever fits a model says and is told.

#ifndef TRATO_INSIGHT_FIT_H_
#define TRATO_INSIGHT_FIT_H_

#include <cstddef>
#include <cstdint>
#include <functional>

namespace trato::core {

// Runs task(i) for each i below the count, on any threads; empty: here.
using RunTasks =
    std::function<void(const std::function<void(size_t)>& task, size_t count)>;

enum class FitStatus : uint32_t {
  kConverged = 0,
  // The likelihood has no maximum inside; the weak prior made one.
  kRegularised = 1,
  // The best point that was found; more cannot be said of it.
  kNotConverged = 2,
};

struct FitOptions {
  // Standard deviation of the prior on each logarithm; 0: none, unless the data
  // need one.
  double prior = 0;
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_FIT_H_
