// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/identity_answers.h"

#include <algorithm>
#include <cmath>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

double Rounded(double value) { return std::round(value * 1000) / 1000; }

// Enough digits to tell near certainty from certainty.
double Probability(double value) { return std::round(value * 1e6) / 1e6; }

std::string PublicId(const Model& model, RecordNumber record) {
  const CustomerStore& customers = *model.customers;
  return customers.KeptIdOf(customers.LeaderOf(record)).Hex();
}

Json ComparisonsJson(const PairExplanation& it) {
  Json lines = Json::array();
  for (const PairExplanation::Line& line : it.lines) {
    lines.push_back({{"field", Text(NameOf(line.comparison))},
                     {"level", Text(LevelText(line.comparison, line.level))},
                     {"bits", Rounded(line.bits)},
                     {"one", line.one},
                     {"other", line.other}});
  }
  return lines;
}

Json PairParts(const Model& model, const IdentityPair& pair) {
  const CustomerStore& customers = *model.customers;
  Json json{{"one", Text(customers.RecordName(pair.one))},
            {"other", Text(customers.RecordName(pair.other))},
            {"one_customer", PublicId(model, pair.one)},
            {"other_customer", PublicId(model, pair.other)}};
  if (!pair.outcome.empty()) json["outcome"] = Text(pair.outcome);
  json["probability"] = Probability(ProbabilityOf(pair.bits));
  json["bits"] = Rounded(pair.bits);
  json["why"] = pair.why;
  if (!pair.explanation) return json;
  json["prior_bits"] = Rounded(pair.explanation->prior_bits);
  json["household_bits"] = Rounded(pair.explanation->household_bits);
  json["comparisons"] = ComparisonsJson(*pair.explanation);
  json["documents_differ"] = pair.explanation->apart;
  Json questions = Json::array();
  for (const PairExplanation::Question& it : pair.explanation->questions) {
    questions.push_back({{"field", Text(NameOf(it.comparison))},
                         {"if_the_same", Probability(it.same)},
                         {"if_different", Probability(it.different)}});
  }
  json["questions"] = std::move(questions);
  return json;
}

Json PairsJson(const Model& model, const std::vector<IdentityPair>& pairs) {
  Json json = Json::array();
  for (const IdentityPair& pair : pairs) json.push_back(PairParts(model, pair));
  return json;
}

Json ModelParts(const IdentityModel& it) {
  Json json{{"prior", it.prior},
            {"household", it.household},
            {"records", it.records}, {"pairs", it.pairs}};
  Json comparisons = Json::array();
  for (int f = 0; f < kComparisons; ++f) {
    const auto comparison = static_cast<Comparison>(f);
    const LevelRates& rates = it.rates[static_cast<size_t>(f)];
    Json levels = Json::array();
    for (int level = 1; level < kLevels; ++level) {
      const std::string_view text = LevelText(comparison, level);
      const auto l = static_cast<size_t>(level);
      if (text.empty()) continue;
      levels.push_back({{"level", Text(text)},
                        {"one_person", rates.m[l]},
                        {"household", rates.h[l]},
                        {"two_people", rates.u[l]},
                        {"bits", Rounded(std::log2(std::max(rates.m[l], 1e-9) /
                                                   std::max(rates.u[l], 1e-9)))}});
    }
    comparisons.push_back(
        {{"field", Text(NameOf(comparison))}, {"levels", std::move(levels)}});
  }
  json["comparisons"] = std::move(comparisons);
  return json;
}

Json DefinitionParts(const IdentityDefinition& it) {
  Json fields = Json::array();
  for (const IdentityField& field : it.fields) {
    fields.push_back({{"name", field.name}, {"kind", Text(NameOf(field.kind))}});
  }
  return {{"name", it.name},
          {"fields", std::move(fields)},
          {"link_at", it.link_at},
          {"review_at", it.review_at},
          {"max_block", it.max_block},
          {"max_records", it.max_records},
          {"country", TextOrNull(it.country)},
          {"model", it.model ? ModelParts(*it.model) : Json()}};
}

}  // namespace

std::string ResolvedJson(const Model& model, RecordNumber record,
                         std::string_view outcome,
                         const std::vector<IdentityPair>& pairs) {
  return Written({{"record", Text(model.customers->RecordName(record))},
                  {"customer", PublicId(model, record)},
                  {"outcome", Text(outcome)},
                  {"pairs", PairsJson(model, pairs)}});
}

std::string IdentityReportJson(const Model& model,
                               const IdentityReport& report) {
  return Written({{"records", report.records},
                  {"compared", report.compared},
                  {"hubs", report.hubs},
                  {"customers_before", report.customers_before},
                  {"customers_after", report.customers_after},
                  {"linked", report.linked},
                  {"unlinked", report.unlinked},
                  {"proposed", report.proposed},
                  {"refused", report.refused},
                  {"version", report.version == 0 ? Json() : Json(report.version)},
                  {"model", ModelParts(report.model)},
                  {"pairs", PairsJson(model, report.pairs)}});
}

std::string TableReportJson(const BatchResult& result, size_t records) {
  uint64_t customers = 0;
  for (uint32_t i = 0; i < result.clusters.leader.size(); ++i) {
    customers += result.clusters.leader[i] == i ? 1 : 0;
  }
  return Written({{"records", records},
                  {"compared", result.compared},
                  {"hubs", result.hubs},
                  {"customers", customers},
                  {"refused", result.clusters.refused.size()},
                  {"model", ModelParts(result.model)}});
}

std::string ReviewJson(const Model& model, uint64_t open,
                       const std::vector<IdentityPair>& pairs) {
  return Written({{"open", open}, {"pairs", PairsJson(model, pairs)}});
}

std::string ComparisonsText(const PairExplanation& explanation) {
  return Written(ComparisonsJson(explanation));
}

std::string PairJson(const Model& model, const IdentityPair& pair) {
  return Written(PairParts(model, pair));
}

std::string IdentityJson(const Model& model, RecordNumber leader,
                         const std::vector<IdentityPair>& pairs) {
  Json records = Json::array();
  const CustomerStore& customers = *model.customers;
  for (const RecordNumber record : customers.RecordsOf(leader)) {
    Json ties = Json::array();
    for (const CustomerStore::Tie& tie : customers.TiesOf(record)) {
      Json entry{{"other", Text(customers.RecordName(tie.other))},
                 {"says", tie.linked ? "one customer" : "two customers"}};
      if (tie.note != nullptr) {
        entry["actor"] = TextOrNull(model.names->Text(tie.note->actor));
        entry["source"] = TextOrNull(model.names->Text(tie.note->source));
        PutTime(model, entry, "at", tie.note->at_us);
        entry["reason"] = TextOrNull(tie.note->reason);
      }
      ties.push_back(std::move(entry));
    }
    Json identifiers = Json::array();
    for (const std::string& claim : customers.ClaimsOf(record)) {
      identifiers.push_back(claim);
    }
    records.push_back({{"record", Text(customers.RecordName(record))},
                       {"identifiers", std::move(identifiers)},
                       {"ties", std::move(ties)}});
  }
  return Written({{"customer", PublicId(model, leader)},
                  {"records", std::move(records)},
                  {"pairs", PairsJson(model, pairs)}});
}

std::string IdentityDefinitionsJson(
    const Model& model, const std::vector<IdentityBook::Version>& versions,
    const IdentityDefinition& usual) {
  Json list = Json::array();
  for (size_t i = 0; i < versions.size(); ++i) {
    Json json = DefinitionParts(versions[i].definition);
    json["version"] = i + 1;
    json["actor"] = TextOrNull(versions[i].actor);
    PutTime(model, json, "at", versions[i].at_us);
    list.push_back(std::move(json));
  }
  return Written({{"versions", std::move(list)},
                  {"usual", DefinitionParts(usual)}});
}

}  // namespace trato::core
