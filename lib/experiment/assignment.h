// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Who is left out of something, so that the rest can be compared with her: by a
// hash of the experiment's name and of who she is, so that it is the same
// whenever it is asked and independent between experiments.

#ifndef TRATO_EXPERIMENT_ASSIGNMENT_H_
#define TRATO_EXPERIMENT_ASSIGNMENT_H_

#include <cstdint>
#include <string_view>

#include "base/id.h"

namespace trato::core {

// In [0, 1), evenly.
double PlaceIn(std::string_view experiment, const Id& subject);

inline bool IsHeldOut(std::string_view experiment, const Id& subject,
                      uint32_t basis_points) {
  return PlaceIn(experiment, subject) * 10000 < basis_points;
}

}  // namespace trato::core

#endif  // TRATO_EXPERIMENT_ASSIGNMENT_H_
