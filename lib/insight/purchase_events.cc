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

struct Event {
  int64_t at;
  double amount;
  bool operator<(const Event& other) const {
    return at != other.at ? at < other.at : amount < other.amount;
  }
};

int64_t Floor(int64_t value, int64_t unit) {
  // Where there is no purchase there is no end either.
  if (unit <= 1 || value < kFirstInstant) return value;
  const int64_t rest = value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

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

class Summariser {
 public:
  Summariser(const SummaryOptions& options, int64_t end_us,
             PurchaseSummary& summary)
      : unit_(static_cast<double>(options.unit_us)),
        merge_(options.merge_us),
        net_(options.net_returns),
        end_(end_us),
        until_(options.until_us),
        grid_end_(Floor(end_us, merge_)),
        summary_(summary) {}

  // Writes the customer's row; false: she had not bought by then.
  bool Add(std::span<Event> events, size_t row) const {
    std::sort(events.begin(), events.end());
    int64_t first = 0;
    int64_t last = 0;
    double purchases = 0;
    double first_amount = 0;
    double total = 0;
    double orders = 0;
    double ahead = 0;
    double ahead_total = 0;
    int64_t last_ahead = 0;
    for (const Event& event : events) {
      if (event.at > end_ && event.at > until_) break;
      const bool later = event.at > end_;
      if (event.amount < 0) {
        if (!net_) continue;
        (later ? ahead_total : total) += event.amount;
        if (!later && purchases == 1) first_amount += event.amount;
        continue;
      }
      const int64_t at = Floor(event.at, merge_);
      if (later) {
        if (ahead == 0 || merge_ == 0 || at != last_ahead) ++ahead;
        last_ahead = at;
        ahead_total += event.amount;
        continue;
      }
      if (purchases == 0) first = at;
      if (purchases == 0 || merge_ == 0 || at != last) ++purchases;
      last = at;
      total += event.amount;
      ++orders;
      if (purchases == 1) first_amount += event.amount;
    }
    if (purchases == 0) return false;
    // Purchases of one instant say that she came back, but not when.
    const double recency = static_cast<double>(last - first) / unit_;
    const double repeats = recency > 0 ? purchases - 1 : 0;
    summary_.frequency[row] = repeats;
    summary_.recency[row] = recency;
    summary_.age[row] =
        std::max(recency, static_cast<double>(grid_end_ - first) / unit_);
    summary_.spend[row] = repeats > 0 ? (total - first_amount) / repeats : 0;
    summary_.total[row] = total;
    summary_.orders[row] = orders;
    summary_.ahead[row] = ahead;
    summary_.ahead_total[row] = ahead_total;
    return true;
  }

 private:
  const double unit_;
  const int64_t merge_;
  const bool net_;
  const int64_t end_;
  const int64_t until_;
  const int64_t grid_end_;
  PurchaseSummary& summary_;
};

}  // namespace

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

  std::vector<size_t> begin(customers + 1);
  for (const uint32_t it : place) ++begin[it + 1];
  for (size_t i = 0; i < customers; ++i) begin[i + 1] += begin[i];
  std::vector<Event> sorted(place.size());
  {
    std::vector<size_t> next(begin.begin(), begin.end() - 1);
    for (size_t i = 0; i < place.size(); ++i) {
      sorted[next[place[i]]++] = {
          events.at_us[i], events.amount.empty() ? 0 : events.amount[i]};
    }
  }

  const auto columns = {&summary.frequency, &summary.recency,
                        &summary.age,       &summary.spend,
                        &summary.total,     &summary.orders,
                        &summary.ahead,     &summary.ahead_total};
  for (std::vector<double>* column : columns) column->resize(customers);
  std::vector<uint8_t> bought(customers);
  const Summariser summariser(options, summary.end_us, summary);
  RunAll(
      run,
      [&](size_t task) {
        const size_t end = std::min(customers, (task + 1) * kCustomersPerTask);
        for (size_t i = task * kCustomersPerTask; i < end; ++i) {
          bought[i] = summariser.Add(
              std::span(sorted).subspan(begin[i], begin[i + 1] - begin[i]), i);
        }
      },
      (customers + kCustomersPerTask - 1) / kCustomersPerTask);

  size_t kept = 0;
  for (size_t i = 0; i < customers; ++i) {
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
