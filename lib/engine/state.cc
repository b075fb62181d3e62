// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/state.h"

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "engine/store_impl.h"
#include "expression/attribute_values.h"
#include "expression/consent_function.h"
#include "expression/relation_functions.h"

namespace trato::core {
namespace {

// Applies one payload; an overload for each.
struct Applier {
  State& state;
  const Fact& fact;
  uint64_t position;

  void operator()(const StoreSettings& it) {
    state.zone_name = it.zone;
    if (auto zone = LoadZone(it.zone); zone.ok()) state.zone = *zone;
    state.consents.lists().SetZone(state.zone);
    if (auto currency = Currency::Parse(it.currency); currency.ok()) {
      state.currency = *currency;
    }
  }

  void operator()(const Definition& it) { 
    state.Define(it, fact.event_us, fact.actor);
  }

  void operator()(const AttributeFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    AttributeVersion version;
    version.at_us = fact.event_us;
    version.source = state.names.Add(fact.source);
    if (!it.about.empty()) version.about = state.names.Add(it.about);
    version.fact = fact.id;
    version.value = it.value;
    // It was said as a whole number, as it once had to be.
    if (const auto* whole = std::get_if<int64_t>(&it.value)) {
      const AttributeDefinition* definition =
          state.schema.FindAttribute(Subject::kCustomer, it.name);
      if (definition != nullptr && definition->type == ValueType::kDouble) {
        version.value = static_cast<double>(*whole);
      }
    }
    version.strength = it.strength;
    version.removed = it.removed;
    version.inferred = it.inferred;
    state.customers.SetAttribute(record, state.names.Add(it.name),
                                 std::move(version));
  }

  void operator()(const ClaimFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.customers.Claim(record, it.identifier);
    state.consents.NoteIdentifier(record, it.identifier);
  }

  void operator()(const LinkFact& it) {
    const RecordNumber one = state.customers.Touch(it.one, fact.event_us);
    const RecordNumber other = state.customers.Touch(it.other, fact.event_us);
    state.customers.SetPair(one, other, {it.sequence, it.linked, it.withdrawn},
                            {fact.event_us, state.names.Add(fact.actor),
                             state.names.Add(fact.source), it.reason});
  }

  void operator()(const ProposalFact& it) {
    const RecordNumber one = state.customers.Touch(it.one, fact.event_us);
    const RecordNumber other = state.customers.Touch(it.other, fact.event_us);
    state.identity.Propose(one, other, {it.unlink, it.bits, it.version,
                                        it.reason, fact.event_us, fact.id});
  }

  void operator()(const KindFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.customers.SetKind(
        record,
        {fact.event_us, state.names.Add(fact.source), fact.id, it.kind});
  }

  void operator()(const RelationFact& it) {
    const RecordNumber one = state.customers.Touch(it.record, fact.event_us);
    const RecordNumber other = state.customers.Touch(it.other, fact.event_us);
    const auto end = state.schema.Relation("relation", it.relation);
    const bool has_direction = !end.ok() || !end->definition->is_symmetric();
    const bool swap = !has_direction && it.other < it.record;
    state.relations.Set(
        swap ? other : one, state.names.Add(it.relation), swap ? one : other,
        has_direction,
        {fact.event_us, state.names.Add(fact.source), fact.id, it.ended});
  }

  void operator()(const RestrictionFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    state.customers.Restrict(
        record, {fact.event_us, state.names.Add(fact.source), fact.id,
                 it.restricted, it.reason});
  }

  void operator()(const InteractionFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    if (!fact.key.empty()) {
      state.keys.Insert(State::KeyHash(fact.source, fact.key));
    }
    ++state.interactions;
    state.timeline.Insert(
        record, state.ToInteraction(it, fact, fact.event_us, position));
  }

  void operator()(const CorrectionFact& it) {
    // What takes back a batch does not make its records known.
    const auto known = state.voided.contains(fact.batch)
                           ? state.customers.FindRecord(it.record)
                           : std::nullopt;
    const RecordNumber record =
        known ? *known : state.customers.Touch(it.record, fact.event_us);
    Amendment amendment;
    amendment.fact = fact.id;
    amendment.at_us = fact.event_us;
    amendment.source = state.names.Add(fact.source);
    amendment.position = position;
    amendment.retracts = !it.content;
    if (it.content) {
      amendment.record =
          state.customers.Touch(it.content->record, fact.event_us);
      amendment.content =
          state.ToInteraction(*it.content, fact, it.content_at_us, position);
      amendment.content.key.clear();
    }
    state.timeline.Amend(record, it.interaction, std::move(amendment));
  }

  void operator()(const ConsentFact& it) {
    const auto number = [&](std::string_view name) {
      return name == kEvery ? 0 : state.names.Add(name);
    };
    ConsentStatement statement = NewStatement(it.state, it.proof);
    statement.valid_until_us = it.valid_until_us;
    statement.purpose = number(it.purpose);
    statement.channel = number(it.channel);
    statement.wording = state.names.Add(it.wording);
    state.consents.Add(state.customers.Touch(it.record, fact.event_us),
                       state.customers, std::move(statement));
  }

  void operator()(const ObjectionFact& it) {
    state.consents.Add(state.customers.Touch(it.record, fact.event_us),
                       state.customers,
                       NewStatement(it.lifted ? ConsentState::kLifted
                                              : ConsentState::kObjected,
                                    it.proof));
  }

  void operator()(const SuppressionUpdateFact& it) {
    state.consents.lists().Add(it.list, {fact.id, fact.event_us, fact.source,
                                         it.key_check, it.replaces, it.hashes});
  }

  void operator()(const BatchRetractionFact& it) {
    state.retractions.try_emplace(it.batch, position);
  }

  void operator()(const DecisionFact& it) {
    const RecordNumber record = state.customers.Touch(it.record, fact.event_us);
    const auto number = [&](std::string_view name) {
      return name.empty() ? 0 : state.names.Add(name);
    };
    Decision decision;
    decision.id = fact.id;
    decision.record = record;
    decision.offer = it.chosen ? state.names.Add(it.offers.front()) : 0;
    decision.channel = number(it.channel);
    decision.requested_channel = number(it.requested_channel);
    decision.similar = it.similar;
    decision.learner = number(it.learner);
    decision.segment = number(it.segment);
    decision.is_contact = it.is_contact;
    decision.version = it.version;
    decision.elsewhere = it.elsewhere;
    decision.at_us = fact.event_us;
    decision.log_position = it.log_position;
    decision.position = position;
    decision.respond_until_us = it.respond_until_us;
    decision.reserved_minor = it.reserved_minor;
    decision.value_minor = it.value_minor;
    decision.propensity = it.propensity;
    decision.draw = it.draw;
    decision.digest = it.digest;
    decision.currency = it.currency;
    decision.conversation = it.conversation;
    decision.ranked_count = it.ranked;
    for (size_t i = 0; i < std::min(it.offers.size(), kRankedKept); ++i) {
      const double probability = it.probabilities.empty()
                                     ? (i == 0 && it.chosen ? 1 : 0)
                                     : it.probabilities[i];
      decision.ranked.push_back(
          {state.names.Add(it.offers[i]), it.scores[i], probability});
    }
    if (it.chosen) decision.probability = decision.ranked[0].probability;
    for (const AssignmentFact& assignment : it.assignments) {
      decision.assignments.push_back({state.names.Add(assignment.policy),
                                      assignment.held_out,
                                      number(assignment.offer)});
    }
    state.decisions.Add(std::move(decision));
  }

  void operator()(const PermitFact& it) {
    Permit permit;
    permit.id = fact.id;
    permit.record = state.customers.Touch(it.record, fact.event_us);
    permit.channel = state.names.Add(it.channel);
    permit.purpose = it.purpose.empty() ? 0 : state.names.Add(it.purpose);
    permit.offer = it.offer.empty() ? 0 : state.names.Add(it.offer);
    permit.at_us = fact.event_us;
    permit.position = position;
    permit.deadline_us = it.deadline_us;
    permit.decision = it.decision;
    permit.address = it.address;
    state.decisions.Add(std::move(permit));
  }

  void operator()(const PermitUseFact& it) {
    state.customers.Touch(it.record, fact.event_us);
    state.decisions.UsePermit(it.permit, fact.event_us);
  }

  void operator()(const PurchaseLinkFact& it) {
    PurchaseLink link;
    link.fact = fact.id;
    link.source = fact.source;
    link.record = state.customers.Touch(it.record, fact.event_us);
    link.interaction = it.interaction;
    link.decision = it.decision;
    link.at_us = fact.event_us;
    link.method = it.method;
    link.reason = it.reason;
    state.decisions.Add(std::move(link));
  }

  void operator()(const OutcomeFact& it) {
    state.decisions.Add({fact.id, fact.source, it.decision, it.kind,
                         fact.event_us, it.conversation, it.interaction});
  }

  void operator()(const CouponIssueFact& it) {
    CouponBook::Issue issue;
    issue.issued_us = fact.event_us;
    issue.deadline_us = it.deadline_us.value_or(kNever);
    if (!it.record.empty()) {
      issue.record = state.customers.Touch(it.record, fact.event_us);
    }
    issue.offer = it.offer;
    issue.benefit = it.benefit;
    issue.uses = it.uses;
    issue.key_check = it.key_check;
    issue.decision = it.decision;
    const uint32_t terms = state.coupons.AddTerms(issue);
    if (it.hashes.size() > 1) state.coupons.Reserve(it.hashes.size());
    for (const CouponHash& hash : it.hashes) state.coupons.Add(hash, terms);
  }

  void operator()(const CouponRedemptionFact& it) {
    state.coupons.Redeem(it.hash, fact.id, fact.event_us, fact.source,
                         it.basket);
  }

  void operator()(const CouponBuyerFact& it) {
    state.coupons.AddBuyer(it.hash, it.redemption,
                           state.customers.Touch(it.record, fact.event_us),
                           it.purchase);
  }

  void operator()(const CouponReversalFact& it) {
    state.coupons.Reverse(it.redemption,
                          {fact.id, fact.event_us, fact.source, it.reason});
  }

  void operator()(const RetentionFact& it) {
    state.earliest_us = std::max(state.earliest_us, it.earliest_us);
  }

  void operator()(const ErasureFact& it) {
    state.erasures.push_back({it.id, fact.event_us, it.subjects});
  }

  ConsentStatement NewStatement(ConsentState said, const std::string& proof) {
    ConsentStatement statement;
    statement.fact = fact.id;
    statement.at_us = fact.event_us;
    statement.recorded_us = fact.recorded_us;
    statement.state = said;
    statement.source = state.names.Add(fact.source);
    statement.actor = state.names.Add(fact.actor);
    statement.batch = state.names.Add(fact.batch);
    if (!proof.empty()) {
      statement.proof = std::make_shared<const std::string>(proof);
    }
    return statement;
  }
};

}  // namespace

const std::string* RecordOf(const Fact& fact) {
  if (const auto* it = std::get_if<AttributeFact>(&fact.payload)) {
    return &it->record;
  }
  if (const auto* it = std::get_if<ClaimFact>(&fact.payload)) {
    return &it->record;
  }
  if (const auto* it = std::get_if<ConsentFact>(&fact.payload)) {
    return &it->record;
  }
  const auto* it = std::get_if<KindFact>(&fact.payload);
  return it == nullptr ? nullptr : &it->record;
}

RecordFact ToRecordFact(const Fact& fact, RecordNumber record,
                        uint64_t position) {
  RecordFact it;
  it.record = record;
  it.position = position;
  it.at_us = fact.event_us;
  it.recorded_us = fact.recorded_us;
  it.source = fact.source;
  it.actor = fact.actor;
  it.batch = fact.batch;
  it.key = fact.key;
  if (const auto* claim = std::get_if<ClaimFact>(&fact.payload)) {
    it.kind = RecordFact::Kind::kClaim;
    it.text = claim->identifier;
  } else if (const auto* kind = std::get_if<KindFact>(&fact.payload)) {
    it.kind = RecordFact::Kind::kKind;
    it.number = static_cast<int64_t>(kind->kind);
  } else if (const auto* consent = std::get_if<ConsentFact>(&fact.payload)) {
    it.kind = RecordFact::Kind::kConsent;
    it.name = consent->purpose;
    it.about = consent->channel;
    it.said = static_cast<uint8_t>(consent->state);
    it.valid_until_us = consent->valid_until_us;
    it.wording = consent->wording;
    it.text = consent->proof;
  } else if (const auto* said = std::get_if<AttributeFact>(&fact.payload)) {
    it.name = said->name;
    it.about = said->about;
    it.SetValue(said->value);
    it.strength = said->strength;
    it.removed = said->removed;
    it.inferred = said->inferred;
  }
  return it;
}

Fact ToFact(const RecordFact& it, std::string_view record) {
  Fact fact;
  fact.event_us = it.at_us;
  fact.recorded_us = it.recorded_us;
  fact.source = it.source;
  fact.actor = it.actor;
  fact.batch = it.batch;
  fact.key = it.key;
  switch (it.kind) {
    case RecordFact::Kind::kClaim:
      fact.payload = ClaimFact{std::string(record), std::string(it.text)};
      break;
    case RecordFact::Kind::kKind:
      fact.payload =
          KindFact{std::string(record), static_cast<CustomerKind>(it.number)};
      break;
    case RecordFact::Kind::kAttribute:
      fact.payload = AttributeFact{
          std::string(record), std::string(it.name), it.ToValue(),
          std::string(it.about), it.removed, it.inferred, it.strength};
      break;
    case RecordFact::Kind::kConsent:
      fact.payload = ConsentFact{
          std::string(record),   std::string(it.name),
          std::string(it.about), static_cast<ConsentState>(it.said),
          it.valid_until_us,     std::string(it.wording),
          std::string(it.text)};
      break;
  }
  return fact;
}

State::State()
    : customers(&names,
                [](const RecordFact& it, std::string_view record, uint32_t n) {
                  const Fact fact = trato::core::ToFact(it, record);
                  return IdOfContent(fact, CanonicalPayload(fact), n);
                }),
      relations(&customers, &names),
      consents(&names,
               [this](const RecordFact& it, uint32_t n) {
                 const Fact fact = trato::core::ToFact(
                     it, customers.RecordName(it.record));
                 return IdOfContent(fact, CanonicalPayload(fact), n);
               }),
      search(&customers, &schema, &names),
      timeline(&names,
               [this](uint32_t record, const InteractionRef& it,
                      std::string_view key, uint32_t n) {
                 if (!key.empty()) {
                   return FactId::OfKey(names.Text(it.source()), key);
                 }
                 const Fact fact = FactOf(record, it, key);
                 return IdOfContent(fact, CanonicalPayload(fact), n);
               }),
      world{&customers, &timeline, &names},
      segments(&world, &registry),
      insights(&world, &registry),
      catalogue(&registry) {
  AddAttributeFunctions(registry);
  AddRelationFunctions(registry, &relations);
  AddConsentFunction(&consents, registry);
}

void State::Begin(std::span<const std::string> sealed) {
  for (const std::string& name : sealed) names.Add(name);
  for (std::string_view name : schema.InteractionTypeNames()) names.Add(name);
  for (std::string_view name : schema.ChannelNames()) names.Add(name);
  for (std::string_view name : schema.PurposeNames()) names.Add(name);
}

void State::Apply(const Fact& fact, const KnownFact& known, uint64_t position) {
  if (!std::holds_alternative<InteractionFact>(fact.payload)) {
    const bool is_of_record = RecordOf(fact) != nullptr;
    (is_of_record ? record_facts : facts).emplace(fact.id, known);
    if (!fact.key.empty()) keys.Insert(KeyHash(fact.source, fact.key));
    if (!fact.batch.empty()) {
      batches.insert(fact.batch);
      // Known by that when the store is opened again.
      if (is_of_record) names.Add(fact.batch);
    }
  }
  std::visit(Applier{*this, fact, position}, fact.payload);
}

const KnownFact* State::FindFact(const FactId& id) const {
  for (const auto* known : {&facts, &record_facts}) {
    const auto found = known->find(id);
    if (found != known->end()) return &found->second;
  }
  return nullptr;
}

uint32_t State::SealedLike(const Fact& fact) const {
  const std::string* const name = RecordOf(fact);
  if (name == nullptr || customers.parts() == nullptr) return 0;
  const auto record = customers.FindRecord(*name);
  if (!record) return 0;
  return customers.CountLike(*record, ToRecordFact(fact, *record, 0));
}

std::optional<KnownFact> State::FindSealedKey(RecordNumber record,
                                              const Fact& fact) const {
  std::optional<KnownFact> found;
  if (customers.parts() == nullptr) return found;
  customers.parts()->ForEachFact(record, [&](const RecordFact& it) {
    if (it.key != fact.key || it.source != fact.source) return true;
    const Fact kept =
        trato::core::ToFact(it, customers.RecordName(record));
    found = KnownFact{PayloadHash(kept, CanonicalPayload(kept)), it.at_us};
    return false;
  });
  return found;
}

size_t State::fact_count() const {
  const auto& parts = customers.parts();
  return facts.size() + record_facts.size() +
         (parts == nullptr ? 0 : parts->facts);
}

bool State::IsVoided(const Fact& fact) const {
  if (fact.batch.empty() || voided.empty()) return false;
  const auto found = voided.find(fact.batch);
  if (found == voided.end()) return false;
  if (const auto* definition = DefinitionIn(fact.payload)) {
    // What was said by a model or a table of stages is explained by it.
    if (std::holds_alternative<InsightDefinition>(*definition)) return false;
    // What came later may use the names that it gave.
    const auto* it = std::get_if<SchemaDefinition>(definition);
    const bool renames =
        it != nullptr && std::holds_alternative<RenamingDefinition>(*it);
    return !renames && !found->second;
  }
  // Interactions are taken back one by one; objections and restrictions are for
  // the person.
  return !std::holds_alternative<StoreSettings>(fact.payload) &&
         !std::holds_alternative<InteractionFact>(fact.payload) &&
         !std::holds_alternative<CorrectionFact>(fact.payload) &&
         !std::holds_alternative<ObjectionFact>(fact.payload) &&
         !std::holds_alternative<RestrictionFact>(fact.payload) &&
         !std::holds_alternative<ErasureFact>(fact.payload) &&
         !std::holds_alternative<RetentionFact>(fact.payload) &&
         !std::holds_alternative<SuppressionUpdateFact>(fact.payload) &&
         !std::holds_alternative<BatchRetractionFact>(fact.payload);
}

absl::Status State::Replay(std::vector<Fact> entry, uint64_t position) {
  for (Fact& fact : entry) {
    if (IsVoided(fact)) {
      if (!fact.key.empty()) {
        voided_keys.insert(KeyHash(fact.source, fact.key));
      }
      if (auto* it = DefinitionIn(fact.payload)) {
        voided_definitions.push_back(std::move(*it));
      }
      continue;
    }
    // What was journaled was no repetition.
    if (std::holds_alternative<InteractionFact>(fact.payload)) {
      Apply(fact, {}, position);
      continue;
    }
    const std::string payload = CanonicalPayload(fact);
    fact.id = fact.key.empty()
                  ? FreeId(
                        fact, payload,
                        [&](const FactId& id) {
                          return FindFact(id) != nullptr;
                        },
                        SealedLike(fact))
                  : FactId::OfKey(fact.source, fact.key);
    // The zone decides what times mean, so it is needed before all others.
    if (const auto* settings = std::get_if<StoreSettings>(&fact.payload)) {
      TRATO_RETURN_IF_ERROR(LoadZone(settings->zone).status());
      TRATO_RETURN_IF_ERROR(Currency::Parse(settings->currency).status());
    }
    const KnownFact content = {PayloadHash(fact, payload), fact.event_us};
    if (const KnownFact* known = FindFact(fact.id); known != nullptr) {
      if (known->payload_hash == content.payload_hash) continue;
      // The other may be of a batch that is about to be left out; a record that
      // this one was the first to name has its number all the same.
      if (retractions.size() > voided.size()) {
        ForEachRecordName(fact, [&](std::string_view name) {
          customers.FindOrAdd(name);
        });
        continue;
      }
      return absl::DataLossError(StrCat("two facts have the key '", fact.key,
                                        "' and differ in their content"));
    }
    Apply(fact, content, position);
  }
  return absl::OkStatus();
}

Interaction State::ToInteraction(const InteractionFact& it,
                                 const Fact& envelope, int64_t at_us,
                                 uint64_t position) {
  Interaction interaction;
  interaction.at_us = at_us;
  interaction.recorded_us = envelope.recorded_us;
  interaction.position = position;
  interaction.type = names.Add(it.type);
  interaction.channel = names.Add(it.channel);
  interaction.source = names.Add(envelope.source);
  interaction.actor = names.Add(envelope.actor);
  interaction.batch = names.Add(envelope.batch);
  interaction.direction = it.direction;
  interaction.amount = it.amount;
  interaction.lines.reserve(it.lines.size());
  for (const LineFact& line : it.lines) {
    interaction.lines.push_back({names.Add(line.product), names.Add(line.unit),
                                 line.quantity, line.unit_price,
                                 line.amount_minor});
  }
  for (const auto& [name, value] : it.fields) {
    interaction.fields.push_back({names.Add(name), value});
  }
  interaction.reply_to = it.reply_to;
  interaction.key = envelope.key;
  return interaction;
}

InteractionFact State::ToFact(const InteractionRef& it,
                              std::string_view record) const {
  InteractionFact fact;
  fact.record = record;
  fact.type = names.Text(it.type());
  fact.channel = names.Text(it.channel());
  fact.direction = it.direction();
  fact.amount = it.amount();
  it.ForEachLine([&](const Line& line) {
    fact.lines.push_back({std::string(names.Text(line.product)),
                          std::string(names.Text(line.unit)), line.quantity,
                          line.unit_price, line.amount_minor});
    return true;
  });
  for (const FieldView& field : it.fields()) {
    fact.fields.emplace_back(names.Text(field.name), field.ToValue());
  }
  // By name, as canonical form wants it.
  std::sort(fact.fields.begin(), fact.fields.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  fact.reply_to = it.reply_to();
  return fact;
}

Fact State::FactOf(uint32_t record, const InteractionRef& it,
                   std::string_view key) const {
  Fact fact;
  fact.event_us = it.at_us();
  fact.recorded_us = it.recorded_us();
  fact.actor = names.Text(it.actor());
  fact.source = names.Text(it.source());
  fact.batch = names.Text(it.batch());
  fact.key = key;
  fact.payload = ToFact(it, customers.RecordName(record));
  return fact;
}

bool State::Knows(const Definition& definition) const {
  if (const auto* it = std::get_if<SchemaDefinition>(&definition)) {
    const auto* renaming = std::get_if<RenamingDefinition>(it);
    if (renaming != nullptr && renaming->kind == DefinitionKind::kSegment) {
      return segments.NameNow(renaming->from) == renaming->to;
    }
    const auto* retirement = std::get_if<RetirementDefinition>(it);
    if (retirement != nullptr && retirement->kind == DefinitionKind::kSegment) {
      return segments.IsDisabled(retirement->name) == retirement->retired;
    }
    return schema.Knows(*it);
  }
  if (const auto* segment = std::get_if<SegmentDefinition>(&definition)) {
    return segments.Knows(*segment);
  }
  if (const auto* policy = std::get_if<PolicyDefinition>(&definition)) {
    return policies.Knows(*policy);
  }
  if (const auto* insight = std::get_if<InsightDefinition>(&definition)) {
    return insights.Knows(*insight);
  }
  if (const auto* it = std::get_if<IdentityDefinition>(&definition)) {
    return identity.Knows(*it);
  }
  return catalogue.Knows(std::get<OfferDefinition>(definition));
}

void State::Rename(const RenamingDefinition& it) {
  if (it.kind == DefinitionKind::kSegment) {
    segments.Rename(it.from, it.to);
    return;
  }
  schema.Apply(it);
  absl::flat_hash_map<uint32_t, uint32_t> ShownNames::*numbers = nullptr;
  if (it.kind == DefinitionKind::kField) numbers = &ShownNames::fields;
  if (it.kind == DefinitionKind::kInteractionType) numbers = &ShownNames::types;
  if (it.kind == DefinitionKind::kChannel) numbers = &ShownNames::channels;
  if (numbers == nullptr) return;
  (ChangedShown().*numbers)[names.Add(schema.Stored(it.kind, it.from))] =
      names.Add(it.to);
}

ShownNames& State::ChangedShown() {
  auto now = shown == nullptr ? std::make_shared<ShownNames>()
                              : std::make_shared<ShownNames>(*shown);
  ShownNames& changed = *now;
  shown = std::move(now);
  return changed;
}

void State::UseStoredNames(const Schema& so_far, Fact& fact) const {
  if (!so_far.has_renamings() && segments.former_names().empty()) return;
  const auto put = [&](DefinitionKind kind, std::string& name) {
    if (const auto stored = so_far.Stored(kind, name); stored != name) {
      name = std::string(stored);
    }
  };
  const auto put_interaction = [&](InteractionFact& it) {
    put(DefinitionKind::kInteractionType, it.type);
    put(DefinitionKind::kChannel, it.channel);
    for (auto& field : it.fields) put(DefinitionKind::kField, field.first);
    std::sort(it.fields.begin(), it.fields.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
  };
  if (auto* attribute = std::get_if<AttributeFact>(&fact.payload)) {
    put(DefinitionKind::kAttribute, attribute->name);
  } else if (auto* relation = std::get_if<RelationFact>(&fact.payload)) {
    put(DefinitionKind::kRelation, relation->relation);
  } else if (auto* consent = std::get_if<ConsentFact>(&fact.payload)) {
    put(DefinitionKind::kPurpose, consent->purpose);
    put(DefinitionKind::kChannel, consent->channel);
  } else if (auto* interaction = std::get_if<InteractionFact>(&fact.payload)) {
    put_interaction(*interaction);
  } else if (auto* correction = std::get_if<CorrectionFact>(&fact.payload)) {
    if (correction->content) put_interaction(*correction->content);
  } else if (auto* definition = DefinitionIn(fact.payload)) {
    if (auto* segment = std::get_if<SegmentDefinition>(definition)) {
      segment->name = std::string(segments.NameNow(segment->name));
      return;
    }
    if (auto* offer = std::get_if<OfferDefinition>(definition)) {
      put(DefinitionKind::kPurpose, offer->purpose);
      put(DefinitionKind::kChannel, offer->channel);
      for (OfferVariant& it : offer->variants) {
        put(DefinitionKind::kChannel, it.channel);
      }
      return;
    }
    if (auto* policy = std::get_if<PolicyDefinition>(definition)) {
      if (auto* it = std::get_if<ContactPolicyDefinition>(policy)) {
        put(DefinitionKind::kChannel, it->channel);
      }
      return;
    }
    if (auto* insight = std::get_if<InsightDefinition>(definition)) {
      if (auto* edition = std::get_if<ValueEdition>(insight)) {
        for (auto* types : {&edition->types, &edition->returns}) {
          for (std::string& type : *types) {
            put(DefinitionKind::kInteractionType, type);
          }
        }
      }
      return;
    }
    auto* it = std::get_if<SchemaDefinition>(definition);
    if (it == nullptr) return;
    if (auto* defined = std::get_if<AttributeDefinition>(it)) {
      put(defined->subject == Subject::kCustomer ? DefinitionKind::kAttribute
                                                 : DefinitionKind::kField,
          defined->name);
    } else if (auto* type = std::get_if<InteractionTypeDefinition>(it)) {
      put(DefinitionKind::kInteractionType, type->name);
    } else if (auto* between = std::get_if<RelationDefinition>(it)) {
      put(DefinitionKind::kRelation, between->name);
      put(DefinitionKind::kRelation, between->inverse);
    } else if (auto* rule = std::get_if<RetentionDefinition>(it)) {
      if (rule->kind == RetainedKind::kInteractions) {
        put(DefinitionKind::kInteractionType, rule->name);
      } else if (rule->kind == RetainedKind::kAttribute) {
        put(DefinitionKind::kAttribute, rule->name);
      } else if (rule->kind == RetainedKind::kGrants) {
        put(DefinitionKind::kPurpose, rule->name);
      }
      put(DefinitionKind::kPurpose, rule->purpose);
    } else if (auto* channel = std::get_if<ChannelDefinition>(it)) {
      put(DefinitionKind::kChannel, channel->name);
    } else if (auto* purpose = std::get_if<PurposeDefinition>(it)) {
      put(DefinitionKind::kPurpose, purpose->name);
    } else if (auto* retirement = std::get_if<RetirementDefinition>(it)) {
      put(retirement->kind, retirement->name);
    } else if (auto* renaming = std::get_if<RenamingDefinition>(it)) {
      put(renaming->kind, renaming->from);
    }
  }
}

void State::Define(const Definition& definition, int64_t defined_us,
                   std::string_view actor) {
  if (const auto* it = std::get_if<SchemaDefinition>(&definition)) {
    if (const auto* renaming = std::get_if<RenamingDefinition>(it)) {
      Rename(*renaming);
      return;
    }
    if (const auto* retirement = std::get_if<RetirementDefinition>(it);
        retirement != nullptr &&
        retirement->kind == DefinitionKind::kSegment) {
      segments.SetEnabled(retirement->name, !retirement->retired,
                          compile_context());
      return;
    }
    Intern(*it);
    const auto* attribute = std::get_if<AttributeDefinition>(it);
    const auto* name_space = std::get_if<NamespaceDefinition>(it);
    const auto search_of_it = [&] {
      if (name_space != nullptr) {
        return schema.SearchOfNamespace(name_space->name);
      }
      return attribute == nullptr ? Search::kNot
                                  : schema.SearchOfAttribute(attribute->name);
    };
    // What was not defined nobody has said anything with.
    const bool is_known =
        attribute == nullptr ||
        schema.FindAttribute(attribute->subject, attribute->name) != nullptr;
    const Search before = search_of_it();
    const AttributeDefinition* former =
        attribute == nullptr
            ? nullptr
            : schema.FindAttribute(attribute->subject, attribute->name);
    const bool widens_type =
        former != nullptr && former->type != attribute->type;
    const bool widens = widens_type ||
                        (former != nullptr && former->many != attribute->many);
    schema.Apply(*it);
    if (widens_type && attribute->subject == Subject::kInteraction) {
      ChangedShown().doubles.insert(*names.Find(former->name));
    } else if (widens_type) {
      customers.MakeDouble(*names.Find(former->name));
    }
    // Anything at all is evidence of a stage.
    if (std::holds_alternative<InteractionTypeDefinition>(*it) &&
        insights.asks_for_stages()) {
      insights.RecompileScores(compile_context());
      segments.Recompile(compile_context());
      catalogue.Recompile(compile_context());
    }
    if (widens) {
      search.Clear();
      insights.RecompileScores(compile_context());
      segments.Recompile(compile_context());
      catalogue.Recompile(compile_context());
    }
    if (is_known && search_of_it() != before) search.Clear();
    if (const auto* space = std::get_if<NamespaceDefinition>(it)) {
      customers.DefineNamespace(
          space->name,
          {space->unique, space->single,
           space->max_records > 0 ? space->max_records : kDefaultMaxRecords});
    }
    if (const auto* list = std::get_if<SuppressionListDefinition>(it)) {
      consents.lists().Define(*list);
    }
    if (const auto* product = std::get_if<ProductDefinition>(it);
        product != nullptr && !product->category.empty()) {
      catalogue.SetCategory(names.Add(product->id),
                            names.Add(product->category));
      insights.SetCategory(names.Add(product->id),
                           names.Add(product->category));
    }
  } else if (const auto* segment =
                 std::get_if<SegmentDefinition>(&definition)) {
    segments.Define(*segment, compile_context(), defined_us);
  } else if (const auto* policy = std::get_if<PolicyDefinition>(&definition)) {
    policies.Define(*policy, names);
    ++policy_changes;
  } else if (const auto* insight =
                 std::get_if<InsightDefinition>(&definition)) {
    insights.Define(*insight, defined_us, actor, compile_context());
    // What they read may be another type.
    segments.Recompile(compile_context());
    catalogue.Recompile(compile_context());
  } else if (const auto* it = std::get_if<IdentityDefinition>(&definition)) {
    identity.Define(*it, defined_us, actor);
  } else {
    const auto& offer = std::get<OfferDefinition>(definition);
    catalogue.Define(offer, compile_context(), names, defined_us);
    decisions.Plan(names.Add(offer.name),
                   PlanOf(offer, offer.stock),
                   PlanOf(offer, offer.budget_minor));
  }
}

void State::Intern(const SchemaDefinition& definition) {
  // What expressions name must have a number before they are compiled.
  if (const auto* it = std::get_if<AttributeDefinition>(&definition)) {
    const uint32_t name = names.Add(
        it->subject == Subject::kCustomer
            ? schema.Stored(DefinitionKind::kAttribute, it->name)
            : schema.Stored(DefinitionKind::kField, it->name));
    if (it->subject == Subject::kCustomer) {
      AttributeRule rule;
      rule.many = it->many;
      rule.is_about = it->per != Per::kNothing;
      rule.reconciliation = it->reconciliation;
      for (const std::string& source : it->sources) {
        rule.sources.push_back(names.Add(source));
      }
      customers.DefineAttribute(name, std::move(rule));
    }
  } else if (const auto* type =
                 std::get_if<InteractionTypeDefinition>(&definition)) {
    names.Add(type->name);
  } else if (const auto* channel =
                 std::get_if<ChannelDefinition>(&definition)) {
    names.Add(schema.Stored(DefinitionKind::kChannel, channel->name));
  } else if (const auto* relation =
                 std::get_if<RelationDefinition>(&definition)) {
    names.Add(schema.Stored(DefinitionKind::kRelation, relation->name));
  } else if (const auto* purpose =
                 std::get_if<PurposeDefinition>(&definition)) {
    names.Add(schema.Stored(DefinitionKind::kPurpose, purpose->name));
  }
}

Model State::model() const {
  return {&schema,   &names,     &customers, &relations, &timeline,
          &segments, &catalogue, &coupons,   &decisions, zone_name,
          zone,      currency,   world,      &consents, &policies};
}

MatchContext State::match_context() const {
  return {&world,  &schema,   &catalogue, &policies, &decisions,
          &coupons, &consents, &segments, &learners, zone, currency};
}

}  // namespace trato::core
