// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/answers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/strings.h"
#include "codec/answer_parts.h"

namespace trato::core {
std::string InfoJson(const Model& model, const StoreState& state,
                     int64_t now_us) {
  uint64_t customers = 0;
  model.customers->ForEachCustomer(now_us, [&](RecordNumber) { ++customers; });
  Json json;
  json["path"] = state.path.empty() ? Json() : Json(state.path);
  json["zone"] = model.zone_name;
  json["currency"] = Text(model.currency.code());
  PutTime(model, json, "now", now_us);
  json["log_position"] = state.log_position;
  json["format_version"] = state.format_version;
  json["facts"] = state.facts;
  json["customers"] = customers;
  json["records"] = model.customers->named_count();
  json["identifiers"] = model.customers->claim_count();
  json["segments"] = model.segments->all().size();
  json["offers"] = model.catalogue->all().size();
  json["decisions"] = model.decisions->size();
  json["coupons"] = model.coupons->size();
  json["interactions"] = TotalsJson(model, TotalsOfAll(model, now_us), true);
  return Written(json);
}

std::string SegmentListJson(const Model& model) {
  Json list = Json::array();
  for (const auto& [name, segment] : model.segments->all()) {
    Json entry{{"name", name},
               {"expression", segment.definition.expression},
               {"version", segment.version},
               {"disabled", segment.is_disabled}};
    PutTime(model, entry, "defined", segment.defined_us);
    entry["former_names"] = Json::array();
    for (const auto& [former, now] : model.segments->former_names()) {
      if (now == name) entry["former_names"].push_back(former);
    }
    list.push_back(std::move(entry));
  }
  return Written(list);
}

std::string VerifyJson(const VerifyReport& report) {
  return Written({{"ok", report.damage.empty()},
                  {"log_position", report.position},
                  {"transactions", report.links},
                  {"records", report.records},
                  {"interactions", report.interactions},
                  {"other_facts", report.facts},
                  {"erasures", report.erasures},
                  {"damage", report.damage}});
}

std::string OrdersReportJson(const OrdersFile& file,
                             const OrdersReport& report) {
  struct Totals {
    uint64_t orders = 0, new_orders = 0, lines = 0, free_lines = 0;
    Currency currency;
    absl::int128 amount = 0;
  };
  std::map<std::string_view, Totals> by_type;
  uint64_t lines = 0, new_lines = 0;
  for (size_t i = 0; i < file.orders.size(); ++i) {
    const InteractionFact& it = file.orders[i].interaction;
    Totals& totals = by_type[it.type];
    ++totals.orders;
    totals.new_orders += report.is_new[i];
    totals.lines += it.lines.size();
    for (const LineFact& line : it.lines) {
      totals.free_lines += line.unit_price == 0 && line.amount_minor == 0;
    }
    totals.currency = it.amount.currency;
    totals.amount += it.amount.minor;
    lines += it.lines.size();
    if (report.is_new[i]) new_lines += it.lines.size();
  }
  int64_t refused = 0;
  Json refusals = Json::array();
  for (const Refusal& refusal : file.refusals) {
    refused += refusal.rows;
    refusals.push_back({{"reason", refusal.reason},
                        {"rows", refusal.rows},
                        {"first_rows", refusal.first_rows}});
  }
  Json orders = Json::array();
  for (const auto& [type, it] : by_type) {
    const auto minor = Rescale(it.amount, 0, 0);
    orders.push_back(
        {{"type", Text(type)},
         {"orders", it.orders},
         {"new_orders", it.new_orders},
         {"lines", it.lines},
         {"free_lines", it.free_lines},
         {"amount_minor", minor.ok() ? Json(*minor) : Json()},
         {"amount_text", minor.ok() ? FormatAmount({*minor, it.currency})
                                    : "more than 64 bits"}});
  }
  Json columns = Json::object();
  for (const auto& [name, header] : file.columns) columns[name] = header;
  Json json;
  json["dry_run"] = report.dry_run;
  json["batch"] = report.batch;
  json["rows"] = file.rows;
  json["separator"] = std::string(1, file.separator);
  json["columns"] = std::move(columns);
  json["customers"] = report.customers;
  json["new_customers"] = report.new_customers;
  json["orders"] = std::move(orders);
  json["lines"] = lines;
  json["new_lines"] = new_lines;
  json["refused"] = refused;
  json["refusals"] = std::move(refusals);
  return Written(json);
}

}  // namespace trato::core
