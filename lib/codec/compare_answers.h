// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How units and periods compare, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_COMPARE_ANSWERS_H_
#define TRATO_CODEC_COMPARE_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/answers.h"

namespace trato::core {

// What was bought in one period, beside the one before it.
struct PeriodCounts {
  int64_t fresh = 0;     // bought for the first time
  int64_t kept = 0;      // bought in the period before, too
  int64_t returned = 0;  // bought earlier only
  int64_t lost = 0;      // bought in the period before, and not in this one
  int64_t purchases = 0;
  int64_t amount_minor = 0;
  int64_t fresh_minor = 0;
  int64_t kept_minor = 0;

  int64_t buyers() const { return fresh + kept + returned; }
  void Add(const PeriodCounts& other);
};

struct UnitCosts {
  int64_t acquisition_minor = 0;
  int64_t retention_minor = 0;
};

struct UnitReport {
  std::string unit;
  int64_t customers = 0;  // who have bought by now
  PeriodCounts period, before;
  std::optional<UnitCosts> costs;

  void Add(const UnitReport& other);
};

struct ComparisonReport {
  Currency currency;
  int64_t before_us = 0;
  int64_t since_us = 0;
  int64_t now_us = 0;
  UnitReport whole;
  std::vector<UnitReport> units;  // by name
};
std::string ComparisonJson(const Model& model, const ComparisonReport& report);

}  // namespace trato::core

#endif  // TRATO_CODEC_COMPARE_ANSWERS_H_
