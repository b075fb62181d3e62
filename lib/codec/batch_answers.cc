// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/batch_answers.h"

#include <utility>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

Json SummaryJson(const Model& model, const BatchSummary& it) {
  Json json{{"batch", it.batch},
            {"source", it.source},
            {"actor", TextOrNull(it.actor)}};
  PutTime(model, json, "first", it.first_us);
  PutTime(model, json, "last", it.last_us);
  json["interactions"] = it.interactions;
  json["attributes"] = it.attributes;
  json["identifiers"] = it.identifiers;
  json["consents"] = it.consents;
  json["definitions"] = it.definitions;
  json["others"] = it.others;
  return json;
}

}  // namespace

std::string BatchListJson(const Model& model,
                          const std::vector<BatchSummary>& batches) {
  Json list = Json::array();
  for (const BatchSummary& it : batches) {
    Json entry = SummaryJson(model, it);
    PutTime(model, entry, "retracted", it.retracted_us);
    entry["reason"] = TextOrNull(it.reason);
    list.push_back(std::move(entry));
  }
  return Written(list);
}

std::string RetractionJson(const Model& model, const BatchSummary& batch,
                           bool dry_run, uint64_t customers, uint64_t left,
                           bool keeps_definitions) {
  Json json = SummaryJson(model, batch);
  json["dry_run"] = dry_run;
  json["customers_before"] = customers;
  json["customers_after"] = left;
  json["keeps_definitions"] = keeps_definitions;
  return Written(json);
}

std::string ContactsReportJson(const ContactsFile& file,
                               const ContactsReport& report) {
  const auto field_of = [](const ContactColumn& it) {
    switch (it.kind) {
      case ContactColumn::Kind::kIdentifier:
        return StrCat("identifier.", it.field);
      case ContactColumn::Kind::kOptOut:
        return StrCat("opt_out.", it.field);
      default:
        return it.field;
    }
  };
  Json json;
  json["dry_run"] = report.dry_run;
  json["batch"] = report.batch;
  json["rows"] = file.rows;
  json["encoding"] = file.encoding;
  json["separator"] = std::string(1, file.separator);
  json["columns"] = Json::array();
  for (const ContactColumn& it : file.columns) {
    json["columns"].push_back({{"column", it.header},
                               {"field", field_of(it)},
                               {"rule", Text(NameOf(it.rule))},
                               {"values", it.values}});
  }
  json["ignored"] = Json::array();
  for (const IgnoredColumn& it : file.ignored) {
    json["ignored"].push_back({{"column", it.header}, {"reason", it.reason}});
  }
  json["customers"] = report.customers;
  json["new_customers"] = report.new_customers;
  json["changed_customers"] = report.changed_customers;
  json["unchanged_customers"] = report.unchanged_customers;
  json["repeated_rows"] = file.repeated;
  json["new_attributes"] = report.attributes_new;
  json["changed_attributes"] = report.attributes_changed;
  json["new_identifiers"] = report.identifiers_new;
  json["new_consents"] = report.consents_new;
  json["new_definitions"] = report.definitions;
  json["conflicts"] = report.conflict_count;
  json["first_conflicts"] = Json::array();
  for (const ContactsReport::Conflict& it : report.conflicts) {
    json["first_conflicts"].push_back({{"line", it.line},
                                       {"record", it.record},
                                       {"column", it.column},
                                       {"what", it.what}});
  }
  int64_t refused = 0;
  const auto refusals_json = [](const std::vector<Refusal>& refusals) {
    Json list = Json::array();
    for (const Refusal& it : refusals) {
      list.push_back({{"reason", it.reason},
                      {"rows", it.rows},
                      {"first_rows", it.first_rows}});
    }
    return list;
  };
  for (const Refusal& it : file.refusals) refused += it.rows;
  json["refused"] = refused;
  json["refusals"] = refusals_json(file.refusals);
  json["refused_values"] = refusals_json(report.refused_values);
  return Written(json);
}

}  // namespace trato::core
