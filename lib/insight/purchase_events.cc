// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/purchase_events.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "insight/numeric.h"

namespace trato::core {
namespace {

constexpr size_t kCustomersPerTask = 8192;
// The years 1 to 9999.
constexpr int64_t kFirstInstant = -62135596800000000;
constexpr int64_t kLastInstant = 253402300799999999;

absl::Status Check(const PurchaseEvents& events,
                   const SummaryOptions& options) {
  const size_t rows = events.customer.size();
  if (events.at_us.size() != rows) {
    return absl::InvalidArgumentError("at_us is not as long as customer");
  }
  if (!events.amount.empty() && events.amount.size() != rows) {
    return absl::InvalidArgumentError("amount is not as long as customer");
  }
  if (options.unit_us <= 0) {
    return absl::InvalidArgumentError("unit_us is not above 0");
  }
  if (options.merge_us < 0) {
    return absl::InvalidArgumentError("merge_us is negative");
  }
  for (size_t i = 0; i < rows; ++i) {
    if (events.at_us[i] < kFirstInstant || events.at_us[i] > kLastInstant) {
      return absl::OutOfRangeError(
          StrCat("at_us[", i, "] is outside the years 1 to 9999"));
    }
  }
  for (size_t i = 0; i < events.amount.size(); ++i) {
    if (!std::isfinite(events.amount[i])) {
      return absl::InvalidArgumentError(
          StrCat("amount[", i, "] is no number"));
    }
  }
  return absl::OkStatus();
}

// The customers' numbers in order, and of each event the place among them.
std::vector<int64_t> Number(std::span<const int64_t> customers,
                            std::vector<uint32_t>& place) {
  place.resize(customers.size());
  std::vector<int64_t> numbers;
  if (customers.empty()) return numbers;
  const auto [low, high] =
      std::minmax_element(customers.begin(), customers.end());
  const uint64_t range =
      static_cast<uint64_t>(*high) - static_cast<uint64_t>(*low);
  if (std::is_sorted(customers.begin(), customers.end())) {
    for (size_t i = 0; i < place.size(); ++i) {
      if (i == 0 || customers[i] != customers[i - 1]) {
        numbers.push_back(customers[i]);
      }
      place[i] = static_cast<uint32_t>(numbers.size() - 1);
    }
    return numbers;
  }
  if (range < 4 * customers.size() + 4096) {
    std::vector<uint32_t> rank(range + 1);
    for (const int64_t it : customers) rank[static_cast<size_t>(it - *low)] = 1;
    for (size_t i = 0; i < rank.size(); ++i) {
      if (rank[i] == 0) continue;
      rank[i] = static_cast<uint32_t>(numbers.size());
      numbers.push_back(*low + static_cast<int64_t>(i));
    }
    for (size_t i = 0; i < place.size(); ++i) {
      place[i] = rank[static_cast<size_t>(customers[i] - *low)];
    }
    return numbers;
  }
  absl::flat_hash_map<int64_t, uint32_t> rank;
  for (const int64_t it : customers) {
    if (rank.try_emplace(it, 0).second) numbers.push_back(it);
  }
  std::sort(numbers.begin(), numbers.end());
  for (size_t i = 0; i < numbers.size(); ++i) {
    rank[numbers[i]] = static_cast<uint32_t>(i);
  }
  for (size_t i = 0; i < place.size(); ++i) place[i] = rank[customers[i]];
  return numbers;
}

PurchaseEvent EventAt(const PurchaseEvents& events, size_t i) {
  return {events.at_us[i], events.amount.empty() ? 0 : events.amount[i]};
}

// Where each customer's events begin once they stand together; one more at the
// end.
std::vector<size_t> Begins(const std::vector<uint32_t>& place,
                           size_t customers) {
  std::vector<size_t> begin(customers + 1);
  for (const uint32_t it : place) ++begin[it + 1];
  for (size_t i = 0; i < customers; ++i) begin[i + 1] += begin[i];
  return begin;
}

std::vector<PurchaseEvent> Grouped(const PurchaseEvents& events,
                                   const std::vector<uint32_t>& place,
                                   const std::vector<size_t>& begin) {
  std::vector<PurchaseEvent> sorted(place.size());
  std::vector<size_t> next(begin.begin(), begin.end() - 1);
  for (size_t i = 0; i < place.size(); ++i) {
    sorted[next[place[i]]++] = EventAt(events, i);
  }
  return sorted;
}

}  // namespace

int64_t StartOfPart(int64_t value, int64_t unit) {
  // Where there is no purchase there is no end either.
  if (unit <= 1 || value < kFirstInstant) return value;
  // By a constant that is a multiplication; days are what most ask for.
  constexpr int64_t kDay = int64_t{86400} * 1000000;
  const int64_t rest = unit == kDay ? value % kDay : value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

bool SummariseOne(std::span<PurchaseEvent> events,
                  const SummaryOptions& options, int64_t end_us,
                  PurchaseRow& row) {
  std::sort(events.begin(), events.end());
  const int64_t merge = options.merge_us;
  row = {};
  double purchases = 0;
  double first_amount = 0;
  int64_t last_ahead = 0;
  for (const PurchaseEvent& event : events) {
    if (event.at > end_us && event.at > options.until_us) break;
    const bool later = event.at > end_us;
    if (event.amount < 0) {
      if (!options.net_returns) continue;
      (later ? row.ahead_total : row.total) += event.amount;
      if (!later && purchases == 1) first_amount += event.amount;
      continue;
    }
    const int64_t at = StartOfPart(event.at, merge);
    if (later) {
      if (row.ahead == 0 || merge == 0 || at != last_ahead) ++row.ahead;
      last_ahead = at;
      row.ahead_total += event.amount;
      continue;
    }
    if (purchases == 0) row.first = at;
    if (purchases == 0 || merge == 0 || at != row.last) ++purchases;
    row.last = at;
    row.total += event.amount;
    ++row.orders;
    if (purchases == 1) first_amount += event.amount;
  }
  if (purchases == 0) return false;
  // Purchases of one instant say that she came back, but not when.
  row.recency = static_cast<double>(row.last - row.first) /
                static_cast<double>(options.unit_us);
  row.frequency = row.recency > 0 ? purchases - 1 : 0;
  row.end = StartOfPart(end_us, merge);
  row.age = AgeAt(row, options, row.end);
  row.spend = row.frequency > 0 ? (row.total - first_amount) / row.frequency : 0;
  return true;
}

double AgeAt(const PurchaseRow& row, const SummaryOptions& options,
             int64_t end) {
  return std::max(row.recency, static_cast<double>(end - row.first) /
                                   static_cast<double>(options.unit_us));
}

absl::StatusOr<PurchaseSummary> SummarisePurchases(
    const PurchaseEvents& events, const SummaryOptions& options,
    const RunTasks& run) {
  TRATO_RETURN_IF_ERROR(Check(events, options));
  PurchaseSummary summary;
  std::vector<uint32_t> place;
  summary.customer = Number(events.customer, place);
  const size_t customers = summary.customer.size();
  summary.end_us = options.end_us;
  if (summary.end_us == INT64_MIN && !events.at_us.empty()) {
    summary.end_us =
        *std::max_element(events.at_us.begin(), events.at_us.end());
  }

  std::vector<size_t> begin = Begins(place, customers);
  const bool is_grouped = std::is_sorted(place.begin(), place.end());
  std::vector<PurchaseEvent> sorted;
  if (!is_grouped) sorted = Grouped(events, place, begin);

  const auto columns = {&summary.frequency, &summary.recency,
                        &summary.age,       &summary.spend,
                        &summary.total,     &summary.orders,
                        &summary.ahead,     &summary.ahead_total};
  for (std::vector<double>* column : columns) column->resize(customers);
  std::vector<uint8_t> bought(customers);
  RunAll(
      run,
      [&](size_t task) {
        const size_t end = std::min(customers, (task + 1) * kCustomersPerTask);
        std::vector<PurchaseEvent> hers;
        for (size_t i = task * kCustomersPerTask; i < end; ++i) {
          std::span<PurchaseEvent> them;
          if (is_grouped) {
            hers.clear();
            for (size_t j = begin[i]; j < begin[i + 1]; ++j) {
              hers.push_back(EventAt(events, j));
            }
            them = hers;
          } else {
            them = std::span(sorted).subspan(begin[i], begin[i + 1] - begin[i]);
          }
          PurchaseRow row;
          bought[i] = SummariseOne(them, options, summary.end_us, row);
          summary.frequency[i] = row.frequency;
          summary.recency[i] = row.recency;
          summary.age[i] = row.age;
          summary.spend[i] = row.spend;
          summary.total[i] = row.total;
          summary.orders[i] = row.orders;
          summary.ahead[i] = row.ahead;
          summary.ahead_total[i] = row.ahead_total;
        }
      },
      (customers + kCustomersPerTask - 1) / kCustomersPerTask);

  size_t kept = static_cast<size_t>(
      std::find(bought.begin(), bought.end(), 0) - bought.begin());
  for (size_t i = kept; i < customers; ++i) {
    if (!bought[i]) continue;
    summary.customer[kept] = summary.customer[i];
    for (std::vector<double>* column : columns) (*column)[kept] = (*column)[i];
    ++kept;
  }
  summary.customer.resize(kept);
  for (std::vector<double>* column : columns) column->resize(kept);
  return summary;
}

}  // namespace trato::core
