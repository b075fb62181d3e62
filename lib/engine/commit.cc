// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The way of a write, below what each call makes of its arguments.

#include <sched.h>

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "base/calendar.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/fact_codec.h"
#include "engine/store_impl.h"

namespace trato::core {
absl::Status CheckNow(int64_t now_us) { return CheckInstant("now_us", now_us); }

absl::Status Store::Impl::CheckOpen() const {
  if (file == nullptr) {
    return absl::FailedPreconditionError("the store is closed");
  }
  if (is_past) {
    return absl::FailedPreconditionError(
        "this is the store as it was: it can only be read");
  }
  if (file->read_only()) {
    return absl::FailedPreconditionError(
        StrCat(path, " was opened to be read only"));
  }
  if (broken) {
    return absl::UnavailableError(
        "a write was cut off in its middle; close the store and open it again");
  }
  return absl::OkStatus();
}

Fact Store::Impl::Envelope(int64_t event_us, int64_t now_us,
                           const WriteOptions& options) {
  Fact fact;
  fact.event_us = event_us == kAtNow ? now_us : event_us;
  fact.recorded_us = now_us;
  fact.actor = options.actor;
  fact.source = options.source.empty() ? "host" : options.source;
  fact.batch = options.batch;
  return fact;
}

void Store::Impl::Prepare(Request& request, std::span<Request* const> before) {
  const auto prefix = [&](size_t i) {
    return request.options.prefix ? request.options.prefix(i) : std::string();
  };
  const auto contradicts = [&](size_t i, std::string_view key) {
    request.status = absl::AlreadyExistsError(StrCat(
        prefix(i), "key '", key, "' is recorded already, with other content"));
    request.fresh.clear();
    request.known.clear();
  };
  // The schema as the facts so far make it; a copy once they change it.
  const Schema* schema = &state->schema;
  std::optional<Schema> changed;
  std::vector<bool>* const added = request.options.added;
  if (added != nullptr) added->assign(request.facts.size(), false);
  // What this request and those before it bring, by id, and by key.
  const auto find_fresh =
      [&](const auto& matches) -> std::pair<const Fact*, const KnownFact*> {
    const auto search =
        [&](const Request& in) -> std::pair<const Fact*, const KnownFact*> {
      for (size_t i = 0; i < in.fresh.size(); ++i) {
        if (matches(in.fresh[i])) return {&in.fresh[i], &in.known[i]};
      }
      return {nullptr, nullptr};
    };
    for (const Request* other : before) {
      if (auto found = search(*other); found.first != nullptr) return found;
    }
    return search(request);
  };
  // Places in `fresh` of this request, where there are many.
  absl::flat_hash_map<Id, size_t> here;
  absl::flat_hash_map<std::pair<std::string_view, std::string_view>, size_t>
      keyed_here;
  request.fresh.reserve(request.facts.size());
  request.known.reserve(request.facts.size());
  here.reserve(request.facts.size());
  for (size_t i = 0; i < request.facts.size(); ++i) {
    Fact& fact = request.facts[i].fact;
    state->UseStoredNames(*schema, fact);
    if (absl::Status status = CheckFact(*state, *schema, fact); !status.ok()) {
      request.status = Prefixed(status, prefix(i));
      request.fresh.clear();
      request.known.clear();
      return;
    }
    if (const auto* definition = DefinitionIn(fact.payload)) {
      if (const auto* it = std::get_if<SchemaDefinition>(definition)) {
        if (!changed) schema = &changed.emplace(state->schema);
        changed->Apply(*it);
      }
    }
    const auto* interaction = std::get_if<InteractionFact>(&fact.payload);
    if (interaction != nullptr && fact.key.empty()) {
      // Never a repetition: equal ones are numbered.
      if (i == 0 && request.options.wants_id) {
        request.written.fact = ToBytes(NextId(fact, *interaction, before));
      }
      if (added != nullptr) (*added)[i] = true;
      request.known.emplace_back();
      request.fresh.push_back(std::move(fact));
      continue;
    }
    const std::string payload = CanonicalPayload(fact);
    const KnownFact content = {PayloadHash(fact, payload), fact.event_us};
    if (fact.key.empty()) {
      const auto taken = [&](const FactId& id) {
        return state->FindFact(id) != nullptr || here.contains(id) ||
               (!before.empty() && find_fresh([&](const Fact& it) {
                                     return it.id == id;
                                   }).first != nullptr);
      };
      fact.id =
          State::FreeId(fact, payload, taken, state->SealedLike(fact));
    } else {
      if (i == 0 || interaction == nullptr) {
        fact.id = FactId::OfKey(fact.source, fact.key);
      }
      if (i == 0) request.written.fact = ToBytes(fact.id);
      std::optional<KnownFact> other;
      if (auto found = keyed_here.find({fact.source, fact.key});
          found != keyed_here.end()) {
        other = request.known[found->second];
      } else if (!before.empty()) {
        const auto found_before = find_fresh([&](const Fact& it) {
          return it.key == fact.key && it.source == fact.source;
        });
        if (found_before.first != nullptr) other = *found_before.second;
      }
      if (!other) {
        const auto known = FindKey(fact, request.status);
        if (!request.status.ok()) {
          request.fresh.clear();
          request.known.clear();
          return;
        }
        other = known;
      }
      if (other) {
        if (other->payload_hash != content.payload_hash ||
            (request.facts[i].time_is_given &&
             other->event_us != content.event_us)) {
          return contradicts(i, fact.key);
        }
        continue;
      }
    }
    if (i == 0) {
      if (fact.key.empty()) request.written.fact = ToBytes(fact.id);
    }
    if (added != nullptr) (*added)[i] = true;
    const size_t place = request.fresh.size();
    request.known.push_back(content);
    request.fresh.push_back(std::move(fact));
    const Fact& kept = request.fresh.back();
    if (interaction == nullptr) here.emplace(kept.id, place);
    if (!kept.key.empty())
      keyed_here.emplace(
          std::pair(std::string_view(kept.source), std::string_view(kept.key)),
          place);
  }
  request.written.added = request.fresh.size();
}

FactId Store::Impl::NextId(const Fact& fact, const InteractionFact& it,
                           std::span<Request* const> before) const {
  const std::string payload = CanonicalPayload(fact);
  uint32_t n = 0;
  if (auto record = state->customers.FindRecord(it.record)) {
    n = state->timeline.CountLike(
        *record, state->names.Find(it.type), fact.event_us,
        [&](const InteractionRef& other) {
          const Fact kept = state->FactOf(*record, other, {});
          return kept.source == fact.source &&
                 CanonicalPayload(kept) == payload;
        });
  }
  for (const Request* request : before) {
    for (const Fact& other : request->fresh) {
      n += other.key.empty() && other.event_us == fact.event_us &&
           other.source == fact.source &&
           other.payload.index() == fact.payload.index() &&
           CanonicalPayload(other) == payload;
    }
  }
  return IdOfContent(fact, payload, n);
}

std::optional<KnownFact> Store::Impl::FindKey(const Fact& fact,
                                              absl::Status& status) {
  if (Fault("idempotency_ignored")) return std::nullopt;
  if (state->has_sealed_keys) {
    status = LoadKeys();
    if (!status.ok()) return std::nullopt;
  }
  if (!state->keys.Contains(State::KeyHash(fact.source, fact.key))) {
    return std::nullopt;
  }
  const KnownFact* known =
      state->FindFact(FactId::OfKey(fact.source, fact.key));
  if (known != nullptr) return *known;
  const std::optional<uint32_t> source = state->names.Find(fact.source);
  if (!source) return std::nullopt;
  ReadScope scope;
  const auto in_record = [&](RecordNumber record) -> std::optional<KnownFact> {
    if (auto sealed_fact = state->FindSealedKey(record, fact)) {
      return sealed_fact;
    }
    const auto found = state->timeline.FindKey(record, *source, fact.key);
    if (!found) return std::nullopt;
    const Fact kept = state->FactOf(record, InteractionRef(&*found), fact.key);
    return KnownFact{PayloadHash(kept, CanonicalPayload(kept)), found->at_us};
  };
  std::optional<KnownFact> found;
  std::optional<RecordNumber> named;
  ForEachRecordName(fact, [&](std::string_view name) {
    if (named) return;
    named = state->customers.FindRecord(name);
    if (named) found = in_record(*named);
  });
  // Where it is not with its own record, it is another's, which is a
  // contradiction, or two keys have one hash, which never happens.
  for (RecordNumber record = 0;
       !found && record < state->customers.record_count(); ++record) {
    if (record != named) found = in_record(record);
  }
  status = scope.status();
  return found;
}

void Store::Impl::CommitGroup(std::span<Request* const> group) {
  for (size_t i = 0; i < group.size(); ++i) {
    Request& request = *group[i];
    if (request.status.ok()) request.status = CheckOpen();
    ReadScope scope;
    if (request.status.ok() && request.options.decide) {
      request.status = request.options.decide(request, group.first(i));
    }
    if (request.status.ok()) Prepare(request, group.first(i));
    if (request.status.ok()) request.status = scope.status();
    if (!request.status.ok()) request.fresh.clear();
    if (request.options.dry_run) {
      request.fresh.clear();
      request.known.clear();
    }
  }
  bool must_sync = false;
  size_t rows = 0;
  for (const Request* request : group) {
    if (!request->status.ok() || request->options.dry_run) continue;
    const bool is_due = file->pending_bytes() >= kBufferedBytes ||
                        (file->pending_entries() > 0 &&
                         request->now_us - pending_since_us >= kBufferedUs);
    must_sync = must_sync || !request->options.buffered || is_due;
    rows += request->fresh.size();
  }
  std::vector<std::string> others;
  const absl::Status status = Journal(group, must_sync, others);
  if (!status.ok()) {
    for (Request* request : group) {
      if (request->status.ok() && !request->options.dry_run) {
        request->status = status;
      }
      request->fresh.clear();
    }
  }
  if (rows > 0 && status.ok()) {
    WriterMutexLock lock(&mutex);
    ReadScope scope;
    broken = true;  // until all of it is in
    size_t next_other = 0;
    for (Request* request : group) {
      if (request->fresh.empty()) continue;
      if (!watches.empty()) watches.BeforeEntry(request->now_us);
      ++position;
      for (size_t i = 0; i < request->fresh.size(); ++i) {
        state->Apply(request->fresh[i], request->known[i], position);
        identity.Note(*state, request->fresh[i]);
        if (DefinitionIn(request->fresh[i].payload) != nullptr) {
          known_kinds.clear();
        }
      }
      if (!watches.empty()) {
        watches.AfterEntry(*state, position, request->fresh);
      }
      std::string& other = others[next_other++];
      if (other.empty()) continue;
      unsealed_bytes += other.size();
      unsealed.emplace_back(position, std::move(other));
    }
    // Who is one customer may depend on what could not be read.
    broken = !scope.status().ok();
  }
  for (Request* request : group) {
    if (!request->status.ok()) request->written = {};
  }
  Tidy(rows);
}

absl::Status Store::Impl::Journal(std::span<Request* const> group,
                                  bool must_sync,
                                  std::vector<std::string>& others) {
  // Records that come to exist, by name, with the numbers that they will get.
  absl::flat_hash_map<std::string_view, RecordNumber> fresh_records;
  const bool has_chain = !path.empty();
  if (has_chain) TRATO_RETURN_IF_ERROR(LoadSalts());
  const size_t known_records = state->customers.record_count();
  const auto number_of = [&](std::string_view name, std::string* salts) {
    if (auto known = state->customers.FindRecord(name)) return *known;
    const auto next =
        static_cast<RecordNumber>(known_records + fresh_records.size());
    auto [place, is_new] = fresh_records.try_emplace(name, next);
    if (is_new) {
      const Salt& salt = chain.SaltOf(next);
      salts->append(reinterpret_cast<const char*>(salt.data()), salt.size());
      chain.Name(next, name);
    }
    return place->second;
  };
  const bool had_pending = file->pending_entries() > 0;
  absl::Status status;
  for (const Request* request : group) {
    if (request->fresh.empty()) continue;
    std::string salts;
    size_t interactions = 0;
    for (const Fact& fact : request->fresh) {
      const auto* it = std::get_if<InteractionFact>(&fact.payload);
      interactions += it != nullptr;
      if (!has_chain) continue;
      if (it != nullptr) {
        const RecordNumber record = number_of(it->record, &salts);
        Interaction staged;
        {
          // New names may come in.
          WriterMutexLock lock(&mutex);
          staged = state->ToInteraction(*it, fact, fact.event_us, 0);
        }
        chain.Add(record, InteractionRef(&staged), fact.key);
        continue;
      }
      bool any = false;
      ForEachRecordName(fact, [&](std::string_view name) {
        chain.Add(number_of(name, &salts), fact);
        any = true;
      });
      if (!any) chain.Add(kNoRecord, fact);
    }
    auto entry = EncodeEntry(request->now_us, request->fresh, salts);
    if (!entry.ok()) {
      status = entry.status();
      break;
    }
    std::string& other = others.emplace_back();
    if (interactions == 0) {
      other = *entry;
    } else if (interactions < request->fresh.size()) {
      std::vector<Fact> rest;
      for (const Fact& fact : request->fresh) {
        if (!std::holds_alternative<InteractionFact>(fact.payload)) {
          rest.push_back(fact);
        }
      }
      auto encoded = EncodeEntry(request->now_us, rest);
      if (!encoded.ok()) {
        status = encoded.status();
        break;
      }
      other = *std::move(encoded);
    }
    if (!has_chain) {
      // A store in memory needs no entry, but a position.
      entry->clear();
    }
    if (file->pending_entries() == 0) pending_since_us = request->now_us;
    status = file->Append(*entry).status();
    if (!status.ok()) break;
  }
  if (status.ok() && must_sync && !Fault("acknowledged_early")) {
    status = Sync();
  }
  if (!status.ok()) {
    chain.Drop();
    chain.salts().resize(std::min(chain.salts().size(), known_records));
    // What was applied as buffered is not in the file, and never will be.
    if (had_pending) broken = true;
  }
  return status;
}

absl::Status Store::Impl::Sync() {
  if (file->pending_entries() == 0) return absl::OkStatus();
  const trato::core::Head head = file->head();
  TRATO_RETURN_IF_ERROR(
      file->Sync(chain.Next(head.chain, head.position + file->pending_entries(),
                            [this](uint32_t record) {
                              return state->customers.RecordName(record);
                            },
                            &state->customers.record_names())));
  chain.Commit();
  link_ends.push_back(file->head().position);
  return absl::OkStatus();
}

absl::StatusOr<Written> Store::Impl::Commit(std::vector<NewFact> facts,
                                            int64_t now_us,
                                            const CommitOptions& options) {
  Request request;
  request.facts = std::move(facts);
  request.now_us = now_us;
  request.options = options;
  Request* const group[] = {&request};
  CommitGroup(group);
  TRATO_RETURN_IF_ERROR(request.status);
  return request.written;
}

absl::StatusOr<Written> Store::Impl::Submit(std::vector<NewFact> facts,
                                            int64_t now_us,
                                            CommitOptions options) {
  if (Fault("call_in_two_halves") && facts.size() > 1) {
    std::vector<NewFact> half(facts.begin() + 1, facts.end());
    facts.resize(1);
    TRATO_RETURN_IF_ERROR(Submit(std::move(half), now_us, {}).status());
  }
  Request request;
  request.facts = std::move(facts);
  request.now_us = now_us;
  request.options = std::move(options);
  const auto signal = std::make_shared<std::atomic<int>>(Waiting::kWaits);
  {
    MutexLock lock(&queue_mutex);
    queue.push_back({&request, signal});
    if (!has_leader) {
      has_leader = true;
      signal->store(Waiting::kLeads, std::memory_order_relaxed);
    }
  }
  signal->wait(Waiting::kWaits, std::memory_order_acquire);
  if (signal->load(std::memory_order_acquire) == Waiting::kLeads) Lead();
  TRATO_RETURN_IF_ERROR(request.status);
  return request.written;
}

void Store::Impl::Lead() {
  std::vector<Waiting> taken;
  // After `writer` is free again.
  const absl::Cleanup finish = [&] {
    MutexLock lock(&queue_mutex);
    for (const Waiting& it : taken) {
      it.signal->store(Waiting::kDone, std::memory_order_release);
      it.signal->notify_one();
    }
    has_leader = !queue.empty();
    if (has_leader) {
      std::atomic<int>& next = *queue.front().signal;
      next.store(Waiting::kLeads, std::memory_order_release);
      next.notify_one();
    }
  };
  MutexLock lock(&writer);
  // Those who shared the last sync are on their way back here, if they have
  // more to write; to let them come takes less than another sync.
  constexpr int kPatience = 2;
  for (int i = 0;; ++i) {
    {
      MutexLock queue_lock(&queue_mutex);
      if (i == kPatience || queue.size() >= last_group) {
        taken.swap(queue);
        break;
      }
    }
    sched_yield();
  }
  last_group = taken.size();
  try {
    std::vector<Request*> group;
    group.reserve(taken.size());
    for (const Waiting& it : taken) group.push_back(it.request);
    CommitGroup(group);
  } catch (...) {
    // The others must hear of it, too.
    for (const Waiting& it : taken) {
      if (it.request->status.ok()) {
        it.request->status = absl::ResourceExhaustedError("out of memory");
      }
    }
    throw;
  }
}

absl::StatusOr<Written> Store::Impl::Submit(NewFact fact, int64_t now_us,
                                            bool buffered) {
  std::vector<NewFact> facts;
  facts.push_back(std::move(fact));
  CommitOptions options;
  options.buffered = buffered;
  return Submit(std::move(facts), now_us, std::move(options));
}

absl::StatusOr<Written> Store::Impl::Commit(NewFact fact, int64_t now_us,
                                            bool buffered) {
  std::vector<NewFact> facts;
  facts.push_back(std::move(fact));
  CommitOptions options;
  options.buffered = buffered;
  return Commit(std::move(facts), now_us, options);
}

std::vector<NewFact> Store::Impl::DefinitionFacts(
    std::vector<Definition> definitions, int64_t now_us,
    const WriteOptions& options) const {
  std::vector<NewFact> facts;
  for (Definition& definition : definitions) {
    Fact fact = Envelope(kAtNow, now_us, options);
    fact.payload = std::move(definition);
    state->UseStoredNames(state->schema, fact);
    // A host may define what it needs each time it starts.
    if (state->Knows(*DefinitionIn(fact.payload))) continue;
    facts.push_back({std::move(fact), true});
  }
  return facts;
}

absl::Status Store::Impl::CommitDefinitions(std::vector<Definition> definitions,
                                            int64_t now_us,
                                            const WriteOptions& options) {
  CommitOptions commit;
  commit.buffered = options.buffered;
  return Commit(DefinitionFacts(std::move(definitions), now_us, options),
                now_us, commit)
      .status();
}

absl::Status Store::Impl::CheckTold(std::string_view field,
                                    int64_t at_us) const {
  if (at_us >= state->earliest_us) return absl::OkStatus();
  return absl::OutOfRangeError(
      StrCat(field, ": ", trato::core::FormatTime(at_us, state->zone),
             " is before ",
             trato::core::FormatTime(state->earliest_us, state->zone),
             ", from which on rules of retention have left what was"));
}

absl::StatusOr<RecordNumber> Store::Impl::Resolve(std::string_view customer,
                                                  int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckTold("now_us", now_us));
  TRATO_RETURN_IF_ERROR(CheckIdentifier("customer", customer));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader,
                         state->customers.Resolve(customer));
  if (state->customers.IsKnown(leader, now_us)) return leader;
  return absl::NotFoundError(
      StrCat("nothing is known of ", customer, " before ",
             trato::core::FormatTime(now_us, state->zone)));
}

absl::StatusOr<Value> Store::Impl::ToValue(const ValueInput& input) const {
  switch (static_cast<ValueType>(input.kind)) {
    case ValueType::kNone:
      return Value();
    case ValueType::kBool:
      if (input.integer != 0 && input.integer != 1) {
        return absl::InvalidArgumentError("a bool is neither 0 nor 1");
      }
      return Value(input.integer == 1);
    case ValueType::kInt:
      return Value(input.integer);
    case ValueType::kDouble:
      return Value(input.number);
    case ValueType::kString:
      return Value(std::string(input.text));
    case ValueType::kMoney: {
      Money money{input.integer, state->currency};
      if (!input.currency.empty()) {
        TRATO_ASSIGN_OR_RETURN(money.currency, Currency::Parse(input.currency));
      }
      return Value(money);
    }
    case ValueType::kTimestamp:
      return Value(Timestamp{input.integer});
  }
  return absl::InvalidArgumentError(
      StrCat("kind ", input.kind, " is no kind of value"));
}

}  // namespace trato::core
