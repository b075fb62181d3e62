// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/answer_parts.h"

#include <utility>

#include "base/strings.h"

namespace trato::core {
namespace {

Json AmountsJson(const std::map<Currency, absl::int128>& amounts) {
  Json list = Json::array();
  for (const auto& [currency, sum] : amounts) {
    Json entry{{"currency", Text(currency.code())}};
    const auto minor = Rescale(sum, 0, 0);
    if (minor.ok()) {
      entry["minor"] = *minor;
      entry["text"] = FormatAmount({*minor, currency});
    } else {
      entry["minor"] = nullptr;
      entry["text"] = "more than 64 bits";
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

Json TotalsJson(const Model& model, const TotalsByType& totals,
                bool with_customers) {
  Json list = Json::array();
  for (const auto& [type, it] : totals) {
    Json entry{{"type", Text(type)}, {"interactions", it.interactions}};
    if (with_customers) entry["customers"] = it.customers;
    entry["lines"] = it.lines;
    entry["free_lines"] = it.free_lines;
    entry["amounts"] = AmountsJson(it.amounts);
    entry["first"] = FormatTime(it.first_us, model.zone);
    entry["first_us"] = it.first_us;
    entry["last"] = FormatTime(it.last_us, model.zone);
    entry["last_us"] = it.last_us;
    list.push_back(std::move(entry));
  }
  return list;
}

void PutTime(const Model& model, Json& json, const std::string& name,
             std::optional<int64_t> us) {
  json[name] = us ? Json(FormatTime(*us, model.zone)) : Json();
  json[name + "_us"] = us ? Json(*us) : Json();
}

void PutValue(const Model& model, Json& json, const Value& value) {
  json["type"] = Text(TypeName(TypeOf(value)));
  std::string text;
  if (const auto* flag = std::get_if<bool>(&value)) {
    json["value"] = *flag;
    text = *flag ? "true" : "false";
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    json["value"] = *integer;
    text = StrCat(*integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    json["value"] = *number;
    text = Json(*number).dump();
  } else if (const auto* string = std::get_if<std::string>(&value)) {
    json["value"] = *string;
    text = *string;
  } else if (const auto* money = std::get_if<Money>(&value)) {
    json["value"] = money->minor;
    json["currency"] = Text(money->currency.code());
    text = StrCat(FormatAmount(*money), " ", money->currency.code());
  } else if (const auto* time = std::get_if<Timestamp>(&value)) {
    json["value"] = time->us;
    text = FormatTime(time->us, model.zone);
  }
  json["text"] = text;
}

}  // namespace trato::core
