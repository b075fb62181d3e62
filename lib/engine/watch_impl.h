// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One watch.

#ifndef TRATO_ENGINE_WATCH_IMPL_H_
#define TRATO_ENGINE_WATCH_IMPL_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/node_hash_set.h"
#include "base/mutex.h"
#include "engine/state.h"
#include "segment/live_segments.h"
#include "trato/watch.h"

namespace trato::core {

// What a host has called when changes wait.
class Nudge {
 public:
  // FAILED_PRECONDITION: it is this thread that is in it.
  absl::Status Set(std::function<bool()> call);
  bool is_set() const { return is_set_.load(std::memory_order_relaxed); }
  bool has_failed() const { return has_failed_; }
  // Where another thread is in it, that one calls it again.
  void Call();

 private:
  std::atomic<bool> is_set_ = false;
  std::atomic<bool> has_failed_ = false;
  std::atomic<bool> is_wanted_ = false;
  std::atomic<const void*> caller_ = nullptr;  // of the thread that is in it
  std::mutex mutex_;                           // held while it is called
  std::function<bool()> call_;
};

struct Watch::Impl : std::enable_shared_from_this<Watch::Impl> {
  Impl(std::shared_ptr<Store::Impl> of, std::vector<std::string> names,
       bool is_net);

  const std::shared_ptr<Store::Impl> store;
  // It is watched as long as it is the store's.
  const std::shared_ptr<State> state;
  const bool net;

  mutable Mutex mutex;
  LiveSegments live ABSL_GUARDED_BY(mutex);
  size_t taken ABSL_GUARDED_BY(mutex) = 0;  // of live.changes()
  // Of live.told(): of more than that a nudge is due.
  uint64_t nudged ABSL_GUARDED_BY(mutex) = 0;
  Nudge nudge;
  // Of segments, as they were handed out: these stay.
  absl::node_hash_set<std::string> names ABSL_GUARDED_BY(mutex);
  // A test could not read what it needs.
  absl::Status failed ABSL_GUARDED_BY(mutex);

  // Has the thread's CallNudges make a nudge, where one is due.
  void NoteChanges() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  // FAILED_PRECONDITION when the store became another one as a whole.
  absl::Status Check() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_WATCH_IMPL_H_
