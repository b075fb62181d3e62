// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/segment_answers.h"

#include <set>
#include <string_view>
#include <utility>

#include "base/calendar.h"
#include "codec/answer_parts.h"
#include "expression/plan.h"

namespace trato::core {
namespace {

Json FactJson(const Model& model, const DecidingFact& fact) {
  Json json;
  json["record"] = Text(model.customers->RecordName(fact.record));
  json["at"] = FormatTime(fact.at_us, model.zone);
  json["at_us"] = fact.at_us;
  json["source"] = Text(model.names->Text(fact.source));
  if (!fact.attribute.empty()) {
    json["attribute"] = Text(model.schema->Shown(
        DefinitionKind::kAttribute,
        model.schema->Stored(DefinitionKind::kAttribute, fact.attribute)));
    json["value"] = fact.value.empty() ? Json() : Json(fact.value);
    return json;
  }
  json["type"] = Text(model.ShownType(fact.type));
  json["id"] = fact.id.Hex();
  if (fact.amount.currency) {
    json["amount"] = {{"minor", fact.amount.minor},
                      {"currency", Text(fact.amount.currency.code())},
                      {"text", FormatAmount(fact.amount)}};
  }
  return json;
}

Json PartJson(const Model& model, const Explanation& part) {
  Json json{{"expression", part.text}};
  json["value"] = part.error.empty() ? Json(part.value) : Json();
  json["error"] = part.error.empty() ? Json() : Json(part.error);
  json["missing"] = part.missing.empty() ? Json() : Json(part.missing);
  json["fact_count"] = part.fact_count;
  json["facts"] = Json::array();
  for (const DecidingFact& fact : part.facts) {
    json["facts"].push_back(FactJson(model, fact));
  }
  json["parts"] = Json::array();
  for (const Explanation& inner : part.parts) {
    json["parts"].push_back(PartJson(model, inner));
  }
  return json;
}

template <typename Names>
Json NamesJson(const Names& names) {
  Json list = Json::array();
  for (const auto& name : names) list.push_back(name);
  return list;
}

std::string_view NameOf(Reading reading) {
  switch (reading) {
    case Reading::kTimes:
      return "times";
    case Reading::kInteractions:
      return "interactions";
    case Reading::kLines:
      break;
  }
  return "lines";
}

}  // namespace

std::string SegmentExplanationJson(const Model& model,
                                   const SegmentStore::Segment& segment,
                                   RecordNumber customer,
                                   const Explanation& explanation,
                                   std::optional<int64_t> changes_at_us,
                                   int64_t now_us) {
  Json json;
  json["segment"] = segment.definition.name;
  json["disabled"] = segment.is_disabled;
  json["customer"] = Text(model.customers->RecordName(customer));
  json["now"] = FormatTime(now_us, model.zone);
  json["now_us"] = now_us;
  // Who is restricted is in no segment, whatever the condition says.
  const Restrictions::Version* restriction =
      model.customers->RestrictionOf(customer, now_us);
  json["restriction"] = Json();
  if (restriction != nullptr) {
    json["restriction"] = Json{{"reason", restriction->reason}};
    PutTime(model, json["restriction"], "since", restriction->at_us);
  }
  json["member"] = restriction == nullptr && explanation.value == "true";
  json["undecided"] = !explanation.error.empty() && !explanation.is_absent;
  json["missing"] = NamesJson(MissingOf(explanation));
  json["changes_at"] = Json();
  json["changes_at_us"] = Json();
  if (changes_at_us) PutTime(model, json, "changes_at", *changes_at_us);
  json["why"] = PartJson(model, explanation);
  return Written(json);
}

std::string PlanJson(const Program& program, const Course& course) {
  const Reads& reads = program.reads();
  Json json{{"expression", program.text()},
            {"evaluated", course.is_all_one_by_one
                              ? "one customer after the other"
                          : course.one_by_one.empty()
                              ? "over columns"
                              : "over columns, but for some parts"},
            {"one_by_one", course.one_by_one},
            {"linked_one_by_one", course.is_linked_one_by_one},
            {"shared", program.shared()}};
  std::set<std::string> segments;
  for (const auto& [name, times] : reads.segments) segments.insert(name);
  json["reads"] = {{"attributes", NamesJson(reads.attributes)},
                   {"interaction_types", NamesJson(reads.interaction_types)},
                   {"fields", NamesJson(reads.fields)},
                   {"line_fields", NamesJson(reads.line_fields)},
                   {"relations", NamesJson(reads.relations)},
                   {"segments", NamesJson(segments)}};
  json["questions"] = Json::array();
  for (const Question& question : QuestionsOf(program)) {
    json["questions"].push_back({{"expression", question.text},
                                 {"reads", Text(NameOf(question.reading))},
                                 {"shared", question.is_shared}});
  }
  return Written(json);
}

}  // namespace trato::core
