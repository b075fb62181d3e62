// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Who came first when, and how many of them were back in each period since.

#ifndef TRATO_INSIGHT_COHORTS_H_
#define TRATO_INSIGHT_COHORTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/purchase_events.h"

namespace trato::core {

// Numbered as in trato.h.
enum class CohortPeriod : uint32_t { kMonth = 0, kWeek = 1, kQuarter = 2,
                                     kYear = 3 };

// Customers whose first purchase lies in one period. Of index i: in the i-th
// period after it.
struct Cohort {
  std::string start;  // "2010-12"; of weeks their Monday
  int64_t customers = 0;
  std::vector<int64_t> active;    // who purchased
  std::vector<int64_t> orders;
  std::vector<double> amount;     // with what was taken back, where that counts
};

struct Cohorts {
  CohortPeriod period = CohortPeriod::kMonth;
  std::vector<Cohort> cohorts;  // by start; those without anybody left out
  // Of all cohorts that have had such a period: by index, who had it, and who
  // was active in it.
  std::vector<int64_t> eligible;
  std::vector<int64_t> active;
  std::string last;  // the period in which the end lies, which is not over
};

// Of the purchases up to options.end_us (INT64_MIN: the last one).
// Errors: as SummarisePurchases. Cost: a sort of the events.
absl::StatusOr<Cohorts> FindCohorts(const PurchaseEvents& events,
                                    CohortPeriod period,
                                    const SummaryOptions& options);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_COHORTS_H_
