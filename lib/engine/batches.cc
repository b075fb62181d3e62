// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Batches: what came under one name, listed and taken back as a whole. Taking
// one back is a fact; the state is folded anew without the batch, here and
// whenever the store is opened. Its interactions are retracted one by one, so
// that the blocks in which they lie need not be written again.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "codec/batch_answers.h"
#include "codec/fact_codec.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

void Count(const Fact& fact, uint64_t position, BatchSummary& it) {
  if (position < it.first_position) {
    it.first_position = position;
    it.first_us = fact.recorded_us;
    it.actor = fact.actor;
    it.source = fact.source;
  }
  it.last_us = std::max(it.last_us, fact.recorded_us);
}

// All batches, by name, from the log.
absl::StatusOr<StringMap<BatchSummary>> Summarize(const Store::Impl& impl) {
  StringMap<BatchSummary> batches;
  const State& state = *impl.state;
  const auto of = [&](std::string_view name) -> BatchSummary& {
    auto found = batches.find(name);
    if (found == batches.end()) {
      found = batches.try_emplace(std::string(name)).first;
      found->second.batch = std::string(name);
    }
    return found->second;
  };
  const auto add_fact = [&](uint64_t at, const Fact& fact) {
    if (const auto* it = std::get_if<BatchRetractionFact>(&fact.payload)) {
      of(it->batch).retracted_us = fact.recorded_us;
      of(it->batch).reason = it->reason;
    }
    // What takes back a batch goes under its name.
    if (fact.batch.empty() ||
        std::holds_alternative<BatchRetractionFact>(fact.payload) ||
        (std::holds_alternative<CorrectionFact>(fact.payload) &&
         state.retractions.contains(fact.batch))) {
      return;
    }
    BatchSummary& it = of(fact.batch);
    Count(fact, at, it);
    if (std::holds_alternative<AttributeFact>(fact.payload)) {
      ++it.attributes;
    } else if (std::holds_alternative<ClaimFact>(fact.payload)) {
      ++it.identifiers;
    } else if (std::holds_alternative<ConsentFact>(fact.payload) ||
               std::holds_alternative<ObjectionFact>(fact.payload)) {
      ++it.consents;
    } else if (DefinitionIn(fact.payload) != nullptr) {
      ++it.definitions;
    } else {
      ++it.others;
    }
  };
  const auto add_entry = [&](uint64_t at,
                             std::string_view entry) -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    for (const Fact& fact : decoded.facts) add_fact(at, fact);
    return absl::OkStatus();
  };
  if (!impl.path.empty()) {
    TRATO_RETURN_IF_ERROR(
        Store::Impl::ForEachSealedEntry(*impl.file, add_entry));
    TRATO_RETURN_IF_ERROR(
        impl.ForEachRecordFact({}, [&](uint64_t at, const Fact& fact) {
          add_fact(at, fact);
          return absl::OkStatus();
        }));
  }
  for (const auto& [at, entry] : impl.unsealed) {
    TRATO_RETURN_IF_ERROR(add_entry(at, entry));
  }
  ReadScope scope;
  BatchSummary* last = nullptr;
  uint32_t last_name = 0;
  state.timeline.ForEachRaw([&](uint32_t record, const InteractionRef& it) {
    if (it.batch() == 0) return;
    if (last == nullptr || it.batch() != last_name) {
      last_name = it.batch();
      last = &of(state.names.Text(last_name));
    }
    ++last->interactions;
    if (it.position() < last->first_position ||
        it.recorded_us() > last->last_us) {
      Count(state.FactOf(record, it, {}), it.position(), *last);
    }
  });
  TRATO_RETURN_IF_ERROR(scope.status());
  return batches;
}

uint64_t CountCustomers(const State& state, int64_t now_us) {
  uint64_t customers = 0;
  state.customers.ForEachCustomer(now_us, [&](RecordNumber) { ++customers; });
  return customers;
}

}  // namespace

bool State::MissesDefinitions() const {
  if (voided_definitions.empty()) return false;
  for (const auto& [name, segment] : segments.all()) {
    if (!segment.program.ok()) return true;
  }
  for (const auto& [name, offer] : catalogue.all()) {
    if (!catalogue.Broken(offer).ok()) return true;
  }
  bool misses = false;
  absl::flat_hash_set<uint32_t> undefined;
  for (const Definition& definition : voided_definitions) {
    const auto* it = std::get_if<SchemaDefinition>(&definition);
    if (it == nullptr) continue;
    if (const auto* attribute = std::get_if<AttributeDefinition>(it)) {
      if (schema.FindAttribute(attribute->subject, attribute->name) ==
          nullptr) {
        if (attribute->subject == Subject::kInteraction) misses = true;
        if (auto name = names.Find(attribute->name)) undefined.insert(*name);
      } else {
        // Values may have been said since as it made them.
        const AttributeDefinition& left =
            *schema.FindAttribute(attribute->subject, attribute->name);
        misses = misses || left.type != attribute->type ||
                 left.many != attribute->many;
      }
    } else if (const auto* type = std::get_if<InteractionTypeDefinition>(it)) {
      misses = misses || !schema.HasInteractionType(type->name);
    } else if (const auto* channel = std::get_if<ChannelDefinition>(it)) {
      misses = misses || !schema.HasChannel(channel->name);
    } else if (const auto* purpose = std::get_if<PurposeDefinition>(it)) {
      misses = misses || !schema.Purpose("", purpose->name).ok();
    }
  }
  for (RecordNumber record = 0;
       !misses && !undefined.empty() && record < customers.record_count();
       ++record) {
    if (customers.LeaderOf(record) != record) continue;
    for (uint32_t name : customers.AttributesOf(record)) {
      misses = misses || undefined.contains(name);
    }
  }
  return misses;
}

absl::Status Store::Impl::LeaveOutRetracted() {
  const bool is_done = std::all_of(
      state->retractions.begin(), state->retractions.end(),
      [&](const auto& it) { return state->voided.contains(it.first); });
  if (is_done) return absl::OkStatus();
  // What a seal would still write must not be forgotten.
  if (!file->read_only() &&
      !state->timeline.amendments().newly_found().empty()) {
    TRATO_RETURN_IF_ERROR(Seal());
  }
  TRATO_ASSIGN_OR_RETURN(std::unique_ptr<Impl> folded, FoldAnew(*this, {}));
  State& fresh = *folded->state;
  // Runs that are being merged are told by their place in memory.
  fresh.timeline.SetRuns(state->timeline.runs());
  // Another fact may have the key of one that is left out.
  fresh.keys.InsertFrom(state->keys, fresh.voided_keys);
  fresh.has_sealed_keys = state->has_sealed_keys;
  fresh.customers.TakeEarlier(sealed.records);
  known_kinds.clear();
  std::vector<Salt> salts = std::move(chain.salts());
  WriterMutexLock lock(&mutex);
  former_states.push_back(std::exchange(state, std::move(folded->state)));
  chain = Chain(&state->names);
  chain.salts() = std::move(salts);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Store::BatchListJson() const {
  MutexLock writer_lock(&impl_->writer);
  if (impl_->file == nullptr) return impl_->CheckOpen();
  if (impl_->is_past) {
    return absl::FailedPreconditionError(
        "this is the store as it was; ask the store itself for its batches");
  }
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(StringMap<BatchSummary> by_name, Summarize(*impl_));
  std::vector<BatchSummary> batches;
  for (auto& [name, it] : by_name) {
    if (it.first_position != std::numeric_limits<uint64_t>::max()) {
      batches.push_back(std::move(it));
    }
  }
  std::stable_sort(batches.begin(), batches.end(),
                   [](const BatchSummary& a, const BatchSummary& b) {
                     return a.first_us < b.first_us;
                   });
  return trato::core::BatchListJson(impl_->state->model(), batches);
}

absl::StatusOr<std::string> Store::RetractBatch(std::string_view batch,
                                                const RetractOptions& retract,
                                                int64_t now_us,
                                                const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckLabel("batch", batch, kMaxIdentifierBytes));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  if (impl_->state->retractions.contains(batch)) {
    return absl::FailedPreconditionError(
        StrCat("batch '", batch, "' is retracted already"));
  }
  TRATO_ASSIGN_OR_RETURN(StringMap<BatchSummary> by_name, Summarize(*impl_));
  const auto found = by_name.find(batch);
  if (found == by_name.end()) {
    std::vector<std::string_view> known;
    for (const auto& [name, it] : by_name) known.push_back(name);
    return absl::NotFoundError(
        StrCat("there is no batch '", batch, "'", DidYouMean(batch, known)));
  }
  const uint64_t customers = CountCustomers(*impl_->state, now_us);
  if (retract.dry_run) {
    // As if it were taken back, in a state of its own.
    TRATO_ASSIGN_OR_RETURN(std::unique_ptr<Impl> folded,
                           Impl::FoldAnew(*impl_, {}, batch));
    const State& then = *folded->state;
    return RetractionJson(
        then.model(), found->second, true, customers,
        CountCustomers(then, now_us),
        then.voided.find(batch)->second && found->second.definitions > 0);
  }
  std::vector<NewFact> facts;
  Fact envelope = Impl::Envelope(kAtNow, now_us, options);
  envelope.batch.clear();
  envelope.payload =
      BatchRetractionFact{std::string(batch), std::string(retract.reason)};
  facts.push_back({envelope, true});
  const State& state = *impl_->state;
  if (const auto number = state.names.Find(batch)) {
    ReadScope scope;
    // Under the batch's own name: so they make no record known.
    envelope.batch = std::string(batch);
    state.timeline.ForEachRaw([&](uint32_t record, const InteractionRef& it) {
      if (it.batch() != *number) return;
      CorrectionFact correction;
      correction.record = std::string(state.customers.RecordName(record));
      correction.interaction = state.timeline.IdOf(record, it);
      correction.reason = "its batch was retracted";
      Fact fact = envelope;
      fact.payload = std::move(correction);
      facts.push_back({std::move(fact), true});
    });
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  Impl::CommitOptions commit;
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(std::move(facts), now_us, commit).status());
  TRATO_RETURN_IF_ERROR(impl_->LeaveOutRetracted());
  const State& after = *impl_->state;
  return RetractionJson(
      after.model(), found->second, false, customers,
      CountCustomers(after, now_us),
      after.voided.find(batch)->second && found->second.definitions > 0);
}

}  // namespace trato::core
