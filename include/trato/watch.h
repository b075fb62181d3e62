// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Segments kept exact while facts come and time passes, and who enters and
// leaves them. The C++20 API of the compiled core; trato.h says what it means.

#ifndef TRATO_WATCH_H_
#define TRATO_WATCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trato/store.h"

namespace trato::core {

// Up to where a host has taken the changes.
struct ChangeCursor {
  int64_t at_us = 0;
  uint64_t position = 0;
};

struct WatchOptions {
  std::vector<std::string_view> segments;  // empty: all that are defined
  std::optional<ChangeCursor> since;       // none: from now_us on
  bool net = false;  // of what waits only what is left of it
  // What Watch::Save gave; empty: none. Then without `since`.
  std::string_view saved;
};

struct WatchState {
  int64_t clock_us = 0;
  uint64_t position = 0;
  uint64_t pending = 0;
  uint64_t tested = 0;  // how often it tested a customer, for whatever reason
  uint64_t wakeups = 0;
  uint64_t idle_wakeups = 0;
  bool is_done = false;
  bool nudge_failed = false;
};

// A change as it is handed out; its texts live as long as the watch.
struct Change {
  int64_t at_us = 0;
  uint64_t position = 0;
  std::string_view segment;
  IdBytes id{};
  std::string_view customer;
  bool entered = false;
  uint32_t cause = 0;
};

class Watch {
 public:
  // The store may be closed before the watch ends.
  static absl::StatusOr<std::shared_ptr<Watch>> Open(Store& store,
                                                     const WatchOptions& options,
                                                     int64_t now_us);
  ~Watch();

  absl::StatusOr<WatchState> Advance(int64_t now_us, uint64_t max_wakeups);
  // The members of a watched segment at the clock.
  absl::StatusOr<uint64_t> Count(std::string_view segment) const;
  // Calls `take` for what waits, in order, until it gives false; that one waits
  // on.
  absl::Status Take(const std::function<bool(const Change&)>& take);
  absl::StatusOr<std::string> Save() const;
  // `changed` gives false where it failed; empty: nothing is called.
  absl::Status OnChange(std::function<bool()> changed);

  struct Impl;

 private:
  explicit Watch(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

// Calls who wants to know of what this thread's calls have changed. Made by the
// C interface at the end of each call; a host of this one makes it itself, with
// no lock of its own that a callback may want.
void CallNudges();

}  // namespace trato::core

#endif  // TRATO_WATCH_H_
