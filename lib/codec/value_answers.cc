// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/value_answers.h"

#include <cmath>
#include <utility>

#include "codec/answer_parts.h"
#include "experiment/proportion.h"

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

std::string CohortsJson(const Cohorts& cohorts) {
  static constexpr const char* kPeriods[] = {"month", "week", "quarter",
                                             "year"};
  const auto share = [](int64_t some, int64_t all) {
    const Interval it = Share(some, all);
    return Json{{"share", it.estimate}, {"low", it.low}, {"high", it.high}};
  };
  Json list = Json::array();
  for (const Cohort& it : cohorts.cohorts) {
    Json retention = Json::array();
    for (const int64_t active : it.active) {
      retention.push_back(static_cast<double>(active) /
                          static_cast<double>(it.customers));
    }
    list.push_back(Json{{"start", it.start},
                        {"customers", it.customers},
                        {"active", it.active},
                        {"retention", std::move(retention)},
                        {"orders", it.orders},
                        {"amount", it.amount}});
  }
  Json retention = Json::array();
  for (size_t i = 0; i < cohorts.active.size(); ++i) {
    retention.push_back(share(cohorts.active[i], cohorts.eligible[i]));
  }
  return Written(
      Json{{"period", kPeriods[static_cast<size_t>(cohorts.period)]},
           {"last", TextOrNull(cohorts.last)},
           {"cohorts", std::move(list)},
           {"retention", std::move(retention)}});
}

namespace {

Json ToJson(const Model& model, const Edition& edition) {
  const ValueEdition& content = edition.content();
  Json json;
  json["number"] = edition.number();
  PutTime(model, json, "at", edition.at_us());
  json["actor"] = TextOrNull(edition.actor());
  json["log_position"] = content.log_position;
  json["types"] = content.types;
  json["returns"] = content.returns;
  json["purchases"] = ModelJson(content.purchases);
  json["spend"] = content.spend ? ModelJson(*content.spend) : Json();
  json["currency"] = TextOrNull(content.currency.code());
  json["horizon_weeks"] = content.horizon;
  json["discount"] = content.discount;
  json["margin"] = content.margin;
  json["groups"] = content.edges.groups;
  const auto edges = [&](const auto& from, double sign) {
    Json list = Json::array();
    for (size_t i = 0; i + 1 < content.edges.groups; ++i) {
      // What nobody has cannot be written as a number.
      list.push_back(std::isfinite(from[i]) ? Json(sign * from[i]) : Json());
    }
    return list;
  };
  json["edges"] = Json{{"recency", edges(content.edges.recency, -1)},
                       {"frequency", edges(content.edges.frequency, 1)},
                       {"money", edges(content.edges.money, 1)}};
  Json segments = Json::array();
  for (const RfmRule& rule : content.segments) {
    segments.push_back(Json{{"name", rule.name},
                            {"recency", rule.recency},
                            {"frequency", rule.frequency},
                            {"money", rule.money}});
  }
  json["segments"] = std::move(segments);
  Json rhythms = Json::array();
  for (const Rhythm& it : content.rhythms) {
    rhythms.push_back(Json{{"category", TextOrNull(it.category)},
                           {"shape", it.shape},
                           {"rate", it.rate},
                           {"leave_a", it.leave_a},
                           {"leave_b", it.leave_b},
                           {"customers", it.customers}});
  }
  json["rhythms"] = std::move(rhythms);
  return json;
}

}  // namespace

std::string PyramidJson(const Pyramid& pyramid) {
  Pyramid::Tier all;
  for (const Pyramid::Tier& it : pyramid.tiers) {
    all.customers += it.customers;
    all.value += it.value;
    all.total += it.total;
  }
  const auto share = [](double part, double whole) {
    return whole > 0 ? part / whole : 0;
  };
  Json tiers = Json::array();
  for (const Pyramid::Tier& it : pyramid.tiers) {
    tiers.push_back(
        Json{{"tier", it.name},
             {"customers", it.customers},
             {"value", it.value},
             {"value_share", share(it.value, all.value)},
             {"total", it.total},
             {"total_share", share(it.total, all.total)},
             {"alive", it.alive / static_cast<double>(it.customers)}});
  }
  return Written(Json{{"currency", TextOrNull(pyramid.currency.code())},
                      {"customers", all.customers},
                      {"value", all.value},
                      {"total", all.total},
                      {"tiers", std::move(tiers)}});
}

std::string EditionJson(const Model& model, const Edition& edition) {
  return Written(ToJson(model, edition));
}

std::string EditionsJson(const Model& model, const Insights& insights) {
  Json editions = Json::array();
  const auto& all = insights.editions();
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    editions.push_back(ToJson(model, **it));
  }
  return Written(Json{{"editions", std::move(editions)}});
}

}  // namespace trato::core
