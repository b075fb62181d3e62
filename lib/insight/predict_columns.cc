// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "insight/gamma_gamma.h"
#include "insight/numeric.h"
#include "insight/value_prediction.h"

namespace trato::core {
namespace {

constexpr size_t kRowsPerTask = 8192;
constexpr size_t kPairsPerTask = 64;
constexpr double kNormal95 = 1.959963984540054;
constexpr double kMoved = 1e-3;  // of a logarithm, for differences
constexpr double kMaxTime = 1e9;

// Many customers have the same number of purchases and the same age: what was
// just worked out of these two is worth keeping.
class Remembered {
 public:
  template <typename Make>
  double Get(const PurchaseHistory& her, Make make) {
    const auto bits =
        static_cast<uint64_t>(her.age * 1024) * 0x9e3779b97f4a7c15u +
        static_cast<uint64_t>(her.frequency) * 0xbf58476d1ce4e5b9u;
    Entry& entry = entries_[bits >> 52];
    if (entry.frequency != her.frequency || entry.age != her.age) {
      entry = {her.frequency, her.age, make()};
    }
    return entry.value;
  }

 private:
  struct Entry {
    double frequency = -1, age = -1, value = 0;
  };
  std::vector<Entry> entries_ = std::vector<Entry>(4096);
};

absl::Status CheckTime(double value, std::string_view name) {
  if (value >= 0 && value <= kMaxTime) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(name, " is not within 0 and 1e9"));
}

class Prediction {
 public:
  Prediction(const FittedModel& model, const PurchaseColumns& columns,
             const PredictOptions& options, const RunTasks& run,
             const PredictionColumns& out)
      : model_(model),
        columns_(columns),
        options_(options),
        run_(run),
        out_(out),
        of_time_(!out.alive.empty() || !out.alive_later.empty() ||
                 !out.expected.empty() || !out.none.empty() ||
                 !out.wait.empty()),
        interval_(!out.expected_low.empty() || !out.expected_high.empty()),
        discounted_(!out.discounted.empty() || !out.value.empty()),
        spend_(!out.spend.empty() || !out.value.empty()) {}

  absl::Status Check() const;
  void Run();

 private:
  bool IsOfSpend() const { return model_.kind == ValueModelKind::kGammaGamma; }
  bool WantsTime() const { return of_time_ || interval_ || discounted_; }
  PurchaseHistory At(size_t row) const {
    return {columns_.frequency[row], columns_.recency[row],
            columns_.age[row]};
  }
  void DiscountEachPair();
  void Work(size_t task);
  void Interval(size_t row, const PurchaseHistory& her, double expected);
  double SpendOf(size_t row) const;

  const FittedModel& model_;
  const PurchaseColumns& columns_;
  const PredictOptions& options_;
  const RunTasks& run_;
  const PredictionColumns& out_;
  const bool of_time_, interval_, discounted_, spend_;

  std::optional<ValuePredictor> predictor_;
  // With one parameter a little larger, and smaller.
  std::vector<std::pair<std::unique_ptr<ValuePredictor>,
                        std::unique_ptr<ValuePredictor>>>
      moved_;
  // What the discounted purchases are if alive, by frequency and age: dear, and
  // the same for many.
  std::vector<uint32_t> pair_;  // by row
  std::vector<double> of_pair_;
};

absl::Status Prediction::Check() const {
  TRATO_RETURN_IF_ERROR(CheckPurchases(columns_));
  TRATO_RETURN_IF_ERROR(CheckTime(options_.horizon, "horizon"));
  TRATO_RETURN_IF_ERROR(CheckTime(options_.later, "later"));
  TRATO_RETURN_IF_ERROR(CheckTime(options_.value_horizon, "value_horizon"));
  if (!(options_.rate >= 0 && options_.rate <= kMaxTime)) {
    return absl::InvalidArgumentError("discount is not within 0 and 1e9");
  }
  if (!(options_.quantile >= 0 && options_.quantile < 1)) {
    return absl::InvalidArgumentError("quantile is not within 0 and below 1");
  }
  if (!std::isfinite(options_.margin)) {
    return absl::InvalidArgumentError("margin is no number");
  }
  if (WantsTime() && IsOfSpend()) {
    return absl::InvalidArgumentError(
        "model: gamma_gamma says what is spent, not how often");
  }
  const bool some = !columns_.frequency.empty();
  if (WantsTime() && some &&
      (columns_.recency.empty() || columns_.age.empty())) {
    return absl::InvalidArgumentError("recency and age are needed");
  }
  if (discounted_ && options_.rate == 0 && options_.value_horizon == 0) {
    return absl::InvalidArgumentError(
        "discount and value_horizon are both 0: what is worth the same for "
        "ever has no end");
  }
  if (options_.spend != nullptr &&
      options_.spend->kind != ValueModelKind::kGammaGamma) {
    return absl::InvalidArgumentError("spend is no gamma_gamma model");
  }
  if (spend_ && some && columns_.spend.empty()) {
    return absl::InvalidArgumentError("spend is needed");
  }
  return absl::OkStatus();
}

void Prediction::DiscountEachPair() {
  absl::flat_hash_map<std::pair<double, double>, uint32_t> seen;
  std::vector<PurchaseHistory> pairs;
  pair_.resize(columns_.frequency.size());
  for (size_t i = 0; i < pair_.size(); ++i) {
    const PurchaseHistory her = At(i);
    const auto [place, is_new] = seen.try_emplace(
        {her.frequency, her.age}, static_cast<uint32_t>(pairs.size()));
    if (is_new) pairs.push_back(her);
    pair_[i] = place->second;
  }
  of_pair_.resize(pairs.size());
  RunAll(
      run_,
      [&](size_t task) {
        const size_t end = std::min(pairs.size(), (task + 1) * kPairsPerTask);
        for (size_t i = task * kPairsPerTask; i < end; ++i) {
          of_pair_[i] = predictor_->DiscountedIfAlive(
              pairs[i], options_.value_horizon, options_.rate);
        }
      },
      (pairs.size() + kPairsPerTask - 1) / kPairsPerTask);
}

// By the delta method, of the logarithm, which keeps it above 0.
void Prediction::Interval(size_t row, const PurchaseHistory& her,
                          double expected) {
  double slope[kMaxParameters] = {};
  for (size_t j = 0; j < moved_.size() && expected > 0; ++j) {
    const double up = moved_[j].first->Expected(her, options_.horizon);
    const double down = moved_[j].second->Expected(her, options_.horizon);
    if (up > 0 && down > 0) slope[j] = std::log(up / down) / (2 * kMoved);
  }
  double variance = 0;
  for (size_t j = 0; j < moved_.size(); ++j) {
    for (size_t k = 0; k < moved_.size(); ++k) {
      variance += slope[j] * slope[k] * model_.covariance[j * kMaxParameters + k];
    }
  }
  // A factor of e^20 says as little as a larger one.
  const double spread =
      std::min(20.0, kNormal95 * std::sqrt(std::max(0.0, variance)));
  if (!out_.expected_low.empty()) {
    out_.expected_low[row] = expected * std::exp(-spread);
  }
  if (!out_.expected_high.empty()) {
    out_.expected_high[row] = expected * std::exp(spread);
  }
}

double Prediction::SpendOf(size_t row) const {
  const double spend = std::max(0.0, columns_.spend[row]);
  const FittedModel* model = IsOfSpend() ? &model_ : options_.spend;
  if (model == nullptr) return spend;
  const auto& p = model->value;
  return ExpectedSpend(p[0], p[1], p[2], columns_.frequency[row], spend);
}

void Prediction::Work(size_t task) {
  const bool occasions = model_.kind == ValueModelKind::kBgBb;
  const bool wants_expected = !out_.expected.empty() || interval_;
  Remembered expected_if_alive;
  const size_t rows = columns_.frequency.size();
  const size_t end = std::min(rows, (task + 1) * kRowsPerTask);
  for (size_t i = task * kRowsPerTask; i < end; ++i) {
    double discounted = 0;
    if (WantsTime()) {
      const PurchaseHistory her = At(i);
      const double alive = predictor_->Alive(her);
      if (!out_.alive.empty()) out_.alive[i] = alive;
      if (!out_.alive_later.empty()) {
        out_.alive_later[i] = predictor_->AliveLater(her, options_.later);
      }
      if (wants_expected) {
        const double expected =
            occasions ? predictor_->Expected(her, options_.horizon)
                      : alive * expected_if_alive.Get(her, [&] {
                          return predictor_->ExpectedIfAlive(her,
                                                             options_.horizon);
                        });
        if (!out_.expected.empty()) out_.expected[i] = expected;
        if (interval_) Interval(i, her, expected);
      }
      if (!out_.none.empty()) {
        out_.none[i] = predictor_->NoneWithin(her, options_.horizon);
      }
      if (!out_.wait.empty()) {
        out_.wait[i] = predictor_->WaitIfAlive(her, options_.quantile);
      }
      if (discounted_) {
        discounted = occasions
                         ? predictor_->Discounted(her, options_.value_horizon,
                                                  options_.rate)
                         : alive * of_pair_[pair_[i]];
        if (!out_.discounted.empty()) out_.discounted[i] = discounted;
      }
    }
    if (!spend_) continue;
    const double spend = SpendOf(i);
    if (!out_.spend.empty()) out_.spend[i] = spend;
    if (!out_.value.empty()) {
      out_.value[i] = discounted * spend * options_.margin;
    }
  }
}

void Prediction::Run() {
  if (!IsOfSpend()) predictor_.emplace(model_.kind, model_.value);
  for (size_t i = 0; interval_ && i < model_.count; ++i) {
    Parameters by{};
    by[i] = kMoved;
    auto up = std::make_unique<ValuePredictor>(model_.kind, Moved(model_, by));
    by[i] = -kMoved;
    moved_.emplace_back(std::move(up), std::make_unique<ValuePredictor>(
                                           model_.kind, Moved(model_, by)));
  }
  if (discounted_ && model_.kind != ValueModelKind::kBgBb) DiscountEachPair();
  RunAll(
      run_, [this](size_t task) { Work(task); },
      (columns_.frequency.size() + kRowsPerTask - 1) / kRowsPerTask);
}

}  // namespace

absl::Status PredictValue(const FittedModel& model,
                          const PurchaseColumns& columns,
                          const PredictOptions& options, const RunTasks& run,
                          const PredictionColumns& out) {
  Prediction prediction(model, columns, options, run, out);
  TRATO_RETURN_IF_ERROR(prediction.Check());
  prediction.Run();
  return absl::OkStatus();
}

}  // namespace trato::core
