// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/serving_answers.h"

#include <cmath>
#include <cstdio>

#include "base/strings.h"
#include "codec/answer_parts.h"

namespace trato::core {
namespace {

constexpr size_t kOffersTold = 20;

Json DefinitionJson(const LearningDefinition& it) {
  return Json{{"learner", it.name},
              {"policy", NameOf(it.policy)},
              {"issue", TextOrNull(it.issue)},
              {"group", TextOrNull(it.group)},
              {"offer", TextOrNull(it.offer)},
              {"segments", it.segments},
              {"floor", it.floor},
              {"without_floor", it.without_floor},
              {"prior_rate", it.prior_rate},
              {"customer_weight", it.customer_weight},
              {"exploration", it.exploration},
              {"gamma", it.gamma},
              {"half_life_us", it.half_life_us},
              {"retired", it.retired}};
}

Json AnswerJson(const LearningAnswer& it) {
  Json json = DefinitionJson(*it.definition);
  json["offers"] = it.offers.size();
  json["answers"] = it.answers;
  json["records"] = it.records;
  return json;
}

std::string SegmentName(const LearningDefinition& it, uint32_t segment) {
  static constexpr const char* kBought[] = {"never bought", "bought once",
                                            "bought more often"};
  if (it.segments.empty()) return segment < 3 ? kBought[segment] : "";
  return segment < it.segments.size() ? it.segments[segment] : "";
}

Json ModelJson(const Model& model, const LearningDefinition& it) {
  Json json{{"answers", it.model->answers}};
  PutTime(model, json, "until", it.model->until_us);
  json["offers"] = Json::array();
  for (const LogisticWeights& of : it.model->offers) {
    Json entry{{"offer", TextOrNull(of.offer)}};
    entry["weights"] = Json::array();
    for (size_t i = 0; i < of.weights.size(); ++i) {
      const LogisticWeight& weight = of.weights[i];
      entry["weights"].push_back(
          {{"of", i == 0 ? std::string()
                         : SegmentName(it, static_cast<uint32_t>(i - 1))},
           {"mean", weight.mean},
           {"deviation", 1 / std::sqrt(weight.precision)}});
    }
    json["offers"].push_back(std::move(entry));
  }
  return json;
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g %%", 100 * share);
  return text;
}

std::string Worth(double minor, Currency currency) {
  return FormatAmount({static_cast<int64_t>(std::llround(minor)), currency});
}

Json DepthOfLearnerJson(const Model& model, const LearnerDepth& it) {
  Json json{{"learner", it.learner->name},
            {"answers", it.answers},
            {"acceptances", it.acceptances},
            {"decisions", it.decisions},
            {"used", it.used},
            {"bits", it.bits},
            {"bits_of_stranger", it.stranger_bits},
            {"expected_minor", it.expected_minor},
            {"expected_of_stranger_minor", it.stranger_minor},
            {"gain_minor", it.gain_minor()},
            {"currency", Text(model.currency.code())}};
  json["offer_count"] = it.offers.size();
  json["offers"] = Json::array();
  for (size_t i = 0; i < std::min(it.offers.size(), kOffersTold); ++i) {
    const DepthOffer& offer = it.offers[i];
    json["offers"].push_back({{"offer", offer.offer->definition.name},
                              {"title", Text(offer.offer->title())},
                              {"affinity", offer.mean},
                              {"affinity_of_stranger", offer.stranger},
                              {"probability", offer.chance},
                              {"probability_of_stranger",
                               offer.stranger_chance},
                              {"answers", offer.own.shown},
                              {"acceptances", offer.own.accepted},
                              {"value_minor", offer.value_minor}});
  }
  return json;
}

// The learner that a customer would lose most by leaving; null: none.
const LearnerDepth* Most(const std::vector<LearnerDepth>& depths) {
  const LearnerDepth* most = nullptr;
  for (const LearnerDepth& it : depths) {
    if (it.offers.empty()) continue;
    if (most == nullptr || it.gain_minor() > most->gain_minor()) most = &it;
  }
  return most;
}

// What she would lose by leaving, in words.
std::string LossInWords(const Model& model, const DepthAnswer& depth) {
  const LearnerDepth* it = Most(depth.learners);
  if (it == nullptr) return "No learner serves an offer that she may have.";
  if (it->answers == 0) {
    return "Nothing that she answered is known: she would lose nothing.";
  }
  const DepthOffer* hers = &it->offers.front();
  const DepthOffer* others = hers;
  for (const DepthOffer& offer : it->offers) {
    if (offer.stranger_chance > others->stranger_chance) others = &offer;
  }
  std::string text = StrCat("Elsewhere nobody knows the ", it->answers,
                            it->answers == 1 ? " answer" : " answers",
                            " that she gave. ");
  if (hers == others) {
    StrAppend(&text, "She would be offered the same first, ",
              hers->offer->title(), ", which she takes with ",
              Percent(hers->mean), ".");
  } else {
    StrAppend(&text, "She would be offered ", others->offer->title(),
              " first, which she takes with ", Percent(others->mean),
              "; here it is ", hers->offer->title(), ", with ",
              Percent(hers->mean), ".");
  }
  const double gain = it->gain_minor();
  if (gain >= 0.5) {
    StrAppend(&text, " A decision for her is worth ",
              Worth(gain, model.currency), " ", model.currency.code(),
              " more than one for a stranger like her.");
  }
  return text;
}

}  // namespace

std::string LearningListJson(const std::vector<LearningAnswer>& learners) {
  Json json = Json::array();
  for (const LearningAnswer& it : learners) json.push_back(AnswerJson(it));
  return Written(json);
}

std::string LearningJson(const Model& model, const LearningAnswer& it,
                         int64_t now_us) {
  Json json = DefinitionJson(*it.definition);
  PutTime(model, json, "now", now_us);
  json["answers"] = it.answers;
  json["records"] = it.records;
  json["pairs"] = it.pairs;
  json["pair_bytes"] = it.pair_bytes;
  json["answers_of_segment"] = it.customer_weight;
  json["offers"] = Json::array();
  for (const LearningAnswer::Offer& offer : it.offers) {
    Json entry{{"offer", offer.offer->definition.name},
               {"title", Text(offer.offer->title())},
               {"shown", offer.state.shown},
               {"accepted", offer.state.accepted},
               {"rate", offer.state.rate}};
    entry["segments"] = Json::array();
    for (const auto& segment : offer.state.segments) {
      entry["segments"].push_back(
          {{"segment", SegmentName(*it.definition, segment.segment)},
           {"shown", segment.shown},
           {"accepted", segment.accepted},
           {"rate", segment.rate}});
    }
    json["offers"].push_back(std::move(entry));
  }
  if (it.definition->model) json["model"] = ModelJson(model, *it.definition);
  return Written(json);
}

std::string DepthJson(const Model& model, const DepthAnswer& depth,
                      int64_t now_us) {
  Json json;
  json["customer"] = Text(model.customers->RecordName(depth.customer));
  PutTime(model, json, "now", now_us);
  json["attributes"] = depth.attributes;
  json["interactions"] = depth.interactions;
  json["loss"] = LossInWords(model, depth);
  json["learners"] = Json::array();
  for (const LearnerDepth& it : depth.learners) {
    json["learners"].push_back(DepthOfLearnerJson(model, it));
  }
  return Written(json);
}

std::string BaseDepthJson(const Model& model,
                          const std::vector<DepthLevel>& levels,
                          int64_t now_us) {
  Json json;
  PutTime(model, json, "now", now_us);
  json["currency"] = Text(model.currency.code());
  const auto level_json = [](const DepthLevel& it) {
    const double customers =
        it.customers == 0 ? 1 : static_cast<double>(it.customers);
    return Json{{"customers", it.customers},
                {"answers", it.answers},
                {"acceptances", it.acceptances},
                {"decisions", it.decisions},
                {"used", it.used},
                {"bits", it.bits / customers},
                {"bits_of_stranger", it.stranger_bits / customers},
                {"expected_minor", it.expected_minor / customers},
                {"expected_of_stranger_minor", it.stranger_minor / customers},
                {"gain_minor",
                 (it.expected_minor - it.stranger_minor) / customers}};
  };
  DepthLevel all;
  json["levels"] = Json::array();
  for (const DepthLevel& it : levels) {
    Json entry = level_json(it);
    entry["answers_from"] = it.from;
    entry["answers_until"] = it.until < 0 ? Json() : Json(it.until);
    json["levels"].push_back(std::move(entry));
    all.customers += it.customers;
    all.answers += it.answers;
    all.acceptances += it.acceptances;
    all.decisions += it.decisions;
    all.used += it.used;
    all.bits += it.bits;
    all.stranger_bits += it.stranger_bits;
    all.expected_minor += it.expected_minor;
    all.stranger_minor += it.stranger_minor;
  }
  json["all"] = level_json(all);
  return Written(json);
}

}  // namespace trato::core
