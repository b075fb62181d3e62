// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapters 1 to 5 of trato.h: version, text, status, store, writing.

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;
using trato::core::StoreOptions;

namespace {

// What a task throws must not pass through the host's threads.
void RunTasks(trato_run_fn run, void* context,
              const std::function<void(size_t)>& task, size_t count) {
  struct Work {
    const std::function<void(size_t)>* task;
    std::atomic<bool> failed = false;
  } work{&task};
  run(
      context,
      [](void* task_context, size_t index) {
        auto* it = static_cast<Work*>(task_context);
        try {
          (*it->task)(index);
        } catch (...) {
          it->failed = true;
        }
      },
      &work, count);
  if (work.failed) throw std::bad_alloc();
}

}  // namespace

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
        case TRATO_OPEN_READ:
          open.mode = StoreOptions::Mode::kRead;
          break;
        default:
          return absl::InvalidArgumentError(
              StrCat("options.mode ", it.mode, " is no mode"));
      }
      TRATO_ASSIGN_OR_RETURN(open.zone, ToText(it.zone, "options.zone"));
      TRATO_ASSIGN_OR_RETURN(open.currency,
                             ToText(it.currency, "options.currency"));
      open.memory_limit = it.memory_limit;
      TRATO_ASSIGN_OR_RETURN(open.erasures,
                             ToText(it.erasures, "options.erasures"));
      open.seed = it.seed;
      TRATO_ASSIGN_OR_RETURN(open.key, ToBytes(it.key, "options.key"));
      if (it.run != nullptr) {
        open.run = [run = it.run, context = it.run_context](
                       const std::function<void(size_t)>& task, size_t count) {
          RunTasks(run, context, task, count);
        };
      }
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

trato_status trato_store_checkpoint(trato_store* store, uint32_t steps,
                                    uint32_t* out_more,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const bool more, core->Checkpoint(steps));
    if (out_more != nullptr) *out_more = more ? 1 : 0;
    return absl::OkStatus();
  });
}

trato_status trato_store_head(trato_store* store, trato_head* out_head,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_head, "out_head"));
    TRATO_ASSIGN_OR_RETURN(trato::core::StoreHead head, core->Head());
    out_head->position = head.position;
    std::memcpy(out_head->chain, head.chain.data(), head.chain.size());
    return absl::OkStatus();
  });
}

trato_status trato_store_digest(const trato_store* store, int64_t now_us,
                                trato_digest* out_digest,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_digest, "out_digest"));
    TRATO_ASSIGN_OR_RETURN(auto digest, core->Digest(now_us));
    std::memcpy(out_digest->bytes, digest.data(), digest.size());
    return absl::OkStatus();
  });
}

trato_status trato_store_verify(const trato_store* store,
                                const trato_verify_options* options,
                                trato_buf* out_report,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_report, "out_report"));
    trato::core::VerifyOptions verify;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(trato_verify_options it,
                             ReadStruct(options, "options"));
      if (it.rebuild > 1) {
        return absl::InvalidArgumentError("options.rebuild is neither 0 nor 1");
      }
      verify.rebuild = it.rebuild == 1;
      if (it.head != nullptr) {
        trato::core::StoreHead& head = verify.head.emplace();
        head.position = it.head->position;
        std::memcpy(head.chain.data(), it.head->chain, head.chain.size());
      }
      verify.progress = ToProgress(it.progress, it.progress_context);
    }
    return MoveInto(core->VerifyJson(verify), out_report);
  });
}

trato_status trato_store_backup(trato_store* store, trato_str path,
                                trato_progress_fn progress,
                                void* progress_context,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view file, ToText(path, "path"));
    return core->Backup(file, ToProgress(progress, progress_context));
  });
}

trato_status trato_store_refresh(trato_store* store,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    return core->Refresh();
  });
}

trato_status trato_store_as_of(const trato_store* store,
                               const trato_as_of* as_of, trato_store** out_past,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_past, "out_past"));
    TRATO_ASSIGN_OR_RETURN(trato_as_of it, ReadStruct(as_of, "as_of"));
    if (it.reserved0 != 0) {
      return absl::InvalidArgumentError("as_of.reserved0 is not 0");
    }
    TRATO_ASSIGN_OR_RETURN(std::shared_ptr<Store> past,
                           core->AsOf(it.as_of_us, it.known_at));
    *out_past = new trato_store{std::move(past)};
    return absl::OkStatus();
  });
}

trato_status trato_store_fork(const trato_store* store,
                              const trato_fork_options* options,
                              trato_store** out_fork,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_fork, "out_fork"));
    trato_fork_options it = TRATO_FORK_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(it, ReadStruct(options, "options"));
    }
    if (it.reserved0 != 0) {
      return absl::UnimplementedError("options.reserved0 is not 0");
    }
    TRATO_ASSIGN_OR_RETURN(std::shared_ptr<Store> fork,
                           core->Fork(it.memory_limit));
    *out_fork = new trato_store{std::move(fork)};
    return absl::OkStatus();
  });
}

trato_status trato_store_view(const trato_store* store,
                              const trato_view_options* options,
                              trato_store** out_view,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_view, "out_view"));
    TRATO_ASSIGN_OR_RETURN(trato_view_options it,
                           ReadStruct(options, "options"));
    if (it.any > 1) {
      return absl::InvalidArgumentError("options.any is neither 0 nor 1");
    }
    if (it.tag_count > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(it.tags, "options.tags"));
    }
    trato::core::ViewOptions how;
    how.any = it.any == 1;
    for (size_t i = 0; i < it.tag_count; ++i) {
      const std::string field = StrCat("options.tags[", i, "]");
      TRATO_ASSIGN_OR_RETURN(std::string_view name,
                             ToText(it.tags[i].name, StrCat(field, ".name")));
      TRATO_ASSIGN_OR_RETURN(std::string_view value,
                             ToText(it.tags[i].value, StrCat(field, ".value")));
      how.tags.emplace_back(name, value);
    }
    TRATO_ASSIGN_OR_RETURN(how.filter, ToText(it.filter, "options.filter"));
    TRATO_ASSIGN_OR_RETURN(std::shared_ptr<Store> view, core->View(how));
    *out_view = new trato_store{std::move(view)};
    return absl::OkStatus();
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
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
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
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
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
