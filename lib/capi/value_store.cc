// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 17 of trato.h: what a store's customers are worth.

#include <algorithm>
#include <cmath>

#include "capi/purchases.h"
#include "engine/store_value.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

absl::StatusOr<RefitOptions> ToRefit(const trato_refit_options* options) {
  RefitOptions how;
  if (options == nullptr) return how;
  TRATO_ASSIGN_OR_RETURN(const trato_refit_options it,
                         ReadStruct(options, "options"));
  if (it.model == TRATO_MODEL_BEST) {
    how.model.reset();
  } else if (it.model <= TRATO_MODEL_PARETO_NBD) {
    how.model = static_cast<ValueModelKind>(it.model);
  } else {
    return absl::InvalidArgumentError(
        "options.model is no model of purchases at any moment");
  }
  if (it.types != nullptr) {
    TRATO_ASSIGN_OR_RETURN(how.types,
                           ToTexts(it.types, it.type_count, "options.types"));
  }
  TRATO_ASSIGN_OR_RETURN(
      how.returns, ToTexts(it.returns, it.return_count, "options.returns"));
  how.horizon = it.horizon;
  how.discount = it.discount;
  how.margin = it.margin;
  if (it.groups != 0) how.groups = it.groups;
  TRATO_ASSIGN_OR_RETURN(
      how.categories,
      ToTexts(it.categories, it.category_count, "options.categories"));
  if (it.rule_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.rules, "options.rules"));
  }
  for (size_t i = 0; i < it.rule_count; ++i) {
    const trato_rfm_rule& from = it.rules[i];
    RfmRule rule;
    TRATO_ASSIGN_OR_RETURN(
        rule.name, ToText(from.name, StrCat("options.rules[", i, "].name")));
    rule.recency = {from.recency[0], from.recency[1]};
    rule.frequency = {from.frequency[0], from.frequency[1]};
    rule.money = {from.money[0], from.money[1]};
    how.segments.push_back(std::move(rule));
  }
  return how;
}

void ExportWorth(WorthTable worth, ArrowArrayStream* out_stream) {
  const size_t rows = worth.customer.size();
  std::vector<NamedColumn> out;
  out.push_back(CustomersOf(worth.table, worth.customer));
  out.push_back(Numbers("alive", std::move(worth.alive)));
  out.push_back(Numbers("expected", std::move(worth.expected)));
  out.push_back(Numbers("spend", std::move(worth.spend)));
  out.push_back(Numbers("value", std::move(worth.value)));
  out.push_back(Numbers("frequency", std::move(worth.frequency)));
  out.push_back(Numbers("recency", std::move(worth.recency)));
  out.push_back(Numbers("age", std::move(worth.age)));
  out.push_back(Numbers("orders", std::move(worth.orders)));
  out.push_back(Numbers("total", std::move(worth.total)));
  out.push_back(Scores("r", worth.r));
  out.push_back(Scores("f", worth.f));
  out.push_back(Scores("m", worth.m));
  out.push_back(Texts("segment", worth.segment));
  Give(std::move(out), rows, out_stream);
}

}  // namespace

extern "C" {

trato_status trato_value_refit(trato_store* store,
                               const trato_refit_options* options,
                               int64_t now_us, const trato_write_options* write,
                               trato_buf* out_json,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto how, ToWriteOptions(write));
    TRATO_ASSIGN_OR_RETURN(const RefitOptions refit, ToRefit(options));
    TRATO_ASSIGN_OR_RETURN(std::string json,
                           RefitValue(*core, refit, now_us, how));
    if (out_json == nullptr) return absl::OkStatus();
    return MoveInto(std::move(json), out_json);
  });
}

trato_status trato_value_editions(const trato_store* store, trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(EditionsJson(*core), out_json);
  });
}

trato_status trato_value_of(const trato_store* store, trato_str customer,
                            int64_t now_us, trato_worth* out_worth,
                            trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const std::string_view who,
                           ToText(customer, "customer"));
    TRATO_RETURN_IF_ERROR(ReadStruct(out_worth, "out_worth").status());
    TRATO_ASSIGN_OR_RETURN(const CustomerWorth worth,
                           WorthOf(*core, who, now_us));
    trato_worth it = TRATO_WORTH_INIT;
    it.struct_size = out_worth->struct_size;
    it.edition = static_cast<uint32_t>(worth.edition);
    it.alive = worth.alive;
    it.expected = worth.expected;
    it.spend = worth.spend;
    it.value_minor = worth.value.minor;
    CopyCurrency(worth.value.currency.code(), it.currency);
    it.recency_score = worth.score.recency;
    it.frequency_score = worth.score.frequency;
    it.money_score = worth.score.money;
    it.segment = {worth.segment.data(), worth.segment.size()};
    it.frequency = worth.frequency;
    it.recency = worth.recency;
    it.age = worth.age;
    it.orders = worth.orders;
    it.total = worth.total;
    *out_worth = it;
    return absl::OkStatus();
  });
}

trato_status trato_value_table(const trato_store* store, int64_t now_us,
                               ArrowArrayStream* out_stream,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(WorthTable worth, WorthOfAll(*core, now_us));
    ExportWorth(std::move(worth), out_stream);
    return absl::OkStatus();
  });
}

}  // extern "C"
