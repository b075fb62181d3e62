// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: what several of the JSON answers are made of.

#ifndef TRATO_CODEC_ANSWER_PARTS_H_
#define TRATO_CODEC_ANSWER_PARTS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "codec/answers.h"

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

// What a customer, or all of them, did of one type up to an instant.
struct TypeTotals {
  uint64_t interactions = 0;
  uint64_t lines = 0;
  uint64_t free_lines = 0;
  // Wide enough for any number of int64 amounts.
  std::map<Currency, absl::int128> amounts;
  int64_t first_us = std::numeric_limits<int64_t>::max();
  int64_t last_us = std::numeric_limits<int64_t>::min();
  uint64_t customers = 0;
  std::optional<RecordNumber> last_customer;

  void Add(const InteractionRef& it, RecordNumber customer) {
    ++interactions;
    it.ForEachLine([&](const Line& line) {
      ++lines;
      free_lines += line.is_free();
      return true;
    });
    const Money amount = it.amount();
    amounts[amount.currency] += amount.minor;
    const int64_t at_us = it.at_us();
    first_us = std::min(first_us, at_us);
    last_us = std::max(last_us, at_us);
    // Customers come one after the other.
    if (last_customer != customer) ++customers;
    last_customer = customer;
  }
};

using TotalsByType = std::map<std::string_view, TypeTotals>;

void AddTotals(const Model& model, RecordNumber customer, int64_t now_us,
               TotalsByType& totals);
Json TotalsJson(const Model& model, const TotalsByType& totals,
                bool with_customers);

// Sets json[name] and json[name_us]; both null without an instant.
void PutTime(const Model& model, Json& json, const std::string& name,
             std::optional<int64_t> us);
void PutValue(const Model& model, Json& json, const Value& value);
void PutCoupon(const Model& model, Json& json, const Coupon& coupon,
               int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_ANSWER_PARTS_H_
