// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The short way of the most frequent write: one plain interaction of a record
// that is known, buffered. It does what Commit does, without the copies that
// serve everything else; whatever is not plain goes the long way.

#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/store_impl.h"

namespace trato::core {

bool Store::Impl::KnowsKind(std::string_view type, uint32_t type_number,
                            std::string_view channel, uint32_t channel_number) {
  const uint64_t kind = uint64_t{type_number} << 32 | channel_number;
  // What is defined stays so until there is another definition.
  if (known_kinds.contains(kind)) return true;
  if (!state->schema.CheckInteractionType("type", type).ok() ||
      !state->schema.CheckChannel("channel", channel).ok() ||
      !state->schema.CheckTakes(DefinitionKind::kInteractionType, "type", type)
           .ok() ||
      !state->schema.CheckTakes(DefinitionKind::kChannel, "channel", channel)
           .ok()) {
    return false;
  }
  known_kinds.insert(kind);
  return true;
}

bool Store::Impl::RecordPlain(const InteractionInput& input, int64_t now_us,
                              const WriteOptions& options) {
  if (!options.buffered || options.wants_id || !input.key.empty() ||
      !input.lines.empty() || !input.fields.empty() || input.reply_to) {
    return false;
  }
  MutexLock lock(&writer);
  // What will be read lies anywhere in memory, and is asked for ahead.
  state->customers.PrefetchRecord(input.customer);
  if (!CheckOpen().ok() || !chain_is_loaded ||
      state->retractions.contains(options.batch) ||
      file->pending_bytes() >= kBufferedBytes ||
      // A store in memory waits for nothing.
      (!path.empty() && file->pending_entries() > 0 &&
       now_us - pending_since_us >= kBufferedUs)) {
    return false;
  }
  const int64_t at_us = input.at_us == kAtNow ? now_us : input.at_us;
  if (!CheckInstant("at_us", at_us).ok()) return false;
  const Interner& names = state->names;
  const std::string_view source_name =
      options.source.empty() ? std::string_view("host") : options.source;
  const std::string_view type_name =
      state->schema.Stored(DefinitionKind::kInteractionType, input.type);
  const auto type = names.Find(type_name);
  const std::string_view channel_name =
      state->schema.Stored(DefinitionKind::kChannel, input.channel);
  state->customers.PrefetchFound(input.customer);
  const auto channel = names.Find(channel_name);
  const auto source = names.Find(source_name);
  const auto actor = names.Find(options.actor);
  const auto batch = names.Find(options.batch);
  if (!type || !channel || !source || !actor || !batch ||
      !KnowsKind(type_name, *type, channel_name, *channel)) {
    return false;
  }
  const auto record = state->customers.FindRecord(input.customer);
  if (!record) return false;
  state->customers.PrefetchTouch(*record);
  state->timeline.PrefetchTail(*record);
  Interaction it;
  it.amount = {input.amount_minor, state->currency};
  if (!input.currency.empty() && input.currency != state->currency.code()) {
    const auto currency = Currency::Parse(input.currency);
    if (!currency.ok()) return false;
    it.amount.currency = *currency;
  }
  it.at_us = at_us;
  it.recorded_us = now_us;
  it.position = position + 1;
  it.type = *type;
  it.channel = *channel;
  it.source = *source;
  it.actor = *actor;
  it.batch = *batch;
  it.direction = input.outbound ? Direction::kOutbound : Direction::kInbound;
  const Money amount = it.amount;
  plain_entry.clear();
  if (!path.empty()) {
    EncodePlainEntry(now_us, at_us, options.actor, source_name, options.batch,
                     input.customer, type_name, channel_name, input.outbound,
                     it.amount, plain_entry);
  }
  const bool first_pending = file->pending_entries() == 0;
  if (!file->Append(plain_entry).ok()) return false;
  if (first_pending) pending_since_us = now_us;
  if (!path.empty()) chain.Add(*record, InteractionRef(&it), {});
  {
    WriterMutexLock state_lock(&mutex);
    if (!watches.empty()) {
      watches.Prefetch(*record);
      watches.BeforeEntry(now_us);
    }
    broken = true;  // until all of it is in
    ++position;
    ++state->interactions;
    state->customers.TouchRecord(*record, at_us);
    state->timeline.Insert(*record, std::move(it));
    if (!watches.empty()) {
      watches.AfterInteraction(*state, position, *record, *type, at_us,
                               amount);
    }
    broken = false;
  }
  Tidy(1);
  return true;
}

}  // namespace trato::core
