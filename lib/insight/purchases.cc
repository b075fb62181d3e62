// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/purchases.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <tuple>

#include "base/strings.h"

namespace trato::core {
namespace {

constexpr double kMaxFrequency = 1e6;

struct Row {
  double frequency, recency, age, weight;
  auto Key() const { return std::tie(frequency, recency, age); }
};

absl::Status Wrong(std::string_view column, size_t row, std::string_view what) {
  return absl::InvalidArgumentError(StrCat(column, "[", row, "] ", what));
}

absl::Status CheckNumbers(std::span<const double> values, size_t rows,
                          std::string_view column, bool may_be_negative) {
  if (!values.empty() && values.size() != rows) {
    return absl::InvalidArgumentError(StrCat(
        column, ": it has ", values.size(), " values, frequency has ", rows));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return Wrong(column, i, "is no number");
    if (values[i] < 0 && !may_be_negative) {
      return Wrong(column, i, "is negative");
    }
  }
  return absl::OkStatus();
}

GroupedPurchases Grouped(std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.frequency, a.recency, a.age, a.weight) <
           std::tie(b.frequency, b.recency, b.age, b.weight);
  });
  GroupedPurchases groups;
  for (const Row& row : rows) {
    groups.customers += row.weight;
    if (!groups.age.empty() &&
        row.Key() == std::tie(groups.frequency.back(), groups.recency.back(),
                              groups.age.back())) {
      groups.weight.back() += row.weight;
      continue;
    }
    if (groups.frequencies.empty() ||
        groups.frequencies.back() != row.frequency) {
      groups.frequencies.push_back(row.frequency);
    }
    groups.frequency.push_back(row.frequency);
    groups.recency.push_back(row.recency);
    groups.age.push_back(row.age);
    groups.weight.push_back(row.weight);
    groups.frequency_index.push_back(
        static_cast<uint32_t>(groups.frequencies.size() - 1));
  }
  while (groups.age.size() % kChunk != 0) {
    groups.frequency.push_back(groups.frequency.back());
    groups.recency.push_back(groups.recency.back());
    groups.age.push_back(groups.age.back());
    groups.weight.push_back(0);
    groups.frequency_index.push_back(groups.frequency_index.back());
  }
  return groups;
}

}  // namespace

absl::Status CheckPurchases(const PurchaseColumns& columns) {
  const size_t rows = columns.frequency.size();
  for (const auto& [values, name, may_be_negative] :
       {std::tuple{columns.frequency, "frequency", false},
        {columns.recency, "recency", false},
        {columns.age, "age", false},
        {columns.weight, "weight", false},
        {columns.spend, "spend", true}}) {
    if (absl::Status status = CheckNumbers(values, rows, name, may_be_negative);
        !status.ok()) {
      return status;
    }
  }
  for (size_t i = 0; i < rows; ++i) {
    const double x = columns.frequency[i];
    if (x != std::floor(x) || x > kMaxFrequency) {
      return Wrong("frequency", i, "is no whole number up to 1,000,000");
    }
    if (columns.recency.empty()) continue;
    if ((x == 0) != (columns.recency[i] == 0)) {
      return Wrong("recency", i,
                   x == 0 ? "is the age at a repeat purchase, and there is none"
                          : "is 0, and there are repeat purchases");
    }
    if (!columns.age.empty() && columns.recency[i] > columns.age[i]) {
      return Wrong("recency", i,
                   "is beyond the age (it is the age at the last purchase, not "
                   "the time since it)");
    }
  }
  return absl::OkStatus();
}

GroupedPurchases GroupPurchases(const PurchaseColumns& columns, double scale) {
  std::vector<Row> rows(columns.frequency.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i] = {columns.frequency[i], columns.recency[i] / scale,
               columns.age[i] / scale,
               columns.weight.empty() ? 1 : columns.weight[i]};
  }
  return Grouped(std::move(rows));
}

GroupedPurchases GroupSpends(const PurchaseColumns& columns, double scale) {
  std::vector<Row> rows;
  for (size_t i = 0; i < columns.frequency.size(); ++i) {
    if (columns.frequency[i] <= 0 || columns.spend[i] <= 0) continue;
    rows.push_back({columns.frequency[i], 0, columns.spend[i] / scale,
                    columns.weight.empty() ? 1 : columns.weight[i]});
  }
  return Grouped(std::move(rows));
}

double MeanPositive(std::span<const double> values,
                    std::span<const double> weights) {
  std::vector<std::pair<double, double>> some;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] > 0) {
      some.emplace_back(values[i], weights.empty() ? 1 : weights[i]);
    }
  }
  std::sort(some.begin(), some.end());
  double sum = 0;
  double weight = 0;
  for (const auto& [value, of] : some) {
    sum += value * of;
    weight += of;
  }
  return weight > 0 ? sum / weight : 0;
}

}  // namespace trato::core
