// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 16 of trato.h: models.

#include <algorithm>
#include <cmath>
#include <optional>

#include "capi/purchases.h"
#include "codec/value_answers.h"
#include "insight/model_choice.h"
#include "insight/value_model.h"
#include "insight/value_prediction.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

static_assert(TRATO_MODEL_MBG_NBD ==
              static_cast<uint32_t>(ValueModelKind::kMbgNbd));
static_assert(TRATO_MODEL_BG_NBD ==
              static_cast<uint32_t>(ValueModelKind::kBgNbd));
static_assert(TRATO_MODEL_PARETO_NBD ==
              static_cast<uint32_t>(ValueModelKind::kParetoNbd));
static_assert(TRATO_MODEL_BG_BB ==
              static_cast<uint32_t>(ValueModelKind::kBgBb));
static_assert(TRATO_MODEL_GAMMA_GAMMA ==
              static_cast<uint32_t>(ValueModelKind::kGammaGamma));
static_assert(TRATO_FIT_REGULARISED ==
              static_cast<uint32_t>(FitStatus::kRegularised));

absl::StatusOr<ValueModelKind> ToKind(uint32_t model, std::string_view name) {
  if (model >= kValueModelKinds) {
    return absl::InvalidArgumentError(StrCat(name, " is no model"));
  }
  return static_cast<ValueModelKind>(model);
}

absl::StatusOr<PurchaseColumns> ToColumns(
    const trato_purchase_columns* columns) {
  TRATO_ASSIGN_OR_RETURN(const trato_purchase_columns it,
                         ReadStruct(columns, "columns"));
  if (it.count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.frequency, "columns.frequency"));
  }
  const auto some = [&](const double* values) {
    return std::span<const double>(values, values == nullptr ? 0 : it.count);
  };
  return PurchaseColumns{some(it.frequency), some(it.recency), some(it.age),
                         some(it.weight), some(it.spend)};
}

absl::StatusOr<FittedModel> ToModel(const trato_value_model* model,
                                    std::string_view name) {
  TRATO_ASSIGN_OR_RETURN(const trato_value_model it, ReadStruct(model, name));
  FittedModel fitted;
  TRATO_ASSIGN_OR_RETURN(fitted.kind, ToKind(it.model, StrCat(name, ".model")));
  const bool of_spend = fitted.kind == ValueModelKind::kGammaGamma;
  fitted.count = of_spend ? 3 : 4;
  if (it.parameter_count != fitted.count) {
    return absl::InvalidArgumentError(
        StrCat(name, ".parameter_count is not that of its model"));
  }
  for (size_t i = 0; i < fitted.count; ++i) {
    const double least = of_spend && i == 1 ? 1 : 0;
    if (!std::isfinite(it.parameters[i]) || !(it.parameters[i] > least)) {
      return absl::InvalidArgumentError(StrCat(
          name, ".parameters[", i, "] is not above ", of_spend && i == 1));
    }
    fitted.value[i] = it.parameters[i];
  }
  for (size_t i = 0; i < fitted.covariance.size(); ++i) {
    if (!std::isfinite(it.covariance[i])) {
      return absl::InvalidArgumentError(
          StrCat(name, ".covariance[", i, "] is no number"));
    }
    fitted.covariance[i] = it.covariance[i];
  }
  return fitted;
}

absl::Status GiveModel(const FittedModel& model, trato_value_model* out) {
  TRATO_RETURN_IF_ERROR(ReadStruct(out, "out_model").status());
  trato_value_model it = TRATO_VALUE_MODEL_INIT;
  it.struct_size = out->struct_size;
  it.model = static_cast<uint32_t>(model.kind);
  it.status = static_cast<uint32_t>(model.status);
  it.parameter_count = model.count;
  std::copy(model.value.begin(), model.value.end(), it.parameters);
  std::copy(model.low.begin(), model.low.end(), it.low);
  std::copy(model.high.begin(), model.high.end(), it.high);
  std::copy(model.covariance.begin(), model.covariance.end(), it.covariance);
  it.log_likelihood = model.log_likelihood;
  it.customers = model.customers;
  it.evaluations = model.evaluations;
  *out = it;
  return absl::OkStatus();
}

struct HowToPredict {
  PredictOptions options;
  std::optional<FittedModel> spend;
  RunTasks run;
};

absl::StatusOr<HowToPredict> ToPredict(const trato_value_options* options) {
  HowToPredict how;
  trato_value_options it = TRATO_VALUE_OPTIONS_INIT;
  if (options != nullptr) {
    TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
  }
  how.options.horizon = it.horizon;
  how.options.later = it.later;
  how.options.quantile = it.quantile;
  how.options.value_horizon = it.value_horizon;
  how.options.rate = it.discount;
  how.options.margin = it.margin;
  if (it.spend != nullptr) {
    TRATO_ASSIGN_OR_RETURN(how.spend, ToModel(it.spend, "options.spend"));
  }
  how.run = ToRun(it.run, it.run_context);
  return how;
}

absl::Status ExportValue(const FittedModel& model,
                         const trato_purchases& purchases,
                         const HowToPredict& how,
                         ArrowArrayStream* out_stream) {
  const size_t rows = purchases.summary.customer.size();
  PredictOptions options = how.options;
  if (how.spend) options.spend = &*how.spend;
  const bool of_time = model.kind != ValueModelKind::kGammaGamma;
  const bool ahead = of_time && options.horizon > 0;
  const bool worth = of_time && (options.rate > 0 || options.value_horizon > 0);
  PredictionColumns out;
  // Wanted or not, in the order of the table.
  struct Wanted {
    const char* name;
    std::span<double>* to;
    bool is;
  };
  const Wanted wanted[] = {
      {"alive", &out.alive, of_time},
      {"alive_later", &out.alive_later, of_time && options.later > 0},
      {"expected", &out.expected, ahead},
      {"expected_low", &out.expected_low, ahead},
      {"expected_high", &out.expected_high, ahead},
      {"none", &out.none, ahead},
      {"wait", &out.wait, of_time},
      {"spend", &out.spend, purchases.spend},
      {"discounted", &out.discounted, worth},
      {"value", &out.value, worth && purchases.spend},
  };
  std::vector<std::pair<const char*, std::vector<double>>> filled;
  filled.reserve(std::size(wanted));
  for (const Wanted& it : wanted) {
    if (!it.is) continue;
    *it.to = filled.emplace_back(it.name, std::vector<double>(rows)).second;
  }
  TRATO_RETURN_IF_ERROR(
      PredictValue(model, purchases.columns(), options, how.run, out));
  std::vector<NamedColumn> columns;
  columns.push_back(CustomersOf(purchases.table, purchases.summary.customer));
  for (auto& [name, values] : filled) {
    columns.push_back(Numbers(name, std::move(values)));
  }
  Give(std::move(columns), rows, out_stream);
  return absl::OkStatus();
}

absl::Status Choose(const trato_purchases& purchases, const RunTasks& run,
                    trato_value_model* out_model, trato_buf* out_json) {
  const PurchaseTable& table = purchases.table;
  ModelChoice choice;
  std::vector<ForecastErrors> after;
  if (purchases.events) {
    SummaryOptions options = purchases.options;
    TRATO_ASSIGN_OR_RETURN(
        choice, ChooseModel({table.customer, table.at_us, table.amount},
                            options, run));
  } else {
    TRATO_ASSIGN_OR_RETURN(choice, ChooseModel(purchases.columns(), run));
  }
  if (purchases.ahead) {
    const double horizon =
        static_cast<double>(purchases.options.until_us -
                            purchases.options.end_us) /
        static_cast<double>(purchases.options.unit_us);
    for (const ModelTrial& trial : choice.trials) {
      TRATO_ASSIGN_OR_RETURN(
          ForecastErrors errors,
          ErrorsOf(trial.fitted, purchases.summary, std::max(0.0, horizon),
                   run));
      after.push_back(errors);
    }
  }
  if (out_model != nullptr) {
    TRATO_RETURN_IF_ERROR(
        GiveModel(choice.trials[choice.chosen].fitted, out_model));
  }
  if (out_json == nullptr) return absl::OkStatus();
  return MoveInto(ChoiceJson(choice, after), out_json);
}

}  // namespace

extern "C" {

trato_status trato_value_fit(const trato_purchase_columns* columns,
                             const trato_value_fit_options* options,
                             trato_value_model* out_model,
                             trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const PurchaseColumns of, ToColumns(columns));
    trato_value_fit_options it = TRATO_VALUE_FIT_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
    }
    TRATO_ASSIGN_OR_RETURN(const ValueModelKind kind,
                           ToKind(it.model, "options.model"));
    if (!(it.prior >= 0) || !std::isfinite(it.prior)) {
      return absl::InvalidArgumentError("options.prior is negative");
    }
    TRATO_RETURN_IF_ERROR(ReadStruct(out_model, "out_model").status());
    TRATO_ASSIGN_OR_RETURN(
        const FittedModel model,
        FitValueModel(kind, of, {it.prior}, ToRun(it.run, it.run_context)));
    return GiveModel(model, out_model);
  });
}

trato_status trato_value_predict(const trato_value_model* model,
                                 const trato_purchase_columns* columns,
                                 const trato_value_options* options,
                                 const trato_value_predictions* out,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const FittedModel fitted, ToModel(model, "model"));
    TRATO_ASSIGN_OR_RETURN(const PurchaseColumns of, ToColumns(columns));
    TRATO_ASSIGN_OR_RETURN(HowToPredict how, ToPredict(options));
    TRATO_ASSIGN_OR_RETURN(const trato_value_predictions it,
                           ReadStruct(out, "out"));
    if (how.spend) how.options.spend = &*how.spend;
    const auto to = [&](double* values) {
      return std::span<double>(values,
                               values == nullptr ? 0 : of.frequency.size());
    };
    const PredictionColumns to_fill{
        to(it.alive),        to(it.alive_later),   to(it.expected),
        to(it.expected_low), to(it.expected_high), to(it.none),
        to(it.wait),         to(it.spend),         to(it.discounted),
        to(it.value)};
    return PredictValue(fitted, of, how.options, how.run, to_fill);
  });
}

trato_status trato_value_export(const trato_value_model* model,
                                const trato_purchases* purchases,
                                const trato_value_options* options,
                                ArrowArrayStream* out_stream,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const FittedModel fitted, ToModel(model, "model"));
    TRATO_RETURN_IF_ERROR(CheckSet(purchases, "purchases"));
    TRATO_ASSIGN_OR_RETURN(const HowToPredict how, ToPredict(options));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    return ExportValue(fitted, *purchases, how, out_stream);
  });
}

trato_status trato_value_choose(const trato_purchases* purchases,
                                trato_run_fn run, void* run_context,
                                trato_value_model* out_model,
                                trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(purchases, "purchases"));
    return Choose(*purchases, ToRun(run, run_context), out_model, out_json);
  });
}

}  // extern "C"
