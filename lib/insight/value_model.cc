// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/value_model.h"

#include <cmath>
#include <utility>

#include "base/status.h"
#include "insight/bg_bb.h"
#include "insight/bg_nbd.h"
#include "insight/gamma_gamma.h"
#include "insight/optimum.h"
#include "insight/pareto_nbd.h"

namespace trato::core {
namespace {

// Where times are on average so long, the parameters are near 1.
constexpr double kTypicalAge = 30;
constexpr double kMaxOccasions = 10000;
constexpr double kNormal95 = 1.959963984540054;

bool IsOfTime(ValueModelKind kind) { return kind <= ValueModelKind::kParetoNbd; }

absl::Status CheckOccasions(const PurchaseColumns& columns) {
  for (size_t i = 0; i < columns.age.size(); ++i) {
    const double n = columns.age[i];
    const double last = columns.recency[i];
    if (n != std::floor(n) || n > kMaxOccasions) {
      return absl::InvalidArgumentError(
          StrCat("age[", i, "] is no whole number of occasions up to 10,000"));
    }
    if (last != std::floor(last) || columns.frequency[i] > last) {
      return absl::InvalidArgumentError(
          StrCat("recency[", i,
                 "] is not the number of the last occasion that was taken"));
    }
  }
  return absl::OkStatus();
}

// Which parameters grow with the unit of time or money, and how the likelihood
// does: densities of times count a unit for each repeat purchase.
struct Scaled {
  std::array<bool, kMaxParameters> by_unit{};
  double log_density = 0;
};

double OffsetOf(ValueModelKind kind, size_t parameter) {
  return kind == ValueModelKind::kGammaGamma && parameter == 1 ? 1 : 0;
}

FittedModel Finished(ValueModelKind kind, const Optimum& optimum,
                     const Scaled& scaled, double scale, double customers) {
  FittedModel model;
  model.kind = kind;
  model.status = optimum.status;
  model.count = static_cast<uint32_t>(optimum.theta.size());
  model.customers = customers;
  model.evaluations = optimum.evaluations;
  model.log_likelihood = optimum.log_likelihood + scaled.log_density;
  for (size_t i = 0; i < model.count; ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    const double unit = scaled.by_unit[i] ? scale : 1;
    const double offset = OffsetOf(kind, i);
    const double spread = kNormal95 * std::sqrt(optimum.covariance(at, at));
    model.value[i] = offset + unit * std::exp(optimum.theta[at]);
    model.low[i] = offset + unit * std::exp(optimum.theta[at] - spread);
    model.high[i] = offset + unit * std::exp(optimum.theta[at] + spread);
    for (size_t j = 0; j < model.count; ++j) {
      model.covariance[i * kMaxParameters + j] =
          optimum.covariance(at, static_cast<Eigen::Index>(j));
    }
  }
  return model;
}

}  // namespace

std::string_view NameOf(ValueModelKind kind) {
  constexpr std::string_view kNames[] = {"mbg_nbd", "bg_nbd", "pareto_nbd",
                                         "bg_bb", "gamma_gamma"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view ParameterName(ValueModelKind kind, size_t parameter) {
  constexpr std::string_view kNames[][kMaxParameters] = {
      {"r", "alpha", "a", "b"},
      {"r", "alpha", "a", "b"},
      {"r", "alpha", "s", "beta"},
      {"alpha", "beta", "gamma", "delta"},
      {"p", "q", "gamma", ""}};
  return kNames[static_cast<size_t>(kind)][parameter];
}

absl::StatusOr<FittedModel> FitValueModel(ValueModelKind kind,
                                          const PurchaseColumns& columns,
                                          const FitOptions& options,
                                          const RunTasks& run) {
  TRATO_RETURN_IF_ERROR(CheckPurchases(columns));
  if (columns.frequency.empty()) {
    return absl::InvalidArgumentError("count: there is nobody to fit it to");
  }
  const bool of_spend = kind == ValueModelKind::kGammaGamma;
  if (of_spend ? columns.spend.empty()
               : columns.recency.empty() || columns.age.empty()) {
    return absl::InvalidArgumentError(
        of_spend ? "spend is needed by gamma_gamma"
                 : StrCat("recency and age are needed by ", NameOf(kind)));
  }
  Scaled scaled;
  double scale = 1;
  if (of_spend) {
    scale = MeanPositive(columns.spend, columns.weight);
    scaled.by_unit[2] = true;
  } else if (IsOfTime(kind)) {
    scale = MeanPositive(columns.age, columns.weight) / kTypicalAge;
    scaled.by_unit[1] = true;
    scaled.by_unit[3] = kind == ValueModelKind::kParetoNbd;
  } else {
    TRATO_RETURN_IF_ERROR(CheckOccasions(columns));
  }
  // A mean under the smallest normal double is none.
  if (!(scale > 1e-290)) scale = 1;
  const GroupedPurchases groups = of_spend ? GroupSpends(columns, scale)
                                           : GroupPurchases(columns, scale);
  if (!(groups.customers > 0)) {
    return absl::InvalidArgumentError(
        of_spend ? "spend: nobody with a repeat purchase has one above 0"
                 : "weight: there is nobody to fit it to");
  }
  if (of_spend || IsOfTime(kind)) {
    double units = 0;
    for (size_t i = 0; i < groups.weight.size(); ++i) {
      units += groups.weight[i] * (of_spend ? 1 : groups.frequency[i]);
    }
    scaled.log_density = -units * std::log(scale);
  }
  const LogLikelihood likelihood = [&](const Eigen::VectorXd& theta,
                                       Eigen::VectorXd& slope) {
    switch (kind) {
      case ValueModelKind::kParetoNbd:
        return ParetoNbdLikelihood(groups, run, theta, slope);
      case ValueModelKind::kBgBb:
        return BgBbLikelihood(groups, run, theta, slope);
      case ValueModelKind::kGammaGamma:
        return GammaGammaLikelihood(groups, run, theta, slope);
      default:
        return BgNbdLikelihood(groups, kind == ValueModelKind::kMbgNbd, run,
                               theta, slope);
    }
  };
  const Optimum optimum =
      Maximise(likelihood, of_spend ? 3 : 4, groups.customers, options);
  return Finished(kind, optimum, scaled, scale, groups.customers);
}

Parameters Moved(const FittedModel& model, const Parameters& by) {
  Parameters moved{};
  for (size_t i = 0; i < model.count; ++i) {
    const double offset = OffsetOf(model.kind, i);
    moved[i] = offset + (model.value[i] - offset) * std::exp(by[i]);
  }
  return moved;
}

}  // namespace trato::core
