// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 6 of trato.h: relations between customers.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

extern "C" {

trato_status trato_relation_define(trato_store* store,
                                   const trato_relation_definition* relation,
                                   int64_t now_us,
                                   const trato_write_options* options,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_relation_definition it,
                           ReadStruct(relation, "relation"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    if ((it.flags & ~TRATO_RELATION_ACYCLIC) != 0) {
      return absl::UnimplementedError(
          "relation.flags sets one that this version does not know");
    }
    trato::core::RelationDefinitionInput input;
    TRATO_ASSIGN_OR_RETURN(input.name, ToText(it.name, "relation.name"));
    TRATO_ASSIGN_OR_RETURN(input.inverse,
                           ToText(it.inverse, "relation.inverse"));
    TRATO_ASSIGN_OR_RETURN(input.description,
                           ToText(it.description, "relation.description"));
    input.acyclic = (it.flags & TRATO_RELATION_ACYCLIC) != 0;
    return core->DefineRelation(input, now_us, write);
  });
}

trato_status trato_relation_list(const trato_store* store, trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    return MoveInto(core->RelationListJson(), out_json);
  });
}

trato_status trato_relation_set(trato_store* store,
                                const trato_relation* relation, int64_t now_us,
                                const trato_write_options* options,
                                trato_id* out_fact,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_relation it, ReadStruct(relation, "relation"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    if ((it.flags & ~TRATO_RELATION_ENDED) != 0) {
      return absl::UnimplementedError(
          "relation.flags sets one that this version does not know");
    }
    trato::core::RelationInput input;
    input.at_us = it.at_us;
    input.ended = (it.flags & TRATO_RELATION_ENDED) != 0;
    TRATO_ASSIGN_OR_RETURN(input.customer,
                           ToText(it.customer, "relation.customer"));
    TRATO_ASSIGN_OR_RETURN(input.relation,
                           ToText(it.relation, "relation.relation"));
    TRATO_ASSIGN_OR_RETURN(input.other, ToText(it.other, "relation.other"));
    TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "relation.key"));
    return GiveFact(core->Relate(input, now_us, write), out_fact);
  });
}

trato_status trato_customer_related(const trato_store* store,
                                    trato_str customer, trato_str relation,
                                    uint32_t levels, int64_t now_us,
                                    trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view along,
                           ToText(relation, "relation"));
    return MoveInto(core->RelatedJson(who, along, levels, now_us), out_json);
  });
}

}  // extern "C"
