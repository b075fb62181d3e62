// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 16 of trato.h: tables of purchases in and out, and RFM.

#include "capi/purchases.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "capi/columns.h"
#include "codec/purchases_csv.h"
#include "engine/store_purchases.h"
#include "insight/rfm.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

PurchaseColumns trato_purchases::columns() const {
  const auto some = [](bool there, const std::vector<double>& values) {
    return there ? std::span<const double>(values) : std::span<const double>();
  };
  return {summary.frequency, some(recency, summary.recency),
          some(age, summary.age), weight, some(spend, summary.spend)};
}

namespace trato::capi {

RunTasks ToRun(trato_run_fn run, void* context) {
  if (run == nullptr) return {};
  return [run, context](const std::function<void(size_t)>& task,
                        size_t count) {
    run(
        context,
        [](void* it, size_t i) {
          (*static_cast<const std::function<void(size_t)>*>(it))(i);
        },
        const_cast<std::function<void(size_t)>*>(&task), count);
  };
}

namespace {

// A column of values that are all there.
template <typename T>
OutputColumn Whole(std::vector<T> values) {
  OutputColumn column;
  column.length = static_cast<int64_t>(values.size());
  column.buffers = {nullptr, output_internal::Share(std::move(values))};
  return column;
}

NamedColumn Wholes(std::string name, std::vector<int64_t> values) {
  return {{std::move(name), "l", false, false, {}}, Whole(std::move(values))};
}

}  // namespace

NamedColumn CustomersOf(const PurchaseTable& table,
                        const std::vector<int64_t>& customers) {
  if (table.names.empty()) return Wholes("customer", customers);
  TextBuilder names;
  for (const int64_t it : customers) names.Append(table.NameOf(it));
  return {{"customer", "u", false, false, {}}, names.Take()};
}

NamedColumn Texts(std::string name,
                  const std::vector<std::string_view>& values) {
  NameBuilder names;
  for (const std::string_view value : values) {
    if (value.empty()) {
      names.AppendNull();
    } else {
      names.Append(value);
    }
  }
  return {{std::move(name), "i", true, true, {}}, names.Take()};
}

NamedColumn Numbers(std::string name, std::vector<double> values) {
  return {{std::move(name), "g", false, false, {}}, Whole(std::move(values))};
}

NamedColumn Scores(std::string name, const std::vector<uint8_t>& values) {
  return Wholes(std::move(name),
                std::vector<int64_t>(values.begin(), values.end()));
}

void Give(std::vector<NamedColumn> columns, size_t rows,
          ArrowArrayStream* out_stream) {
  std::vector<OutputField> fields;
  OutputBatch batch;
  batch.rows = static_cast<int64_t>(rows);
  for (NamedColumn& it : columns) {
    fields.push_back(std::move(it.field));
    batch.columns.push_back(std::move(it.column));
  }
  MakeStream(
      std::move(fields),
      [left = std::optional<OutputBatch>(std::move(batch))]() mutable
          -> absl::StatusOr<std::optional<OutputBatch>> {
        if (left && left->rows == 0) left.reset();
        return std::exchange(left, std::nullopt);
      },
      out_stream);
}

namespace {

absl::Status CheckOptions(const trato_purchases_options& it) {
  if (it.form > TRATO_PURCHASES_SUMMARY) {
    return absl::InvalidArgumentError("options.form is none");
  }
  if (it.net_returns > 1) {
    return absl::InvalidArgumentError("options.net_returns is neither 0 nor 1");
  }
  if (it.reserved0 != 0) {
    return absl::UnimplementedError("options.reserved0 is not 0");
  }
  return absl::OkStatus();
}

// Sums up single purchases; the options have the rest.
absl::Status SummariseEvents(int64_t unit_us, int64_t merge_us,
                             const RunTasks& run, trato_purchases& purchases) {
  const PurchaseTable& table = purchases.table;
  SummaryOptions& options = purchases.options;
  if (unit_us < 0) {
    return absl::InvalidArgumentError("options.unit_us is negative");
  }
  if (unit_us != 0) options.unit_us = unit_us;
  if (merge_us != 0) options.merge_us = std::max<int64_t>(merge_us, 0);
  TRATO_ASSIGN_OR_RETURN(
      purchases.summary,
      SummarisePurchases({table.customer, table.at_us, table.amount}, options,
                         run));
  options.end_us = purchases.summary.end_us;
  purchases.recency = purchases.age = true;
  purchases.spend = purchases.total = !table.amount.empty();
  purchases.ahead = options.until_us != TRATO_AT_NOW;
  purchases.ahead_total = purchases.ahead && purchases.total;
  return absl::OkStatus();
}

// Makes what is asked for of a table that was read.
absl::Status Summarise(const trato_purchases_options& it,
                       trato_purchases& purchases) {
  PurchaseTable& table = purchases.table;
  PurchaseSummary& summary = purchases.summary;
  if (purchases.events) {
    SummaryOptions& options = purchases.options;
    options.end_us = it.end_us;
    options.until_us = it.until_us;
    options.net_returns = it.net_returns == 1;
    return SummariseEvents(it.unit_us, it.merge_us,
                           ToRun(it.run, it.run_context), purchases);
  }
  summary.customer = std::move(table.customer);
  const size_t rows = summary.customer.size();
  const auto take = [rows](std::vector<double>& from, std::vector<double>& to,
                           bool& there) {
    there = from.size() == rows && rows > 0;
    to = std::move(from);
  };
  bool unused = false;
  take(table.frequency, summary.frequency, unused);
  take(table.recency, summary.recency, purchases.recency);
  take(table.age, summary.age, purchases.age);
  take(table.spend, summary.spend, purchases.spend);
  take(table.total, summary.total, purchases.total);
  take(table.weight, purchases.weight, unused);
  return CheckPurchases(purchases.columns());
}

absl::StatusOr<std::vector<std::string_view>> ToTypes(const trato_str* types,
                                                      size_t count,
                                                      const char* name) {
  std::vector<std::string_view> result;
  if (count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(types, StrCat("options.", name)));
  }
  for (size_t i = 0; i < count; ++i) {
    TRATO_ASSIGN_OR_RETURN(
        std::string_view type,
        ToText(types[i], StrCat("options.", name, "[", i, "]")));
    result.push_back(type);
  }
  return result;
}

absl::StatusOr<RfmEdges> ToEdges(const trato_rfm_edges* edges) {
  TRATO_ASSIGN_OR_RETURN(const trato_rfm_edges it, ReadStruct(edges, "edges"));
  RfmEdges result;
  result.groups = it.groups;
  if (it.groups < 2 || it.groups > kMaxRfmGroups) {
    return absl::InvalidArgumentError("edges.groups is not within 2 and 10");
  }
  static_assert(sizeof(it.recency) == sizeof(result.recency));
  std::copy(it.recency, it.recency + 9, result.recency.begin());
  std::copy(it.frequency, it.frequency + 9, result.frequency.begin());
  std::copy(it.money, it.money + 9, result.money.begin());
  return result;
}

// `out` is the caller's, of a size that this version knows.
absl::Status GiveEdges(const RfmEdges& edges, trato_rfm_edges* out) {
  TRATO_RETURN_IF_ERROR(ReadStruct(out, "out_edges").status());
  out->groups = edges.groups;
  std::copy(edges.recency.begin(), edges.recency.end(), out->recency);
  std::copy(edges.frequency.begin(), edges.frequency.end(), out->frequency);
  std::copy(edges.money.begin(), edges.money.end(), out->money);
  return absl::OkStatus();
}

absl::StatusOr<RfmColumns> ToRfmColumns(const trato_rfm_columns& it) {
  if (it.count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.recency, "columns.recency"));
    TRATO_RETURN_IF_ERROR(CheckSet(it.frequency, "columns.frequency"));
    TRATO_RETURN_IF_ERROR(CheckSet(it.money, "columns.money"));
  }
  return RfmColumns{{it.recency, it.count},
                    {it.frequency, it.count},
                    {it.money, it.count}};
}

absl::StatusOr<std::vector<RfmRule>> ToRules(const trato_rfm_options& options) {
  if (options.rules == nullptr) return DefaultRfmRules();
  std::vector<RfmRule> rules;
  for (size_t i = 0; i < options.rule_count; ++i) {
    const trato_rfm_rule& it = options.rules[i];
    RfmRule rule;
    TRATO_ASSIGN_OR_RETURN(
        rule.name, ToText(it.name, StrCat("options.rules[", i, "].name")));
    rule.recency = {it.recency[0], it.recency[1]};
    rule.frequency = {it.frequency[0], it.frequency[1]};
    rule.money = {it.money[0], it.money[1]};
    rules.push_back(std::move(rule));
  }
  return rules;
}

// The names of the segments as a dictionary: there are few scores, so the rules
// are asked once for each.
NamedColumn Segments(const std::vector<RfmRule>& rules,
                     const std::vector<uint8_t>& r,
                     const std::vector<uint8_t>& f,
                     const std::vector<uint8_t>& m) {
  constexpr size_t kScores = kMaxRfmGroups + 1;
  std::vector<int32_t> codes(kScores * kScores * kScores, -2);
  std::vector<std::string_view> names;
  const auto code_of = [&](const RfmScore& score) {
    const size_t rule = SegmentOf(rules, score);
    if (rule == rules.size()) return int32_t{-1};
    const auto known = std::find(names.begin(), names.end(), rules[rule].name);
    if (known == names.end()) names.push_back(rules[rule].name);
    return static_cast<int32_t>(
        std::find(names.begin(), names.end(), rules[rule].name) -
        names.begin());
  };
  std::vector<int32_t> values(r.size());
  bool all = true;
  for (size_t i = 0; i < values.size(); ++i) {
    int32_t& code = codes[(r[i] * kScores + f[i]) * kScores + m[i]];
    if (code == -2) code = code_of({r[i], f[i], m[i]});
    values[i] = code;
    all = all && code >= 0;
  }
  OutputColumn column;
  if (all) {
    column = Whole(std::move(values));
  } else {
    NumberBuilder<int32_t> some;
    for (const int32_t it : values) {
      if (it < 0) {
        some.AppendNull();
      } else {
        some.Append(it);
      }
    }
    column = some.Take();
  }
  TextBuilder texts;
  for (const std::string_view name : names) texts.Append(name);
  column.dictionary = std::make_shared<const OutputColumn>(texts.Take());
  return {{"segment", "i", true, true, {}}, std::move(column)};
}

absl::Status ExportRfm(const trato_purchases& purchases,
                       const trato_rfm_options& it, trato_rfm_edges* out_edges,
                       ArrowArrayStream* out_stream) {
  if (!purchases.recency || !purchases.age || !purchases.total) {
    return absl::InvalidArgumentError(
        "purchases: recency, age and total (or amounts) are needed");
  }
  TRATO_ASSIGN_OR_RETURN(const std::vector<RfmRule> rules, ToRules(it));
  const PurchaseSummary& summary = purchases.summary;
  const size_t rows = summary.customer.size();
  std::vector<double> since(rows), times(rows);
  for (size_t i = 0; i < rows; ++i) {
    since[i] = summary.age[i] - summary.recency[i];
    times[i] = purchases.events ? summary.orders[i] : summary.frequency[i] + 1;
  }
  const RfmColumns columns{since, times, summary.total};
  const RunTasks run = ToRun(it.run, it.run_context);
  RfmEdges edges;
  if (it.edges != nullptr) {
    TRATO_ASSIGN_OR_RETURN(edges, ToEdges(it.edges));
  } else {
    TRATO_ASSIGN_OR_RETURN(
        edges, FindRfmEdges(columns, it.groups == 0 ? 5 : it.groups, run));
  }
  if (out_edges != nullptr) {
    TRATO_RETURN_IF_ERROR(GiveEdges(edges, out_edges));
  }
  std::vector<uint8_t> r(rows), f(rows), m(rows);
  ScoreRfm(edges, columns, run, r, f, m);
  std::vector<NamedColumn> out;
  out.push_back(CustomersOf(purchases.table, purchases.summary.customer));
  out.push_back(Numbers("recency", std::move(since)));
  out.push_back(Numbers("frequency", std::move(times)));
  out.push_back(Numbers("money", summary.total));
  out.push_back(Scores("r", r));
  out.push_back(Scores("f", f));
  out.push_back(Scores("m", m));
  out.push_back(Segments(rules, r, f, m));
  Give(std::move(out), rows, out_stream);
  return absl::OkStatus();
}

}  // namespace
}  // namespace trato::capi

extern "C" {

trato_status trato_purchases_read(ArrowArrayStream* stream,
                                  const trato_purchases_options* options,
                                  trato_purchases** out_purchases,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    const StreamOwner owner(stream);
    TRATO_RETURN_IF_ERROR(CheckSet(stream, "stream"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_purchases, "out_purchases"));
    trato_purchases_options it = TRATO_PURCHASES_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
    }
    TRATO_RETURN_IF_ERROR(CheckOptions(it));
    TRATO_ASSIGN_OR_RETURN(
        const auto columns,
        ToColumns(it.columns, it.column_count, "options"));
    auto purchases = std::make_unique<trato_purchases>();
    purchases->events = it.form == TRATO_PURCHASES_EVENTS;
    TRATO_ASSIGN_OR_RETURN(purchases->table,
                           ReadPurchases(stream, purchases->events, columns));
    TRATO_RETURN_IF_ERROR(Summarise(it, *purchases));
    *out_purchases = purchases.release();
    return absl::OkStatus();
  });
}

trato_status trato_purchases_read_csv(trato_read_fn read, void* read_context,
                                      const trato_purchases_options* options,
                                      trato_purchases** out_purchases,
                                      trato_buf* out_report,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    if (read == nullptr) {
      return absl::InvalidArgumentError("read is NULL");
    }
    TRATO_RETURN_IF_ERROR(CheckSet(out_purchases, "out_purchases"));
    trato_purchases_options it = TRATO_PURCHASES_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
    }
    TRATO_RETURN_IF_ERROR(CheckOptions(it));
    TRATO_ASSIGN_OR_RETURN(
        const auto columns,
        ToColumns(it.columns, it.column_count, "options"));
    auto purchases = std::make_unique<trato_purchases>();
    purchases->events = it.form == TRATO_PURCHASES_EVENTS;
    TRATO_ASSIGN_OR_RETURN(
        PurchasesFile file,
        ReadPurchasesCsv(
            [&](char* buffer, size_t capacity) {
              return read(read_context, buffer, capacity);
            },
            purchases->events, columns));
    if (out_report != nullptr) {
      TRATO_RETURN_IF_ERROR(MoveInto(PurchasesReport(file), out_report));
    }
    purchases->table = std::move(file.table);
    if (absl::Status status = Summarise(it, *purchases); !status.ok()) {
      if (out_report != nullptr) trato_buf_dispose(out_report);
      return status;
    }
    *out_purchases = purchases.release();
    return absl::OkStatus();
  });
}

trato_status trato_store_purchases(const trato_store* store,
                                   const trato_store_purchases_options* options,
                                   int64_t now_us,
                                   trato_purchases** out_purchases,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_purchases, "out_purchases"));
    trato_store_purchases_options it = TRATO_STORE_PURCHASES_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
    }
    StorePurchasesOptions how;
    how.end_us = it.end_us;
    how.until_us = it.until_us;
    if (it.types != nullptr) {
      TRATO_ASSIGN_OR_RETURN(how.types,
                             ToTypes(it.types, it.type_count, "types"));
    }
    TRATO_ASSIGN_OR_RETURN(how.returns,
                           ToTypes(it.returns, it.return_count, "returns"));
    TRATO_ASSIGN_OR_RETURN(StorePurchases read,
                           ReadStorePurchases(*core, how, now_us));
    auto purchases = std::make_unique<trato_purchases>();
    purchases->events = true;
    purchases->table = std::move(read.table);
    purchases->options.end_us = read.end_us;
    purchases->options.until_us = read.until_us;
    purchases->options.net_returns = !how.returns.empty();
    TRATO_RETURN_IF_ERROR(
        SummariseEvents(it.unit_us, it.merge_us, {}, *purchases));
    *out_purchases = purchases.release();
    return absl::OkStatus();
  });
}

void trato_purchases_destroy(trato_purchases* purchases) noexcept {
  delete purchases;
}

trato_status trato_purchases_columns(const trato_purchases* purchases,
                                     trato_purchase_columns* out_columns,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(purchases, "purchases"));
    TRATO_RETURN_IF_ERROR(ReadStruct(out_columns, "out_columns").status());
    const PurchaseSummary& summary = purchases->summary;
    const auto some = [](bool there, const std::vector<double>& values) {
      return there ? values.data() : nullptr;
    };
    trato_purchase_columns it = TRATO_PURCHASE_COLUMNS_INIT;
    it.struct_size = out_columns->struct_size;
    it.count = summary.customer.size();
    it.frequency = summary.frequency.data();
    it.recency = some(purchases->recency, summary.recency);
    it.age = some(purchases->age, summary.age);
    it.weight = some(!purchases->weight.empty(), purchases->weight);
    it.spend = some(purchases->spend, summary.spend);
    it.total = some(purchases->total, summary.total);
    it.orders = some(purchases->events, summary.orders);
    it.ahead = some(purchases->ahead, summary.ahead);
    it.ahead_total = some(purchases->ahead_total, summary.ahead_total);
    *out_columns = it;
    return absl::OkStatus();
  });
}

trato_status trato_purchases_export(const trato_purchases* purchases,
                                    ArrowArrayStream* out_stream,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(purchases, "purchases"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    const PurchaseSummary& summary = purchases->summary;
    std::vector<NamedColumn> out;
    out.push_back(CustomersOf(purchases->table, purchases->summary.customer));
    const auto add = [&](const char* name, bool there,
                         const std::vector<double>& values) {
      if (there) out.push_back(Numbers(name, values));
    };
    add("frequency", true, summary.frequency);
    add("recency", purchases->recency, summary.recency);
    add("age", purchases->age, summary.age);
    add("weight", !purchases->weight.empty(), purchases->weight);
    add("spend", purchases->spend, summary.spend);
    add("total", purchases->total, summary.total);
    add("orders", purchases->events, summary.orders);
    add("ahead", purchases->ahead, summary.ahead);
    add("ahead_total", purchases->ahead_total, summary.ahead_total);
    Give(std::move(out), summary.customer.size(), out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_rfm_find(const trato_rfm_columns* columns,
                            trato_rfm_edges* out_edges,
                            trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const trato_rfm_columns it,
                           ReadStruct(columns, "columns"));
    TRATO_ASSIGN_OR_RETURN(const RfmColumns of, ToRfmColumns(it));
    TRATO_ASSIGN_OR_RETURN(
        const RfmEdges edges,
        FindRfmEdges(of, it.groups == 0 ? 5 : it.groups,
                     ToRun(it.run, it.run_context)));
    return GiveEdges(edges, out_edges);
  });
}

trato_status trato_rfm_score(const trato_rfm_edges* edges,
                             const trato_rfm_columns* columns,
                             uint8_t* out_recency, uint8_t* out_frequency,
                             uint8_t* out_money, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const RfmEdges by, ToEdges(edges));
    TRATO_ASSIGN_OR_RETURN(const trato_rfm_columns it,
                           ReadStruct(columns, "columns"));
    TRATO_ASSIGN_OR_RETURN(const RfmColumns of, ToRfmColumns(it));
    const auto to = [&](uint8_t* out) {
      return std::span<uint8_t>(out, out == nullptr ? 0 : it.count);
    };
    ScoreRfm(by, of, ToRun(it.run, it.run_context), to(out_recency),
             to(out_frequency), to(out_money));
    return absl::OkStatus();
  });
}

trato_status trato_rfm_export(const trato_purchases* purchases,
                              const trato_rfm_options* options,
                              trato_rfm_edges* out_edges,
                              ArrowArrayStream* out_stream,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(purchases, "purchases"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    trato_rfm_options it = TRATO_RFM_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
    }
    return ExportRfm(*purchases, it, out_edges, out_stream);
  });
}

}  // extern "C"
