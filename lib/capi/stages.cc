// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 17 of trato.h: the life cycle and cohorts.

#include "capi/purchases.h"
#include "capi/stages.h"
#include "codec/value_answers.h"
#include "engine/store_stages.h"
#include "insight/cohorts.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

absl::StatusOr<LifecycleDefinition> ToTable(const trato_stage_rule* rules,
                                            size_t count) {
  LifecycleDefinition table;
  if (count > 0) TRATO_RETURN_IF_ERROR(CheckSet(rules, "rules"));
  for (size_t i = 0; i < count; ++i) {
    const std::string field = StrCat("rules[", i, "]");
    const trato_stage_rule& it = rules[i];
    TRATO_ASSIGN_OR_RETURN(const auto stage,
                           ToText(it.stage, StrCat(field, ".stage")));
    TRATO_ASSIGN_OR_RETURN(const auto when,
                           ToText(it.when, StrCat(field, ".when")));
    TRATO_ASSIGN_OR_RETURN(const auto hold,
                           ToText(it.hold, StrCat(field, ".hold")));
    TRATO_ASSIGN_OR_RETURN(const auto reason,
                           ToText(it.reason, StrCat(field, ".reason")));
    table.rules.push_back({std::string(stage), std::string(when),
                           std::string(hold), std::string(reason)});
  }
  return table;
}

}  // namespace

namespace trato::capi {

void GiveStages(StageRows rows, ArrowArrayStream* out_stream) {
  const size_t count = rows.customer.size();
  NumberBuilder<int64_t> since;
  for (const int64_t at_us : rows.since_us) since.Append(at_us);
  std::vector<NamedColumn> out;
  out.push_back(CustomersOf(rows.table, rows.customer));
  out.push_back(Texts("stage", rows.stage));
  out.push_back({{"since", "tsu:UTC", false, false, {}}, since.Take()});
  out.push_back(
      Texts("reason", {rows.reason.begin(), rows.reason.end()}));
  out.push_back(Numbers("purchases", std::move(rows.bought)));
  out.push_back(Numbers("silent_weeks", std::move(rows.silence)));
  out.push_back(Numbers("usual_gap_weeks", std::move(rows.usual)));
  out.push_back(Numbers("alive", std::move(rows.alive)));
  out.push_back(Numbers("expected", std::move(rows.expected)));
  out.push_back(Numbers("value", std::move(rows.value)));
  out.push_back(Numbers("at_stake", std::move(rows.at_stake)));
  Give(std::move(out), count, out_stream);
}

}  // namespace trato::capi

extern "C" {

trato_status trato_stage_define(trato_store* store,
                                const trato_stage_rule* rules, size_t count,
                                int64_t now_us,
                                const trato_write_options* options,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(const LifecycleDefinition table,
                           ToTable(rules, count));
    return DefineLifecycle(*core, table, now_us, write);
  });
}

trato_status trato_stage_rules(const trato_store* store, int64_t now_us,
                               trato_buf* out_json,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(LifecycleJson(*core, now_us), out_json);
  });
}

trato_status trato_stage_of(const trato_store* store, trato_str customer,
                            trato_str category, int64_t now_us,
                            trato_buf* out_json, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(const auto what, ToText(category, "category"));
    return MoveInto(StageJson(*core, who, what, now_us), out_json);
  });
}

trato_status trato_stage_report(const trato_store* store, trato_str category,
                                int64_t since_us, int64_t now_us,
                                trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto what, ToText(category, "category"));
    return MoveInto(StageReportJson(*core, what, since_us, now_us), out_json);
  });
}

trato_status trato_stage_table(const trato_store* store, trato_str category,
                               int64_t now_us, ArrowArrayStream* out_stream,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto what, ToText(category, "category"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(StageRows rows, StagesOfAll(*core, what, now_us));
    GiveStages(std::move(rows), out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_purchases_cohorts(const trato_purchases* purchases,
                                     uint32_t period, trato_buf* out_json,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(purchases, "purchases"));
    if (period > TRATO_PERIOD_YEAR) {
      return absl::InvalidArgumentError(
          StrCat("period ", period, " is no TRATO_PERIOD_"));
    }
    if (!purchases->events) {
      return absl::FailedPreconditionError(
          "purchases: a summary does not say when; single purchases are "
          "needed");
    }
    const PurchaseTable& table = purchases->table;
    TRATO_ASSIGN_OR_RETURN(
        const Cohorts cohorts,
        FindCohorts({table.customer, table.at_us, table.amount},
                    static_cast<CohortPeriod>(period), purchases->options));
    return MoveInto(CohortsJson(cohorts), out_json);
  });
}

}  // extern "C"
