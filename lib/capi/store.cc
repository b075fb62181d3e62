// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapters 1 to 5 of trato.h: version, text, status, store, writing.

#include <cstdlib>

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;
using trato::core::StoreOptions;

extern "C" {

uint32_t trato_version(void) noexcept { return TRATO_VERSION_NUMBER; }

trato_str trato_cstr(const char* text) noexcept {
  if (text == nullptr) return {nullptr, 0};
  return {text, std::strlen(text)};
}

void trato_buf_dispose(trato_buf* buf) noexcept {
  if (buf == nullptr) return;
  std::free(buf->data);
  *buf = TRATO_BUF_INIT;
}

const char* trato_status_name(trato_status status) noexcept {
  switch (status) {
    case TRATO_OK:
      return "OK";
    case TRATO_CANCELLED:
      return "CANCELLED";
    case TRATO_INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case TRATO_DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case TRATO_NOT_FOUND:
      return "NOT_FOUND";
    case TRATO_ALREADY_EXISTS:
      return "ALREADY_EXISTS";
    case TRATO_PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case TRATO_RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case TRATO_FAILED_PRECONDITION:
      return "FAILED_PRECONDITION";
    case TRATO_ABORTED:
      return "ABORTED";
    case TRATO_OUT_OF_RANGE:
      return "OUT_OF_RANGE";
    case TRATO_UNIMPLEMENTED:
      return "UNIMPLEMENTED";
    case TRATO_INTERNAL:
      return "INTERNAL";
    case TRATO_UNAVAILABLE:
      return "UNAVAILABLE";
    case TRATO_DATA_LOSS:
      return "DATA_LOSS";
    case TRATO_UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    default:
      return "UNKNOWN";
  }
}

trato_status trato_error_excerpt(const trato_error* failed, trato_str text,
                                 trato_buf* out_excerpt,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(trato_error it, ReadStruct(failed, "failed"));
    TRATO_ASSIGN_OR_RETURN(std::string_view view, ToText(text, "text"));
    return MoveInto(trato::core::Excerpt(view, it.line, it.column),
                    out_excerpt);
  });
}

trato_status trato_store_open(trato_str path,
                              const trato_store_options* options,
                              trato_store** out_store,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(out_store, "out_store"));
    StoreOptions open;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(trato_store_options it,
                             ReadStruct(options, "options"));
      switch (it.mode) {
        case TRATO_OPEN_OR_CREATE:
          break;
        case TRATO_OPEN_EXISTING:
          open.mode = StoreOptions::Mode::kOpenExisting;
          break;
        case TRATO_CREATE_NEW:
          open.mode = StoreOptions::Mode::kCreateNew;
          break;
        default:
          return absl::InvalidArgumentError(
              StrCat("options.mode ", it.mode, " is no mode"));
      }
      TRATO_ASSIGN_OR_RETURN(open.zone, ToText(it.zone, "options.zone"));
      TRATO_ASSIGN_OR_RETURN(open.currency,
                             ToText(it.currency, "options.currency"));
    }
    TRATO_ASSIGN_OR_RETURN(std::string_view file, ToText(path, "path"));
    TRATO_ASSIGN_OR_RETURN(std::shared_ptr<Store> store,
                           Store::Open(file, open));
    *out_store = new trato_store{std::move(store)};
    return absl::OkStatus();
  });
}

trato_status trato_store_close(trato_store* store,
                               trato_error* error) noexcept {
  if (store == nullptr) return TRATO_OK;
  const trato_status status =
      Guard(error, [&] { return store->store->Close(); });
  delete store;
  return status;
}

trato_status trato_store_flush(trato_store* store,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    return core->Flush();
  });
}

trato_status trato_store_info(const trato_store* store, int64_t now_us,
                              trato_buf* out_json,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(core->InfoJson(now_us), out_json);
  });
}

trato_status trato_time_parse(const trato_store* store, trato_str text,
                              int64_t* out_us, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_us, "out_us"));
    TRATO_ASSIGN_OR_RETURN(std::string_view view, ToText(text, "text"));
    TRATO_ASSIGN_OR_RETURN(*out_us, core->ParseTime(view));
    return absl::OkStatus();
  });
}

trato_status trato_time_format(const trato_store* store, int64_t at_us,
                               trato_buf* out_text,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(core->FormatTime(at_us), out_text);
  });
}

trato_status trato_fact_id(trato_str source, trato_str key, trato_id* out_id,
                           trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(out_id, "out_id"));
    TRATO_ASSIGN_OR_RETURN(std::string_view of, ToText(source, "source"));
    TRATO_ASSIGN_OR_RETURN(std::string_view with, ToText(key, "key"));
    TRATO_ASSIGN_OR_RETURN(trato::core::IdBytes id,
                           trato::core::FactIdOf(of, with));
    *out_id = ToId(id);
    return absl::OkStatus();
  });
}

trato_status trato_store_apply(trato_store* store, trato_str definitions,
                               int64_t now_us,
                               const trato_write_options* options,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view bytes,
                           ToBytes(definitions, "definitions"));
    return core->Apply(bytes, now_us, write);
  });
}

}  // extern "C"
