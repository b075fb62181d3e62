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
#include "codec/attribute_writer.h"

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
      const RecordNumber leader = customers.LeaderOf(tie.other);
      if (leader == customer ? one > other : !model.Shows(leader)) continue;
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

// A relation by the name that it has from the customer's side.
std::string_view NameSeen(const Model& model, uint32_t relation, bool inverse) {
  const std::string_view name = model.names->Text(relation);
  auto found = model.schema->relations().find(name);
  return model.schema->Shown(
      DefinitionKind::kRelation,
      !inverse || found == model.schema->relations().end()
          ? name
          : std::string_view(found->second.inverse));
}

Json RelationsJson(const Model& model, RecordNumber customer, int64_t now_us) {
  Json list = Json::array();
  for (const RelationStore::Related& it :
       model.relations->Of(customer, now_us)) {
    if (!model.Shows(model.customers->LeaderOf(it.other))) continue;
    Json entry{{"relation", Text(NameSeen(model, it.relation, it.inverse))},
               {"other", Text(model.customers->RecordName(it.other))},
               {"id", model.customers->IdOf(it.other).Hex()}};
    PutTime(model, entry, "since", it.version->at_us);
    entry["source"] = Text(model.names->Text(it.version->source));
    list.push_back(std::move(entry));
  }
  return list;
}

// A value and who says it.
void PutAttributeValue(const Model& model, const AttributeValue& it,
                       Json& entry) {
  PutValue(model, entry, it.version->value);
  PutTime(model, entry, "since", it.version->at_us);
  entry["source"] = Text(model.names->Text(it.version->source));
  entry["record"] = Text(model.customers->RecordName(it.record));
  entry["inferred"] = it.version->inferred;
  const double strength = it.version->strength;
  entry["strength"] = strength > 0 ? Json(strength) : Json();
}

// What holds of an attribute, null where nothing does. Where there may be many
// values, they are under "values".
Json AttributeJson(const Model& model, RecordNumber customer, uint32_t name,
                   uint32_t about, int64_t now_us) {
  const auto values = model.customers->ValuesAt(customer, name, about, now_us);
  if (values.empty()) return Json();
  const std::string_view text = model.names->Text(name);
  Json entry{{"name", Text(model.ShownAttribute(name))}};
  if (about != kAboutNothing) entry["about"] = Text(model.names->Text(about));
  const AttributeDefinition* definition =
      model.schema->FindAttribute(Subject::kCustomer, text);
  if (definition == nullptr || !definition->many) {
    PutAttributeValue(model, values[0], entry);
    return entry;
  }
  entry["type"] = Text(TypeName(definition->type));
  entry["values"] = Json::array();
  std::string all;
  for (const AttributeValue& it : values) {
    Json one = Json::object();
    PutAttributeValue(model, it, one);
    StrAppend(&all, all.empty() ? "" : ", ", one.at("text").get<std::string>());
    entry["values"].push_back(std::move(one));
  }
  entry["text"] = all;
  return entry;
}

// By name.
std::map<std::string_view, uint32_t> AttributeNames(const Model& model,
                                                    RecordNumber customer) {
  std::map<std::string_view, uint32_t> names;
  for (uint32_t name : model.customers->AttributesOf(customer)) {
    names[model.ShownAttribute(name)] = name;
  }
  return names;
}

Json CustomerAnswer(const Model& model, RecordNumber customer, int64_t now_us,
                    bool with_attributes = true) {
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
  std::set<std::string> identifiers;
  Json coupons = Json::array();
  for (RecordNumber record : customers.RecordsOf(customer)) {
    if (record != customer) {
      json["aliases"].push_back(customers.IdOf(record).Hex());
    }
    json["records"].push_back(Text(customers.RecordName(record)));
    for (std::string& identifier : customers.ClaimsOf(record)) {
      identifiers.insert(std::move(identifier));
    }
    for (const Coupon* coupon : model.coupons->Of(record)) {
      const CouponTerms& terms = model.coupons->TermsOf(*coupon);
      if (terms.issued_us > now_us) continue;
      Json entry{{"offer", Text(model.coupons->OfferOf(terms))}};
      PutCoupon(model, entry, *coupon, now_us);
      coupons.push_back(std::move(entry));
    }
  }
  json["identifiers"] = Json::array();
  for (const std::string& identifier : identifiers) {
    json["identifiers"].push_back(identifier);
  }
  json["links"] = LinksJson(model, customer);
  json["attributes"] = Json::array();
  json["taught"] = Json::array();
  if (with_attributes) {
    for (const auto& [text, name] : AttributeNames(model, customer)) {
      for (uint32_t about : customers.AboutsOf(customer, name)) {
        Json entry = AttributeJson(model, customer, name, about, now_us);
        if (entry.is_null()) continue;
        json[about == kAboutNothing ? "attributes" : "taught"].push_back(
            std::move(entry));
      }
    }
  }
  json["relations"] = RelationsJson(model, customer, now_us);
  PutConsents(model, json, customer, now_us);
  json["segments"] = Json::array();
  for (const auto& [name, segment] : model.segments->all()) {
    const auto verdict = model.segments->Test(segment, customer, now_us);
    if (verdict.ok() && verdict->holds) json["segments"].push_back(name);
  }
  json["interactions"] =
      TotalsJson(model, TotalsOf(model, customer, now_us), false);
  json["coupons"] = std::move(coupons);
  return json;
}

std::set<std::string> SegmentsOf(const Json& customer) {
  return customer.at("segments").get<std::set<std::string>>();
}

// States by purpose and channel.
std::map<std::pair<std::string, std::string>, std::string> ConsentsOf(
    const Json& customer) {
  std::map<std::pair<std::string, std::string>, std::string> states;
  for (const Json& it : customer.at("consents")) {
    states[{it.at("purpose"), it.at("channel")}] = it.at("state");
  }
  return states;
}

// What each side said of being contacted and what would hold, where that is not
// the same for all.
Json ConsentChanges(const Json& one, const Json& other, const Json& joined) {
  const std::map<std::pair<std::string, std::string>, std::string> states[] = {
      ConsentsOf(one), ConsentsOf(other), ConsentsOf(joined)};
  std::set<std::pair<std::string, std::string>> all;
  for (const auto& some : states) {
    for (const auto& [key, state] : some) all.insert(key);
  }
  Json changes = Json::array();
  for (const auto& key : all) {
    Json entry{{"purpose", key.first}, {"channel", key.second}};
    bool is_same = true;
    for (int i = 0; i < 3; ++i) {
      const auto found = states[i].find(key);
      constexpr const char* kSides[] = {"one", "other", "joined"};
      entry[kSides[i]] =
          found == states[i].end() ? Json() : Json(found->second);
      is_same = is_same && entry[kSides[i]] == entry["one"];
    }
    if (!is_same) changes.push_back(std::move(entry));
  }
  return changes;
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
  // Her attributes are most of it, and are written without a document.
  const CustomerStore& customers = *model.customers;
  AttributeWriter writer(model);
  std::string attributes;
  std::string taught;
  for (const auto& [text, name] : AttributeNames(model, customer)) {
    const AttributeDefinition* definition = model.schema->FindAttribute(
        Subject::kCustomer, model.names->Text(name));
    for (uint32_t about : customers.AboutsOf(customer, name)) {
      std::string& list = about == kAboutNothing ? attributes : taught;
      if (definition != nullptr && definition->many) {
        const Json entry = AttributeJson(model, customer, name, about, now_us);
        if (!entry.is_null()) AttributeWriter::AddWritten(Written(entry), list);
        continue;
      }
      const auto values = customers.ValuesAt(customer, name, about, now_us);
      if (!values.empty()) writer.Add(text, about, values[0], list);
    }
  }
  std::string json = Written(CustomerAnswer(model, customer, now_us, false));
  const auto put = [&](std::string_view name, const std::string& list) {
    const std::string empty = StrCat("\n  \"", name, "\": []");
    const size_t at = json.find(empty);
    if (list.empty() || at == std::string::npos) return;
    json.replace(at + empty.size() - 2, 2, AttributeWriter::InBrackets(list));
  };
  put("attributes", attributes);
  put("taught", taught);
  return json;
}

std::string AttributeHistoryJson(const Model& model, RecordNumber customer,
                                 uint32_t attribute, int64_t now_us) {
  const CustomerStore& customers = *model.customers;
  const CustomerStore::WithFactIds with_ids;
  // By record and fact: that it may be unpacked twice does not matter.
  std::set<std::pair<RecordNumber, Id>> in_force;
  for (uint32_t about : customers.AboutsOf(customer, attribute)) {
    for (const AttributeValue& it :
         customers.ValuesAt(customer, attribute, about, now_us)) {
      in_force.emplace(it.record, it.version->fact);
    }
  }
  Json list = Json::array();
  for (const AttributeValue& it :
       customers.HistoryOf(customer, attribute, now_us)) {
    Json entry = Json::object();
    const bool has_value = TypeOf(it.version->value) != ValueType::kNone;
    PutAttributeValue(model, it, entry);
    if (!has_value) entry["value"] = nullptr;
    entry["removed"] = it.version->removed || !has_value;
    entry["about"] = it.version->about == kAboutNothing
                         ? Json()
                         : Json(Text(model.names->Text(it.version->about)));
    entry["fact"] = it.version->fact.Hex();
    entry["in_force"] = in_force.contains({it.record, it.version->fact});
    list.push_back(std::move(entry));
  }
  return Written(list);
}

std::string RelationListJson(const Model& model) {
  Json list = Json::array();
  for (const auto& [name, it] : model.schema->relations()) {
    const auto shown = [&](std::string_view stored) {
      return Text(model.schema->Shown(DefinitionKind::kRelation, stored));
    };
    list.push_back({{"name", shown(it.name)},
                    {"inverse", shown(it.inverse)},
                    {"description", it.description},
                    {"acyclic", it.acyclic}});
  }
  return Written(list);
}

std::string RelatedJson(const Model& model, RecordNumber customer,
                        const RelationDefinition& relation, bool inverse,
                        int levels, int64_t now_us) {
  Json list = Json::array();
  const auto number = model.names->Find(relation.name);
  for (const RelationStore::Reached& it :
       model.relations->Reach(customer, *number, inverse, levels, now_us)) {
    if (!model.Shows(it.leader)) continue;
    list.push_back({{"name", Text(model.customers->RecordName(it.leader))},
                    {"id", model.customers->IdOf(it.leader).Hex()},
                    {"level", it.level}});
  }
  return Written(list);
}

std::string AttributeListJson(const Model& model) {
  Json list = Json::array();
  for (Subject subject : {Subject::kCustomer, Subject::kInteraction}) {
    for (std::string_view name : model.schema->AttributeNames(subject)) {
      const AttributeDefinition& it =
          *model.schema->FindAttribute(subject, name);
      list.push_back(
          {{"name", Text(model.schema->Shown(subject == Subject::kCustomer
                                                 ? DefinitionKind::kAttribute
                                                 : DefinitionKind::kField,
                                             it.name))},
           {"of", subject == Subject::kCustomer ? "customer" : "interaction"},
           {"type", Text(TypeName(it.type))},
           {"description", it.description},
           {"unit", it.unit},
           {"allowed", it.allowed},
           {"many", it.many},
           {"sensitivity", Text(NameOf(it.sensitivity))},
           {"per",
            it.per == Per::kNothing ? Json() : Json(Text(NameOf(it.per)))},
           {"reconciliation", Text(NameOf(it.reconciliation))},
           {"sources", it.sources},
           {"retired", it.retired}});
    }
  }
  return Written(list);
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
      said[i][text] =
          AttributeJson(model, sides[i], name, kAboutNothing, now_us);
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
    entry["joined"] = AttributeJson(model, leader, name, kAboutNothing, now_us);
    const bool all_absent = entry["one"].is_null() &&
                            entry["other"].is_null() &&
                            entry["joined"].is_null();
    if (!all_absent) json["attributes"].push_back(std::move(entry));
  }
  json["consents"] = ConsentChanges(of_side[0], of_side[1], json["customer"]);
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
