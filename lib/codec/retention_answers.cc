// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/retention_answers.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/calendar.h"
#include "codec/answer_parts.h"

namespace trato::core {
namespace {

std::string ShownName(const Model& model, RetainedKind kind,
                      std::string_view name) {
  if (kind == RetainedKind::kInteractions) {
    return Text(model.schema->Shown(DefinitionKind::kInteractionType, name));
  }
  if (kind == RetainedKind::kAttribute) {
    return Text(model.schema->Shown(DefinitionKind::kAttribute, name));
  }
  if (kind == RetainedKind::kGrants) {
    return Text(model.schema->Shown(DefinitionKind::kPurpose, name));
  }
  return Text(name);
}

std::optional<int64_t> UnlessAlways(int64_t us) {
  if (us == std::numeric_limits<int64_t>::min()) return std::nullopt;
  return us;
}

}  // namespace

std::string RetentionJson(const Model& model, const RetentionReport& report) {
  Json json{{"dry_run", report.dry_run},
            {"facts", report.facts},
            {"interactions", report.interactions}};
  json["by_kind"] = Json::array();
  for (const auto& [key, count] : report.counts) {
    json["by_kind"].push_back(
        Json{{"of", Text(NameOf(key.first))},
             {"name", ShownName(model, key.first, key.second)},
             {"facts", count}});
  }
  PutTime(model, json, "earliest", UnlessAlways(report.earliest_us));
  json["log_position"] =
      report.position == 0 ? Json() : Json(report.position);
  json["purged"] = report.position == 0 ? Json() : Json(report.purged);
  return Written(json);
}

std::string RetentionListJson(const Model& model, int64_t earliest_us,
                              int64_t now_us) {
  Json json;
  PutTime(model, json, "earliest", UnlessAlways(earliest_us));
  json["rules"] = Json::array();
  for (const auto& [key, rule] : model.schema->retention()) {
    Json entry{{"of", Text(NameOf(rule.kind))},
               {"name", ShownName(model, rule.kind, rule.name)},
               {"purpose", TextOrNull(model.schema->Shown(
                               DefinitionKind::kPurpose, rule.purpose))},
               {"keep", rule.keep}};
    const auto span = ParseSpan(rule.keep);
    if (span.ok()) {
      PutTime(model, entry, "kept_from",
              std::max(Subtract(now_us, *span, model.zone), kMinInstant));
    }
    json["rules"].push_back(std::move(entry));
  }
  return Written(json);
}

}  // namespace trato::core
