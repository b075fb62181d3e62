// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_CODEC_ALLOCATION_ANSWERS_H_
#define TRATO_CODEC_ALLOCATION_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offer/catalogue.h"

namespace trato::core {

// What a plan of offers for customers comes to.
struct AllocationSummary {
  struct Offer {
    const Catalogue::Offer* offer = nullptr;
    int64_t candidates = 0;
    int64_t planned = 0;
    std::optional<int64_t> most;  // that may still be decided; none: any number
    double score = 0;
  };
  int64_t customers = 0;
  int64_t planned = 0;
  double score = 0;
  double score_unlimited = 0;
  std::vector<Offer> offers;
};
std::string AllocationJson(const AllocationSummary& summary);

}  // namespace trato::core

#endif  // TRATO_CODEC_ALLOCATION_ANSWERS_H_
