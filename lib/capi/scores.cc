// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 17 of trato.h: scores by rules.

#include <limits>

#include "capi/purchases.h"
#include "engine/store_scores.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

absl::StatusOr<std::string> Copied(trato_str text, const std::string& field) {
  TRATO_ASSIGN_OR_RETURN(const std::string_view view, ToText(text, field));
  return std::string(view);
}

absl::StatusOr<ScoreDefinition> ToDefinition(
    const trato_score_definition* score) {
  TRATO_ASSIGN_OR_RETURN(const trato_score_definition it,
                         ReadStruct(score, "score"));
  ScoreDefinition definition;
  TRATO_ASSIGN_OR_RETURN(definition.name, Copied(it.name, "score.name"));
  if (it.rule_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.rules, "score.rules"));
  }
  for (size_t i = 0; i < it.rule_count; ++i) {
    const trato_score_rule& from = it.rules[i];
    const std::string field = StrCat("rules[", i, "].");
    ScoreRule rule;
    TRATO_ASSIGN_OR_RETURN(rule.name, Copied(from.name, field + "name"));
    TRATO_ASSIGN_OR_RETURN(rule.when, Copied(from.when, field + "when"));
    rule.points_milli = from.points_milli;
    TRATO_ASSIGN_OR_RETURN(rule.half_life,
                           Copied(from.half_life, field + "half_life"));
    TRATO_ASSIGN_OR_RETURN(rule.lapse, Copied(from.lapse, field + "lapse"));
    definition.rules.push_back(std::move(rule));
  }
  if (it.least_milli != std::numeric_limits<int64_t>::min()) {
    definition.least_milli = it.least_milli;
  }
  if (it.most_milli != std::numeric_limits<int64_t>::max()) {
    definition.most_milli = it.most_milli;
  }
  return definition;
}

}  // namespace

extern "C" {

trato_status trato_score_define(trato_store* store,
                                const trato_score_definition* score,
                                int64_t now_us,
                                const trato_write_options* options,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(const ScoreDefinition definition,
                           ToDefinition(score));
    return DefineScore(*core, definition, now_us, write);
  });
}

trato_status trato_score_list(const trato_store* store, int64_t now_us,
                              trato_buf* out_json,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(ScoresJson(*core, now_us), out_json);
  });
}

trato_status trato_score_of(const trato_store* store, trato_str customer,
                            trato_str score, int64_t now_us,
                            int64_t* out_milli, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(const auto name, ToText(score, "score"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_milli, "out_milli"));
    TRATO_ASSIGN_OR_RETURN(*out_milli, ScoreOf(*core, who, name, now_us));
    return absl::OkStatus();
  });
}

trato_status trato_score_log(const trato_store* store, trato_str customer,
                             trato_str score, int64_t now_us,
                             trato_buf* out_json,
                             trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(const auto name, ToText(score, "score"));
    return MoveInto(ScoreJson(*core, who, name, now_us), out_json);
  });
}

trato_status trato_score_table(const trato_store* store, trato_str score,
                               uint64_t limit, int64_t now_us,
                               ArrowArrayStream* out_stream,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto name, ToText(score, "score"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(ScoreRows rows,
                           ScoresOfAll(*core, name, limit, now_us));
    const size_t count = rows.customer.size();
    NumberBuilder<int64_t> milli;
    for (const int64_t it : rows.points_milli) milli.Append(it);
    std::vector<NamedColumn> out;
    out.push_back(CustomersOf(rows.table, rows.customer));
    out.push_back(Numbers("points", std::move(rows.points)));
    out.push_back({{"points_milli", "l", false, false, {}}, milli.Take()});
    Give(std::move(out), count, out_stream);
    return absl::OkStatus();
  });
}

}  // extern "C"
