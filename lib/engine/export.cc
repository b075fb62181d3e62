// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything of many customers, in parts. Who the customers are is found when
// the export begins; what is read later is read as of the log position of then.

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "engine/customer_list.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

ValueInput ToInput(const Value& value) {
  ValueInput input;
  input.kind = static_cast<uint32_t>(TypeOf(value));
  if (const auto* flag = std::get_if<bool>(&value)) input.integer = *flag;
  if (const auto* it = std::get_if<int64_t>(&value)) input.integer = *it;
  if (const auto* it = std::get_if<double>(&value)) input.number = *it;
  if (const auto* it = std::get_if<std::string>(&value)) input.text = *it;
  if (const auto* it = std::get_if<Timestamp>(&value)) input.integer = it->us;
  if (const auto* it = std::get_if<Money>(&value)) {
    input.integer = it->minor;
    input.currency = it->currency.code();
  }
  return input;
}

}  // namespace

struct Exporter::Impl {
  const Store::Impl* store;
  std::shared_ptr<const State> state;
  Window window;
  std::optional<uint32_t> type;
  std::shared_ptr<const ShownNames> shown;
  // What attributes were called when it began, where they were renamed.
  absl::flat_hash_map<uint32_t, std::string> attribute_names;
  bool is_empty = false;  // of a type that nothing has
  // Customers with all of their records, in order of the leaders' names.
  struct Customer {
    std::string_view name;
    IdBytes id;
    std::vector<RecordNumber> records;
  };
  std::vector<Customer> customers;
  size_t next_customer = 0;
  TimelinePage page;  // of the customer before the next
  size_t next_row = 0;
};

Exporter::Exporter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Exporter::Exporter(Exporter&&) noexcept = default;
Exporter::~Exporter() = default;

absl::StatusOr<Exporter> Store::Export(int64_t now_us,
                                       const ExportOptions& options) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  auto exporter = std::make_unique<Exporter::Impl>();
  exporter->store = impl_.get();
  exporter->state = impl_->state;
  exporter->shown = state.shown;
  if (state.schema.has_renamings()) {
    for (std::string_view name :
         state.schema.AttributeNames(Subject::kCustomer)) {
      exporter->attribute_names.emplace(
          *state.names.Find(name),
          state.schema.Shown(DefinitionKind::kAttribute, name));
    }
  }
  exporter->window = {options.from_us, std::min(options.until_us, now_us),
                      now_us, impl_->position};
  if (!options.type.empty()) {
    TRATO_RETURN_IF_ERROR(
        state.schema.CheckInteractionType("type", options.type));
    exporter->type = state.names.Find(state.schema.Stored(
        DefinitionKind::kInteractionType, options.type));
    exporter->is_empty = !exporter->type;
  }
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  const auto add = [&](RecordNumber leader) {
    Exporter::Impl::Customer& it = exporter->customers.emplace_back();
    it.name = state.customers.RecordName(leader);
    it.id = ToBytes(state.customers.IdOf(leader));
    const auto records = state.customers.RecordsOf(leader);
    it.records.assign(records.begin(), records.end());
  };
  if (options.list) {
    if (options.customers) {
      return absl::InvalidArgumentError(
          "options.list and options.customers are both given, choose one");
    }
    ReadScope scope;
    TRATO_ASSIGN_OR_RETURN(CustomerList list,
                           ListCustomers(state, *options.list, sight.get(),
                                         now_us));
    TRATO_RETURN_IF_ERROR(scope.status());
    for (const CustomerList::Row& row : list.rows) add(row.leader);
  } else if (options.customers) {
    for (std::string_view customer : *options.customers) {
      TRATO_ASSIGN_OR_RETURN(RecordNumber leader,
                             Resolve(customer, now_us));
      add(leader);
    }
  } else {
    ReadScope scope;
    state.customers.ForEachCustomer(now_us, [&](RecordNumber leader) {
      if (sight == nullptr || sight->Shows(leader, now_us)) add(leader);
    });
    TRATO_RETURN_IF_ERROR(scope.status());
    std::sort(exporter->customers.begin(), exporter->customers.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
  }
  return Exporter(std::move(exporter));
}

absl::StatusOr<bool> Exporter::ReadInteractions(
    const std::function<bool(std::string_view, const TimelineItem&)>& add) {
  Impl& it = *impl_;
  if (it.is_empty) return false;
  ReaderMutexLock lock(&it.store->mutex);
  ReadScope scope;
  TimelineItem item;
  Extras extras;
  for (;;) {
    while (it.next_row < it.page.rows.size()) {
      const Impl::Customer& customer = it.customers[it.next_customer - 1];
      const size_t row = it.next_row++;
      item.record = it.state->customers.RecordName(
          customer.records[it.page.rows[row].record]);
      FillItem(it.state->names, it.shown.get(), it.page, row, extras, item);
      if (!add(customer.name, item)) {
        TRATO_RETURN_IF_ERROR(scope.status());
        return true;
      }
    }
    if (it.next_customer == it.customers.size()) break;
    it.next_row = 0;
    PageRequest request;
    request.records = it.customers[it.next_customer++].records;
    request.type = it.type;
    request.window = it.window;
    request.with_ids = true;
    it.state->timeline.ReadPage(request, it.page);
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return false;
}

absl::StatusOr<bool> Exporter::ReadCustomers(
    const std::function<
        bool(std::string_view, const IdBytes&, int64_t,
             std::span<const std::pair<std::string_view, ValueInput>>)>& add) {
  Impl& it = *impl_;
  ReaderMutexLock lock(&it.store->mutex);
  const CustomerStore& customers = it.state->customers;
  std::vector<std::pair<std::string_view, ValueInput>> attributes;
  std::vector<std::shared_ptr<const void>> owners;  // of their texts
  ReadScope scope;
  while (it.next_customer < it.customers.size()) {
    const Impl::Customer& customer = it.customers[it.next_customer++];
    // Attributes are those of the customer as she is linked now.
    const RecordNumber leader = customers.LeaderOf(customer.records.front());
    attributes.clear();
    owners.clear();
    for (uint32_t name : customers.AttributesOf(leader)) {
      // Of many, or about something, there is none.
      AttributeValue value =
          customers.AttributeAt(leader, name, it.window.now_us);
      if (value.version == nullptr) continue;
      const auto renamed = it.attribute_names.find(name);
      attributes.emplace_back(renamed == it.attribute_names.end()
                                  ? it.state->names.Text(name)
                                  : std::string_view(renamed->second),
                              ToInput(value.version->value));
      owners.push_back(std::move(value.owner));
    }
    TRATO_RETURN_IF_ERROR(scope.status());
    if (!add(customer.name, customer.id,
             static_cast<int64_t>(customer.records.size()), attributes)) {
      return it.next_customer < it.customers.size();
    }
  }
  return false;
}

std::vector<NamedKind> Store::Attributes(bool of_interactions) const {
  ReaderMutexLock lock(&impl_->mutex);
  const Schema& schema = impl_->state->schema;
  const Subject subject =
      of_interactions ? Subject::kInteraction : Subject::kCustomer;
  std::vector<NamedKind> kinds;
  for (std::string_view name : schema.AttributeNames(subject)) {
    const AttributeDefinition* it = schema.FindAttribute(subject, name);
    // A column holds one value a row.
    if (!it->is_plain()) continue;
    kinds.emplace_back(
        schema.Shown(of_interactions ? DefinitionKind::kField
                                     : DefinitionKind::kAttribute,
                     name),
        static_cast<uint32_t>(it->type));
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

absl::StatusOr<int> Store::CurrencyDigits(std::string_view code) const {
  if (code.empty()) return impl_->state->currency.digits();
  TRATO_ASSIGN_OR_RETURN(Currency currency, Currency::Parse(code));
  return currency.digits();
}

absl::StatusOr<int64_t> Store::LocalToUtc(int64_t local_us) const {
  return trato::core::LocalToUtc(local_us, impl_->state->zone);
}

}  // namespace trato::core
