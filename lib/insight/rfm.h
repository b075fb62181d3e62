// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Recency, frequency and money as scores (Hughes 1994). A value's score follows
// from its mid-rank among all, so that equal values always have equal scores;
// the edges, once found, score anybody later without asking the others.

#ifndef TRATO_INSIGHT_RFM_H_
#define TRATO_INSIGHT_RFM_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "insight/fit.h"

namespace trato::core {

inline constexpr uint32_t kMaxRfmGroups = 10;

// Score j + 2 begins at edge[j]; infinity: nobody has it.
struct RfmEdges {
  uint32_t groups = 5;
  // Of minus the recency, so that more is better in all three.
  std::array<double, kMaxRfmGroups - 1> recency{};
  std::array<double, kMaxRfmGroups - 1> frequency{};
  std::array<double, kMaxRfmGroups - 1> money{};
};

struct RfmColumns {
  std::span<const double> recency;  // time since the last purchase
  std::span<const double> frequency;
  std::span<const double> money;
};

// Errors: INVALID_ARGUMENT (groups not 2 to 10, columns of different lengths,
// what is not finite, nobody).
absl::StatusOr<RfmEdges> FindRfmEdges(const RfmColumns& columns,
                                      uint32_t groups, const RunTasks& run);

struct RfmScore {
  uint8_t recency = 0, frequency = 0, money = 0;
};
RfmScore ScoreRfm(const RfmEdges& edges, double recency, double frequency,
                  double money);

// Writes the scores of all; empty: not wanted.
void ScoreRfm(const RfmEdges& edges, const RfmColumns& columns,
              const RunTasks& run, std::span<uint8_t> recency,
              std::span<uint8_t> frequency, std::span<uint8_t> money);

// A name for scores from..to; the first rule that fits gives the segment.
struct RfmRule {
  std::string name;
  std::array<uint8_t, 2> recency{1, kMaxRfmGroups};
  std::array<uint8_t, 2> frequency{1, kMaxRfmGroups};
  std::array<uint8_t, 2> money{1, kMaxRfmGroups};
};
// For scores of five: champions, loyal, potential_loyalists, new, promising,
// need_attention, about_to_sleep, at_risk, cannot_lose, hibernating.
const std::vector<RfmRule>& DefaultRfmRules();

// The place of the first rule that fits; rules.size() where none does.
size_t SegmentOf(std::span<const RfmRule> rules, RfmScore score);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_RFM_H_
