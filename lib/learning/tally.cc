// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/tally.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "learning/definitions.h"

namespace trato::core {
namespace {

// 1900-01-01, from which steps count.
constexpr int64_t kOriginUs = int64_t{-25567} * 86400 * 1000000;
constexpr int kStepsKept = 128;

std::array<double, kStepsKept> MakeWeights() {
  std::array<double, kStepsKept> weights;
  for (int i = 0; i < kStepsKept; ++i) weights[i] = std::exp2(-i / 4.0);
  return weights;
}

}  // namespace

uint16_t Ages::StepOf(int64_t at_us) const {
  if (step_us_ == 0 || at_us <= kOriginUs) return 0;
  // From the year 1900 on, without a sum that may overflow.
  const uint64_t since =
      static_cast<uint64_t>(at_us) - static_cast<uint64_t>(kOriginUs);
  return static_cast<uint16_t>(
      std::min<uint64_t>(since / static_cast<uint64_t>(step_us_), UINT16_MAX));
}

double Ages::Weight(uint16_t step, uint16_t now) {
  static const std::array<double, kStepsKept> kWeights = MakeWeights();
  const int age = static_cast<int>(now) - static_cast<int>(step);
  return age < 0 || age >= kStepsKept ? 0 : kWeights[static_cast<size_t>(age)];
}

size_t Tally::PlaceOf(uint16_t segment, uint16_t step) const {
  const auto place = std::lower_bound(
      cells_.begin(), cells_.end(), std::tuple(segment, step),
      [](const Cell& cell, const std::tuple<uint16_t, uint16_t>& key) {
        return std::tuple(cell.segment, cell.step) < key;
      });
  return static_cast<size_t>(place - cells_.begin());
}

Tally::Cell& Tally::At(uint16_t segment, uint16_t step) {
  const size_t place = PlaceOf(segment, step);
  if (place == cells_.size() || cells_[place].segment != segment ||
      cells_[place].step != step) {
    cells_.insert(cells_.begin() + static_cast<std::ptrdiff_t>(place),
                  Cell{segment, step, 0, 0, 0, 0, {}});
  }
  return cells_[place];
}

void Tally::Changed(uint16_t segment, uint16_t step) {
  stale_ = true;
  const size_t place = PlaceOf(segment, step);
  if (place < cells_.size() && cells_[place].shown == 0) {
    cells_.erase(cells_.begin() + static_cast<std::ptrdiff_t>(place));
  }
}

void Tally::BringUp(uint16_t now) {
  if (!stale(now)) return;
  all_ = {};
  std::fill(by_segment_.begin(), by_segment_.end(), Rate{});
  for (const Cell& cell : cells_) {
    const double weight = Ages::Weight(cell.step, now);
    const Rate rate{weight * static_cast<double>(cell.shown),
                    weight * static_cast<double>(cell.accepted)};
    all_ += rate;
    if (cell.segment == kNoSegment) continue;
    if (cell.segment >= by_segment_.size()) {
      by_segment_.resize(cell.segment + size_t{1});
    }
    by_segment_[cell.segment] += rate;
  }
  now_ = now;
  stale_ = false;
}

Tally::Spread Tally::SpreadOf(double prior_rate, double segment_weight,
                              uint16_t now) const {
  Spread spread;
  const double rate = all_.Mean(prior_rate, kOfferWeight);
  for (const Cell& cell : cells_) {
    if (cell.pairs.shown == 0) continue;
    const double weight = Ages::Weight(cell.step, now);
    const double mean = cell.segment == kNoSegment
                            ? rate
                            : of(cell.segment).Mean(rate, segment_weight);
    const double shown = weight * weight * static_cast<double>(cell.pairs.shown);
    spread.expected += shown * mean * (1 - mean);
    spread.excess +=
        weight * weight * static_cast<double>(cell.pairs.accepted) -
        2 * mean * weight * weight * static_cast<double>(cell.pairs.crossed) +
        shown * mean * mean;
  }
  return spread;
}

}  // namespace trato::core
