// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_value.h"

#include <algorithm>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/value_answers.h"
#include "engine/all_customers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"
#include "engine/store_purchases.h"
#include "insight/evidence.h"
#include "insight/model_choice.h"
#include "insight/purchase_events.h"
#include "insight/rfm.h"

namespace trato::core {
namespace {

// By record of the name, the purchases as an edition sums them up.
struct Summary {
  StorePurchases purchases;
  PurchaseSummary summary;
};

absl::StatusOr<Summary> Summarise(const Store& store,
                                  const std::vector<std::string_view>& types,
                                  const std::vector<std::string_view>& returns,
                                  const SummaryOptions& how, int64_t now_us,
                                  const RunTasks& run) {
  Summary it;
  StorePurchasesOptions options;
  options.types = types;
  options.returns = returns;
  TRATO_ASSIGN_OR_RETURN(it.purchases,
                         ReadStorePurchases(store, options, now_us));
  SummaryOptions until = how;
  until.end_us = it.purchases.end_us;
  const PurchaseTable& table = it.purchases.table;
  TRATO_ASSIGN_OR_RETURN(
      it.summary,
      SummarisePurchases({table.customer, table.at_us, table.amount}, until,
                         run));
  return it;
}

PurchaseColumns ColumnsOf(const PurchaseSummary& it) {
  return {it.frequency, it.recency, it.age, {}, it.spend};
}

std::vector<double> SinceLast(const PurchaseSummary& it) {
  std::vector<double> since(it.age.size());
  for (size_t i = 0; i < since.size(); ++i) since[i] = it.age[i] - it.recency[i];
  return since;
}

bool SomebodySpends(const PurchaseSummary& it) {
  for (size_t i = 0; i < it.spend.size(); ++i) {
    if (it.frequency[i] > 0 && it.spend[i] > 0) return true;
  }
  return false;
}

// Below that a rhythm says nothing.
constexpr size_t kLeastForRhythm = 20;

// How customers buy in a category: the same model, of purchases about it alone.
absl::StatusOr<Rhythm> FindRhythm(const Store::Impl& impl,
                                  const ValueEdition& brand,
                                  std::string_view category, int64_t now_us) {
  PurchaseSummary summary;
  {
    ReaderMutexLock lock(&impl.mutex);
    const State& state = *impl.state;
    const auto number = state.names.Find(category);
    if (!number) {
      return absl::NotFoundError(
          StrCat("no product or category is called '", category, "'"));
    }
    const Edition edition(brand, now_us, "", 0, ZoneClock(state.zone),
                          state.schema, state.names);
    const AllCustomers customers(state, now_us);
    std::vector<std::vector<PurchaseRow>> parts(customers.tasks());
    TRATO_RETURN_IF_ERROR(
        customers.ForEach(impl, [&](size_t task, RecordNumber leader) {
          PurchasesIn in;
          if (ReadPurchasesIn(state.world, leader, now_us, edition, *number,
                              state.insights.categories(), in, nullptr)) {
            parts[task].push_back(in.row);
          }
        }));
    for (const auto& part : parts) {
      for (const PurchaseRow& row : part) {
        summary.frequency.push_back(row.frequency);
        summary.recency.push_back(row.recency);
        summary.age.push_back(row.age);
      }
    }
  }
  if (summary.frequency.size() < kLeastForRhythm) {
    return absl::FailedPreconditionError(
        StrCat("in '", category, "' ", summary.frequency.size(),
               " customers have bought; a rhythm wants ", kLeastForRhythm));
  }
  TRATO_ASSIGN_OR_RETURN(
      const FittedModel fitted,
      FitValueModel(ValueModelKind::kMbgNbd,
                    {summary.frequency, summary.recency, summary.age, {}, {}},
                    {}, impl.run));
  return Rhythm{std::string(category), fitted.value[0], fitted.value[1],
                fitted.value[2],       fitted.value[3], fitted.customers};
}

}  // namespace

absl::StatusOr<std::string> RefitValue(Store& store,
                                       const RefitOptions& options,
                                       int64_t now_us,
                                       const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ValueEdition edition;
  {
    ReaderMutexLock lock(&impl->mutex);
    edition.log_position = impl->position;
  }
  edition.types.assign(options.types.begin(), options.types.end());
  edition.returns.assign(options.returns.begin(), options.returns.end());
  edition.horizon = options.horizon;
  edition.discount = options.discount;
  edition.margin = options.margin;
  edition.end_us = now_us;
  edition.segments =
      options.segments.empty() ? DefaultRfmRules() : options.segments;
  const SummaryOptions how = OptionsOf(edition);
  TRATO_ASSIGN_OR_RETURN(
      const Summary known,
      Summarise(store, options.types, options.returns, how, now_us, impl->run));
  const PurchaseSummary& summary = known.summary;
  if (summary.customer.empty()) {
    return absl::FailedPreconditionError(
        "nobody has purchased anything yet, so there is nothing to fit");
  }
  edition.currency = known.purchases.currency;
  const PurchaseColumns columns = ColumnsOf(summary);
  if (options.model) {
    TRATO_ASSIGN_OR_RETURN(
        edition.purchases,
        FitValueModel(*options.model, columns, {}, impl->run));
  } else {
    const PurchaseTable& table = known.purchases.table;
    SummaryOptions until = how;
    until.end_us = known.purchases.end_us;
    TRATO_ASSIGN_OR_RETURN(
        const ModelChoice choice,
        ChooseModel({table.customer, table.at_us, table.amount}, until,
                    impl->run));
    edition.purchases = choice.trials[choice.chosen].fitted;
  }
  if (SomebodySpends(summary)) {
    TRATO_ASSIGN_OR_RETURN(
        edition.spend,
        FitValueModel(ValueModelKind::kGammaGamma, columns, {}, impl->run));
  }
  const std::vector<double> since = SinceLast(summary);
  TRATO_ASSIGN_OR_RETURN(
      edition.edges, FindRfmEdges({since, summary.orders, summary.total},
                                  options.groups, impl->run));
  FittedModel rhythm = edition.purchases;
  if (rhythm.kind != ValueModelKind::kMbgNbd) {
    TRATO_ASSIGN_OR_RETURN(
        rhythm, FitValueModel(ValueModelKind::kMbgNbd, columns, {}, impl->run));
  }
  edition.rhythms.push_back({"", rhythm.value[0], rhythm.value[1],
                             rhythm.value[2], rhythm.value[3],
                             rhythm.customers});
  for (size_t i = 0; i < options.categories.size(); ++i) {
    const std::string field = StrCat("options.categories[", i, "]");
    const std::string_view category = options.categories[i];
    TRATO_RETURN_IF_ERROR(CheckLabel(field, category, kMaxTextBytes));
    const bool twice =
        std::find(options.categories.begin(),
                  options.categories.begin() + static_cast<ptrdiff_t>(i),
                  category) !=
        options.categories.begin() + static_cast<ptrdiff_t>(i);
    if (twice) {
      return absl::InvalidArgumentError(StrCat(field, " is there twice"));
    }
    auto found = FindRhythm(*impl, edition, category, now_us);
    if (!found.ok()) return Prefixed(found.status(), StrCat(field, ": "));
    edition.rhythms.push_back(*std::move(found));
  }
  const Definition definition = InsightDefinition(edition);
  MutexLock lock(&impl->writer);
  TRATO_RETURN_IF_ERROR(impl->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl->state, definition));
  TRATO_RETURN_IF_ERROR(impl->CommitDefinitions({definition}, now_us, write));
  const State& state = *impl->state;
  return EditionJson(state.model(), *state.insights.EditionAt(now_us));
}

std::string EditionsJson(const Store& store) {
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  return trato::core::EditionsJson(impl->state->model(),
                                   impl->state->insights);
}

absl::StatusOr<CustomerWorth> WorthOf(const Store& store,
                                      std::string_view customer,
                                      int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         impl->Resolve(customer, now_us));
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Edition* edition,
                         FindEdition(state.insights, now_us));
  ReadScope scope;
  PurchaseRow row;
  Currency other;
  const Bought bought =
      edition->Read(state.world, leader, now_us, row, nullptr, &other);
  TRATO_RETURN_IF_ERROR(scope.status());
  if (bought == Bought::kTwoCurrencies) {
    return absl::FailedPreconditionError(
        StrCat("amounts are in ", edition->content().currency.code(), " and ",
               other.code(), ", which cannot be added up"));
  }
  if (bought == Bought::kNever) {
    return absl::NotFoundError("customer: has purchased nothing yet");
  }
  CustomerWorth worth;
  worth.alive = edition->Alive(row);
  worth.expected = edition->Expected(row);
  worth.spend = edition->Spend(row);
  worth.value = edition->ToMoney(edition->Value(row));
  worth.frequency = row.frequency;
  worth.recency = row.recency;
  worth.age = row.age;
  worth.orders = row.orders;
  worth.total = row.total;
  worth.score = edition->Score(row);
  worth.segment = edition->Segment(worth.score);
  worth.edition = edition->number();
  return worth;
}

absl::StatusOr<const Edition*> FindEdition(const Insights& insights,
                                                 int64_t now_us) {
  if (const Edition* edition = insights.EditionAt(now_us)) return edition;
  return absl::FailedPreconditionError(
      insights.editions().empty()
          ? "no model of the customers' purchases has been fitted yet; refit "
            "one first (trato value refit)"
          : "now: no model had been fitted by then; the first one is later");
}

absl::StatusOr<WorthTable> WorthOfAll(const Store& store, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  std::shared_ptr<const State> state;  // keeps the edition
  const Edition* edition;
  {
    ReaderMutexLock lock(&impl->mutex);
    state = impl->state;
    TRATO_ASSIGN_OR_RETURN(edition, FindEdition(state->insights, now_us));
  }
  const ValueEdition& content = edition->content();
  const std::vector<std::string_view> types(content.types.begin(),
                                            content.types.end());
  const std::vector<std::string_view> returns(content.returns.begin(),
                                              content.returns.end());
  TRATO_ASSIGN_OR_RETURN(
      Summary known,
      Summarise(store, types, returns, OptionsOf(content), now_us, impl->run));
  if (known.purchases.currency && content.currency &&
      known.purchases.currency != content.currency) {
    return absl::FailedPreconditionError(
        StrCat("amounts are in ", content.currency.code(), " and ",
               known.purchases.currency.code(),
               ", which cannot be compared; refit"));
  }
  PurchaseSummary& summary = known.summary;
  const size_t rows = summary.customer.size();
  WorthTable out;
  out.alive.resize(rows);
  out.expected.resize(rows);
  out.spend.resize(rows);
  out.value.resize(rows);
  PredictionColumns columns;
  columns.alive = out.alive;
  columns.expected = out.expected;
  columns.spend = out.spend;
  columns.value = out.value;
  TRATO_RETURN_IF_ERROR(PredictValue(content.purchases, ColumnsOf(summary),
                                     edition->PredictionOptions(), impl->run,
                                     columns));
  out.r.resize(rows);
  out.f.resize(rows);
  out.m.resize(rows);
  const std::vector<double> since = SinceLast(summary);
  ScoreRfm(content.edges, {since, summary.orders, summary.total}, impl->run,
           out.r, out.f, out.m);
  out.segment.reserve(rows);
  for (size_t i = 0; i < rows; ++i) {
    out.segment.push_back(edition->Segment({out.r[i], out.f[i], out.m[i]}));
  }
  out.customer = std::move(summary.customer);
  out.frequency = std::move(summary.frequency);
  out.recency = std::move(summary.recency);
  out.age = std::move(summary.age);
  out.orders = std::move(summary.orders);
  out.total = std::move(summary.total);
  out.table.names = std::move(known.purchases.table.names);
  out.currency = content.currency;
  out.edition = edition->number();
  out.held = std::move(state);
  return out;
}

}  // namespace trato::core
