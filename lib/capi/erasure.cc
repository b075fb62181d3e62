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

trato_status trato_retention_define(trato_store* store,
                                    const trato_retention* rule, int64_t now_us,
                                    const trato_write_options* options,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_retention it, ReadStruct(rule, "rule"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    trato::core::RetentionInput input;
    input.kind = it.kind;
    TRATO_ASSIGN_OR_RETURN(input.name, ToText(it.name, "rule.name"));
    TRATO_ASSIGN_OR_RETURN(input.purpose, ToText(it.purpose, "rule.purpose"));
    TRATO_ASSIGN_OR_RETURN(input.keep, ToText(it.keep, "rule.keep"));
    return core->DefineRetention(input, now_us, write);
  });
}

trato_status trato_retention_list(const trato_store* store, int64_t now_us,
                                  trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    return MoveInto(core->RetentionListJson(now_us), out_json);
  });
}

trato_status trato_retention_apply(trato_store* store, uint32_t dry_run,
                                   trato_str reason, int64_t now_us,
                                   const trato_write_options* options,
                                   trato_buf* out_report,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_RETURN_IF_ERROR(CheckSet(out_report, "out_report"));
    if (dry_run > 1) {
      return absl::InvalidArgumentError("dry_run is neither 0 nor 1");
    }
    TRATO_ASSIGN_OR_RETURN(std::string_view why, ToText(reason, "reason"));
    return MoveInto(core->ApplyRetention(dry_run == 1, why, now_us, write),
                    out_report);
  });
}

}  // extern "C"
