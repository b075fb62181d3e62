// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/stage_answers.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "codec/answer_parts.h"
#include "experiment/proportion.h"

namespace trato::core {
namespace {

Json StageName(size_t place) {
  return place < kStages.size() ? Json(Text(kStages[place])) : Json();
}

void PutShare(Json& json, int64_t some, int64_t all) {
  const Interval share = Share(some, all);
  json["share"] = share.estimate;
  json["low"] = share.low;
  json["high"] = share.high;
}

}  // namespace

std::string LifecycleJson(const Model& model, const LifecycleDefinition& table,
                          const Insights::Table* defined) {
  Json json;
  json["number"] = defined == nullptr ? 0 : defined->number;
  PutTime(model, json, "at",
          defined == nullptr ? std::nullopt
                             : std::optional<int64_t>(defined->at_us));
  json["actor"] = defined == nullptr ? Json() : TextOrNull(defined->actor);
  Json rules = Json::array();
  for (const StageRule& rule : table.rules) {
    rules.push_back(Json{{"stage", rule.stage},
                         {"when", rule.when},
                         {"hold", TextOrNull(rule.hold)},
                         {"reason", TextOrNull(rule.reason)}});
  }
  json["rules"] = std::move(rules);
  return Written(json);
}

std::string StageJson(const Model& model, const StageTable& table,
                      const StageAnswer& answer) {
  const auto put = [&](Json& json, const StageStep* step) {
    const bool in = step != nullptr && step->line < table.lines().size();
    json["stage"] = in ? StageName(table.lines()[step->line].stage) : Json();
    PutTime(model, json, "since",
            step == nullptr ? std::nullopt
                            : std::optional<int64_t>(step->at_us));
    json["reason"] =
        in ? TextOrNull(table.lines()[step->line].reason) : Json();
  };
  Json json;
  json["customer"] = Text(answer.customer);
  json["category"] = TextOrNull(answer.category);
  put(json, answer.steps.empty() ? nullptr : &answer.steps.back());
  json["purchases"] = answer.bought;
  json["silent_weeks"] = answer.bought > 0 ? Json(answer.silence) : Json();
  json["usual_gap_weeks"] = answer.bought > 0 ? Json(answer.usual) : Json();
  Json history = Json::array();
  for (const StageStep& step : answer.steps) {
    Json it;
    put(it, &step);
    history.push_back(std::move(it));
  }
  json["history"] = std::move(history);
  return Written(json);
}

std::string StageReportJson(const Model& model, const StageReport& report) {
  Json json;
  json["category"] = TextOrNull(report.category);
  PutTime(model, json, "since", report.since_us);
  PutTime(model, json, "now", report.now_us);
  json["customers"] = report.customers;
  Json funnel = Json::array();
  for (size_t i = 0; i < kStages.size(); ++i) {
    Json it{{"stage", StageName(i)},
            {"customers", report.now[i]},
            {"before", report.then[i]}};
    PutShare(it, report.now[i], report.customers);
    funnel.push_back(std::move(it));
  }
  json["funnel"] = std::move(funnel);
  Json moves = Json::array();
  for (size_t from = 0; from < StageReport::kPlaces; ++from) {
    const auto& row = report.moves[from];
    const int64_t all =
        std::accumulate(row.begin(), row.end(), int64_t{0});
    for (size_t to = 0; to < StageReport::kPlaces; ++to) {
      if (row[to] == 0) continue;
      Json it{{"from", StageName(from)},
              {"to", StageName(to)},
              {"moves", row[to]},
              {"mean_days", report.days[from][to] /
                                static_cast<double>(row[to])}};
      PutShare(it, row[to], all);
      moves.push_back(std::move(it));
    }
  }
  json["moves"] = std::move(moves);
  std::vector<double> days = report.repurchase_days;
  std::sort(days.begin(), days.end());
  const auto at = [&](double q) {
    return days.empty()
               ? Json()
               : Json(days[static_cast<size_t>(
                     q * static_cast<double>(days.size() - 1))]);
  };
  json["repurchase"] = Json{{"customers", days.size()},
                            {"median_days", at(0.5)},
                            {"from_days", at(0.25)},
                            {"to_days", at(0.75)}};
  return Written(json);
}

}  // namespace trato::core
