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
    const auto at = [](int i) {
      if (i <= 0) return 0.0;
      if (i >= kCount) return 1.0;
      return 0.5 * std::erfc(-(i - kCount / 2) / kPerUnit / std::sqrt(2.0));
    };
    for (int i = 0; i <= kCount; ++i) {
      points_[static_cast<size_t>(i)] = {at(i), at(i + 1) - at(i)};
    }
  }
  double operator()(double z) const {
    double at = z * kPerUnit + kCount / 2;
    at = at > 0 ? at : 0;
    at = at < kCount ? at : kCount;
    const int i = static_cast<int>(at);
    const Point& point = points_[static_cast<size_t>(i)];
    return point.value + (at - i) * point.rise;
  }

 private:
  static constexpr int kCount = 1600;
  static constexpr double kPerUnit = 128;  // so z from -6.25 to 6.25
  struct Point {
    double value;
    double rise;  // to the next
  };
  std::array<Point, kCount + 1> points_;
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

void ChoiceMaker::Prune(double low) {
  size_t kept = 0;
  for (size_t i = 0; i < who_.size(); ++i) {
    if (centre_[i] + kReach / slope_[i] < low) continue;
    who_[kept] = who_[i];
    centre_[kept] = centre_[i];
    slope_[kept++] = slope_[i];
  }
  who_.resize(kept);
  centre_.resize(kept);
  slope_.resize(kept);
}

// Step by step from low to high: somebody is the largest within a step with the
// probability to lie in it, times that of all others to lie below. The products
// of several steps are made side by side, as each waits for its own.
void ChoiceMaker::Sweep(double low, double high, int steps) {
  const NormalTable& normal = Normal();
  const size_t count = who_.size();
  for (size_t i = 0; i < count; ++i) {
    below_[i] = normal((low - centre_[i]) * slope_[i]);
  }
  const double width = (high - low) / steps;
  Lanes ends;
  for (int step = 0; step < steps; step += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      ends[lane] = low + width * (step + 1 + static_cast<int>(lane));
    }
    Lanes product;
    product.fill(1);
    for (size_t i = 0; i < count; ++i) {
      Lanes& within = within_[i];
      Lanes& mean = mean_[i];
      double last = below_[i];
      for (size_t lane = 0; lane < kLanes; ++lane) {
        const double end = normal((ends[lane] - centre_[i]) * slope_[i]);
        within[lane] = end - last;
        mean[lane] = (end + last) / 2;
        last = end;
      }
      below_[i] = last;
      before_[i] = product;
      for (size_t lane = 0; lane < kLanes; ++lane) product[lane] *= mean[lane];
    }
    Lanes after;
    after.fill(1);
    for (size_t i = count; i-- > 0;) {
      Lanes of;
      for (size_t lane = 0; lane < kLanes; ++lane) {
        of[lane] = within_[i][lane] * before_[i][lane] * after[lane];
        after[lane] *= mean_[i][lane];
      }
      for (const double it : of) chance_[i] += it;
    }
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
  const double low = centre_[lead] - kReach / slope_[lead];
  const double knee = centre_[lead] + kReach / slope_[lead];
  Prune(low);
  below_.resize(who_.size());
  within_.resize(who_.size());
  mean_.resize(who_.size());
  before_.resize(who_.size());
  chance_.assign(who_.size(), 0.0);
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
