// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 6 of trato.h: finding and listing customers.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

extern "C" {

trato_status trato_customer_find(const trato_store* store, trato_str text,
                                 uint32_t limit, int64_t now_us,
                                 trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view wanted, ToText(text, "text"));
    return MoveInto(core->FindCustomersJson(wanted, limit, now_us), out_json);
  });
}

trato_status trato_customer_list(const trato_store* store,
                                 const trato_list_options* options,
                                 int64_t now_us, trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(auto how, ToListOptions(options, "options"));
    return MoveInto(core->ListCustomersJson(how, now_us), out_json);
  });
}

trato_status trato_attribute_define_search(trato_store* store, trato_str name,
                                           uint32_t search, int64_t now_us,
                                           const trato_write_options* options,
                                           trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view of, ToText(name, "name"));
    return core->DefineAttributeSearch(of, search, now_us, write);
  });
}

trato_status trato_identifier_define_search(trato_store* store,
                                            trato_str name_space,
                                            uint32_t search, int64_t now_us,
                                            const trato_write_options* options,
                                            trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view name,
                           ToText(name_space, "name_space"));
    return core->DefineIdentifierSearch(name, search, now_us, write);
  });
}

}  // extern "C"
