// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "trato/watch.h"

#include <functional>
#include <memory>
#include <utility>

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::StrCat;
using trato::core::Watch;

struct trato_watch {
  std::shared_ptr<Watch> watch;
};

namespace {

absl::Status CheckWatch(const trato_watch* watch) {
  return CheckSet(watch, "watch");
}

}  // namespace

void trato::capi::CallNudges() noexcept {
  // A want of memory on the way leaves who was to be called for the next time.
  (void)Run(nullptr, [] {
    trato::core::CallNudges();
    return absl::OkStatus();
  });
}

extern "C" {

trato_status trato_watch_open(trato_store* store,
                              const trato_watch_options* options,
                              int64_t now_us, trato_watch** out_watch,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(trato::core::Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_watch, "out_watch"));
    trato::core::WatchOptions wanted;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(const trato_watch_options it,
                             ReadStruct(options, "options"));
      if ((it.flags & ~TRATO_WATCH_NET) != 0) {
        return absl::InvalidArgumentError("options.flags has an unknown flag");
      }
      wanted.net = (it.flags & TRATO_WATCH_NET) != 0;
      if (it.segment_count > 0) {
        TRATO_RETURN_IF_ERROR(CheckSet(it.segments, "options.segments"));
      }
      for (size_t i = 0; i < it.segment_count; ++i) {
        TRATO_ASSIGN_OR_RETURN(
            std::string_view name,
            ToText(it.segments[i], StrCat("options.segments[", i, "]")));
        wanted.segments.push_back(name);
      }
      if (it.since != nullptr) {
        wanted.since = {it.since->at_us, it.since->position};
      }
      TRATO_ASSIGN_OR_RETURN(wanted.saved, ToBytes(it.saved, "options.saved"));
    }
    TRATO_ASSIGN_OR_RETURN(std::shared_ptr<Watch> watch,
                           Watch::Open(*core, wanted, now_us));
    *out_watch = new trato_watch{std::move(watch)};
    return absl::OkStatus();
  });
}

trato_status trato_watch_advance(trato_watch* watch, int64_t now_us,
                                 uint64_t max_wakeups,
                                 trato_watch_state* out_state,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckWatch(watch));
    TRATO_ASSIGN_OR_RETURN(const trato::core::WatchState state,
                           watch->watch->Advance(now_us, max_wakeups));
    if (out_state != nullptr) {
      *out_state = {state.clock_us,     state.position,
                    state.pending,      state.wakeups,
                    state.idle_wakeups, state.is_done ? 1u : 0u,
                    state.nudge_failed ? 1u : 0u};
    }
    return absl::OkStatus();
  });
}

trato_status trato_watch_next(trato_watch* watch, trato_change* out_changes,
                              size_t capacity, size_t* out_count,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckWatch(watch));
    TRATO_RETURN_IF_ERROR(CheckSet(out_count, "out_count"));
    if (capacity > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(out_changes, "out_changes"));
    }
    size_t count = 0;
    TRATO_RETURN_IF_ERROR(
        watch->watch->Take([&](const trato::core::Change& it) {
          if (count == capacity) return false;
          out_changes[count++] = {it.at_us,
                                  it.position,
                                  ToStr(it.segment),
                                  ToStr(it.customer),
                                  ToId(it.id),
                                  it.entered ? 1u : 0u,
                                  it.cause};
          return true;
        }));
    *out_count = count;
    return absl::OkStatus();
  });
}

trato_status trato_watch_count(const trato_watch* watch, trato_str segment,
                               uint64_t* out_members,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckWatch(watch));
    TRATO_RETURN_IF_ERROR(CheckSet(out_members, "out_members"));
    TRATO_ASSIGN_OR_RETURN(std::string_view name, ToText(segment, "segment"));
    TRATO_ASSIGN_OR_RETURN(*out_members, watch->watch->Count(name));
    return absl::OkStatus();
  });
}

trato_status trato_watch_on_change(trato_watch* watch, trato_changed_fn changed,
                                   void* context,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckWatch(watch));
    std::function<bool()> call;
    if (changed != nullptr) {
      call = [changed, context] {
        bool is_done = false;
        (void)Run(nullptr, [&] {
          is_done = changed(context) == 0;
          return absl::OkStatus();
        });
        return is_done;
      };
    }
    return watch->watch->OnChange(std::move(call));
  });
}

trato_status trato_watch_save(const trato_watch* watch, trato_buf* out_saved,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckWatch(watch));
    TRATO_RETURN_IF_ERROR(CheckSet(out_saved, "out_saved"));
    return MoveInto(watch->watch->Save(), out_saved);
  });
}

void trato_watch_destroy(trato_watch* watch) noexcept { delete watch; }

}  // extern "C"
