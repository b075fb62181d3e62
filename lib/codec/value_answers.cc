// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/value_answers.h"

#include <utility>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

Json ErrorsJson(const ForecastErrors& errors) {
  return Json{{"mean_absolute", errors.mean_absolute},
              {"root_mean_square", errors.root_mean_square},
              {"expected", errors.expected},
              {"actual", errors.actual},
              {"customers", errors.customers},
              {"ranking", errors.ranking < 0 ? Json() : Json(errors.ranking)}};
}

const char* NameOfStatus(FitStatus status) {
  switch (status) {
    case FitStatus::kConverged:
      return "converged";
    case FitStatus::kRegularised:
      return "regularised";
    default:
      return "not_converged";
  }
}

Json ModelJson(const FittedModel& model) {
  Json parameters = Json::object();
  for (size_t i = 0; i < model.count; ++i) {
    parameters[Text(ParameterName(model.kind, i))] =
        Json{{"value", model.value[i]},
             {"low", model.low[i]},
             {"high", model.high[i]}};
  }
  return Json{{"model", Text(NameOf(model.kind))},
              {"status", NameOfStatus(model.status)},
              {"parameters", std::move(parameters)},
              {"log_likelihood", model.log_likelihood},
              {"customers", model.customers}};
}

}  // namespace

std::string ChoiceJson(const ModelChoice& choice,
                       std::span<const ForecastErrors> after) {
  Json models = Json::array();
  for (size_t i = 0; i < choice.trials.size(); ++i) {
    Json model = ModelJson(choice.trials[i].fitted);
    model["inside"] = choice.by_forecast ? ErrorsJson(choice.trials[i].inside)
                                         : Json();
    model["after"] = i < after.size() ? ErrorsJson(after[i]) : Json();
    models.push_back(std::move(model));
  }
  return Written(
      Json{{"chosen", Text(NameOf(choice.trials[choice.chosen].fitted.kind))},
           {"by", choice.by_forecast ? "forecast" : "likelihood"},
           {"models", std::move(models)}});
}

}  // namespace trato::core
