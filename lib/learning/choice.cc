// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/choice.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace trato::core {
namespace {

// Of the steps, so many lie where the most certain of the best lies, and the
// others above that, where some who are less certain may lie.
constexpr int kStepsBelow = 40;
constexpr int kStepsAbove = 24;
// A draw further out than this from a belief's centre does not matter.
constexpr double kReach = 5;

// The normal distribution, from a table by linear interpolation: within 3e-6.
class NormalTable {
 public:
  NormalTable() {
    for (int i = 0; i <= kCount; ++i) {
      const double z = (i - kCount / 2) / kPerUnit;
      value_[static_cast<size_t>(i)] = 0.5 * std::erfc(-z / std::sqrt(2.0));
    }
    value_.front() = 0;
    value_.back() = 1;
  }
  double operator()(double z) const {
    const double at = std::clamp(z * kPerUnit + kCount / 2, 0.0, kCount - 1e-9);
    const auto i = static_cast<size_t>(at);
    const double part = at - static_cast<double>(i);
    return value_[i] + part * (value_[i + 1] - value_[i]);
  }

 private:
  static constexpr int kCount = 1600;
  static constexpr double kPerUnit = 128;  // so z from -6.25 to 6.25
  std::array<double, kCount + 1> value_;
};

const NormalTable& Normal() {
  static const NormalTable table;
  return table;
}

void Evenly(std::span<double> out) {
  std::fill(out.begin(), out.end(), 1 / static_cast<double>(out.size()));
}

}  // namespace

void ChoiceMaker::Place(std::span<const Belief> beliefs, double exploration) {
  who_.clear();
  centre_.clear();
  slope_.clear();
  for (size_t i = 0; i < beliefs.size(); ++i) {
    const Belief& it = beliefs[i];
    if (!(it.value * it.mean > 0)) continue;
    const double variance =
        std::log1p(exploration * exploration * it.relative_variance);
    who_.push_back(static_cast<uint32_t>(i));
    centre_.push_back(std::log(it.value * it.mean) - variance / 2);
    slope_.push_back(1 / std::sqrt(std::max(variance, 1e-12)));
  }
}

// Step by step from low to high: somebody is the largest within a step with the
// probability to lie in it, times that of all others to lie below.
void ChoiceMaker::Sweep(double low, double high, int steps) {
  const NormalTable& normal = Normal();
  const size_t count = who_.size();
  for (size_t i = 0; i < count; ++i) {
    below_[i] = normal((low - centre_[i]) * slope_[i]);
  }
  const double width = (high - low) / steps;
  for (int step = 1; step <= steps; ++step) {
    const double at = low + width * step;
    double product = 1;
    for (size_t i = 0; i < count; ++i) {
      above_[i] = normal((at - centre_[i]) * slope_[i]);
    }
    for (size_t i = 0; i < count; ++i) {
      mean_[i] = (below_[i] + above_[i]) / 2;
      before_[i] = product;
      product *= mean_[i];
    }
    double after = 1;
    for (size_t i = count; i-- > 0;) {
      chance_[i] += (above_[i] - below_[i]) * before_[i] * after;
      after *= mean_[i];
    }
    std::swap(below_, above_);
  }
}

void ChoiceMaker::Thompson(std::span<const Belief> beliefs, double exploration,
                           std::span<double> out) {
  Place(beliefs, exploration);
  if (who_.empty()) return Evenly(out);
  std::fill(out.begin(), out.end(), 0);
  if (who_.size() == 1) {
    out[who_[0]] = 1;
    return;
  }
  // The largest lies above where anybody lies almost surely.
  size_t lead = 0;
  double high = -1e300;
  for (size_t i = 0; i < who_.size(); ++i) {
    if (centre_[i] - kReach / slope_[i] >
        centre_[lead] - kReach / slope_[lead]) {
      lead = i;
    }
    high = std::max(high, centre_[i] + kReach / slope_[i]);
  }
  below_.resize(who_.size());
  above_.resize(who_.size());
  before_.resize(who_.size());
  mean_.resize(who_.size());
  chance_.assign(who_.size(), 0.0);
  const double low = centre_[lead] - kReach / slope_[lead];
  const double knee = centre_[lead] + kReach / slope_[lead];
  Sweep(low, knee, kStepsBelow);
  if (high > knee) Sweep(knee, high, kStepsAbove);
  double sum = 0;
  for (double p : chance_) sum += p;
  for (size_t i = 0; i < who_.size(); ++i) out[who_[i]] = chance_[i] / sum;
}

void ChoiceMaker::SquareCb(std::span<const Belief> beliefs, double gamma,
                           std::span<double> out) {
  double most = 0;
  size_t best = 0;
  for (size_t i = 0; i < beliefs.size(); ++i) {
    most = std::max(most, beliefs[i].value);
    if (beliefs[i].value * beliefs[i].mean >
        beliefs[best].value * beliefs[best].mean) {
      best = i;
    }
  }
  if (!(most > 0)) return Evenly(out);
  const double top = beliefs[best].value * beliefs[best].mean;
  double rest = 1;
  for (size_t i = 0; i < beliefs.size(); ++i) {
    if (i == best) continue;
    const double gap = (top - beliefs[i].value * beliefs[i].mean) / most;
    out[i] = 1 / (static_cast<double>(beliefs.size()) + gamma * gap);
    rest -= out[i];
  }
  out[best] = rest;
}

void ChoiceMaker::Mix(double floor, std::span<double> probabilities) {
  const double even = floor / static_cast<double>(probabilities.size());
  for (double& p : probabilities) p = (1 - floor) * p + even;
}

size_t ChoiceMaker::Drawn(double draw, std::span<const double> probabilities) {
  size_t last = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    if (!(probabilities[i] > 0)) continue;
    last = i;
    if (draw < probabilities[i]) return i;
    draw -= probabilities[i];
  }
  return last;
}

}  // namespace trato::core
