// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/assignment.h"

namespace trato::core {

double PlaceIn(std::string_view experiment, const Id& subject) {
  const uint64_t bits =
      Id::Of("assignment", {experiment, subject.ToByteString()}).high;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace trato::core
