// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 14 of trato.h: suppression lists.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

extern "C" {

trato_status trato_suppression_define(trato_store* store, trato_str list,
                                      trato_str max_age, trato_str description,
                                      int64_t now_us,
                                      const trato_write_options* options,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view name, ToText(list, "list"));
    TRATO_ASSIGN_OR_RETURN(std::string_view age, ToText(max_age, "max_age"));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(description, "description"));
    return core->DefineSuppressionList(name, age, text, now_us, write);
  });
}

trato_status trato_suppression_import(
    trato_store* store, trato_str list, trato_str text, int64_t now_us,
    const trato_suppression_options* suppression_options,
    const trato_write_options* options, trato_buf* out_report,
    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_RETURN_IF_ERROR(CheckSet(out_report, "out_report"));
    trato::core::SuppressionInput input;
    TRATO_ASSIGN_OR_RETURN(input.list, ToText(list, "list"));
    TRATO_ASSIGN_OR_RETURN(input.text, ToBytes(text, "text"));
    if (suppression_options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(
          trato_suppression_options it,
          ReadStruct(suppression_options, "suppression_options"));
      if (it.adds > 1) {
        return absl::InvalidArgumentError(
            "suppression_options.adds is neither 0 nor 1");
      }
      input.adds = it.adds == 1;
      input.at_us = it.at_us;
    }
    return MoveInto(core->ImportSuppressions(input, now_us, write), out_report);
  });
}

trato_status trato_suppression_export(const trato_store* store, trato_str list,
                                      int64_t now_us, trato_buf* out_text,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view name, ToText(list, "list"));
    return MoveInto(core->ExportSuppressions(name, now_us), out_text);
  });
}

trato_status trato_suppression_list(const trato_store* store, int64_t now_us,
                                    trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(core->SuppressionJson(now_us), out_json);
  });
}

}  // extern "C"
