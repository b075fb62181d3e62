// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 6 of trato.h: taking a person out.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

extern "C" {

trato_status trato_customer_erase(trato_store* store, trato_str customer,
                                  trato_str reason, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_buf* out_receipt,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_RETURN_IF_ERROR(CheckSet(out_receipt, "out_receipt"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view why, ToText(reason, "reason"));
    return MoveInto(core->EraseCustomer(who, why, now_us, write), out_receipt);
  });
}

trato_status trato_store_erasures(const trato_store* store, trato_buf* out_text,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_text, "out_text"));
    return MoveInto(core->Erasures(), out_text);
  });
}

}  // extern "C"
