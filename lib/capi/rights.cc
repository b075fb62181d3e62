// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 6 of trato.h: a person's rights.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

extern "C" {

trato_status trato_customer_restrict(trato_store* store, trato_str customer,
                                     uint32_t restricted, trato_str reason,
                                     int64_t at_us, int64_t now_us,
                                     const trato_write_options* options,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view why, ToText(reason, "reason"));
    if (restricted > 1) {
      return absl::InvalidArgumentError("restricted is neither 0 nor 1");
    }
    return core->RestrictCustomer(who, restricted == 1, why, at_us, now_us,
                                  write);
  });
}

trato_status trato_customer_document(const trato_store* store,
                                     trato_str customer, uint32_t format,
                                     int64_t now_us, trato_buf* out_document,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    if (format > TRATO_DOCUMENT_JSON) {
      return absl::InvalidArgumentError(
          StrCat("format ", format, " is neither text nor JSON"));
    }
    return MoveInto(
        core->CustomerDocument(who, format == TRATO_DOCUMENT_TEXT, now_us),
        out_document);
  });
}

trato_status trato_store_audit(const trato_store* store, trato_str customer,
                               trato_str definition, uint64_t limit,
                               int64_t now_us, trato_buf* out_json,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view what,
                           ToText(definition, "definition"));
    return MoveInto(core->AuditJson(who, what, limit, now_us), out_json);
  });
}

}  // extern "C"
