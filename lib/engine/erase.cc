// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Taking a person out. Everything is sealed first, so that she lies in blocks
// only; then, in one transaction, each block that holds rows or facts of hers
// is replaced by one without them, her records' names and salts go, and a fact
// says that somebody was erased. What the chain was made of is gone with her,
// so the commitments that it needs take its place; they say nothing. Then the
// write-ahead log is emptied, and the state is read anew from what is left.
//
// A process that dies before the transaction has erased nothing, and one that
// dies after it leaves a log that the next writer empties as it opens.

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/erasure_answers.h"
#include "engine/eraser.h"

namespace trato::core {

absl::StatusOr<std::vector<KeptCommitment>> Store::Impl::LoadKept(
    const StoreFile& file) {
  std::vector<KeptCommitment> kept;
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids,
                         file.ListBlocks(kKept));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, file.ReadBlock(id));
    TRATO_RETURN_IF_ERROR(DecodeKept(bytes, kept));
  }
  return kept;
}

absl::Status Store::Impl::Reload() {
  Impl fresh;
  fresh.path = path;
  fresh.file = file;
  fresh.state->consents.lists().hasher() = state->consents.lists().hasher();
  const absl::Status status = fresh.LoadAll(memory_limit);
  if (!status.ok()) {
    broken = true;
    return status;
  }
  WriterMutexLock lock(&mutex);
  state = std::move(fresh.state);
  former_states.clear();
  position = fresh.position;
  unsealed = std::move(fresh.unsealed);
  unsealed_bytes = fresh.unsealed_bytes;
  parts = std::move(fresh.parts);
  parts_are_merged = false;
  has_groups = fresh.has_groups;
  sealed = fresh.sealed;
  merge = std::move(fresh.merge);
  merge_debt = 0;
  seal_at = 0;
  chain = std::move(fresh.chain);
  chain_is_loaded = fresh.chain_is_loaded;
  records_at_open = fresh.records_at_open;
  link_ends = std::move(fresh.link_ends);
  known_kinds.clear();
  return absl::OkStatus();
}

absl::Status Store::Impl::Rebuild(Eraser& left) {
  Impl fresh;
  fresh.file = file;
  const State& then = *state;
  fresh.state->consents.lists().hasher() = then.consents.lists().hasher();
  std::vector<std::string> names;
  for (uint32_t i = 0; i < then.names.size(); ++i) {
    names.emplace_back(left.NameGoes(i) ? Tombstone(i)
                                        : std::string(then.names.Text(i)));
  }
  fresh.state->Begin(names);
  CustomerStore& customers = fresh.state->customers;
  const auto records = static_cast<RecordNumber>(then.customers.record_count());
  customers.Reserve(records);
  for (RecordNumber i = 0; i < records; ++i) {
    if (left.Goes(i)) {
      customers.Add(Tombstone(i));
      continue;
    }
    customers.Add(then.customers.RecordName(i));
    const auto changed = left.first_seen().find(i);
    customers.TouchRecord(i, changed == left.first_seen().end()
                                 ? then.customers.FirstSeen(i)
                                 : changed->second);
  }
  Timeline& timeline = fresh.state->timeline;
  then.timeline.ShareWith(timeline);
  timeline.SetRuns(left.runs());
  std::vector<AmendedInteraction> places;
  then.timeline.amendments().ForEach([&](const AmendedInteraction& it) {
    if (!it.found || left.Goes(it.record) || left.GoesAmended(it.fact)) return;
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
  fresh.state->interactions = then.interactions - left.interactions();
  ReadScope scope;
  std::vector<uint64_t> hashes;
  timeline.ForEachRaw([&](uint32_t, const InteractionRef& it) {
    const std::string idempotency_key = timeline.KeyOf(it);
    if (idempotency_key.empty()) return;
    hashes.push_back(
        State::KeyHash(then.names.Text(it.source()), idempotency_key));
  });
  TRATO_RETURN_IF_ERROR(scope.status());
  SortHashes(hashes);
  fresh.state->keys.InsertSorted(std::move(hashes));
  fresh.state->has_sealed_keys = false;
  for (const auto& [at, entry] : left.entries()) {
    TRATO_RETURN_IF_ERROR(fresh.ReplayEntry(entry, at, {}));
  }
  {
    WriterMutexLock lock(&mutex);
    chain = Chain(&fresh.state->names);
    state = std::move(fresh.state);
    former_states.clear();
    unsealed = std::move(left.entries());
    known_kinds.clear();
    // Runs that were being merged are read as they are, and merged anew.
    merge.reset();
  }
  return LeaveOutRetracted();
}

std::vector<SuppressionHash> Store::Impl::ObjectionsOf(
    std::span<const RecordNumber> records, int64_t now_us) const {
  const CustomerStore& customers = state->customers;
  const SuppressionHasher& hasher = state->consents.lists().hasher();
  std::vector<SuppressionHash> hashes;
  for (RecordNumber record : records) {
    const ConsentAnswer objection = state->consents.ObjectionOf(
        customers, customers.LeaderOf(record), now_us);
    if (objection.state == ConsentState::kNone) continue;
    hashes.push_back(hasher.Hash(customers.RecordName(record)));
    for (std::string_view identifier : customers.ClaimsOf(record)) {
      hashes.push_back(hasher.Hash(identifier));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

absl::StatusOr<ErasureReport> Store::Impl::Erase(
    std::span<const RecordNumber> records, ErasureFact erasure, int64_t now_us,
    const WriteOptions& options) {
  if (shared.use_count() > 1) {
    return absl::FailedPreconditionError(
        "a store of the past is open, which still shows what is to be erased: "
        "close it first");
  }
  Fact fact = Envelope(kAtNow, now_us, options);
  ErasureReport report;
  report.id = erasure.id;
  report.at_us = fact.event_us;
  report.records = records.size();
  fact.payload = erasure;
  TRATO_RETURN_IF_ERROR(CheckFact(*state, state->schema, fact));
  TRATO_RETURN_IF_ERROR(Seal());
  Eraser eraser(*this, records);
  TRATO_RETURN_IF_ERROR(eraser.Find());
  Sealing sealing;
  TRATO_RETURN_IF_ERROR(eraser.Put(sealing));
  report.facts = erasure.facts = eraser.facts();
  report.interactions = erasure.interactions = eraser.interactions();
  fact.payload = std::move(erasure);
  std::vector<NewFact> facts;
  if (auto held_back = ObjectionsOf(records, now_us); !held_back.empty()) {
    // That she must not be contacted outlives her.
    Fact list = Envelope(kAtNow, now_us, options);
    list.payload = SuppressionUpdateFact{
        std::string(SuppressionLists::kObjections), false,
        state->consents.lists().hasher().KeyCheck(), std::move(held_back)};
    facts.push_back({std::move(list), true});
  }
  facts.push_back({std::move(fact), true});
  merge_debt = 0;  // no merge before the blocks are in
  CommitOptions buffered;
  buffered.buffered = true;
  TRATO_RETURN_IF_ERROR(Commit(std::move(facts), now_us, buffered).status());
  report.position = position;
  TRATO_ASSIGN_OR_RETURN(report.purged, TakeOut(eraser, sealing));
  return report;
}

absl::StatusOr<bool> Store::Impl::TakeOut(Eraser& eraser, Sealing& sealing) {
  if (path.empty()) {
    // What says so is the last entry.
    eraser.entries().push_back(std::move(unsealed.back()));
    TRATO_RETURN_IF_ERROR(Rebuild(eraser));
    return true;
  }
  for (const auto& slot : eraser.retired()) {
    state->timeline.cache().Retire(slot);
  }
  for (const auto& slot : eraser.retired_parts()) {
    parts->cache->Retire(*slot).IgnoreError();
  }
  sealed.interactions -= eraser.interactions();
  PutManifest(sealing, eraser.runs());
  const trato::core::Head head = file->head();
  absl::Status status = file->Seal(
      sealing, chain.Next(head.chain, head.position + file->pending_entries(),
                          [this](uint32_t record) {
                            return state->customers.RecordName(record);
                          }));
  chain.Drop();
  const bool purged = status.ok() && file->Purge().ok();
  // Where nothing was written, the file says what holds.
  const absl::Status reloaded = Reload();
  TRATO_RETURN_IF_ERROR(status);
  TRATO_RETURN_IF_ERROR(reloaded);
  return purged;
}

absl::Status Store::Impl::ApplyErasures(std::string_view list) {
  if (list.empty()) return absl::OkStatus();
  TRATO_ASSIGN_OR_RETURN(const std::vector<Erasure> erasures,
                         DecodeErasures(list));
  absl::flat_hash_set<Id> known;
  for (const Erasure& it : state->erasures) known.insert(it.id);
  absl::flat_hash_map<Id, RecordNumber> records;  // by subject
  for (const Erasure& it : erasures) {
    if (known.contains(it.id)) continue;
    if (file->read_only()) {
      return absl::FailedPreconditionError(StrCat(
          "erasures: ", path,
          " is from before some of them; open it once to be written, so that "
          "they are made"));
    }
    if (records.empty()) {
      const CustomerStore& customers = state->customers;
      for (RecordNumber i = 0; i < customers.record_count(); ++i) {
        records.emplace(SubjectOf(key, customers.RecordName(i)), i);
      }
    }
    std::vector<RecordNumber> there;
    for (const Id& subject : it.subjects) {
      const auto found = records.find(subject);
      if (found != records.end()) there.push_back(found->second);
    }
    // Dated as it was: the list that this store gives out is the same.
    TRATO_RETURN_IF_ERROR(
        Erase(there, {it.id, it.subjects, 0, 0, ""}, it.at_us, {}).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Store::EraseCustomer(std::string_view customer,
                                                 std::string_view reason,
                                                 int64_t now_us,
                                                 const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckIdentifier("customer", customer));
  const CustomerStore& customers = impl_->state->customers;
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         customers.Resolve(customer));
  const auto of_customer = customers.RecordsOf(leader);
  const std::vector<RecordNumber> records(of_customer.begin(),
                                          of_customer.end());
  ErasureFact erasure;
  unsigned char id[16];
  randombytes_buf(id, sizeof(id));
  erasure.id = Id::FromBytes(id);
  erasure.reason = reason;
  for (RecordNumber record : records) {
    erasure.subjects.push_back(
        SubjectOf(impl_->key, customers.RecordName(record)));
  }
  std::sort(erasure.subjects.begin(), erasure.subjects.end());
  TRATO_ASSIGN_OR_RETURN(
      const ErasureReport report,
      impl_->Erase(records, std::move(erasure), now_us, options));
  return ErasureJson(report, impl_->state->zone);
}

std::string Store::Erasures() const {
  ReaderMutexLock lock(&impl_->mutex);
  return EncodeErasures(impl_->state->erasures);
}

}  // namespace trato::core
