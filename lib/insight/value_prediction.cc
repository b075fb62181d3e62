// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/value_prediction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "insight/bg_bb.h"
#include "insight/numeric.h"
#include "insight/pareto_nbd.h"

namespace trato::core {
namespace {

constexpr int kNodes[] = {8, 16, 32, 64, 128};
// Beyond this many e-foldings nothing is left.
constexpr double kFolds = 40;
constexpr double kMaxOccasions = 1e5;

// Nodes for the mean of (1 - (1 + p t/c)^-k) / p to some ten digits. What is
// nearest is the pole at p = -c/t for small k, and the decay e^(-k p t/c) itself
// for large ones.
size_t SizeFor(double shape, double ratio) {
  const double from_pole = 1 + 2 / ratio;
  const double ellipse =
      std::log(from_pole + std::sqrt(from_pole * from_pole - 1));
  const double decay = std::log1p(2 / ratio);
  const double per_node = shape < 8 ? ellipse : std::min(ellipse, decay);
  size_t size = 0;
  while (size + 1 < std::size(kNodes) && kNodes[size] * 2 * per_node < 26) {
    ++size;
  }
  return size;
}

using Eight = Eigen::Array<double, 8, 1>;

// -expm1(-k log1p(y)), by Kahan's corrections: Eigen has vectors of log and exp
// only.
Eight OneMinusPower(const Eight& y, double k) {
  const Eight whole = 1 + y;
  const Eight off = whole - 1;
  const Eight log1p =
      (off == 0).select(y, whole.log() * y / (off == 0).select(1.0, off));
  const Eight power = -k * log1p;
  const Eight e = power.exp();
  const Eight less = e - 1;
  // Far from 0 there is nothing to correct, and near e = 0 no logarithm.
  return -((less > -0.5).select(
      (less == 0).select(power,
                         less * power / (less == 0 || e == 0).select(1.0, e.log())),
      less));
}

// The mean of (1 - (1 + p ratio)^-k) / p, or without / p.
double MeanOver(const BetaNodes& nodes, double shape, double ratio,
                bool divided) {
  Eight sum = Eight::Zero();
  for (Eigen::Index i = 0; i < nodes.at.size(); i += 8) {
    const Eight at = nodes.at.segment<8>(i);
    const Eight weight = nodes.weight.segment<8>(i);
    const Eight value = weight * OneMinusPower(at * ratio, shape);
    if (divided) {
      sum += value / at;
    } else {
      sum += value;
    }
  }
  return sum.sum();
}

}  // namespace

ValuePredictor::ValuePredictor(ValueModelKind kind,
                               const Parameters& parameters)
    : kind_(kind),
      parameter_(parameters),
      kept_(new std::atomic<const BetaNodes*>[kSizes * kKept] {}) {
  static_assert(kSizes == std::size(kNodes));
}

ValuePredictor::~ValuePredictor() {
  for (size_t i = 0; i < kSizes * kKept; ++i) delete kept_[i].load();
}

const BetaNodes& ValuePredictor::NodesFor(double frequency, size_t size,
                                          BetaNodes& own) const {
  const bool modified = kind_ == ValueModelKind::kMbgNbd;
  const auto make = [&] {
    return MakeBetaNodes(kNodes[size], parameter_[2],
                         parameter_[3] + frequency + (modified ? 1 : 0));
  };
  if (!(frequency < kKept)) return own = make();
  std::atomic<const BetaNodes*>& place =
      kept_[size * kKept + static_cast<size_t>(frequency)];
  if (const BetaNodes* kept = place.load(std::memory_order_acquire)) {
    return *kept;
  }
  auto made = std::make_unique<const BetaNodes>(make());
  const BetaNodes* before = nullptr;
  if (place.compare_exchange_strong(before, made.get(),
                                    std::memory_order_acq_rel)) {
    return *made.release();
  }
  return *before;  // another thread was faster, with the same numbers
}

double ValuePredictor::OverNodes(double frequency, double shape,
                                 double ratio) const {
  if (!(ratio > 0)) return 0;
  BetaNodes own;
  const BetaNodes& nodes = NodesFor(frequency, SizeFor(shape, ratio), own);
  return MeanOver(nodes, shape, ratio, true);
}

// The logarithm of the odds of having left.
double ValuePredictor::Odds(const PurchaseHistory& her) const {
  const auto& [r, alpha, third, fourth] = parameter_;
  const double shape = r + her.frequency;
  if (kind_ == ValueModelKind::kParetoNbd) {
    return LogOfHavingLeft(shape, alpha, third, fourth, her.recency, her.age) +
           shape * std::log(alpha + her.age) +
           third * std::log(fourth + her.age);
  }
  const double chances =
      her.frequency + (kind_ == ValueModelKind::kMbgNbd ? 1 : 0);
  if (chances == 0) return -std::numeric_limits<double>::infinity();
  return std::log(third / (fourth + chances - 1)) +
         shape * std::log1p((her.age - her.recency) / (alpha + her.recency));
}

double ValuePredictor::Alive(const PurchaseHistory& her) const {
  if (kind_ == ValueModelKind::kBgBb) {
    const auto& [alpha, beta, gamma, delta] = parameter_;
    const BgBbTerms terms = BgBbLikelihoodOf(
        alpha, beta, gamma, delta, her.frequency, her.recency, her.age);
    return std::min(1.0, std::exp(terms.alive - terms.all)) *
           (delta + her.age) / (gamma + delta + her.age);
  }
  return Logistic(-Odds(her));
}

double ValuePredictor::AliveLater(const PurchaseHistory& her,
                                  double later) const {
  const double alive = Alive(her);
  if (!(later > 0)) return alive;
  const auto& [r, alpha, third, fourth] = parameter_;
  switch (kind_) {
    case ValueModelKind::kBgBb: {
      const double left = fourth + her.age + 1;
      return alive * std::exp(LogGamma(left + later) - LogGamma(left) +
                              LogGamma(third + left) -
                              LogGamma(third + left + later));
    }
    case ValueModelKind::kParetoNbd:
      return alive *
             std::exp(-third * std::log1p(later / (fourth + her.age)));
    default: {
      const double ratio = later / (alpha + her.age);
      const double shape = r + her.frequency;
      BetaNodes own;
      const BetaNodes& nodes =
          NodesFor(her.frequency, SizeFor(shape, ratio), own);
      const double left = MeanOver(nodes, shape, ratio, false);
      return alive * std::clamp(1 - left, 0.0, 1.0);
    }
  }
}

double ValuePredictor::ExpectedIfAlive(const PurchaseHistory& her,
                                       double horizon) const {
  const auto& [r, alpha, third, fourth] = parameter_;
  const double shape = r + her.frequency;
  if (kind_ != ValueModelKind::kParetoNbd) {
    return OverNodes(her.frequency, shape, horizon / (alpha + her.age));
  }
  const double span = std::log1p(horizon / (fourth + her.age));
  const double exponent = third - 1;
  const double lived = exponent == 0
                           ? span
                           : -std::expm1(-exponent * span) / exponent;
  return shape * (fourth + her.age) / (alpha + her.age) * lived;
}

// Purchases at the next occasions, each by e^(-rate i).
double ValuePredictor::OfOccasions(const PurchaseHistory& her, double occasions,
                                   double rate) const {
  const auto& [alpha, beta, gamma, delta] = parameter_;
  const double chance = (alpha + her.frequency) / (alpha + beta + her.age);
  double sum = 0;
  double alive = 1;
  for (double i = 1; i <= occasions; ++i) {
    const double term = alive * std::exp(-rate * i);
    if (term < 1e-16 * sum) break;
    sum += term;
    alive *= (delta + her.age + i) / (gamma + delta + her.age + i);
  }
  return Alive(her) * chance * sum;
}

double ValuePredictor::NoneOfOccasions(const PurchaseHistory& her,
                                       double occasions) const {
  const auto& [alpha, beta, gamma, delta] = parameter_;
  const double refusing = beta + her.age - her.frequency;
  const double all = alpha + beta + her.age;
  // Given that she is there at the next occasion.
  double none = 0;
  double alive = 1;
  double refused = 1;
  for (double i = 1; i <= occasions; ++i) {
    refused *= (refusing + i - 1) / (all + i - 1);
    const double stays =
        (delta + her.age + i) / (gamma + delta + her.age + i);
    none += alive * (i < occasions ? 1 - stays : 1) * refused;
    alive *= stays;
  }
  const double here = Alive(her);
  return occasions < 1 ? 1 : 1 - here + here * none;
}

double ValuePredictor::Expected(const PurchaseHistory& her,
                                double horizon) const {
  if (!(horizon > 0)) return 0;
  if (kind_ == ValueModelKind::kBgBb) return OfOccasions(her, horizon, 0);
  return Alive(her) * ExpectedIfAlive(her, horizon);
}

double ValuePredictor::NoneWithin(const PurchaseHistory& her,
                                  double horizon) const {
  if (!(horizon > 0)) return 1;
  if (kind_ == ValueModelKind::kBgBb) return NoneOfOccasions(her, horizon);
  const auto& [r, alpha, third, fourth] = parameter_;
  const double shape = r + her.frequency;
  const double alive = Alive(her);
  double none = std::exp(-shape * std::log1p(horizon / (alpha + her.age)));
  if (kind_ == ValueModelKind::kParetoNbd) {
    const double until = her.age + horizon;
    // That she stays and does not buy, or leaves before she does.
    none *= std::exp(-third * std::log1p(horizon / (fourth + her.age)));
    none += std::exp(LogOfHavingLeft(shape, alpha, third, fourth, her.age,
                                     until) +
                     shape * std::log(alpha + her.age) +
                     third * std::log(fourth + her.age));
  }
  return std::clamp(1 - alive + alive * none, 0.0, 1.0);
}

double ValuePredictor::WaitIfAlive(const PurchaseHistory& her, double q) const {
  if (!(q > 0)) return 0;
  if (kind_ != ValueModelKind::kBgBb) {
    const double folds = -std::log1p(-q) / (parameter_[0] + her.frequency);
    // e^700 is near the largest double.
    if (!(folds < 700)) return kLongestWait;
    return std::min(kLongestWait, (parameter_[1] + her.age) * std::expm1(folds));
  }
  // The first occasion by which the chance of none is 1 - q or less.
  const double refusing = parameter_[1] + her.age - her.frequency;
  const double all = parameter_[0] + parameter_[1] + her.age;
  const double base = LogGamma(all) - LogGamma(refusing);
  const double wanted = std::log1p(-q);
  const auto none = [&](double occasions) {
    return base + LogGamma(refusing + occasions) - LogGamma(all + occasions);
  };
  if (!(none(kLongestWait) <= wanted)) return kLongestWait;
  double low = 0;
  double high = 1;
  while (none(high) > wanted) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const double middle = std::floor((low + high) / 2);
    (none(middle) > wanted ? low : high) = middle;
  }
  return high;
}

double ValuePredictor::Discounted(const PurchaseHistory& her, double horizon,
                                  double rate) const {
  if (kind_ == ValueModelKind::kBgBb) {
    return OfOccasions(her, horizon > 0 ? horizon : kMaxOccasions, rate);
  }
  return Alive(her) * DiscountedIfAlive(her, horizon, rate);
}

double ValuePredictor::DiscountedIfAlive(const PurchaseHistory& her,
                                         double horizon, double rate) const {
  const bool for_ever = !(horizon > 0);
  if (!(rate > 0)) return for_ever ? 0 : ExpectedIfAlive(her, horizon);
  // By parts: what comes later than t is worth less by rate e^(-rate t) dt.
  const double until = for_ever ? kFolds / rate
                                : std::min(horizon, kFolds / rate);
  const double scale = parameter_[1] + her.age;
  const double top = std::log1p(until / scale);
  const auto integral = [&]<int kSteps>(const Legendre<kSteps>& nodes) {
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
      const double w = top * nodes.at[i];
      const double at = scale * std::expm1(w);
      sum += nodes.weight[i] * top * scale * std::exp(w - rate * at) *
             ExpectedIfAlive(her, at);
    }
    return sum;
  };
  // A short way is smooth: fewer steps are as good.
  double sum = top < 1 ? integral(LegendreNodes<8>())
               : top < 2.5 ? integral(LegendreNodes<12>())
                           : integral(LegendreNodes<20>());
  sum *= rate;
  if (!for_ever && until == horizon) {
    sum += std::exp(-rate * until) * ExpectedIfAlive(her, until);
  }
  return sum;
}

}  // namespace trato::core
