// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 6 of trato.h: attributes, identifiers, kinds, links.

#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

namespace {

// Reads what all calls about a pair take, and makes the one given.
template <typename Say>
trato_status SayOfPair(trato_store* store, trato_str one, trato_str other,
                       trato_str reason, const trato_write_options* options,
                       trato_error* error, Say say) {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view a, ToText(one, "one"));
    TRATO_ASSIGN_OR_RETURN(std::string_view b, ToText(other, "other"));
    TRATO_ASSIGN_OR_RETURN(std::string_view why, ToText(reason, "reason"));
    return say(*core, a, b, why, write);
  });
}

// Structs and texts one after the other in memory that was measured before.
class Layout {
 public:
  explicit Layout(char* memory) : next_(memory) {}

  // Structs come first, the largest alignment is theirs.
  template <typename Struct>
  Struct* Take(size_t count) {
    auto* const taken = reinterpret_cast<Struct*>(next_);
    next_ += count * sizeof(Struct);
    return taken;
  }
  trato_str Put(std::string_view text) {
    if (text.empty()) return {nullptr, 0};
    std::memcpy(next_, text.data(), text.size());
    const trato_str put{next_, text.size()};
    next_ += text.size();
    return put;
  }

 private:
  char* next_;
};

// In one piece, which malloc gave.
trato_customer* ToCustomer(const trato::core::CustomerView& view) {
  static_assert(alignof(trato_customer) == alignof(trato_customer_value) &&
                alignof(trato_str) == alignof(trato_customer_value));
  static_assert(sizeof(trato_customer_record) == 32 &&
                sizeof(trato_customer_value) == 128);
  static_assert(sizeof(trato_customer_record) % alignof(trato_str) == 0);
  size_t bytes = sizeof(trato_customer) +
                 view.values.size() * sizeof(trato_customer_value) +
                 view.records.size() * sizeof(trato_customer_record) +
                 view.identifiers.size() * sizeof(trato_str);
  for (const auto& [id, name] : view.records) bytes += name.size();
  for (std::string_view text : view.identifiers) bytes += text.size();
  for (const auto& it : view.values) {
    bytes += it.name.size() + it.about.size() + it.value.text.size() +
             it.source.size();
  }
  auto* const memory = static_cast<char*>(std::malloc(bytes));
  if (memory == nullptr) throw std::bad_alloc();
  Layout layout(memory);
  auto* const customer = layout.Take<trato_customer>(1);
  auto* const values = layout.Take<trato_customer_value>(view.values.size());
  auto* const records = layout.Take<trato_customer_record>(view.records.size());
  auto* const identifiers = layout.Take<trato_str>(view.identifiers.size());
  customer->id = ToId(view.id);
  customer->kind = view.kind;
  customer->restricted = view.restricted ? 1 : 0;
  customer->records = records;
  customer->record_count = view.records.size();
  customer->identifiers = identifiers;
  customer->identifier_count = view.identifiers.size();
  customer->values = values;
  customer->value_count = view.values.size();
  for (size_t i = 0; i < view.records.size(); ++i) {
    records[i].id = ToId(view.records[i].first);
    records[i].name = layout.Put(view.records[i].second);
  }
  for (size_t i = 0; i < view.identifiers.size(); ++i) {
    identifiers[i] = layout.Put(view.identifiers[i]);
  }
  for (size_t i = 0; i < view.values.size(); ++i) {
    const trato::core::CustomerValue& from = view.values[i];
    trato_customer_value& to = values[i];
    to.name = layout.Put(from.name);
    to.about = layout.Put(from.about);
    to.value = FromValue(from.value);
    to.value.text = layout.Put(from.value.text);
    to.since_us = from.since_us;
    to.source = layout.Put(from.source);
    to.record = records[from.record].name;
    to.strength = from.strength;
    to.flags = from.inferred ? TRATO_ATTRIBUTE_INFERRED : 0;
    to.reserved0 = 0;
  }
  return customer;
}

}  // namespace

extern "C" {

trato_status trato_attribute_define(trato_store* store, trato_str name,
                                    uint32_t subject, trato_value_kind kind,
                                    trato_str description, int64_t now_us,
                                    const trato_write_options* options,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view of, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(description, "description"));
    trato::core::AttributeDefinitionInput input;
    input.name = of;
    input.subject = subject;
    input.kind = kind;
    input.description = text;
    input.plain = true;
    return core->DefineAttribute(input, now_us, write);
  });
}

trato_status trato_attribute_define_as(
    trato_store* store, const trato_attribute_definition* definition,
    int64_t now_us, const trato_write_options* options,
    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_attribute_definition it,
                           ReadStruct(definition, "definition"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    constexpr uint32_t kKnown = TRATO_ATTRIBUTE_MANY | TRATO_ATTRIBUTE_RETIRED;
    if ((it.flags & ~kKnown) != 0) {
      return absl::UnimplementedError(
          "definition.flags sets one that this version does not know");
    }
    if (it.reserved0 != 0) {
      return absl::InvalidArgumentError("definition.reserved0 is not 0");
    }
    trato::core::AttributeDefinitionInput input;
    TRATO_ASSIGN_OR_RETURN(input.name, ToText(it.name, "definition.name"));
    input.subject = it.subject;
    input.kind = it.kind;
    TRATO_ASSIGN_OR_RETURN(input.description,
                           ToText(it.description, "definition.description"));
    TRATO_ASSIGN_OR_RETURN(input.unit, ToText(it.unit, "definition.unit"));
    TRATO_ASSIGN_OR_RETURN(input.allowed, ToTexts(it.allowed, it.allowed_count,
                                                  "definition.allowed"));
    TRATO_ASSIGN_OR_RETURN(input.sources, ToTexts(it.sources, it.sources_count,
                                                  "definition.sources"));
    input.many = (it.flags & TRATO_ATTRIBUTE_MANY) != 0;
    input.retired = (it.flags & TRATO_ATTRIBUTE_RETIRED) != 0;
    input.sensitivity = it.sensitivity;
    input.per = it.per;
    input.reconciliation = it.reconciliation;
    return core->DefineAttribute(input, now_us, write);
  });
}

trato_status trato_attribute_list(const trato_store* store, trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    return MoveInto(core->AttributeListJson(), out_json);
  });
}

trato_status trato_definition_dependents(const trato_store* store,
                                         uint32_t kind, trato_str name,
                                         trato_buf* out_json,
                                         trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view of, ToText(name, "name"));
    return MoveInto(core->DependentsJson(kind, of), out_json);
  });
}

trato_status trato_definition_rename(trato_store* store, uint32_t kind,
                                     trato_str name, trato_str new_name,
                                     int64_t now_us,
                                     const trato_write_options* options,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view from, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view to, ToText(new_name, "new_name"));
    return core->RenameDefinition(kind, from, to, now_us, write);
  });
}

trato_status trato_definition_retire(trato_store* store, uint32_t kind,
                                     trato_str name, uint32_t retired,
                                     int64_t now_us,
                                     const trato_write_options* options,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view of, ToText(name, "name"));
    if (retired > 1) {
      return absl::InvalidArgumentError("retired is neither 0 nor 1");
    }
    return core->RetireDefinition(kind, of, retired == 1, now_us, write);
  });
}

trato_status trato_attribute_history(const trato_store* store,
                                     trato_str customer, trato_str name,
                                     int64_t now_us, trato_buf* out_json,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view of, ToText(name, "name"));
    return MoveInto(core->AttributeHistoryJson(who, of, now_us), out_json);
  });
}

trato_status trato_attribute_set(trato_store* store,
                                 const trato_attribute* attribute,
                                 int64_t now_us,
                                 const trato_write_options* options,
                                 trato_id* out_fact,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_attribute it,
                           ReadStruct(attribute, "attribute"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    constexpr uint32_t kKnown =
        TRATO_ATTRIBUTE_REMOVED | TRATO_ATTRIBUTE_INFERRED;
    if ((it.flags & ~kKnown) != 0) {
      return absl::UnimplementedError(
          "attribute.flags sets one that this version does not know");
    }
    trato::core::AttributeInput input;
    input.removed = (it.flags & TRATO_ATTRIBUTE_REMOVED) != 0;
    input.inferred = (it.flags & TRATO_ATTRIBUTE_INFERRED) != 0;
    input.strength = it.strength;
    TRATO_ASSIGN_OR_RETURN(input.about, ToText(it.about, "attribute.about"));
    input.at_us = it.at_us;
    TRATO_ASSIGN_OR_RETURN(input.customer,
                           ToText(it.customer, "attribute.customer"));
    TRATO_ASSIGN_OR_RETURN(input.name, ToText(it.name, "attribute.name"));
    TRATO_ASSIGN_OR_RETURN(input.value, ToValue(it.value, "attribute.value"));
    TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "attribute.key"));
    return GiveFact(core->SetAttribute(input, now_us, write), out_fact);
  });
}

trato_status trato_identifier_define(trato_store* store, trato_str name_space,
                                     uint32_t unique, int64_t now_us,
                                     const trato_write_options* options,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view name,
                           ToText(name_space, "name_space"));
    if (unique > 1) {
      return absl::InvalidArgumentError("unique is neither 0 nor 1");
    }
    trato::core::NamespaceInput input;
    input.name = name;
    input.unique = unique == 1;
    input.unique_alone = true;
    return core->DefineNamespace(input, now_us, write);
  });
}

trato_status trato_namespace_define(trato_store* store,
                                    const trato_namespace* name_space,
                                    int64_t now_us,
                                    const trato_write_options* options,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_namespace it,
                           ReadStruct(name_space, "name_space"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view name,
                           ToText(it.name, "name_space.name"));
    constexpr uint32_t kKnown = TRATO_NAMESPACE_UNIQUE | TRATO_NAMESPACE_SINGLE;
    if ((it.flags & ~kKnown) != 0) {
      return absl::UnimplementedError(
          "name_space.flags sets one that this version does not know");
    }
    if (it.reserved0 != 0) {
      return absl::InvalidArgumentError("name_space.reserved0 is not 0");
    }
    return core->DefineNamespace(
        {name, (it.flags & TRATO_NAMESPACE_UNIQUE) != 0,
         (it.flags & TRATO_NAMESPACE_SINGLE) != 0, it.max_records},
        now_us, write);
  });
}

trato_status trato_customer_set_kind(trato_store* store, trato_str customer,
                                     trato_customer_kind kind, int64_t at_us,
                                     int64_t now_us,
                                     const trato_write_options* options,
                                     trato_id* out_fact,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    return GiveFact(core->SetCustomerKind(who, kind, at_us, now_us, write),
                    out_fact);
  });
}

trato_status trato_identifier_claim(trato_store* store, trato_str customer,
                                    trato_str identifier, int64_t now_us,
                                    const trato_write_options* options,
                                    trato_id* out_fact,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view claimed,
                           ToText(identifier, "identifier"));
    return GiveFact(core->ClaimIdentifier(who, claimed, now_us, write),
                    out_fact);
  });
}

trato_status trato_link(trato_store* store, trato_str one, trato_str other,
                        trato_str reason, uint32_t overridden, int64_t now_us,
                        const trato_write_options* options,
                        trato_error* error) noexcept {
  return SayOfPair(store, one, other, reason, options, error,
                   [&](Store& core, auto a, auto b, auto why, auto& write) {
                     return core.LinkRecords(a, b, why, overridden, now_us,
                                             write);
                   });
}

trato_status trato_unlink(trato_store* store, trato_str one, trato_str other,
                          trato_str reason, int64_t now_us,
                          const trato_write_options* options,
                          trato_error* error) noexcept {
  return SayOfPair(store, one, other, reason, options, error,
                   [&](Store& core, auto a, auto b, auto why, auto& write) {
                     return core.UnlinkRecords(a, b, why, now_us, write);
                   });
}

trato_status trato_cannot_link(trato_store* store, trato_str one,
                               trato_str other, trato_str reason,
                               int64_t now_us,
                               const trato_write_options* options,
                               trato_error* error) noexcept {
  return SayOfPair(store, one, other, reason, options, error,
                   [&](Store& core, auto a, auto b, auto why, auto& write) {
                     return core.CannotLinkRecords(a, b, why, now_us, write);
                   });
}

trato_status trato_link_preview(const trato_store* store, trato_str one,
                                trato_str other, int64_t now_us,
                                trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view a, ToText(one, "one"));
    TRATO_ASSIGN_OR_RETURN(std::string_view b, ToText(other, "other"));
    return MoveInto(core->LinkPreviewJson(a, b, now_us), out_json);
  });
}

trato_status trato_customer_resolve(const trato_store* store,
                                    trato_str customer, int64_t now_us,
                                    trato_id* out_id,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_id, "out_id"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(trato::core::IdBytes id,
                           core->ResolveCustomer(who, now_us));
    *out_id = ToId(id);
    return absl::OkStatus();
  });
}

trato_status trato_customer_get(const trato_store* store, trato_str customer,
                                int64_t now_us, trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    return MoveInto(core->CustomerJson(who, now_us), out_json);
  });
}

trato_status trato_customer_read(const trato_store* store, trato_str customer,
                                 int64_t now_us, trato_customer** out_customer,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_customer, "out_customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    return core->ReadCustomer(who, now_us, [&](const auto& view) {
      *out_customer = ToCustomer(view);
      return absl::OkStatus();
    });
  });
}

void trato_customer_destroy(trato_customer* customer) noexcept {
  std::free(customer);
}

}  // extern "C"
