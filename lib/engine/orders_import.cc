// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/orders_csv.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr std::string_view kCountry = "country";

// What the file says of each customer's country: a fact where it begins and
// wherever it changes, in order of time.
std::vector<NewFact> CountryFacts(const OrdersFile& file,
                                  const Fact& envelope) {
  std::map<std::string_view, std::vector<const Order*>> by_customer;
  for (const Order& order : file.orders) {
    if (!order.country.empty()) {
      by_customer[order.interaction.record].push_back(&order);
    }
  }
  std::vector<NewFact> facts;
  for (auto& [customer, orders] : by_customer) {
    std::sort(orders.begin(), orders.end(), [](const auto* a, const auto* b) {
      return std::tie(a->at_us, a->number) < std::tie(b->at_us, b->number);
    });
    std::string_view current;
    for (const Order* order : orders) {
      if (order->country == current) continue;
      current = order->country;
      Fact fact = envelope;
      fact.event_us = order->at_us;
      fact.key = StrCat("country of order ", order->number);
      fact.payload = AttributeFact{std::string(customer), std::string(kCountry),
                                   Value(order->country)};
      facts.push_back({std::move(fact), true});
    }
  }
  return facts;
}

}  // namespace

absl::StatusOr<std::string> Store::ImportOrders(
    const std::function<int64_t(char*, size_t)>& read, int64_t now_us,
    const ImportOptions& import_options, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  OrdersOptions csv;
  WriteOptions written_by = options;
  if (written_by.source.empty()) written_by.source = "orders";
  std::string batch(options.batch);
  if (!import_options.name_space.empty()) {
    csv.name_space = std::string(import_options.name_space);
  }
  TRATO_RETURN_IF_ERROR(CheckName("name_space", csv.name_space));
  {
    absl::MutexLock lock(&impl_->writer);
    TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
    csv.zone = impl_->state->zone;
    csv.currency = impl_->state->currency;
    if (written_by.batch.empty()) {
      batch = impl_->NewBatchName(written_by.source, now_us);
      written_by.batch = batch;
    }
  }
  const auto tell = [&](uint64_t done, uint64_t total) {
    return !import_options.progress || import_options.progress(done, total);
  };
  // The callbacks run here, with no lock held.
  TRATO_ASSIGN_OR_RETURN(
      const OrdersFile file,
      ReadOrders(
          read,
          [&](int64_t rows) { return tell(static_cast<uint64_t>(rows), 0); },
          csv));
  const auto rows = static_cast<uint64_t>(file.rows);
  if (!tell(rows, rows)) {
    return absl::CancelledError("the import was cancelled");
  }

  const Fact envelope = Impl::Envelope(kAtNow, now_us, written_by);
  std::vector<Definition> definitions;
  std::vector<NewFact> countries = CountryFacts(file, envelope);
  if (!countries.empty()) {
    definitions.push_back(SchemaDefinition(AttributeDefinition{
        std::string(kCountry), Subject::kCustomer, ValueType::kString,
        "where the customer's orders go"}));
  }
  for (const auto& [id, name] : file.product_names) {
    definitions.push_back(SchemaDefinition(ProductDefinition{id, name}));
  }
  OrdersReport report;
  report.dry_run = import_options.dry_run;
  report.batch = batch;
  absl::MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  State& state = *impl_->state;
  absl::flat_hash_set<std::string_view> customers;
  for (const Order& order : file.orders) {
    if (!customers.insert(order.interaction.record).second) continue;
    report.new_customers +=
        !state.customers.FindRecord(order.interaction.record).has_value();
  }
  report.customers = customers.size();
  const AttributeDefinition* country =
      state.schema.FindAttribute(Subject::kCustomer, kCountry);
  if (country != nullptr) {
    // The host's own definition stands; of another type it takes no country.
    std::erase_if(definitions, [&](const Definition& it) {
      const auto* schema = std::get_if<SchemaDefinition>(&it);
      return schema != nullptr &&
             std::holds_alternative<AttributeDefinition>(*schema);
    });
    if (country->type != ValueType::kString) countries.clear();
  }
  TRATO_RETURN_IF_ERROR(CheckDefinitions(state, definitions));
  std::vector<NewFact> facts =
      impl_->DefinitionFacts(std::move(definitions), now_us, written_by);
  const size_t first_order = facts.size();
  for (const Order& order : file.orders) {
    Fact fact = envelope;
    fact.event_us = order.at_us;
    fact.key = order.number;
    fact.payload = order.interaction;
    facts.push_back({std::move(fact), true});
  }
  std::move(countries.begin(), countries.end(), std::back_inserter(facts));
  std::vector<bool> added;
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  commit.dry_run = import_options.dry_run;
  commit.added = &added;
  commit.prefix = [&](size_t i) {
    return i >= first_order && i - first_order < file.orders.size()
               ? StrCat("line ", file.orders[i - first_order].first_row, ": ")
               : std::string();
  };
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(std::move(facts), now_us, commit).status());
  const auto begin = added.begin() + static_cast<ptrdiff_t>(first_order);
  report.is_new.assign(begin,
                       begin + static_cast<ptrdiff_t>(file.orders.size()));
  return OrdersReportJson(file, report);
}

}  // namespace trato::core
