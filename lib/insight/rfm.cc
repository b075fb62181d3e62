// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/rfm.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/status.h"
#include "insight/numeric.h"

namespace trato::core {
namespace {

constexpr size_t kRowsPerTask = 65536;
constexpr double kNobody = std::numeric_limits<double>::infinity();

// The bits of a double in the order of the numbers.
uint64_t Ordered(double value) {
  const auto bits = std::bit_cast<uint64_t>(value + 0.0);  // -0 is 0
  return bits >> 63 != 0 ? ~bits : bits | uint64_t{1} << 63;
}

// Finds where scores begin: for j = 1 .. groups - 1 the smallest value that has
// so many below it, and half of its equals, as make j parts of `groups`. One
// count by the leading 16 bits leads to the few values that decide.
class EdgeFinder {
 public:
  EdgeFinder(std::span<const double> values, double sign)
      : values_(values), sign_(sign), counts_(65536 + 1) {
    for (const double value : values) ++counts_[Bucket(value) + 1];
    for (size_t i = 1; i < counts_.size(); ++i) counts_[i] += counts_[i - 1];
  }

  double Edge(uint32_t j, uint32_t groups) {
    const size_t n = values_.size();
    const double wanted =
        static_cast<double>(n) * j / static_cast<double>(groups);
    const auto index = std::min(n - 1, static_cast<size_t>(wanted));
    const size_t bucket = BucketOfRank(index);
    const std::vector<double>& here = Sorted(bucket);
    const double value = here[index - counts_[bucket]];
    const auto [first, last] =
        std::equal_range(here.begin(), here.end(), value);
    const double below =
        static_cast<double>(counts_[bucket]) +
        static_cast<double>(first - here.begin());
    if (below + static_cast<double>(last - first) / 2 >= wanted) return value;
    if (last != here.end()) return *last;
    if (counts_[bucket + 1] == n) return kNobody;
    return Sorted(BucketOfRank(counts_[bucket + 1])).front();
  }

 private:
  size_t Bucket(double value) const { return Ordered(sign_ * value) >> 48; }
  size_t BucketOfRank(size_t rank) const {
    return static_cast<size_t>(
        std::upper_bound(counts_.begin(), counts_.end(), rank) -
        counts_.begin() - 1);
  }
  const std::vector<double>& Sorted(size_t bucket) {
    for (const auto& [number, sorted] : sorted_) {
      if (number == bucket) return sorted;
    }
    std::vector<double> here;
    here.reserve(counts_[bucket + 1] - counts_[bucket]);
    bool same = true;
    for (const double value : values_) {
      if (Bucket(value) != bucket) continue;
      here.push_back(sign_ * value + 0.0);
      same &= here.back() == here.front();
    }
    if (!same) std::sort(here.begin(), here.end());
    return sorted_.emplace_back(bucket, std::move(here)).second;
  }

  const std::span<const double> values_;
  const double sign_;
  std::vector<size_t> counts_;  // how many are below a bucket
  std::vector<std::pair<size_t, std::vector<double>>> sorted_;
};

template <size_t kSize>
uint8_t Score(const std::array<double, kSize>& edges, uint32_t groups,
              double value) {
  uint8_t score = 1;
  for (uint32_t j = 0; j + 1 < groups; ++j) score += value >= edges[j];
  return score;
}

absl::Status CheckColumn(std::span<const double> values, size_t rows,
                         std::string_view name) {
  if (values.size() != rows) {
    return absl::InvalidArgumentError(
        StrCat(name, " is not as long as recency"));
  }
  for (size_t i = 0; i < rows; ++i) {
    if (!std::isfinite(values[i])) {
      return absl::InvalidArgumentError(StrCat(name, "[", i, "] is no number"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RfmEdges> FindRfmEdges(const RfmColumns& columns,
                                      uint32_t groups, const RunTasks& run) {
  const size_t rows = columns.recency.size();
  if (groups < 2 || groups > kMaxRfmGroups) {
    return absl::InvalidArgumentError("groups is not within 2 and 10");
  }
  if (rows == 0) return absl::InvalidArgumentError("count: there is nobody");
  TRATO_RETURN_IF_ERROR(CheckColumn(columns.recency, rows, "recency"));
  TRATO_RETURN_IF_ERROR(CheckColumn(columns.frequency, rows, "frequency"));
  TRATO_RETURN_IF_ERROR(CheckColumn(columns.money, rows, "money"));
  RfmEdges edges;
  edges.groups = groups;
  RunAll(
      run,
      [&](size_t task) {
        const std::span<const double> of[] = {columns.recency,
                                              columns.frequency, columns.money};
        std::array<double, kMaxRfmGroups - 1>* const to[] = {
            &edges.recency, &edges.frequency, &edges.money};
        EdgeFinder finder(of[task], task == 0 ? -1 : 1);
        to[task]->fill(kNobody);
        for (uint32_t j = 1; j < groups; ++j) {
          (*to[task])[j - 1] = finder.Edge(j, groups);
        }
      },
      3);
  return edges;
}

RfmScore ScoreRfm(const RfmEdges& edges, double recency, double frequency,
                  double money) {
  return {Score(edges.recency, edges.groups, -recency),
          Score(edges.frequency, edges.groups, frequency),
          Score(edges.money, edges.groups, money)};
}

void ScoreRfm(const RfmEdges& edges, const RfmColumns& columns,
              const RunTasks& run, std::span<uint8_t> recency,
              std::span<uint8_t> frequency, std::span<uint8_t> money) {
  const size_t rows = columns.recency.size();
  RunAll(
      run,
      [&](size_t task) {
        const size_t end = std::min(rows, (task + 1) * kRowsPerTask);
        for (size_t i = task * kRowsPerTask; i < end; ++i) {
          const RfmScore score =
              ScoreRfm(edges, columns.recency[i], columns.frequency[i],
                       columns.money[i]);
          if (!recency.empty()) recency[i] = score.recency;
          if (!frequency.empty()) frequency[i] = score.frequency;
          if (!money.empty()) money[i] = score.money;
        }
      },
      (rows + kRowsPerTask - 1) / kRowsPerTask);
}

const std::vector<RfmRule>& DefaultRfmRules() {
  static const std::vector<RfmRule>& rules = *new std::vector<RfmRule>{
      {"champions", {5, 5}, {4, 5}},
      {"loyal", {3, 4}, {4, 5}},
      {"potential_loyalists", {4, 5}, {2, 3}},
      {"new", {5, 5}, {1, 1}},
      {"promising", {4, 4}, {1, 1}},
      {"need_attention", {3, 3}, {3, 3}},
      {"about_to_sleep", {3, 3}, {1, 2}},
      {"at_risk", {1, 2}, {3, 4}},
      {"cannot_lose", {1, 2}, {5, 5}},
      {"hibernating", {1, 2}, {1, 2}},
  };
  return rules;
}

size_t SegmentOf(std::span<const RfmRule> rules, RfmScore score) {
  const auto within = [](const std::array<uint8_t, 2>& range, uint8_t value) {
    return range[0] <= value && value <= range[1];
  };
  size_t i = 0;
  for (; i < rules.size(); ++i) {
    const RfmRule& rule = rules[i];
    if (within(rule.recency, score.recency) &&
        within(rule.frequency, score.frequency) &&
        within(rule.money, score.money)) {
      break;
    }
  }
  return i;
}

}  // namespace trato::core
