// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/list_answers.h"

#include <utility>

#include "codec/answer_parts.h"

namespace trato::core {

std::string FoundJson(const Model& model,
                      std::span<const SearchIndex::Found> found) {
  Json customers = Json::array();
  for (const SearchIndex::Found& it : found) {
    customers.push_back(
        Json{{"id", model.customers->IdOf(it.leader).Hex()},
             {"name", Text(model.customers->RecordName(it.leader))},
             {"rank", Text(NameOf(it.rank))},
             {"field", Text(it.field)},
             {"value", Text(it.value)}});
  }
  return Written(Json{{"customers", std::move(customers)}});
}

std::string ListJson(const Model& model, std::span<const ListedCustomer> listed,
                     std::string_view next) {
  Json customers = Json::array();
  for (const ListedCustomer& it : listed) {
    Json row{{"id", model.customers->IdOf(it.leader).Hex()},
             {"name", Text(model.customers->RecordName(it.leader))}};
    if (TypeOf(it.value) == ValueType::kNone) {
      for (const char* name : {"type", "value", "text"}) row[name] = nullptr;
    } else {
      PutValue(model, row, it.value);
    }
    customers.push_back(std::move(row));
  }
  return Written(Json{{"customers", std::move(customers)},
                      {"next", next.empty() ? Json() : Json(Text(next))}});
}

}  // namespace trato::core
