// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/compare_answers.h"

#include <utility>

#include "codec/answer_parts.h"
#include "experiment/proportion.h"

namespace trato::core {
namespace {

Json ToJson(const char* name, const Interval& it) {
  return Json{{name, it.estimate}, {"low", it.low}, {"high", it.high}};
}

Json ToJson(const PeriodCounts& it) {
  return Json{
      {"buyers", it.buyers()},
      {"new", it.fresh},
      {"kept", it.kept},
      {"returned", it.returned},
      {"lost", it.lost},
      {"purchases", it.purchases},
      {"amount_minor", it.amount_minor},
      {"new_amount_minor", it.fresh_minor},
      {"kept_amount_minor", it.kept_minor},
      {"retention", ToJson("share", Share(it.kept, it.kept + it.lost))}};
}

Json PerHead(int64_t amount, int64_t heads) {
  return heads == 0 ? Json()
                    : Json(static_cast<double>(amount) /
                           static_cast<double>(heads));
}

// The one in terms of the other; null where that says nothing.
Json InTermsOf(const Json& one, const Json& other) {
  if (one.is_null() || other.is_null() || other.get<double>() <= 0) {
    return Json();
  }
  return one.get<double>() / other.get<double>();
}

// How much better a period is than another one.
Json Against(const PeriodCounts& it, const PeriodCounts& other) {
  return Json{
      {"retention",
       ToJson("difference", DifferenceOfShares(it.kept, it.kept + it.lost,
                                               other.kept,
                                               other.kept + other.lost))},
      {"amount_per_buyer",
       InTermsOf(PerHead(it.amount_minor, it.buyers()),
                 PerHead(other.amount_minor, other.buyers()))}};
}

Json ToJson(const UnitCosts& costs, const PeriodCounts& period) {
  const Json per_new = PerHead(costs.acquisition_minor, period.fresh);
  const Json per_kept = PerHead(costs.retention_minor, period.kept);
  return Json{{"acquisition_minor", costs.acquisition_minor},
              {"per_new_minor", per_new},
              {"retention_minor", costs.retention_minor},
              {"per_kept_minor", per_kept},
              {"ratio", InTermsOf(per_new, per_kept)}};
}

PeriodCounts Rest(const PeriodCounts& whole, const PeriodCounts& part) {
  PeriodCounts rest;
  rest.fresh = whole.fresh - part.fresh;
  rest.kept = whole.kept - part.kept;
  rest.returned = whole.returned - part.returned;
  rest.lost = whole.lost - part.lost;
  rest.amount_minor = whole.amount_minor - part.amount_minor;
  return rest;
}

Json ToJson(const UnitReport& it, const UnitReport* whole) {
  Json json;
  json["unit"] = whole == nullptr ? Json() : Json(Text(it.unit));
  json["customers"] = it.customers;
  json["period"] = ToJson(it.period);
  json["before"] = ToJson(it.before);
  json["against_before"] = Against(it.period, it.before);
  json["against_rest"] =
      whole == nullptr ? Json()
                       : Against(it.period, Rest(whole->period, it.period));
  json["costs"] = it.costs ? ToJson(*it.costs, it.period) : Json();
  return json;
}

}  // namespace

void PeriodCounts::Add(const PeriodCounts& other) {
  fresh += other.fresh;
  kept += other.kept;
  returned += other.returned;
  lost += other.lost;
  purchases += other.purchases;
  amount_minor += other.amount_minor;
  fresh_minor += other.fresh_minor;
  kept_minor += other.kept_minor;
}

void UnitReport::Add(const UnitReport& other) {
  customers += other.customers;
  period.Add(other.period);
  before.Add(other.before);
}

std::string ComparisonJson(const Model& model,
                           const ComparisonReport& report) {
  Json json;
  json["currency"] = TextOrNull(report.currency.code());
  PutTime(model, json, "before", report.before_us);
  PutTime(model, json, "since", report.since_us);
  PutTime(model, json, "now", report.now_us);
  json["whole"] = ToJson(report.whole, nullptr);
  Json units = Json::array();
  for (const UnitReport& it : report.units) {
    units.push_back(ToJson(it, &report.whole));
  }
  json["units"] = std::move(units);
  return Written(json);
}

}  // namespace trato::core
