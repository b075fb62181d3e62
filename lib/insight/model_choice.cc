// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/model_choice.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "insight/value_prediction.h"

namespace trato::core {
namespace {

constexpr ValueModelKind kTried[] = {ValueModelKind::kMbgNbd,
                                     ValueModelKind::kBgNbd,
                                     ValueModelKind::kParetoNbd};

// The area under the curve, ties counted half.
double Ranking(std::vector<std::pair<double, bool>> scored) {
  std::sort(scored.begin(), scored.end());
  double lost = 0;
  double stayed = 0;
  double won = 0;
  for (size_t i = 0; i < scored.size();) {
    double lost_here = 0;
    double stayed_here = 0;
    size_t j = i;
    for (; j < scored.size() && scored[j].first == scored[i].first; ++j) {
      (scored[j].second ? stayed_here : lost_here) += 1;
    }
    won += stayed_here * (lost + lost_here / 2);
    lost += lost_here;
    stayed += stayed_here;
    i = j;
  }
  return lost > 0 && stayed > 0 ? won / (lost * stayed) : -1;
}

PurchaseColumns ColumnsOf(const PurchaseSummary& summary) {
  return {summary.frequency, summary.recency, summary.age, {}, summary.spend};
}

}  // namespace

absl::StatusOr<ForecastErrors> ErrorsOf(const FittedModel& model,
                                        const PurchaseSummary& summary,
                                        double horizon, const RunTasks& run) {
  std::vector<double> expected(summary.customer.size());
  PredictionColumns out;
  out.expected = expected;
  PredictOptions options;
  options.horizon = horizon;
  TRATO_RETURN_IF_ERROR(
      PredictValue(model, ColumnsOf(summary), options, run, out));
  ForecastErrors errors;
  std::vector<std::pair<double, bool>> repeaters;
  for (size_t i = 0; i < expected.size(); ++i) {
    const double off = expected[i] - summary.ahead[i];
    errors.mean_absolute += std::abs(off);
    errors.root_mean_square += off * off;
    errors.expected += expected[i];
    errors.actual += summary.ahead[i];
    if (summary.frequency[i] > 0) {
      repeaters.emplace_back(expected[i], summary.ahead[i] > 0);
    }
  }
  errors.customers = static_cast<double>(expected.size());
  if (errors.customers > 0) {
    errors.mean_absolute /= errors.customers;
    errors.root_mean_square =
        std::sqrt(errors.root_mean_square / errors.customers);
  }
  errors.ranking = Ranking(std::move(repeaters));
  return errors;
}

absl::StatusOr<ModelChoice> ChooseModel(const PurchaseColumns& columns,
                                        const RunTasks& run) {
  ModelChoice choice;
  for (const ValueModelKind kind : kTried) {
    TRATO_ASSIGN_OR_RETURN(FittedModel fitted,
                           FitValueModel(kind, columns, {}, run));
    choice.trials.push_back({fitted, {}});
    if (fitted.log_likelihood >
        choice.trials[choice.chosen].fitted.log_likelihood) {
      choice.chosen = choice.trials.size() - 1;
    }
  }
  return choice;
}

absl::StatusOr<ModelChoice> ChooseModel(const PurchaseEvents& events,
                                        const SummaryOptions& options,
                                        const RunTasks& run) {
  TRATO_ASSIGN_OR_RETURN(const PurchaseSummary all,
                         SummarisePurchases(events, options, run));
  TRATO_ASSIGN_OR_RETURN(ModelChoice choice, ChooseModel(ColumnsOf(all), run));
  const double longest = *std::max_element(all.age.begin(), all.age.end());
  const double horizon = longest / 3;
  SummaryOptions inner = options;
  inner.until_us = all.end_us;
  inner.end_us = all.end_us - static_cast<int64_t>(
                                  horizon * static_cast<double>(options.unit_us));
  if (inner.end_us >= all.end_us) return choice;
  TRATO_ASSIGN_OR_RETURN(const PurchaseSummary known,
                         SummarisePurchases(events, inner, run));
  double bought = 0;
  for (const double it : known.ahead) bought += it;
  if (!(bought > 0)) return choice;
  choice.by_forecast = true;
  choice.inner_end_us = inner.end_us;
  choice.chosen = 0;
  for (size_t i = 0; i < choice.trials.size(); ++i) {
    TRATO_ASSIGN_OR_RETURN(
        const FittedModel early,
        FitValueModel(kTried[i], ColumnsOf(known), {}, run));
    TRATO_ASSIGN_OR_RETURN(choice.trials[i].inside,
                           ErrorsOf(early, known, horizon, run));
    if (choice.trials[i].inside.root_mean_square <
        choice.trials[choice.chosen].inside.root_mean_square) {
      choice.chosen = i;
    }
  }
  return choice;
}

}  // namespace trato::core
