// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How much there is of each interaction type: of one customer, or of all.

#ifndef TRATO_CODEC_TYPE_TOTALS_H_
#define TRATO_CODEC_TYPE_TOTALS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string_view>

#include "absl/numeric/int128.h"
#include "codec/answers.h"

namespace trato::core {

// Up to an instant.
struct TypeTotals {
  uint64_t interactions = 0;
  uint64_t lines = 0;
  uint64_t free_lines = 0;
  // Wide enough for any number of int64 amounts.
  std::map<Currency, absl::int128> amounts;
  int64_t first_us = std::numeric_limits<int64_t>::max();
  int64_t last_us = std::numeric_limits<int64_t>::min();
  uint64_t customers = 0;
};
using TotalsByType = std::map<std::string_view, TypeTotals>;

// Of the customer's interactions. Cost: linear in these.
TotalsByType TotalsOf(const Model& model, RecordNumber customer,
                      int64_t now_us);
// Of everybody's. Cost: some nanoseconds for each interaction.
TotalsByType TotalsOfAll(const Model& model, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_TYPE_TOTALS_H_
