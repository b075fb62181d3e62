// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the models of purchases need to know of customers, as columns: how often
// each came back, when she last did, and how long she has been known. Equal rows
// are one with a weight, and rows are in order: whatever order the customers
// came in, sums add the same numbers in the same order.

#ifndef TRATO_INSIGHT_PURCHASES_H_
#define TRATO_INSIGHT_PURCHASES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trato::core {

// Columns of the caller's, of one length; empty: not given.
struct PurchaseColumns {
  std::span<const double> frequency;  // purchases after the first
  std::span<const double> recency;    // age at the last of them, 0 without any
  std::span<const double> age;        // since the first purchase
  std::span<const double> weight;     // customers that a row stands for
  std::span<const double> spend;      // mean amount of a purchase
};

// INVALID_ARGUMENT names the column and the row: what is not finite or below 0,
// a recency beyond the age, repeats without a recency or the other way round.
absl::Status CheckPurchases(const PurchaseColumns& columns);

struct GroupedPurchases {
  // One entry per group, padded to full chunks with weight 0.
  std::vector<double> frequency;
  std::vector<double> recency;
  std::vector<double> age;
  std::vector<double> weight;
  // The frequencies that there are, ascending, and which of them a group has.
  std::vector<double> frequencies;
  std::vector<uint32_t> frequency_index;
  double customers = 0;  // the sum of the weights
};

inline constexpr size_t kChunk = 256;

// Of checked columns; times are divided by `scale`.
GroupedPurchases GroupPurchases(const PurchaseColumns& columns, double scale);

// The same of (frequency, spend), in `frequency` and `age`, for customers with
// frequency > 0 and spend > 0.
GroupedPurchases GroupSpends(const PurchaseColumns& columns, double scale);

// The mean of positive values, added up in order; 0 where there are none.
double MeanPositive(std::span<const double> values,
                    std::span<const double> weights);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_PURCHASES_H_
