// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 13 of trato.h: purposes, consents, objections.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

static_assert(sizeof(trato_consent_answer) == 40);

extern "C" {

trato_status trato_purpose_define(trato_store* store, trato_str name,
                                  uint32_t direct_marketing,
                                  trato_str description, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view of, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(description, "description"));
    if (direct_marketing > 1) {
      return absl::InvalidArgumentError("direct_marketing is neither 0 nor 1");
    }
    return core->DefinePurpose(of, direct_marketing == 1, text, now_us, write);
  });
}

trato_status trato_consent_record(trato_store* store,
                                  const trato_consent* consent, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_id* out_fact,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_consent it, ReadStruct(consent, "consent"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    trato::core::ConsentInput input;
    input.state = it.state;
    input.at_us = it.at_us;
    input.valid_until_us = it.valid_until_us;
    TRATO_ASSIGN_OR_RETURN(input.customer,
                           ToText(it.customer, "consent.customer"));
    TRATO_ASSIGN_OR_RETURN(input.purpose,
                           ToText(it.purpose, "consent.purpose"));
    TRATO_ASSIGN_OR_RETURN(input.channel,
                           ToText(it.channel, "consent.channel"));
    TRATO_ASSIGN_OR_RETURN(input.wording,
                           ToText(it.wording, "consent.wording"));
    TRATO_ASSIGN_OR_RETURN(input.proof, ToText(it.proof, "consent.proof"));
    TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "consent.key"));
    return GiveFact(core->RecordConsent(input, now_us, write), out_fact);
  });
}

trato_status trato_objection_record(trato_store* store,
                                    const trato_objection* objection,
                                    int64_t now_us,
                                    const trato_write_options* options,
                                    trato_id* out_fact,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_objection it,
                           ReadStruct(objection, "objection"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    if (it.lifted > 1) {
      return absl::InvalidArgumentError("objection.lifted is neither 0 nor 1");
    }
    trato::core::ObjectionInput input;
    input.lifted = it.lifted == 1;
    input.at_us = it.at_us;
    TRATO_ASSIGN_OR_RETURN(input.customer,
                           ToText(it.customer, "objection.customer"));
    TRATO_ASSIGN_OR_RETURN(input.proof, ToText(it.proof, "objection.proof"));
    TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "objection.key"));
    return GiveFact(core->RecordObjection(input, now_us, write), out_fact);
  });
}

trato_status trato_consent_test(const trato_store* store, trato_str customer,
                                trato_str purpose, trato_str channel,
                                int64_t now_us,
                                trato_consent_answer* out_answer,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_answer, "out_answer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view what, ToText(purpose, "purpose"));
    TRATO_ASSIGN_OR_RETURN(std::string_view how, ToText(channel, "channel"));
    TRATO_ASSIGN_OR_RETURN(auto result,
                           core->TestConsent(who, what, how, now_us));
    *out_answer = {result.state, result.allowed ? 1u : 0u, result.since_us,
                   result.until_us, ToId(result.fact)};
    return absl::OkStatus();
  });
}

trato_status trato_consent_explain(const trato_store* store, trato_str customer,
                                   trato_str purpose, trato_str channel,
                                   int64_t now_us, trato_buf* out_json,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(std::string_view what, ToText(purpose, "purpose"));
    TRATO_ASSIGN_OR_RETURN(std::string_view how, ToText(channel, "channel"));
    return MoveInto(core->ExplainConsentJson(who, what, how, now_us), out_json);
  });
}

trato_status trato_consent_show(const trato_store* store, trato_str customer,
                                int64_t now_us, trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    return MoveInto(core->ConsentJson(who, now_us), out_json);
  });
}

trato_status trato_consent_history(const trato_store* store, trato_str customer,
                                   int64_t now_us, trato_buf* out_json,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    return MoveInto(core->ConsentHistoryJson(who, now_us), out_json);
  });
}

}  // extern "C"
