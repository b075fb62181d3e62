// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/score_answers.h"

#include <algorithm>
#include <utility>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

std::optional<int64_t> InstantOrNone(int64_t us) {
  return us == kNever ? std::nullopt : std::optional<int64_t>(us);
}

Json NumberOrNull(const std::optional<int64_t>& number) {
  return number ? Json(*number) : Json();
}

Json VersionJson(const Model& model, const Insights::ScoreVersion& version) {
  const ScoreDefinition& it = version.definition;
  Json json;
  json["name"] = Text(it.name);
  json["number"] = version.number;
  PutTime(model, json, "at", version.at_us);
  json["actor"] = TextOrNull(version.actor);
  json["least_milli"] = NumberOrNull(it.least_milli);
  json["most_milli"] = NumberOrNull(it.most_milli);
  Json rules = Json::array();
  for (const ScoreRule& rule : it.rules) {
    rules.push_back(Json{{"name", Text(rule.name)},
                         {"when", Text(rule.when)},
                         {"points_milli", rule.points_milli},
                         {"half_life", TextOrNull(rule.half_life)},
                         {"lapse", TextOrNull(rule.lapse)}});
  }
  json["rules"] = std::move(rules);
  return json;
}

Json GiftJson(const Model& model, const ScoreGift& gift) {
  Json json;
  json["rule"] = Text(gift.rule->name);
  json["kind"] = gift.of_interaction ? "interaction" : "condition";
  json["interaction"] =
      gift.of_interaction ? Json(gift.interaction.Hex()) : Json();
  json["type"] = gift.of_interaction ? Json(Text(model.ShownType(gift.type)))
                                     : Json();
  PutTime(model, json, "at",
          gift.of_interaction ? std::optional<int64_t>(gift.at_us)
                              : std::nullopt);
  PutTime(model, json, "lapses", InstantOrNone(gift.lapses_us));
  json["given_milli"] = gift.rule->points_milli;
  json["left_milli"] = gift.left_milli;
  return json;
}

}  // namespace

std::string ScoresJson(const Model& model, const Insights& insights,
                       int64_t now_us) {
  Json scores = Json::array();
  for (const auto& [name, versions] : insights.scores()) {
    const auto version = insights.ScoreAt(name, now_us);
    if (version.ok()) scores.push_back(VersionJson(model, **version));
  }
  Json json;
  json["scores"] = std::move(scores);
  return Written(json);
}

std::string ScoreJson(const Model& model,
                      const Insights::ScoreVersion& version,
                      const ScoreAnswer& answer) {
  Json json;
  json["customer"] = Text(answer.customer);
  json["score"] = Text(version.definition.name);
  json["definition"] = version.number;
  json["value_milli"] = answer.value_milli;
  Json log = Json::array();
  for (const ScoreGift& gift : answer.gifts) {
    log.push_back(GiftJson(model, gift));
  }
  // What a limit adds or takes is part of the log, so that this is the sum.
  if (const int64_t cut = answer.value_milli - answer.sum_milli; cut != 0) {
    const char* limit = cut > 0 ? "least" : "most";
    Json it{{"rule", nullptr}, {"kind", limit}, {"interaction", nullptr},
            {"type", nullptr}};
    PutTime(model, it, "at", std::nullopt);
    PutTime(model, it, "lapses", std::nullopt);
    it["given_milli"] = cut;
    it["left_milli"] = cut;
    log.push_back(std::move(it));
  }
  json["log"] = std::move(log);
  return Written(json);
}

}  // namespace trato::core
