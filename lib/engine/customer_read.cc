// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One customer's records as they are asked for in a host's own paths: without a
// document, and in memory that each thread uses again.

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

ValueInput ToInput(const Value& value) {
  ValueInput input;
  input.kind = static_cast<uint32_t>(TypeOf(value));
  switch (TypeOf(value)) {
    case ValueType::kNone:
      break;
    case ValueType::kBool:
      input.integer = std::get<bool>(value) ? 1 : 0;
      break;
    case ValueType::kInt:
      input.integer = std::get<int64_t>(value);
      break;
    case ValueType::kDouble:
      input.number = std::get<double>(value);
      break;
    case ValueType::kString:
      input.text = std::get<std::string>(value);
      break;
    case ValueType::kMoney:
      input.integer = std::get<Money>(value).minor;
      input.currency = std::get<Money>(value).currency.code();
      break;
    case ValueType::kTimestamp:
      input.integer = std::get<Timestamp>(value).us;
      break;
  }
  return input;
}

// What a thread reads a customer into.
struct Scratch {
  CustomerStore::Profile profile;
  CustomerView view;

  // Nothing of a customer stays behind.
  void Clear() {
    profile.Clear();
    view.records.clear();
    view.identifiers.clear();
    view.values.clear();
  }
};

}  // namespace

absl::Status Store::ReadCustomer(
    std::string_view customer, int64_t now_us,
    const std::function<absl::Status(const CustomerView&)>& give) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  const State& state = *impl_->state;
  const CustomerStore& customers = state.customers;
  static thread_local Scratch scratch;
  const absl::Cleanup clear = [&] { scratch.Clear(); };
  CustomerView& view = scratch.view;
  ReadScope scope;
  customers.ReadProfile(leader, now_us, scratch.profile);
  view.id = ToBytes(customers.KeptIdOf(leader));
  view.kind = static_cast<uint32_t>(customers.KindOf(leader, now_us));
  view.restricted = customers.RestrictionOf(leader, now_us) != nullptr;
  absl::flat_hash_map<RecordNumber, size_t> places;  // of several
  const std::span<const RecordNumber> records = customers.RecordsOf(leader);
  for (RecordNumber record : records) {
    if (records.size() > 1) places.emplace(record, view.records.size());
    view.records.emplace_back(ToBytes(customers.KeptIdOf(record)),
                              customers.RecordName(record));
  }
  view.identifiers.assign(scratch.profile.identifiers.begin(),
                          scratch.profile.identifiers.end());
  for (const auto& [attribute, about, it] : scratch.profile.values) {
    view.values.push_back(
        {state.schema.Shown(DefinitionKind::kAttribute,
                            state.names.Text(attribute)),
         about == kAboutNothing ? std::string_view() : state.names.Text(about),
         ToInput(it.version->value), it.version->at_us,
         state.names.Text(it.version->source),
         records.size() > 1 ? places.at(it.record) : 0, it.version->strength,
         it.version->inferred});
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  // Those of one attribute about one thing stay in their order.
  std::stable_sort(view.values.begin(), view.values.end(),
                   [](const CustomerValue& a, const CustomerValue& b) {
                     return std::tie(a.name, a.about) <
                            std::tie(b.name, b.about);
                   });
  return give(view);
}

}  // namespace trato::core
