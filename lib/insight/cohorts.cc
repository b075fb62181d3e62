// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/cohorts.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "base/status.h"

namespace trato::core {
namespace {

constexpr int64_t kDayUs = int64_t{86400} * 1000000;

absl::CivilDay DayOf(int64_t at_us) {
  return absl::CivilDay(1970, 1, 1) + StartOfPart(at_us, kDayUs) / kDayUs;
}

// Periods counted from some start.
int64_t NumberOf(CohortPeriod period, int64_t at_us) {
  const absl::CivilDay day = DayOf(at_us);
  switch (period) {
    case CohortPeriod::kWeek:
      // 1970-01-05 was a Monday.
      return StartOfPart(day - absl::CivilDay(1970, 1, 5), 7) / 7;
    case CohortPeriod::kQuarter:
      return int64_t{day.year()} * 4 + (day.month() - 1) / 3;
    case CohortPeriod::kYear:
      return day.year();
    default:
      return int64_t{day.year()} * 12 + day.month() - 1;
  }
}

std::string NameOf(CohortPeriod period, int64_t number) {
  const auto floor = [](int64_t value, int64_t by) {
    return StartOfPart(value, by) / by;
  };
  switch (period) {
    case CohortPeriod::kWeek:
      return absl::FormatCivilTime(absl::CivilDay(1970, 1, 5) + number * 7);
    case CohortPeriod::kQuarter:
      return absl::StrFormat("%d-Q%d", floor(number, 4),
                             number - floor(number, 4) * 4 + 1);
    case CohortPeriod::kYear:
      return absl::StrFormat("%d", number);
    default:
      return absl::StrFormat("%d-%02d", floor(number, 12),
                             number - floor(number, 12) * 12 + 1);
  }
}

struct Row {
  int64_t customer;
  int64_t at;
  double amount;
  bool operator<(const Row& other) const {
    return std::tie(customer, at, amount) <
           std::tie(other.customer, other.at, other.amount);
  }
};

}  // namespace

absl::StatusOr<Cohorts> FindCohorts(const PurchaseEvents& events,
                                    CohortPeriod period,
                                    const SummaryOptions& options) {
  const size_t rows = events.customer.size();
  if (events.at_us.size() != rows ||
      (!events.amount.empty() && events.amount.size() != rows)) {
    return absl::InvalidArgumentError("the columns differ in length");
  }
  Cohorts result;
  result.period = period;
  if (rows == 0) return result;
  int64_t end_us = options.end_us;
  if (end_us == INT64_MIN) {
    end_us = *std::max_element(events.at_us.begin(), events.at_us.end());
  }
  std::vector<Row> sorted;
  sorted.reserve(rows);
  for (size_t i = 0; i < rows; ++i) {
    if (events.at_us[i] > end_us) continue;
    const double amount = events.amount.empty() ? 0 : events.amount[i];
    if (amount < 0 && !options.net_returns) continue;
    sorted.push_back({events.customer[i], events.at_us[i], amount});
  }
  std::sort(sorted.begin(), sorted.end());
  const int64_t last = NumberOf(period, end_us);
  std::map<int64_t, Cohort> by_start;
  for (size_t i = 0; i < sorted.size();) {
    size_t end = i;
    while (end < sorted.size() && sorted[end].customer == sorted[i].customer) {
      ++end;
    }
    size_t first = i;
    while (first < end && sorted[first].amount < 0) ++first;
    if (first < end) {
      const int64_t start = NumberOf(period, sorted[first].at);
      Cohort& cohort = by_start[start];
      const auto periods = static_cast<size_t>(last - start + 1);
      if (cohort.active.empty()) {
        cohort.start = NameOf(period, start);
        cohort.active.resize(periods);
        cohort.orders.resize(periods);
        cohort.amount.resize(periods);
      }
      ++cohort.customers;
      int64_t seen = -1;
      for (size_t j = first; j < end; ++j) {
        const auto index =
            static_cast<size_t>(NumberOf(period, sorted[j].at) - start);
        cohort.amount[index] += sorted[j].amount;
        if (sorted[j].amount < 0) continue;
        ++cohort.orders[index];
        if (static_cast<int64_t>(index) != seen) ++cohort.active[index];
        seen = static_cast<int64_t>(index);
      }
    }
    i = end;
  }
  for (auto& [start, cohort] : by_start) {
    if (result.active.size() < cohort.active.size()) {
      result.active.resize(cohort.active.size());
      result.eligible.resize(cohort.active.size());
    }
    for (size_t i = 0; i < cohort.active.size(); ++i) {
      result.active[i] += cohort.active[i];
      result.eligible[i] += cohort.customers;
    }
    result.cohorts.push_back(std::move(cohort));
  }
  result.last = NameOf(period, last);
  return result;
}

}  // namespace trato::core
