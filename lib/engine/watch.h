// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the writer tells those who watch segments. Each watch has a lock of its
// own, taken after the store's.

#ifndef TRATO_ENGINE_WATCH_H_
#define TRATO_ENGINE_WATCH_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/container/node_hash_set.h"
#include "base/mutex.h"
#include "codec/fact.h"
#include "engine/state.h"
#include "segment/live_segments.h"
#include "trato/watch.h"

namespace trato::core {

struct Watch::Impl {
  Impl(std::shared_ptr<Store::Impl> of, std::vector<std::string> names,
       bool is_net);

  const std::shared_ptr<Store::Impl> store;
  // It is watched as long as it is the store's.
  const std::shared_ptr<State> state;
  const bool net;

  mutable Mutex mutex;
  LiveSegments live ABSL_GUARDED_BY(mutex);
  size_t taken ABSL_GUARDED_BY(mutex) = 0;  // of live.changes()
  // Of segments, as they were handed out: these stay.
  absl::node_hash_set<std::string> names ABSL_GUARDED_BY(mutex);
  // A test could not read what it needs.
  absl::Status failed ABSL_GUARDED_BY(mutex);

  // FAILED_PRECONDITION when the store became another one as a whole.
  absl::Status Check() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

// Those of one store. The store's lock is held for writing by who calls.
class Watches {
 public:
  bool empty() const { return all_.empty(); }
  void Add(std::shared_ptr<Watch::Impl> watch);
  void Remove(const Watch::Impl* watch);

  // Before an entry that is written at now_us changes the state.
  void BeforeEntry(int64_t now_us);
  // After it has.
  void AfterEntry(const State& state, uint64_t position,
                  std::span<const Fact> facts);
  // The same for one interaction.
  void AfterInteraction(const State& state, uint64_t position,
                        RecordNumber record, uint32_t type, int64_t at_us,
                        const Money& amount);
  // After a table of interactions came in.
  void AfterTable(uint64_t position);

 private:
  void TellGroups(Watch::Impl& watch, uint64_t position);
  void TellFact(Watch::Impl& watch, const State& state, const Fact& fact,
                uint64_t position);

  std::vector<std::shared_ptr<Watch::Impl>> all_;
  // Customers who came to have other records.
  std::vector<RecordNumber> regrouped_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_WATCH_H_
