// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which model to believe: the one that would have foreseen best what is already
// known, decided without a look at what comes after.

#ifndef TRATO_INSIGHT_MODEL_CHOICE_H_
#define TRATO_INSIGHT_MODEL_CHOICE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "insight/purchase_events.h"
#include "insight/value_model.h"

namespace trato::core {

// How far off a model was about purchases in a period that it had not seen.
struct ForecastErrors {
  double mean_absolute = 0;
  double root_mean_square = 0;
  double expected = 0;  // purchases of all
  double actual = 0;
  double customers = 0;
  // Of those with repeats: the probability that somebody who bought no more was
  // ranked below somebody who did; -1 where there are not both.
  double ranking = -1;
};
absl::StatusOr<ForecastErrors> ErrorsOf(const FittedModel& model,
                                        const PurchaseSummary& summary,
                                        double horizon, const RunTasks& run);

struct ModelTrial {
  FittedModel fitted;     // to everything
  ForecastErrors inside;  // of the last part of what is known; see by_forecast
};
struct ModelChoice {
  std::vector<ModelTrial> trials;  // of the three models of time
  size_t chosen = 0;
  // Chosen by how well the last third of the time was foreseen from the first
  // two; otherwise (nobody bought then) by the likelihood.
  bool by_forecast = false;
  int64_t inner_end_us = 0;
};

// Tries BG/NBD, MBG/NBD and Pareto/NBD.
absl::StatusOr<ModelChoice> ChooseModel(const PurchaseEvents& events,
                                        const SummaryOptions& options,
                                        const RunTasks& run);
// The same by the likelihood alone.
absl::StatusOr<ModelChoice> ChooseModel(const PurchaseColumns& columns,
                                        const RunTasks& run);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_MODEL_CHOICE_H_
