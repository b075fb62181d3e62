// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A store that begins as another one is now, to try something out and throw it
// away. One over a file reads what is sealed from that file, as it is at this
// moment, and keeps what it writes in memory; it is loaded as a store that is
// opened. One of a store in memory shares the blocks and folds the rest anew.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "engine/store_impl.h"

namespace trato::core {

absl::StatusOr<std::shared_ptr<Store>> Store::Fork(
    uint64_t memory_limit) const {
  if (is_view()) {
    return absl::FailedPreconditionError(
        "this is a view, and a fork would show more: fork the store itself");
  }
  MutexLock lock(&impl_->writer);
  if (impl_->file == nullptr) return impl_->CheckOpen();
  if (impl_->is_past) {
    return absl::FailedPreconditionError(
        "this is the store as it was: fork the store itself");
  }
  if (!impl_->damage.empty()) {
    return absl::FailedPreconditionError(
        "the store is damaged: it cannot be forked");
  }
  if (!impl_->file->read_only()) {
    TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
    const absl::Status status = impl_->Sync();
    if (!status.ok()) impl_->broken = true;
    TRATO_RETURN_IF_ERROR(status);
  }
  auto fork = std::make_unique<Impl>();
  TRATO_RETURN_IF_ERROR(fork->ForkFrom(
      *impl_, memory_limit == 0 ? impl_->memory_limit : memory_limit));
  return std::shared_ptr<Store>(new Store(std::move(fork)));
}

absl::Status Store::Impl::ForkFrom(Impl& from, uint64_t limit) {
  path = from.path;
  run = from.run;
  seed = from.seed;
  key = from.key;
  state->consents.lists().hasher() = from.state->consents.lists().hasher();
  TRATO_ASSIGN_OR_RETURN(file, from.file->Fork());
  TRATO_RETURN_IF_ERROR(path.empty() ? ForkInMemory(from) : LoadAll(limit));
  forked_at = position;
  // What is erased there must not go on here unseen.
  forked_from = from.shared;
  return absl::OkStatus();
}

absl::Status Store::Impl::ForkInMemory(Impl& from) {
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<Impl> folded, FoldAnew(from, {}));
  state = std::move(folded->state);
  const State& then = *from.state;
  state->timeline.SetHorizon({});
  state->keys.InsertFrom(then.keys, state->voided_keys);
  state->has_sealed_keys = then.has_sealed_keys;
  chain = Chain(&state->names);
  position = from.position;
  unsealed = from.unsealed;
  unsealed_bytes = from.unsealed_bytes;
  memory_limit = from.memory_limit;
  sealed = from.sealed;
  if (!from.merge) return absl::OkStatus();
  // Runs that are being merged are told by their place in memory.
  const auto mine = [&](const std::shared_ptr<Run>& run) {
    for (const auto& it : state->timeline.runs()) {
      if (run != nullptr && it->id == run->id) return it;
    }
    return std::shared_ptr<Run>();
  };
  merge = from.merge;
  merge->output = mine(merge->output);
  for (auto& input : merge->inputs) input = mine(input);
  return absl::OkStatus();
}

}  // namespace trato::core
