// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The store as it was, and the store as another process wrote it since. A past
// is a state of its own, folded from the facts that were known; the
// interactions are shared, and seen through a horizon.

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// Leaves out what happened later. What the store's times mean, and what was
// defined, holds for all times.
void KeepUntil(int64_t as_of_us, std::vector<Fact>& facts) {
  std::erase_if(facts, [&](const Fact& fact) {
    return fact.event_us > as_of_us &&
           !std::holds_alternative<StoreSettings>(fact.payload) &&
           DefinitionIn(fact.payload) == nullptr;
  });
}

}  // namespace

absl::Status Store::Impl::ReplayEntry(std::string_view entry, uint64_t at,
                                      const Horizon& horizon) {
  if (at > horizon.known_at) return absl::OkStatus();
  TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
  if (is_past) KeepUntil(horizon.as_of_us, decoded.facts);
  return state->Replay(std::move(decoded.facts), at);
}

absl::StatusOr<std::unique_ptr<Store::Impl>> Store::Impl::FoldAnew(
    Impl& now, const Horizon& horizon, std::string_view batch) {
  for (bool keep_definitions : {false, true}) {
    auto folded = std::make_unique<Impl>();
    TRATO_RETURN_IF_ERROR(
        folded->LoadPast(now, horizon, batch, keep_definitions));
    if (keep_definitions || !folded->state->MissesDefinitions()) return folded;
  }
  return absl::InternalError("not reached");
}

absl::Status Store::Impl::LoadPast(Impl& now, const Horizon& horizon,
                                   std::string_view batch,
                                   bool keep_definitions) {
  is_past = true;
  path = now.path;
  run = now.run;
  file = now.file;
  shared = now.shared;
  position = std::min(now.position, horizon.known_at);
  const State& then = *now.state;
  state->consents.lists().hasher() = then.consents.lists().hasher();
  std::vector<std::string> names;
  for (uint32_t i = 0; i < then.names.size(); ++i) {
    names.emplace_back(then.names.Text(i));
  }
  state->Begin(names);
  state->has_sealed_keys = false;
  for (const auto& [retracted, at] : then.retractions) {
    if (at <= horizon.known_at) {
      state->voided.emplace(retracted, keep_definitions);
    }
  }
  if (!batch.empty()) state->voided.emplace(batch, keep_definitions);
  // Records keep their numbers; nobody has heard of them yet.
  CustomerStore& customers = state->customers;
  const auto records = static_cast<RecordNumber>(then.customers.record_count());
  customers.Reserve(records);
  for (RecordNumber i = 0; i < records; ++i) {
    customers.Add(then.customers.RecordName(i));
  }
  Timeline& timeline = state->timeline;
  timeline.SetHorizon(horizon);
  then.timeline.ShareWith(timeline);
  std::vector<AmendedInteraction> places;
  then.timeline.amendments().ForEach([&](const AmendedInteraction& it) {
    if (!it.found) return;
    AmendedInteraction& place = places.emplace_back();
    place.fact = it.fact;
    place.record = it.record;
    place.type = it.type;
    place.at_us = it.at_us;
    place.source = it.source;
    place.position = it.position;
    place.key = it.key;
  });
  timeline.amendments().Expect(std::move(places));
  if (!path.empty()) {
    parts = now.parts;
    TRATO_RETURN_IF_ERROR(ReplaySealed(horizon));
    TRATO_RETURN_IF_ERROR(ReplayRecordFacts(horizon));
  }
  for (const auto& [at, entry] : now.unsealed) {
    TRATO_RETURN_IF_ERROR(ReplayEntry(entry, at, horizon));
  }
  // And with their first interaction.
  absl::flat_hash_set<uint32_t> voided;
  for (const auto& [name, keeps] : state->voided) {
    if (auto number = state->names.Find(name)) voided.insert(*number);
  }
  ReadScope scope;
  timeline.ForEachRaw([&](uint32_t record, const InteractionRef& it) {
    if (it.position() > horizon.known_at || it.at_us() > horizon.as_of_us) {
      return;
    }
    ++state->interactions;
    if (voided.contains(it.batch())) return;
    const bool is_new = !customers.IsNamed(record);
    customers.TouchRecord(record, it.at_us());
    if (is_new) customers.Admit(record);
  });
  return scope.status();
}

absl::StatusOr<std::shared_ptr<Store>> Store::AsOf(int64_t as_of_us,
                                                   uint64_t known_at) const {
  Horizon horizon;
  if (as_of_us != std::numeric_limits<int64_t>::max()) {
    TRATO_RETURN_IF_ERROR(CheckInstant("as_of_us", as_of_us));
    horizon.as_of_us = as_of_us;
  }
  horizon.known_at = known_at;
  MutexLock lock(&impl_->writer);
  if (impl_->file == nullptr) return impl_->CheckOpen();
  TRATO_RETURN_IF_ERROR(impl_->CheckTold("as_of_us", horizon.as_of_us));
  if (impl_->is_past) {
    return absl::FailedPreconditionError(
        "this is the store as it was; ask the store itself for another past");
  }
  if (known_at == 0) {
    return absl::OutOfRangeError("known_at: the log begins at position 1");
  }
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<Impl> past,
                         Impl::FoldAnew(*impl_, horizon));
  return std::shared_ptr<Store>(new Store(std::move(past)));
}

absl::Status Store::Refresh() {
  MutexLock lock(&impl_->writer);
  if (impl_->file == nullptr) return impl_->CheckOpen();
  if (impl_->is_past || !impl_->file->read_only()) return absl::OkStatus();
  if (!impl_->damage.empty()) {
    return absl::FailedPreconditionError(
        "the store is damaged: what it holds does not change any more");
  }
  TRATO_RETURN_IF_ERROR(impl_->file->Refresh());
  // A state of its own, so that readers keep the old one until it is whole.
  Impl fresh;
  fresh.path = impl_->path;
  fresh.file = impl_->file;
  fresh.state->consents.lists().hasher() =
      impl_->state->consents.lists().hasher();
  TRATO_RETURN_IF_ERROR(fresh.LoadAll(impl_->memory_limit));
  WriterMutexLock state_lock(&impl_->mutex);
  impl_->state = std::move(fresh.state);
  impl_->position = fresh.position;
  impl_->unsealed = std::move(fresh.unsealed);
  impl_->parts = std::move(fresh.parts);
  impl_->sealed = fresh.sealed;
  return absl::OkStatus();
}

}  // namespace trato::core
