// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/policy_value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "absl/strings/str_format.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

// Weights must average 1 within so many standard errors, and so much.
constexpr double kWeightErrors = 5;
constexpr double kWeightSlack = 0.05;
constexpr double kLevel = 0.05;

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double it : values) sum += it;
  return sum / static_cast<double>(values.size());
}

// Of a sample; 0 of one value.
double Variance(std::span<const double> values, double mean) {
  if (values.size() < 2) return 0;
  double sum = 0;
  for (const double it : values) sum += (it - mean) * (it - mean);
  return sum / static_cast<double>(values.size() - 1);
}

Interval Around(double estimate, double half) {
  return {estimate, estimate - half, estimate + half};
}

Interval MeanInterval(std::span<const double> values) {
  const double mean = Mean(values);
  return Around(mean, kZ95 * std::sqrt(Variance(values, mean) /
                                       static_cast<double>(values.size())));
}

// Of the mean of values that span `range`.
Interval Bernstein(std::span<const double> values, double range) {
  const auto n = static_cast<double>(values.size());
  const double mean = Mean(values);
  if (n < 2) return Around(mean, std::numeric_limits<double>::max());
  const double log = std::log(4 / kLevel);  // two-sided
  return Around(mean, std::sqrt(2 * Variance(values, mean) * log / n) +
                          7 * range * log / (3 * (n - 1)));
}

std::string Place(const LoggedChoices& log, size_t row) {
  return log.lines.empty() ? StrCat("row ", row)
                           : StrCat("line ", log.lines[row]);
}

absl::Status CheckTargets(const LoggedChoices& log) {
  for (size_t i = 0; i < log.size(); ++i) {
    if (log.target[i] >= 0 && log.target[i] <= 1) continue;
    return absl::InvalidArgumentError(
        StrCat("column 'target', ", Place(log, i),
               ": it is not a probability, 0 to 1"));
  }
  if (log.predicted.empty() != log.expected.empty()) {
    return absl::InvalidArgumentError(
        StrCat("column '", log.predicted.empty() ? "predicted" : "expected",
               "' is missing: predicted and expected come together"));
  }
  return absl::OkStatus();
}

void Refuse(PolicyValue& value, CannotValue reason, std::string why) {
  value.reason = reason;
  value.why = std::move(why);
}

// Whether it is known how the choices were made.
void LookAtProbabilities(const LoggedChoices& log, PolicyValue& value) {
  if (log.size() == 0) {
    return Refuse(value, CannotValue::kNoRows, "there are no rows");
  }
  if (log.probability.empty()) {
    return Refuse(value, CannotValue::kNoProbability,
                  "the log has no probabilities: without knowing how likely "
                  "each choice was nobody can say what other choices would "
                  "have brought");
  }
  value.min_probability = std::numeric_limits<double>::infinity();
  bool drawn = false;
  bool same = true;
  for (size_t i = 0; i < log.size(); ++i) {
    const double p = log.probability[i];
    if (std::isnan(p)) {
      return Refuse(value, CannotValue::kNoProbability,
                    StrCat(Place(log, i), " has no probability"));
    }
    if (!(p > 0 && p <= 1)) {
      return Refuse(value, CannotValue::kBadProbability,
                    absl::StrFormat("%s has the probability %g: of a choice "
                                    "that was made it is above 0 and at most 1",
                                    Place(log, i), p));
    }
    value.min_probability = std::min(value.min_probability, p);
    drawn = drawn || p < 1;
    same = same && log.target[i] == 1;
  }
  if (!drawn && !same) {
    Refuse(value, CannotValue::kNoDraw,
           "every choice was made with probability 1: nothing was left to "
           "chance, so the log never saw what other choices bring");
  }
}

// Whether the rows say enough of the policy.
void LookAtWeights(std::span<const double> weights, PolicyValue& value) {
  double squares = 0;
  double sum = 0;
  int64_t supported = 0;
  for (const double w : weights) {
    sum += w;
    squares += w * w;
    supported += w > 0 ? 1 : 0;
    value.max_weight = std::max(value.max_weight, w);
  }
  const auto n = static_cast<double>(weights.size());
  value.mean_weight = sum / n;
  value.effective = squares > 0 ? sum / squares * sum : 0;
  value.supported = static_cast<double>(supported) / n;
  const double slack =
      std::max(kWeightSlack,
               kWeightErrors *
                   std::sqrt(Variance(weights, value.mean_weight) / n));
  if (value.mean_weight < 1 - slack) {
    return Refuse(
        value, CannotValue::kNoSupport,
        absl::StrFormat("the weights average %.3g and should average 1: the "
                        "policy makes choices that the log never made",
                        value.mean_weight));
  }
  if (value.effective < kFewestEffective) {
    return Refuse(
        value, CannotValue::kFewEffective,
        absl::StrFormat("the %d rows say as much as %.1f of the policy's own "
                        "would; fewer than %.0f are too few",
                        value.rows, value.effective, kFewestEffective));
  }
  if (value.mean_weight > 1 + slack) {
    Refuse(value, CannotValue::kWeights,
           absl::StrFormat("the weights average %.3g and should average 1: the "
                           "probabilities are not those of the choices",
                           value.mean_weight));
  }
}

// How far the terms w * r can lie apart.
double RangeOf(std::span<const double> rewards, double max_weight) {
  const auto [low, high] = std::minmax_element(rewards.begin(), rewards.end());
  return max_weight * (std::max(*high, 0.0) - std::min(*low, 0.0));
}

void Estimate(const LoggedChoices& log, std::span<const double> weights,
              PolicyValue& value) {
  const size_t n = log.size();
  std::vector<double> terms(n);
  for (size_t i = 0; i < n; ++i) terms[i] = weights[i] * log.reward[i];
  value.ips.interval = MeanInterval(terms);
  value.ips.certain = Bernstein(terms, RangeOf(log.reward, value.max_weight));

  const double total = value.mean_weight * static_cast<double>(n);
  const double snips =
      value.ips.interval.estimate * static_cast<double>(n) / total;
  double squares = 0;
  double gain_squares = 0;
  for (size_t i = 0; i < n; ++i) {
    const double off = weights[i] * (log.reward[i] - snips);
    squares += off * off;
    const double gain = off / value.mean_weight -
                        (log.reward[i] - value.logged.estimate);
    gain_squares += gain * gain;
  }
  value.snips.interval = Around(snips, kZ95 * std::sqrt(squares) / total);
  value.gain = Around(snips - value.logged.estimate,
                      kZ95 * std::sqrt(gain_squares) / static_cast<double>(n));

  if (log.predicted.empty()) return;
  std::vector<double> residuals(n);
  for (size_t i = 0; i < n; ++i) {
    residuals[i] = log.reward[i] - log.predicted[i];
    terms[i] = log.expected[i] + weights[i] * residuals[i];
  }
  const auto [low, high] =
      std::minmax_element(log.expected.begin(), log.expected.end());
  value.dr.emplace();
  value.dr->interval = MeanInterval(terms);
  value.dr->certain = Bernstein(
      terms, *high - *low + RangeOf(residuals, value.max_weight));
}

}  // namespace

std::string_view NameOf(CannotValue reason) {
  switch (reason) {
    case CannotValue::kNothing:
      return "";
    case CannotValue::kNoRows:
      return "no_rows";
    case CannotValue::kNoProbability:
      return "no_probability";
    case CannotValue::kBadProbability:
      return "bad_probability";
    case CannotValue::kNoDraw:
      return "no_draw";
    case CannotValue::kNoSupport:
      return "no_support";
    case CannotValue::kWeights:
      return "weights";
    case CannotValue::kFewEffective:
      return "few_effective";
  }
  return "";
}

absl::StatusOr<PolicyValue> ValuePolicy(const LoggedChoices& log) {
  TRATO_RETURN_IF_ERROR(CheckTargets(log));
  PolicyValue value;
  value.rows = static_cast<int64_t>(log.size());
  if (value.rows > 0) value.logged = MeanInterval(log.reward);
  LookAtProbabilities(log, value);
  // Without a draw the weights are told all the same.
  if (!value.is_answerable() && value.reason != CannotValue::kNoDraw) {
    return value;
  }
  std::vector<double> weights(log.size());
  for (size_t i = 0; i < log.size(); ++i) {
    weights[i] = log.target[i] / log.probability[i];
  }
  PolicyValue looked = value;
  LookAtWeights(weights, looked);
  if (!value.is_answerable()) Refuse(looked, value.reason, value.why);
  if (looked.is_answerable()) Estimate(log, weights, looked);
  return looked;
}

}  // namespace trato::core
