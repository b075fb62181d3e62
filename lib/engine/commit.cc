// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The way of a write, below what each call makes of its arguments.

#include <map>
#include <utility>

#include "base/calendar.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// What was written buffered becomes durable with the first write that comes
// this much later, or when this much waits.
constexpr int64_t kBufferedUs = 1000000;
constexpr size_t kBufferedBytes = size_t{4} << 20;

}  // namespace

absl::Status CheckNow(int64_t now_us) { return CheckInstant("now_us", now_us); }

absl::Status Store::Impl::CheckOpen() const {
  if (file == nullptr) {
    return absl::FailedPreconditionError("the store is closed");
  }
  if (broken) {
    return absl::UnavailableError(
        "memory ran out in the middle of a write; close the store and open it "
        "again");
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

absl::StatusOr<Written> Store::Impl::Commit(std::vector<NewFact> facts,
                                            int64_t now_us,
                                            const CommitOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckOpen());
  const auto prefix = [&](size_t i) {
    return options.prefix ? options.prefix(i) : std::string();
  };
  std::vector<bool>* const added = options.added;
  // The schema as the facts so far make it; a copy once they change it.
  const Schema* schema = &state.schema;
  std::optional<Schema> changed;
  Written written;
  if (added != nullptr) added->assign(facts.size(), false);
  std::vector<Fact> fresh;
  std::vector<KnownFact> known;
  std::map<Id, size_t> here;  // ids of `fresh`, by place
  for (size_t i = 0; i < facts.size(); ++i) {
    Fact& fact = facts[i].fact;
    TRATO_RETURN_IF_ERROR(Prefixed(CheckFact(state, *schema, fact), prefix(i)));
    if (const auto* definition = std::get_if<Definition>(&fact.payload)) {
      if (const auto* it = std::get_if<SchemaDefinition>(definition)) {
        if (!changed) schema = &changed.emplace(state.schema);
        changed->Apply(*it);
      }
    }
    const std::string payload = CanonicalPayload(fact);
    const KnownFact content = {PayloadHash(fact, payload), fact.event_us};
    const auto find = [&](const Id& id) -> const KnownFact* {
      auto known_before = state.facts.find(id);
      if (known_before != state.facts.end()) return &known_before->second;
      auto known_here = here.find(id);
      return known_here == here.end() ? nullptr : &known[known_here->second];
    };
    if (fact.key.empty()) {
      fact.id = State::FreeId(
          fact, payload, [&](const FactId& id) { return find(id) != nullptr; });
    } else {
      fact.id = FactId::OfKey(fact.source, fact.key);
      if (const KnownFact* other = find(fact.id);
          other != nullptr && !Fault("idempotency_ignored")) {
        if (other->payload_hash != content.payload_hash ||
            (facts[i].time_is_given && other->event_us != content.event_us)) {
          return absl::AlreadyExistsError(
              StrCat(prefix(i), "key '", fact.key,
                     "' is recorded already, with other content"));
        }
        if (i == 0) written.fact = ToBytes(fact.id);
        continue;
      }
    }
    if (i == 0) written.fact = ToBytes(fact.id);
    if (added != nullptr) (*added)[i] = true;
    here.emplace(fact.id, fresh.size());
    known.push_back(content);
    fresh.push_back(std::move(fact));
  }
  written.added = fresh.size();
  if (options.dry_run) return written;
  uint64_t next_position = position;
  if (absl::Status status =
          Journal(fresh, now_us, options.buffered, next_position);
      !status.ok()) {
    broken = false;  // the file refuses whatever comes
    return status;
  }
  for (size_t i = 0; i < fresh.size(); ++i) state.Apply(fresh[i], known[i]);
  position = next_position;
  broken = false;
  return written;
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
    // A host may define what it needs each time it starts.
    if (state.Knows(definition)) continue;
    Fact fact = Envelope(kAtNow, now_us, options);
    fact.payload = std::move(definition);
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

absl::Status Store::Impl::Journal(std::span<const Fact> facts, int64_t now_us,
                                  bool buffered, uint64_t& next_position) {
  if (!facts.empty()) {
    if (Fault("call_in_two_halves") && facts.size() > 1) {
      const size_t half = facts.size() / 2;
      TRATO_RETURN_IF_ERROR(
          Journal(facts.first(half), now_us, buffered, next_position));
      facts = facts.subspan(half);
    }
    const bool first_pending = file->pending_bytes() == 0;
    TRATO_ASSIGN_OR_RETURN(std::string entry, EncodeEntry(now_us, facts));
    // From here to the end of Apply nothing may be left half done.
    broken = true;
    const auto at = file->Append(std::move(entry));
    if (!at.ok()) {
      broken = false;
      return at.status();
    }
    if (first_pending) pending_since_us = now_us;
    next_position = *at;
  }
  const bool is_due = file->pending_bytes() >= kBufferedBytes ||
                      now_us - pending_since_us >= kBufferedUs;
  if (!buffered || is_due) return file->Sync();
  return absl::OkStatus();
}

absl::StatusOr<RecordNumber> Store::Impl::Resolve(std::string_view customer,
                                                  int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckIdentifier("customer", customer));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader,
                         state.customers.Resolve(customer));
  if (state.customers.IsKnown(leader, now_us)) return leader;
  return absl::NotFoundError(
      StrCat("nothing is known of ", customer, " before ",
             trato::core::FormatTime(now_us, state.zone)));
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
      Money money{input.integer, state.currency};
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
