// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// From single purchases to what the models need of each customer.

#ifndef TRATO_INSIGHT_PURCHASE_EVENTS_H_
#define TRATO_INSIGHT_PURCHASE_EVENTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/fit.h"

namespace trato::core {

// Columns of the caller's, of one length, in any order.
struct PurchaseEvents {
  std::span<const int64_t> customer;  // any numbers
  std::span<const int64_t> at_us;
  std::span<const double> amount;  // empty: not known
};

struct SummaryOptions {
  // Where knowledge ends: later purchases are not seen. INT64_MIN: at the last.
  int64_t end_us = INT64_MIN;
  // Purchases after end_us and up to here are counted as what came of it;
  // INT64_MIN: none.
  int64_t until_us = INT64_MIN;
  int64_t unit_us = int64_t{7} * 86400 * 1000000;
  // Purchases of one customer within one such part of time are one; 0: each is
  // its own.
  int64_t merge_us = int64_t{86400} * 1000000;
  // Amounts below 0 are returns: left out, or taken from the amount of the
  // purchase before. They are never purchases.
  bool net_returns = false;
};

// One purchase, or what takes an amount back.
struct PurchaseEvent {
  int64_t at;
  double amount;
  bool operator<(const PurchaseEvent& other) const {
    return at != other.at ? at < other.at : amount < other.amount;
  }
};

// What sums up one customer.
struct PurchaseRow {
  double frequency = 0, recency = 0, age = 0, spend = 0, total = 0, orders = 0,
         ahead = 0, ahead_total = 0;
  // The parts of time in which she bought first, last before the end, and in
  // which the end lies.
  int64_t first = 0, last = 0, end = 0;
};

// Sorts her events and sums them up; false: she had not bought by end_us.
bool SummariseOne(std::span<PurchaseEvent> events,
                  const SummaryOptions& options, int64_t end_us,
                  PurchaseRow& row);

// The age where the end lies in another part of time.
double AgeAt(const PurchaseRow& row, const SummaryOptions& options,
             int64_t end);

// The instant's part of time.
int64_t StartOfPart(int64_t us, int64_t part_us);

// A row per customer who had bought by end_us, by number.
struct PurchaseSummary {
  std::vector<int64_t> customer;
  std::vector<double> frequency;  // purchases after the first
  std::vector<double> recency;    // age at the last
  std::vector<double> age;
  std::vector<double> spend;      // mean amount of the repeats; 0 without any
  std::vector<double> total;      // amount of all purchases
  std::vector<double> orders;     // purchases, those of one day apart
  std::vector<double> ahead;      // purchases after end_us
  std::vector<double> ahead_total;
  int64_t end_us = 0;
};

// The same bits for any number of threads and any order of the events.
// Errors: INVALID_ARGUMENT names the column and the row.
// Cost: a pass over the events and a sort of each customer's.
absl::StatusOr<PurchaseSummary> SummarisePurchases(
    const PurchaseEvents& events, const SummaryOptions& options,
    const RunTasks& run);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_PURCHASE_EVENTS_H_
