// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/learning_answers.h"

#include <utility>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

Json NeedName(const LearnerDefinition& definition, uint32_t need) {
  return need == kNoNeed ? Json() : Json(definition.needs[need].name);
}

Json OfferJson(Learner& learner, uint32_t number, int64_t now_us) {
  const Learner::OfferState state = learner.Describe(number, now_us);
  Json segments = Json::array();
  for (const Learner::OfferState::Segment& it : state.segments) {
    segments.push_back(Json{{"segment", it.segment},
                            {"shown", it.shown},
                            {"accepted", it.accepted},
                            {"rate", it.rate}});
  }
  const LearnerOffer& offer = learner.definition().offers[number];
  return Json{{"name", offer.name},
              {"need", NeedName(learner.definition(), offer.need)},
              {"shown", state.shown},
              {"accepted", state.accepted},
              {"rate", state.rate},
              {"segments", std::move(segments)}};
}

}  // namespace

std::string LearnerJson(Learner& learner, int64_t now_us) {
  const LearnerDefinition& it = learner.definition();
  Json needs = Json::array();
  for (const LearnerNeed& need : it.needs) {
    needs.push_back(
        Json{{"name", need.name}, {"parent", NeedName(it, need.parent)}});
  }
  Json offers = Json::array();
  for (uint32_t i = 0; i < it.offers.size(); ++i) {
    offers.push_back(OfferJson(learner, i, now_us));
  }
  return Written(Json{{"policy", NameOf(it.policy)},
                      {"floor", it.floor},
                      {"without_floor", it.without_floor},
                      {"prior_rate", it.prior_rate},
                      {"exploration", it.exploration},
                      {"gamma", it.gamma},
                      {"half_life_us", it.half_life_us},
                      {"seed", it.seed},
                      {"context_count", it.context},
                      {"answers", learner.answers()},
                      {"customers", learner.cells().records()},
                      {"pairs", learner.cells().cells()},
                      {"pair_bytes", learner.cells().bytes()},
                      {"customer_weight", learner.CustomerWeight(now_us)},
                      {"needs", std::move(needs)},
                      {"offers", std::move(offers)}});
}

}  // namespace trato::core
