// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/allocation_answers.h"

#include "codec/answer_parts.h"

namespace trato::core {

std::string AllocationJson(const AllocationSummary& summary) {
  Json json{{"customers", summary.customers},
            {"planned", summary.planned},
            {"score", summary.score},
            {"score_unlimited", summary.score_unlimited}};
  json["offers"] = Json::array();
  for (const AllocationSummary::Offer& it : summary.offers) {
    if (it.candidates == 0) continue;
    json["offers"].push_back({{"offer", it.offer->definition.name},
                              {"candidates", it.candidates},
                              {"planned", it.planned},
                              {"most", it.most ? Json(*it.most) : Json()},
                              {"score", it.score}});
  }
  return Written(json);
}

}  // namespace trato::core
