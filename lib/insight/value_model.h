// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The models of how often customers will come back and what they will spend:
// fitted by maximum likelihood, the same bits for any number of threads and any
// order of the customers.

#ifndef TRATO_INSIGHT_VALUE_MODEL_H_
#define TRATO_INSIGHT_VALUE_MODEL_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "insight/fit.h"
#include "insight/purchases.h"

namespace trato::core {

// Numbered as in trato.h.
enum class ValueModelKind : uint32_t {
  kMbgNbd = 0,
  kBgNbd = 1,
  kParetoNbd = 2,
  kBgBb = 3,
  kGammaGamma = 4,
};
inline constexpr uint32_t kValueModelKinds = 5;

// "mbg_nbd" and so on.
std::string_view NameOf(ValueModelKind kind);
std::string_view ParameterName(ValueModelKind kind, size_t parameter);

inline constexpr size_t kMaxParameters = 4;
using Parameters = std::array<double, kMaxParameters>;

struct FittedModel {
  ValueModelKind kind = ValueModelKind::kMbgNbd;
  FitStatus status = FitStatus::kNotConverged;
  uint32_t count = 0;  // of parameters
  // r, alpha, a, b; r, alpha, s, beta; alpha, beta, gamma, delta; p, q, gamma.
  Parameters value{};
  // 95 % by the curvature of the log-likelihood.
  Parameters low{};
  Parameters high{};
  // Of the parameters' logarithms (of q - 1 for q), by rows.
  std::array<double, kMaxParameters * kMaxParameters> covariance{};
  double log_likelihood = 0;
  double customers = 0;  // who took part
  uint32_t evaluations = 0;
};

// Errors: INVALID_ARGUMENT (nobody, or see CheckPurchases; for BG/BB occasions
// that are no whole numbers up to 10,000).
absl::StatusOr<FittedModel> FitValueModel(ValueModelKind kind,
                                          const PurchaseColumns& columns,
                                          const FitOptions& options,
                                          const RunTasks& run);

// What was fitted, with each logarithm moved by `by`: for intervals.
Parameters Moved(const FittedModel& model, const Parameters& by);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_VALUE_MODEL_H_
