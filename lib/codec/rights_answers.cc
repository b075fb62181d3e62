// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/rights_answers.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/strings.h"
#include "codec/answer_parts.h"
#include "codec/offer_answers.h"
#include "codec/customer_answers.h"

namespace trato::core {
namespace {

std::string TextOf(const Model& model, const Value& value) {
  Json json;
  PutValue(model, json, value);
  return json.at("text").get<std::string>();
}

// A definition in words; what it is called is told apart.
std::string DefinitionText(const Definition& definition) {
  Json json;
  if (const auto* segment = std::get_if<SegmentDefinition>(&definition)) {
    return segment->expression;
  }
  if (const auto* offer = std::get_if<OfferDefinition>(&definition)) {
    json = {{"title", offer->title},
            {"products", offer->products},
            {"currency", Text(offer->currency.code())},
            {"value_minor", offer->value_minor},
            {"discount_minor", offer->discount_minor},
            {"discount_basis_points", offer->discount_basis_points},
            {"eligibility", offer->eligibility},
            {"coupon_span", offer->coupon_span}};
    return json.dump();
  }
  // Policies, models and what customers are worth concern nobody by name.
  if (!std::holds_alternative<SchemaDefinition>(definition)) return "";
  const auto& schema = std::get<SchemaDefinition>(definition);
  if (const auto* it = std::get_if<AttributeDefinition>(&schema)) {
    json = {{"type", Text(TypeName(it->type))},
            {"description", it->description},
            {"search", static_cast<int>(it->search)}};
  } else if (const auto* type =
                 std::get_if<InteractionTypeDefinition>(&schema)) {
    json = {{"description", type->description}};
  } else if (const auto* channel = std::get_if<ChannelDefinition>(&schema)) {
    json = {{"description", channel->description}};
  } else if (const auto* space = std::get_if<NamespaceDefinition>(&schema)) {
    json = {{"unique", space->unique},
            {"single", space->single},
            {"max_records", space->max_records},
            {"search", static_cast<int>(space->search)}};
  } else if (const auto* renaming = std::get_if<RenamingDefinition>(&schema)) {
    json = {{"new_name", renaming->to}};
  } else if (const auto* retirement =
                 std::get_if<RetirementDefinition>(&schema)) {
    json = {{"retired", retirement->retired}};
  } else if (const auto* rule = std::get_if<RetentionDefinition>(&schema)) {
    json = {{"of", Text(NameOf(rule->kind))},
            {"purpose", rule->purpose},
            {"keep", rule->keep}};
  } else if (const auto* product = std::get_if<ProductDefinition>(&schema)) {
    json = {{"name", product->name}};
  }
  return json.dump();
}

// What a fact changed: a thing, by its name, from one text to another.
struct Change {
  std::string what;
  std::string record;  // empty: of nobody
  std::string name;
  std::string to;  // empty: nothing holds any more
  std::string reason;
};

struct Describe {
  const Model& model;

  Change operator()(const StoreSettings& it) const {
    return {"settings", "", "", StrCat(it.zone, ", ", it.currency), ""};
  }
  Change operator()(const Boxed<Definition>& it) const {
    const auto [what, name] = NameOfDefinition(*it);
    return {StrCat("definition of ", what), "", std::string(name),
            DefinitionText(*it), ""};
  }
  Change operator()(const AttributeFact& it) const {
    const bool is_gone = TypeOf(it.value) == ValueType::kNone;
    return {"attribute", it.record,
            Text(model.schema->Shown(DefinitionKind::kAttribute, it.name)),
            is_gone ? "" : TextOf(model, it.value), ""};
  }
  Change operator()(const ClaimFact& it) const {
    return {"identifier", it.record, it.identifier, it.identifier, ""};
  }
  Change operator()(const LinkFact& it) const {
    return {"link", it.one, it.other,
            it.linked ? "one customer" : "two customers", it.reason};
  }
  Change operator()(const ProposalFact& it) const {
    return {"proposal", it.one, it.other,
            it.unlink ? "to be unlinked" : "to be linked", it.reason};
  }
  Change operator()(const KindFact& it) const {
    return {"kind", it.record, "", std::string(NameOf(it.kind)), ""};
  }
  Change operator()(const RestrictionFact& it) const {
    return {"restriction", it.record, "", it.restricted ? "restricted" : "",
            it.reason};
  }
  Change operator()(const ConsentFact& it) const {
    return {"consent", it.record,
            StrCat(model.schema->Shown(DefinitionKind::kPurpose, it.purpose),
                   " by ",
                   model.schema->Shown(DefinitionKind::kChannel, it.channel)),
            std::string(NameOf(it.state)), ""};
  }
  Change operator()(const ObjectionFact& it) const {
    return {"objection", it.record, "", it.lifted ? "" : "to direct marketing",
            ""};
  }
  Change operator()(const RelationFact& it) const {
    return {"relation", it.record,
            StrCat(model.schema->Shown(DefinitionKind::kRelation, it.relation),
                   " ", it.other),
            it.ended ? "" : "holds", ""};
  }
  Change operator()(const SuppressionUpdateFact& it) const {
    return {"suppression list", "", it.list,
            StrCat(it.hashes.size(), it.replaces ? " entries" : " more entries"),
            ""};
  }
  Change operator()(const BatchRetractionFact& it) const {
    return {"batch", "", it.batch, "retracted", it.reason};
  }
  Change operator()(const CorrectionFact& it) const {
    return {it.content ? "correction" : "retraction", it.record,
            it.interaction.Hex(), it.content ? it.content->type : "",
            it.reason};
  }
  Change operator()(const DecisionFact& it) const {
    return {"decision", it.record, "", it.chosen ? it.offers[0] : "", ""};
  }
  Change operator()(const OutcomeFact& it) const {
    return {"outcome", RecordOf(it), it.decision.Hex(),
            std::string(NameOf(it.kind)), ""};
  }
  Change operator()(const PermitFact& it) const {
    return {"permit", it.record, it.channel, "given", it.offer};
  }
  Change operator()(const PermitUseFact& it) const {
    const auto permit = model.decisions->FindPermit(it.permit);
    return {"permit", it.record,
            permit.ok() ? Text(model.names->Text((*permit)->channel)) : "",
            "used", ""};
  }
  Change operator()(const PurchaseLinkFact& it) const {
    return {"purchase", it.record, it.interaction.Hex(),
            it.decision ? it.decision->Hex() : "of no decision", it.reason};
  }
  Change operator()(const CouponIssueFact& it) const {
    return {"coupon", it.record, it.offer, "issued", ""};
  }
  Change operator()(const CouponRedemptionFact& it) const {
    return OfCoupon(it.hash, "redeemed", "");
  }
  Change operator()(const CouponBuyerFact& it) const {
    Change change = OfCoupon(it.hash, "redeemed by", "");
    change.record = it.record;
    return change;
  }
  Change operator()(const CouponReversalFact& it) const {
    return OfCoupon(it.hash, "reversed", it.reason);
  }
  Change operator()(const RetentionFact& it) const {
    return {"retention", "", "", StrCat(it.facts, " facts taken out"),
            it.reason};
  }
  Change operator()(const ErasureFact& it) const {
    return {"erasure", "", it.id.Hex(), "erased", it.reason};
  }
  template <typename Other>
  Change operator()(const Other&) const {
    return {"other", "", "", "", ""};
  }

  Change OfCoupon(const CouponHash& hash, const char* what,
                  const std::string& reason) const {
    const Coupon* const coupon = model.coupons->Find(hash);
    if (coupon == nullptr) return {"coupon", "", "", what, reason};
    const CouponTerms& terms = model.coupons->TermsOf(*coupon);
    return {"coupon",
            terms.is_personal() ? Text(model.customers->RecordName(terms.record))
                                : std::string(),
            std::string(model.coupons->OfferOf(terms)), what, reason};
  }
  std::string RecordOf(const OutcomeFact& it) const {
    const auto decision = model.decisions->Find(it.decision);
    if (!decision.ok()) return "";
    return Text(model.customers->RecordName((*decision)->record));
  }
};

Json ChangesJson(const Model& model, std::span<const LoggedFact> facts) {
  Json list = Json::array();
  std::map<std::tuple<std::string, std::string, std::string>, std::string> held;
  for (const LoggedFact& it : facts) {
    const Change change = std::visit(Describe{model}, it.fact.payload);
    Json entry;
    PutTime(model, entry, "at", it.fact.event_us);
    PutTime(model, entry, "recorded", it.fact.recorded_us);
    entry["position"] = it.position;
    entry["actor"] = it.fact.actor;
    entry["source"] = it.fact.source;
    entry["batch"] = it.fact.batch;
    entry["key"] = it.fact.key;
    entry["what"] = change.what;
    entry["record"] = change.record;
    entry["name"] = change.name;
    std::string& before = held[{change.what, change.record, change.name}];
    entry["from"] = before.empty() ? Json() : Json(before);
    entry["to"] = change.to.empty() ? Json() : Json(change.to);
    entry["reason"] = change.reason;
    before = change.to;
    list.push_back(std::move(entry));
  }
  return list;
}

Json InteractionJson(const Model& model, RecordNumber record,
                     const InteractionRef& it, const FactId& id) {
  const Interner& names = *model.names;
  Json json{{"fact", id.Hex()}};
  PutTime(model, json, "at", it.at_us());
  PutTime(model, json, "recorded", it.recorded_us());
  json["record"] = Text(model.customers->RecordName(record));
  json["type"] = Text(model.ShownType(it.type()));
  json["channel"] = Text(model.ShownChannel(it.channel()));
  json["direction"] =
      it.direction() == Direction::kOutbound ? "outbound" : "inbound";
  json["source"] = Text(names.Text(it.source()));
  json["actor"] = Text(names.Text(it.actor()));
  json["batch"] = Text(names.Text(it.batch()));
  json["key"] = model.timeline->KeyOf(it);
  json["amount"] = StrCat(FormatAmount(it.amount()), " ",
                          it.amount().currency.code());
  json["amount_minor"] = it.amount().minor;
  json["lines"] = Json::array();
  it.ForEachLine([&](const Line& line) {
    json["lines"].push_back(Json{{"product", Text(names.Text(line.product))},
                                 {"unit", Text(names.Text(line.unit))},
                                 {"quantity_millionths", line.quantity},
                                 {"unit_price_millionths", line.unit_price},
                                 {"amount_minor", line.amount_minor}});
    return true;
  });
  json["fields"] = Json::array();
  for (const FieldView& field : it.fields()) {
    Json entry{{"name", Text(model.ShownField(field.name))}};
    Value value = field.ToValue();
    const AttributeDefinition* definition = model.schema->FindAttribute(
        Subject::kInteraction, names.Text(field.name));
    // Said as a whole number, as it once had to be.
    if (const auto* whole = std::get_if<int64_t>(&value);
        whole != nullptr && definition != nullptr &&
        definition->type == ValueType::kDouble) {
      value = static_cast<double>(*whole);
    }
    PutValue(model, entry, value);
    json["fields"].push_back(std::move(entry));
  }
  const auto reply_to = it.reply_to();
  json["reply_to"] = reply_to ? Json(reply_to->Hex()) : Json();
  return json;
}

Json DecisionsJson(const Model& model, RecordNumber customer, int64_t now_us) {
  Json list = Json::array();
  for (RecordNumber record : model.customers->RecordsOf(customer)) {
    for (const Decision* decision : model.decisions->Of(record)) {
      if (decision->at_us > now_us) continue;
      list.push_back(Json::parse(DecisionJson(model, *decision)));
    }
  }
  return list;
}

Json WholeDocument(const Model& model, RecordNumber customer,
                   std::span<const LoggedFact> facts, int64_t now_us) {
  Json json;
  PutTime(model, json, "now", now_us);
  json["customer"] = Json::parse(CustomerJson(model, customer, now_us));
  Json interactions = Json::array();
  Json replaced = Json::array();
  for (RecordNumber record : model.customers->RecordsOf(customer)) {
    std::set<FactId> in_force;
    for (uint32_t type : model.timeline->TypesOf(record)) {
      model.timeline->ForEach(
          record, type, Window::Until(now_us), [&](const InteractionRef& it) {
            const FactId id = model.timeline->IdOf(record, it);
            in_force.insert(id);
            interactions.push_back(InteractionJson(model, record, it, id));
            return true;
          });
    }
    model.timeline->ForEachRawOf(record, [&](const InteractionRef& it) {
      if (it.at_us() > now_us) return;
      const FactId id = model.timeline->IdOf(record, it);
      if (!in_force.contains(id)) {
        replaced.push_back(InteractionJson(model, record, it, id));
      }
    });
  }
  const auto by_time = [](const Json& a, const Json& b) {
    return std::pair(a.at("at_us").get<int64_t>(),
                     a.at("fact").get<std::string>()) <
           std::pair(b.at("at_us").get<int64_t>(),
                     b.at("fact").get<std::string>());
  };
  std::sort(interactions.begin(), interactions.end(), by_time);
  std::sort(replaced.begin(), replaced.end(), by_time);
  json["interactions"] = std::move(interactions);
  json["replaced_interactions"] = std::move(replaced);
  json["decisions"] = DecisionsJson(model, customer, now_us);
  json["changes"] = ChangesJson(model, facts);
  return json;
}

// ---- Markdown.

bool IsNothing(const Json& json) {
  return json.is_null() || (json.is_string() && json == "") ||
         ((json.is_array() || json.is_object()) && json.empty());
}

// Instants and amounts have a text beside them that says the same.
bool IsForMachines(const std::string& key) {
  return key.ends_with("_us") || key == "amount_minor" || key == "position";
}

std::string OneLine(const Json& json) {
  if (json.is_string()) {
    std::string text;
    for (const char c : json.get<std::string>()) {
      if (c == '|' || c == '\\') text.push_back('\\');
      text.push_back(c == '\n' || c == '\r' ? ' ' : c);
    }
    return text;
  }
  std::string text;
  if (json.is_array()) {
    for (const Json& it : json) {
      StrAppend(&text, text.empty() ? "" : "; ", OneLine(it));
    }
    return text;
  }
  if (json.is_object()) {
    for (const auto& [key, it] : json.items()) {
      if (IsNothing(it) || IsForMachines(key)) continue;
      StrAppend(&text, text.empty() ? "" : ", ", key, " ", OneLine(it));
    }
    return text;
  }
  return json.is_null() ? "" : json.dump();
}

// A table with the columns in which any row has something.
void AppendTable(const Json& rows, std::string& text) {
  std::vector<std::string> columns;
  for (const Json& row : rows) {
    for (const auto& [key, it] : row.items()) {
      if (IsNothing(it) || IsForMachines(key)) continue;
      if (std::find(columns.begin(), columns.end(), key) == columns.end()) {
        columns.push_back(key);
      }
    }
  }
  std::string rule;
  for (const std::string& column : columns) {
    StrAppend(&text, "| ", column, " ");
    rule += "|---";
  }
  StrAppend(&text, "|\n", rule, "|\n");
  for (const Json& row : rows) {
    for (const std::string& column : columns) {
      StrAppend(&text, "| ", row.contains(column) ? OneLine(row.at(column)) : "",
                " ");
    }
    text += "|\n";
  }
}

void AppendSection(const std::string& title, const Json& json,
                   std::string& text) {
  if (IsNothing(json)) return;
  StrAppend(&text, "\n## ", title, "\n\n");
  if (json.is_array() && json.front().is_object()) {
    AppendTable(json, text);
  } else if (json.is_array()) {
    for (const Json& it : json) StrAppend(&text, "- ", OneLine(it), "\n");
  } else {
    StrAppend(&text, OneLine(json), "\n");
  }
}

}  // namespace

std::pair<std::string_view, std::string_view> NameOfDefinition(
    const Definition& definition) {
  if (const auto* segment = std::get_if<SegmentDefinition>(&definition)) {
    return {"segment", segment->name};
  }
  if (const auto* offer = std::get_if<OfferDefinition>(&definition)) {
    return {"offer", offer->name};
  }
  if (const auto* insight = std::get_if<InsightDefinition>(&definition)) {
    if (const auto* score = std::get_if<ScoreDefinition>(insight)) {
      return {"score", score->name};
    }
    return {std::holds_alternative<ValueEdition>(*insight) ? "value model"
                                                           : "life cycle",
            ""};
  }
  if (const auto* identity = std::get_if<IdentityDefinition>(&definition)) {
    return {"identity", identity->name};
  }
  if (!std::holds_alternative<SchemaDefinition>(definition)) {
    return {"policy", ""};
  }
  const auto& schema = std::get<SchemaDefinition>(definition);
  if (const auto* product = std::get_if<ProductDefinition>(&schema)) {
    return {"product", product->id};
  }
  if (const auto* renaming = std::get_if<RenamingDefinition>(&schema)) {
    return {"name", renaming->from};
  }
  if (const auto* rule = std::get_if<RetentionDefinition>(&schema)) {
    return {"retention", rule->name};
  }
  if (const auto* retirement = std::get_if<RetirementDefinition>(&schema)) {
    return {"retirement", retirement->name};
  }
  std::string_view what = "something else";
  if (std::holds_alternative<AttributeDefinition>(schema)) what = "attribute";
  if (std::holds_alternative<ChannelDefinition>(schema)) what = "channel";
  if (std::holds_alternative<NamespaceDefinition>(schema)) what = "namespace";
  if (std::holds_alternative<InteractionTypeDefinition>(schema)) {
    what = "interaction type";
  }
  return std::visit(
      [&](const auto& it) -> std::pair<std::string_view, std::string_view> {
        if constexpr (requires { it.name; }) return {what, it.name};
        return {what, ""};
      },
      schema);
}

std::string AuditJson(const Model& model, std::span<const LoggedFact> facts,
                      uint64_t limit) {
  Json changes = ChangesJson(model, facts);
  if (limit != 0 && limit < changes.size()) {
    changes.erase(changes.begin(),
                  changes.end() - static_cast<ptrdiff_t>(limit));
  }
  return Written(Json{{"changes", std::move(changes)}});
}

std::string DocumentJson(const Model& model, RecordNumber customer,
                         std::span<const LoggedFact> facts, int64_t now_us) {
  return Written(WholeDocument(model, customer, facts, now_us));
}

std::string DocumentText(const Model& model, RecordNumber customer,
                         std::span<const LoggedFact> facts, int64_t now_us) {
  const Json json = WholeDocument(model, customer, facts, now_us);
  const Json& who = json.at("customer");
  std::string text =
      StrCat("# What is held on ", OneLine(who.at("name")), "\n\nOn ",
             OneLine(json.at("now")), ". Public id ", OneLine(who.at("id")),
             ".\n");
  for (const auto& [key, it] : who.items()) {
    if (key == "id" || key == "name") continue;
    AppendSection(key == "interactions" ? "interactions by type" : key, it,
                  text);
  }
  AppendSection("each interaction", json.at("interactions"), text);
  AppendSection("interactions that were corrected or retracted",
                json.at("replaced_interactions"), text);
  AppendSection("decisions", json.at("decisions"), text);
  AppendSection("what was said, when and by whom", json.at("changes"), text);
  return text;
}

}  // namespace trato::core
