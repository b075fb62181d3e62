// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 17 of trato.h: whom to look at first, and how units compare.

#include "capi/purchases.h"
#include "capi/stages.h"
#include "engine/store_compare.h"
#include "engine/store_rankings.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

absl::StatusOr<CompareOptions> ToOptions(const trato_compare_options* options) {
  TRATO_ASSIGN_OR_RETURN(const trato_compare_options it,
                         ReadStruct(options, "options"));
  CompareOptions how;
  how.since_us = it.since_us;
  TRATO_ASSIGN_OR_RETURN(how.unit, ToText(it.unit, "unit"));
  if (it.types != nullptr) {
    TRATO_ASSIGN_OR_RETURN(how.types,
                           ToTexts(it.types, it.type_count, "types"));
  }
  TRATO_ASSIGN_OR_RETURN(how.returns,
                         ToTexts(it.returns, it.return_count, "returns"));
  if (it.cost_count > 0) TRATO_RETURN_IF_ERROR(CheckSet(it.costs, "costs"));
  for (size_t i = 0; i < it.cost_count; ++i) {
    const trato_unit_cost& from = it.costs[i];
    TRATO_ASSIGN_OR_RETURN(const auto unit,
                           ToText(from.unit, StrCat("costs[", i, "].unit")));
    how.costs.push_back({unit, from.acquisition_minor, from.retention_minor});
  }
  return how;
}

}  // namespace

extern "C" {

trato_status trato_stage_win_back(const trato_store* store, trato_str category,
                                  uint64_t limit, int64_t now_us,
                                  ArrowArrayStream* out_stream,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto what, ToText(category, "category"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(StageRows rows,
                           WinBack(*core, what, limit, now_us));
    GiveStages(std::move(rows), out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_value_pyramid(const trato_store* store, int64_t now_us,
                                 trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(PyramidJson(*core, now_us), out_json);
  });
}

trato_status trato_value_risk(const trato_store* store, uint64_t purchases,
                              uint64_t limit, int64_t now_us,
                              ArrowArrayStream* out_stream,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(RiskRows rows,
                           RiskOfAll(*core, purchases, limit, now_us));
    const size_t count = rows.customer.size();
    std::vector<NamedColumn> out;
    out.push_back(CustomersOf(rows.table, rows.customer));
    out.push_back(Numbers("expected", std::move(rows.expected)));
    out.push_back(Numbers("alive", std::move(rows.alive)));
    out.push_back(Numbers("value", std::move(rows.value)));
    out.push_back(Numbers("purchases", std::move(rows.purchases)));
    out.push_back(Numbers("silent_weeks", std::move(rows.silence)));
    Give(std::move(out), count, out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_value_compare(const trato_store* store,
                                 const trato_compare_options* options,
                                 int64_t now_us, trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const CompareOptions how, ToOptions(options));
    return MoveInto(CompareJson(*core, how, now_us), out_json);
  });
}

}  // extern "C"
