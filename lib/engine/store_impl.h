// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: the store's one writer and its many readers. A write
// checks its facts, gives them ids, journals them as one entry, and then folds
// them into the state, under one lock: readers see all of it or nothing.

#ifndef TRATO_ENGINE_STORE_IMPL_H_
#define TRATO_ENGINE_STORE_IMPL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/checks.h"
#include "engine/state.h"
#include "storage/store_file.h"
#include "trato/store.h"

namespace trato::core {

// A fact on its way in.
struct NewFact {
  Fact fact;
  // Whether the caller said when it happened. If not, the same fact sent again
  // later is still the same.
  bool time_is_given = true;
};

struct Store::Impl {
  std::string path;
  mutable absl::Mutex mutex;
  std::unique_ptr<StoreFile> file ABSL_GUARDED_BY(mutex);  // null: closed
  State state ABSL_GUARDED_BY(mutex);
  uint64_t position ABSL_GUARDED_BY(mutex) = 0;
  // An entry is with the file and not all of it is in the state: memory ran
  // out.
  bool broken ABSL_GUARDED_BY(mutex) = false;
  // The file lost what the state has: a write failed.
  absl::Status failed ABSL_GUARDED_BY(mutex);
  // The now_us of the first write that is not synced yet.
  int64_t pending_since_us ABSL_GUARDED_BY(mutex) = 0;

  // Opens the file and folds its journal; a new store gets `settings`.
  absl::Status Load(const StoreOptions& options, StoreSettings settings)
      ABSL_LOCKS_EXCLUDED(mutex);

  absl::Status SyncFile() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  absl::Status CheckOpen() const ABSL_SHARED_LOCKS_REQUIRED(mutex);

  // An envelope with the options' actor, source and batch.
  static Fact Envelope(int64_t event_us, int64_t now_us,
                       const WriteOptions& options);

  struct CommitOptions {
    bool buffered = false;
    bool dry_run = false;  // check, and say what would be added
    // Leads the error of the i-th fact. May be empty.
    std::function<std::string(size_t)> prefix;
    // Says for each fact whether it was new. May be null.
    std::vector<bool>* added = nullptr;
  };
  // One transaction: all of the facts, or none, in this order. What is known
  // already is left out. Definitions among them are in force for the facts
  // after them.
  absl::StatusOr<Written> Commit(std::vector<NewFact> facts, int64_t now_us,
                                 const CommitOptions& options)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  absl::StatusOr<Written> Commit(NewFact fact, int64_t now_us, bool buffered)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  // What is known already, said again: durable by the time a synced call says
  // so.
  absl::Status CommitNothing(int64_t now_us, bool buffered)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    CommitOptions options;
    options.buffered = buffered;
    return Commit(std::vector<NewFact>(), now_us, options).status();
  }

  // Facts for those of the checked definitions that change anything.
  std::vector<NewFact> DefinitionFacts(std::vector<Definition> definitions,
                                       int64_t now_us,
                                       const WriteOptions& options) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex);
  absl::Status CommitDefinitions(std::vector<Definition> definitions,
                                 int64_t now_us, const WriteOptions& options)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  // The leader of the customer with this identifier, as far as anything is
  // known of her at now_us.
  absl::StatusOr<RecordNumber> Resolve(std::string_view customer,
                                       int64_t now_us) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex);

  // Money in the currency named, or in the store's.
  absl::StatusOr<Value> ToValue(const ValueInput& input) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex);

 private:
  absl::Status Journal(std::span<const Fact> facts, int64_t now_us,
                       bool buffered, uint64_t& next_position)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

inline IdBytes ToBytes(const Id& id) {
  IdBytes bytes;
  id.ToBytes(bytes.data());
  return bytes;
}
inline FactId ToFactId(const IdBytes& bytes) {
  return FactId{Id::FromBytes(bytes.data())};
}

// OUT_OF_RANGE unless now_us is a time that can be.
absl::Status CheckNow(int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_IMPL_H_
