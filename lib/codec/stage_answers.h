// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The life cycle, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_STAGE_ANSWERS_H_
#define TRATO_CODEC_STAGE_ANSWERS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/answers.h"
#include "insight/insights.h"

namespace trato::core {

std::string LifecycleJson(const Model& model, const LifecycleDefinition& table,
                          const Insights::Table* defined);

// One customer.
struct StageAnswer {
  std::string_view customer;
  std::string_view category;
  std::vector<StageStep> steps;  // all of them
  double bought = 0;
  double silence = 0;  // weeks
  double usual = 0;    // the gap within which she buys again in half the cases
};
std::string StageJson(const Model& model, const StageTable& table,
                      const StageAnswer& answer);

// What became of everybody.
struct StageReport {
  std::string_view category;
  int64_t since_us = 0;
  int64_t now_us = 0;
  int64_t customers = 0;  // who are in a stage
  static constexpr size_t kPlaces = kStages.size() + 1;  // and none
  std::array<int64_t, kPlaces> now{};
  std::array<int64_t, kPlaces> then{};  // at since_us
  // Moves after since_us, and the time in the stage before, in days.
  std::array<std::array<int64_t, kPlaces>, kPlaces> moves{};
  std::array<std::array<double, kPlaces>, kPlaces> days{};
  // From the first purchase to the second, of who came back in the time.
  std::vector<double> repurchase_days;
};
std::string StageReportJson(const Model& model, const StageReport& report);

}  // namespace trato::core

#endif  // TRATO_CODEC_STAGE_ANSWERS_H_
