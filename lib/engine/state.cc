// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/state.h"

#include <utility>

#include "base/calendar.h"
#include "base/status.h"

namespace trato::core {
namespace {

// Applies one payload; an overload for each.
struct Applier {
  State& state;
  const Fact& fact;

  void operator()(const StoreSettings& it) {
    state.zone_name = it.zone;
    if (auto zone = LoadZone(it.zone); zone.ok()) state.zone = *zone;
    if (auto currency = Currency::Parse(it.currency); currency.ok()) {
      state.currency = *currency;
    }
  }

  void operator()(const Definition& it) { state.Define(it, fact.event_us); }

  void operator()(const AttributeFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.customers.SetAttribute(
        record, state.names.Add(it.name),
        {fact.event_us, state.names.Add(fact.source), fact.id, it.value});
  }

  void operator()(const ClaimFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.customers.Claim(record, it.identifier);
  }

  void operator()(const LinkFact& it) {
    const RecordNumber one = state.customers.Touch(it.one, fact.event_us);
    const RecordNumber other = state.customers.Touch(it.other, fact.event_us);
    state.customers.SetPair(one, other, {it.sequence, it.linked});
  }

  void operator()(const InteractionFact& it) {
    Interner& names = state.names;
    Interaction interaction;
    interaction.fact = fact.id;
    interaction.at_us = fact.event_us;
    interaction.recorded_us = fact.recorded_us;
    interaction.type = names.Add(it.type);
    interaction.channel = names.Add(it.channel);
    interaction.source = names.Add(fact.source);
    interaction.direction = it.direction;
    interaction.amount = it.amount;
    interaction.lines.reserve(it.lines.size());
    for (const LineFact& line : it.lines) {
      interaction.lines.push_back({names.Add(line.product),
                                   names.Add(line.unit), line.quantity,
                                   line.unit_price, line.amount_minor});
    }
    for (const auto& [name, value] : it.fields) {
      interaction.fields.push_back({names.Add(name), value});
    }
    interaction.reply_to = it.reply_to;
    interaction.key = fact.key;
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.timeline.Insert(record, std::move(interaction));
  }

  void operator()(const DecisionFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.decisions.Add({fact.id, record, fact.event_us, it.log_position,
                         it.currency, it.candidates});
  }

  void operator()(const OutcomeFact& it) {
    state.decisions.Add(
        {fact.id, fact.source, it.decision, it.kind, fact.event_us});
  }

  void operator()(const CouponIssueFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.coupons.Issue(
        {it.hash, record, it.offer, fact.event_us, it.deadline_us, {}});
  }

  void operator()(const CouponRedemptionFact& it) {
    state.coupons.Redeem(it.hash, {fact.event_us, fact.id});
  }
};

}  // namespace

State::State()
    : customers(&names),
      timeline(&names),
      world{&customers, &timeline, &names},
      segments(&world, &registry),
      catalogue(&registry) {
  for (std::string_view name : schema.InteractionTypeNames()) names.Add(name);
  for (std::string_view name : schema.ChannelNames()) names.Add(name);
}

void State::Apply(const Fact& fact, const KnownFact& known) {
  facts.emplace(fact.id, known);
  std::visit(Applier{*this, fact}, fact.payload);
}

absl::Status State::Replay(std::vector<Fact> entry) {
  for (Fact& fact : entry) {
    const std::string payload = CanonicalPayload(fact);
    fact.id = fact.key.empty()
                  ? FreeId(fact, payload,
                           [&](const FactId& id) { return facts.contains(id); })
                  : FactId::OfKey(fact.source, fact.key);
    // The zone decides what times mean, so it is needed before all others.
    if (const auto* settings = std::get_if<StoreSettings>(&fact.payload)) {
      TRATO_RETURN_IF_ERROR(LoadZone(settings->zone).status());
      TRATO_RETURN_IF_ERROR(Currency::Parse(settings->currency).status());
    }
    const KnownFact content = {PayloadHash(fact, payload), fact.event_us};
    if (auto known = facts.find(fact.id); known != facts.end()) {
      if (known->second.payload_hash == content.payload_hash) continue;
      return absl::DataLossError(StrCat("two facts have the key '", fact.key,
                                        "' and differ in their content"));
    }
    Apply(fact, content);
  }
  return absl::OkStatus();
}

bool State::Knows(const Definition& definition) const {
  if (const auto* it = std::get_if<SchemaDefinition>(&definition)) {
    return schema.Knows(*it);
  }
  if (const auto* segment = std::get_if<SegmentDefinition>(&definition)) {
    return segments.Knows(*segment);
  }
  return catalogue.Knows(std::get<OfferDefinition>(definition));
}

void State::Define(const Definition& definition, int64_t defined_us) {
  if (const auto* it = std::get_if<SchemaDefinition>(&definition)) {
    Intern(*it);
    schema.Apply(*it);
    if (const auto* space = std::get_if<NamespaceDefinition>(it)) {
      customers.SetUnique(space->name, space->unique);
    }
  } else if (const auto* segment =
                 std::get_if<SegmentDefinition>(&definition)) {
    segments.Define(*segment, compile_context(), defined_us);
  } else {
    catalogue.Define(std::get<OfferDefinition>(definition), compile_context(),
                     names, defined_us);
  }
}

void State::Intern(const SchemaDefinition& definition) {
  // What expressions name must have a number before they are compiled.
  if (const auto* it = std::get_if<AttributeDefinition>(&definition)) {
    names.Add(it->name);
  } else if (const auto* type =
                 std::get_if<InteractionTypeDefinition>(&definition)) {
    names.Add(type->name);
  } else if (const auto* channel =
                 std::get_if<ChannelDefinition>(&definition)) {
    names.Add(channel->name);
  }
}

Model State::model() const {
  return {&schema,  &names,     &customers, &timeline, &segments, &catalogue,
          &coupons, &decisions, zone_name,  zone,      currency,  world};
}

}  // namespace trato::core
