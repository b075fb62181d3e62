// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: what several of the JSON answers are made of.

#ifndef TRATO_CODEC_ANSWER_PARTS_H_
#define TRATO_CODEC_ANSWER_PARTS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "codec/answers.h"
#include "codec/type_totals.h"

namespace trato::core {

using Json = nlohmann::ordered_json;

// All text in the store is UTF-8; `replace` keeps a surprise from throwing.
inline std::string Written(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

inline std::string Text(std::string_view text) { return std::string(text); }

// Null where there is no text.
inline Json TextOrNull(std::string_view text) {
  return text.empty() ? Json() : Json(Text(text));
}

Json TotalsJson(const Model& model, const TotalsByType& totals,
                bool with_customers);

// Sets json[name] and json[name_us]; both null without an instant.
void PutTime(const Model& model, Json& json, const std::string& name,
             std::optional<int64_t> us);
void PutValue(const Model& model, Json& json, const Value& value);
// Sets "objection" and "consents": what is in force, for each purpose and channel
// of which anything was said.
void PutConsents(const Model& model, Json& json, RecordNumber customer,
                 int64_t now_us);
void PutCoupon(const Model& model, Json& json, const Coupon& coupon,
               int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_ANSWER_PARTS_H_
