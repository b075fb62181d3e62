// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/customer_answers.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "codec/answer_parts.h"

namespace trato::core {
namespace {

// What was said of the customer's records and others, and holds.
Json LinksJson(const Model& model, RecordNumber customer) {
  const CustomerStore& customers = *model.customers;
  Json list = Json::array();
  for (RecordNumber record : customers.RecordsOf(customer)) {
    for (const CustomerStore::Tie& tie : customers.TiesOf(record)) {
      const std::string_view one = customers.RecordName(record);
      const std::string_view other = customers.RecordName(tie.other);
      // A pair within the customer is met from both sides.
      if (one > other && customers.LeaderOf(tie.other) == customer) continue;
      Json entry{{"one", Text(std::min(one, other))},
                 {"other", Text(std::max(one, other))},
                 {"linked", tie.linked},
                 {"reason", tie.note->reason},
                 {"actor", Text(model.names->Text(tie.note->actor))},
                 {"source", Text(model.names->Text(tie.note->source))}};
      PutTime(model, entry, "at", tie.note->at_us);
      list.push_back(std::move(entry));
    }
  }
  return list;
}

Json AttributeJson(const Model& model, RecordNumber customer, uint32_t name,
                   int64_t now_us) {
  RecordNumber owner = customer;
  const AttributeVersion* version =
      model.customers->AttributeAt(customer, name, now_us, &owner);
  if (version == nullptr) return Json();
  Json entry{{"name", Text(model.names->Text(name))}};
  PutValue(model, entry, version->value);
  PutTime(model, entry, "since", version->at_us);
  entry["source"] = Text(model.names->Text(version->source));
  entry["record"] = Text(model.customers->RecordName(owner));
  return entry;
}

// By name.
std::map<std::string_view, uint32_t> AttributeNames(const Model& model,
                                                    RecordNumber customer) {
  std::map<std::string_view, uint32_t> names;
  for (uint32_t name : model.customers->AttributesOf(customer)) {
    names[model.names->Text(name)] = name;
  }
  return names;
}

Json CustomerAnswer(const Model& model, RecordNumber customer, int64_t now_us) {
  const CustomerStore& customers = *model.customers;
  Json json;
  json["id"] = customers.IdOf(customer).Hex();
  json["name"] = Text(customers.RecordName(customer));
  const std::string_view kind = NameOf(customers.KindOf(customer, now_us));
  json["kind"] = kind.empty() ? Json() : Json(Text(kind));
  const Restrictions::Version* restriction =
      customers.RestrictionOf(customer, now_us);
  json["restriction"] = nullptr;
  if (restriction != nullptr) {
    Json entry{{"reason", restriction->reason}};
    PutTime(model, entry, "since", restriction->at_us);
    json["restriction"] = std::move(entry);
  }
  json["aliases"] = Json::array();
  json["records"] = Json::array();
  std::set<std::string_view> identifiers;
  Json coupons = Json::array();
  for (RecordNumber record : customers.RecordsOf(customer)) {
    if (record != customer) {
      json["aliases"].push_back(customers.IdOf(record).Hex());
    }
    json["records"].push_back(Text(customers.RecordName(record)));
    for (std::string_view identifier : customers.ClaimsOf(record)) {
      identifiers.insert(identifier);
    }
    for (const Coupon* coupon : model.coupons->Of(record)) {
      if (coupon->issued_us > now_us) continue;
      Json entry{{"offer", coupon->offer}};
      PutCoupon(model, entry, *coupon, now_us);
      coupons.push_back(std::move(entry));
    }
  }
  json["identifiers"] = Json::array();
  for (std::string_view identifier : identifiers) {
    json["identifiers"].push_back(Text(identifier));
  }
  json["links"] = LinksJson(model, customer);
  json["attributes"] = Json::array();
  for (const auto& [text, name] : AttributeNames(model, customer)) {
    Json entry = AttributeJson(model, customer, name, now_us);
    if (!entry.is_null()) json["attributes"].push_back(std::move(entry));
  }
  json["segments"] = Json::array();
  for (const auto& [name, segment] : model.segments->all()) {
    const auto verdict = model.segments->Test(segment, customer, now_us);
    if (verdict.ok() && verdict->holds) json["segments"].push_back(name);
  }
  TotalsByType totals;
  AddTotals(model, customer, now_us, totals);
  json["interactions"] = TotalsJson(model, totals, false);
  json["coupons"] = std::move(coupons);
  return json;
}

std::set<std::string> SegmentsOf(const Json& customer) {
  return customer.at("segments").get<std::set<std::string>>();
}

// One side of a link, in short.
Json SideJson(const Json& customer) {
  Json json;
  for (const char* field : {"id", "name", "kind", "records", "identifiers",
                            "segments", "interactions"}) {
    json[field] = customer.at(field);
  }
  return json;
}

std::string_view NameOf(LinkGuard guard) {
  switch (guard) {
    case LinkGuard::kApart:
      return "apart";
    case LinkGuard::kSingle:
      return "single";
    case LinkGuard::kKind:
      return "kind";
    case LinkGuard::kSize:
      return "size";
  }
  return "";
}

}  // namespace

std::string CustomerJson(const Model& model, RecordNumber customer,
                         int64_t now_us) {
  return Written(CustomerAnswer(model, customer, now_us));
}

std::string LinkPreviewJson(const Model& model, RecordNumber one,
                            RecordNumber other, int64_t now_us) {
  const CustomerStore& customers = *model.customers;
  const RecordNumber sides[] = {customers.LeaderOf(one),
                                customers.LeaderOf(other)};
  Json json;
  json["same_customer"] = sides[0] == sides[1];
  json["objections"] = Json::array();
  for (const LinkObjection& it : customers.ObjectionsTo(one, other, now_us)) {
    json["objections"].push_back({{"guard", Text(NameOf(it.guard))},
                                  {"can_override", it.can_override},
                                  {"text", it.text}});
  }
  json["allowed"] = json["objections"].empty();

  // What either side says, before they are taken for one.
  std::map<std::string_view, uint32_t> names;
  Json of_side[2];
  std::map<std::string_view, Json> said[2];
  for (int i = 0; i < 2; ++i) {
    of_side[i] = CustomerAnswer(model, sides[i], now_us);
    for (const auto& [text, name] : AttributeNames(model, sides[i])) {
      names[text] = name;
      said[i][text] = AttributeJson(model, sides[i], name, now_us);
    }
  }
  json["one"] = SideJson(of_side[0]);
  json["other"] = SideJson(of_side[1]);

  const std::vector<RecordNumber> joined = customers.JoinedRecords(one, other);
  const CustomerStore::Pretence pretence(customers, joined);
  const RecordNumber leader = joined.front();
  json["customer"] = CustomerAnswer(model, leader, now_us);
  json["attributes"] = Json::array();
  for (const auto& [text, name] : names) {
    Json entry{{"name", Text(text)}};
    entry["one"] = said[0][text];
    entry["other"] = said[1][text];
    entry["joined"] = AttributeJson(model, leader, name, now_us);
    const bool all_absent = entry["one"].is_null() &&
                            entry["other"].is_null() &&
                            entry["joined"].is_null();
    if (!all_absent) json["attributes"].push_back(std::move(entry));
  }
  const std::set<std::string> before[] = {SegmentsOf(of_side[0]),
                                          SegmentsOf(of_side[1])};
  const std::set<std::string> after = SegmentsOf(json["customer"]);
  json["segments"] = {{"gained", Json::array()}, {"lost", Json::array()}};
  for (const auto& [segment, definition] : model.segments->all()) {
    const std::string name = Text(segment);
    const bool was = before[0].contains(name) || before[1].contains(name);
    const bool is = after.contains(name);
    if (is && !was) json["segments"]["gained"].push_back(name);
    if (was && !is) json["segments"]["lost"].push_back(name);
  }
  return Written(json);
}

}  // namespace trato::core
