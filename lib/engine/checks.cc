// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/checks.h"

#include <algorithm>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/dependents.h"

namespace trato::core {
namespace {

absl::Status CheckTyped(std::string_view field,
                        const AttributeDefinition& definition,
                        const Value& value) {
  // Whole numbers are numbers: what was defined with decimals later is still
  // told so.
  constexpr int64_t kExact = int64_t{1} << 53;
  if (const auto* whole = std::get_if<int64_t>(&value);
      whole != nullptr && definition.type == ValueType::kDouble &&
      *whole <= kExact && *whole >= -kExact) {
    return absl::OkStatus();
  }
  if (TypeOf(value) != definition.type) {
    return absl::InvalidArgumentError(StrCat(
        field, ": '", definition.name, "' takes ", TypeName(definition.type),
        ", this is ", TypeName(TypeOf(value))));
  }
  return CheckValue(StrCat(field, ": '", definition.name, "'"), value);
}

absl::Status CheckPayload(const State&, const Schema& schema,
                          const AttributeFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("customer", it.record));
  TRATO_ASSIGN_OR_RETURN(const AttributeDefinition* definition,
                         schema.Attribute("name", Subject::kCustomer, it.name));
  if (definition->retired && TypeOf(it.value) != ValueType::kNone &&
      !it.removed) {
    return absl::FailedPreconditionError(
        StrCat("name: '", it.name, "' is retired and takes no values"));
  }
  const bool is_per = definition->per != Per::kNothing;
  if (is_per != !it.about.empty()) {
    return absl::InvalidArgumentError(
        is_per ? StrCat("about: '", it.name, "' is per ",
                        NameOf(definition->per), ", which one is missing")
               : StrCat("about: '", it.name,
                        "' is of the customer, and not about anything else"));
  }
  if (is_per) TRATO_RETURN_IF_ERROR(CheckLabel("about", it.about));
  if (!(it.strength >= 0 && it.strength <= 1)) {
    return absl::InvalidArgumentError("strength is not between 0 and 1");
  }
  if (it.removed && !definition->many) {
    return absl::InvalidArgumentError(
        StrCat("removed: '", it.name, "' has one value at a time"));
  }
  if (TypeOf(it.value) == ValueType::kNone) {
    if (!it.removed && it.strength == 0) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "value is missing: what is removed, or has a strength?");
  }
  TRATO_RETURN_IF_ERROR(CheckTyped("value", *definition, it.value));
  const auto& allowed = definition->allowed;
  // What is not allowed any more can still be taken away.
  if (!allowed.empty() && !it.removed &&
      std::find(allowed.begin(), allowed.end(),
                std::get<std::string>(it.value)) == allowed.end()) {
    return absl::InvalidArgumentError(StrCat("value: not one of the ",
                                             allowed.size(), " that '", it.name,
                                             "' may have"));
  }
  return absl::OkStatus();
}

absl::Status CheckPayload(const State&, const Schema& schema,
                          const ClaimFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("customer", it.record));
  TRATO_RETURN_IF_ERROR(CheckRecordName("identifier", it.identifier));
  const std::string_view identifier = it.identifier;
  return schema.CheckTakes(DefinitionKind::kNamespace, "identifier",
                           identifier.substr(0, identifier.find(':')));
}

absl::Status CheckPayload(const State&, const Schema&, const LinkFact& it) {
  return CheckText("reason", it.reason, 1024);
}

absl::Status CheckPayload(const State&, const Schema&, const ProposalFact& it) {
  return CheckText("reason", it.reason, 1024);
}

absl::Status CheckPayload(const State&, const Schema&, const KindFact& it) {
  return CheckRecordName("customer", it.record);
}

absl::Status CheckPayload(const State&, const Schema& schema,
                          const RelationFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("customer", it.record));
  TRATO_RETURN_IF_ERROR(CheckRecordName("other", it.other));
  TRATO_ASSIGN_OR_RETURN(Schema::RelationEnd end,
                         schema.Relation("relation", it.relation));
  if (end.is_inverse && !end.definition->is_symmetric()) {
    return absl::InvalidArgumentError(
        StrCat("relation: '", it.relation, "' is the inverse of '",
               end.definition->name, "', say that of the other one"));
  }
  if (!it.ended) {
    TRATO_RETURN_IF_ERROR(schema.CheckTakes(DefinitionKind::kRelation,
                                            "relation", it.relation));
  }
  if (it.record == it.other) {
    return absl::InvalidArgumentError(
        StrCat("other: ", it.other, " cannot be related to itself"));
  }
  return absl::OkStatus();
}

absl::Status CheckPayload(const State&, const Schema&,
                          const RestrictionFact& it) {
  return CheckText("reason", it.reason, 1024);
}

absl::Status CheckLines(const InteractionFact& it) {
  if (it.lines.size() > kMaxLines) {
    return absl::InvalidArgumentError(StrCat("lines holds ", it.lines.size(),
                                             ", at most ", kMaxLines,
                                             " are allowed"));
  }
  for (size_t i = 0; i < it.lines.size(); ++i) {
    const LineFact& line = it.lines[i];
    const std::string field = StrCat("lines[", i, "]");
    TRATO_RETURN_IF_ERROR(CheckLabel(StrCat(field, ".product"), line.product));
    if (!line.unit.empty()) {
      TRATO_RETURN_IF_ERROR(CheckLabel(StrCat(field, ".unit"), line.unit));
    }
    if (line.unit_price < 0) {
      return absl::InvalidArgumentError(
          StrCat(field, ".unit_price is negative"));
    }
  }
  return absl::OkStatus();
}

// What an interaction says, be it new or a correction.
absl::Status CheckContent(const Schema& schema, const InteractionFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("customer", it.record));
  TRATO_RETURN_IF_ERROR(schema.CheckInteractionType("type", it.type));
  TRATO_RETURN_IF_ERROR(schema.CheckChannel("channel", it.channel));
  TRATO_RETURN_IF_ERROR(CheckLines(it));
  if (it.fields.size() > kMaxFields) {
    return absl::InvalidArgumentError(StrCat("fields holds ", it.fields.size(),
                                             ", at most ", kMaxFields,
                                             " are allowed"));
  }
  for (size_t i = 0; i < it.fields.size(); ++i) {
    const auto& [name, value] = it.fields[i];
    TRATO_ASSIGN_OR_RETURN(
        const AttributeDefinition* definition,
        schema.Attribute("fields", Subject::kInteraction, name));
    TRATO_RETURN_IF_ERROR(CheckTyped("fields", *definition, value));
    // They are in order of name.
    if (i > 0 && it.fields[i - 1].first == name) {
      return absl::InvalidArgumentError(
          StrCat("fields: '", name, "' is given twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPayload(const State&, const Schema& schema,
                          const InteractionFact& it) {
  TRATO_RETURN_IF_ERROR(CheckContent(schema, it));
  TRATO_RETURN_IF_ERROR(
      schema.CheckTakes(DefinitionKind::kInteractionType, "type", it.type));
  TRATO_RETURN_IF_ERROR(
      schema.CheckTakes(DefinitionKind::kChannel, "channel", it.channel));
  for (const auto& [name, value] : it.fields) {
    const AttributeDefinition* definition =
        schema.FindAttribute(Subject::kInteraction, name);
    if (definition != nullptr && definition->retired) {
      return absl::FailedPreconditionError(
          StrCat("fields: '", name, "' is retired and takes no values"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPayload(const State&, const Schema& schema,
                          const CorrectionFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("record", it.record));
  TRATO_RETURN_IF_ERROR(CheckText("reason", it.reason, 1024));
  if (!it.content) return absl::OkStatus();
  TRATO_RETURN_IF_ERROR(CheckInstant("content.at_us", it.content_at_us));
  return Prefixed(CheckContent(schema, *it.content), "content.");
}

absl::Status CheckPayload(const State&, const Schema&,
                          const RetentionFact& it) {
  return CheckText("reason", it.reason, 1024);
}

absl::Status CheckPayload(const State&, const Schema&, const ErasureFact& it) {
  return CheckText("reason", it.reason, 1024);
}

absl::Status CheckPayload(const State&, const Schema& schema,
                          const ConsentFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("customer", it.record));
  if (it.purpose != kEvery) {
    TRATO_RETURN_IF_ERROR(schema.Purpose("purpose", it.purpose).status());
  }
  if (it.channel.empty()) {
    return absl::InvalidArgumentError(
        "channel is empty; '*' stands for every channel");
  }
  if (it.channel != kEvery) {
    TRATO_RETURN_IF_ERROR(schema.CheckChannel("channel", it.channel));
  }
  if (it.state != ConsentState::kGranted && it.state != ConsentState::kDenied &&
      it.state != ConsentState::kWithdrawn) {
    return absl::InvalidArgumentError(
        "state is not one of granted, denied, withdrawn");
  }
  // Who refuses is heard for ever.
  if (it.state == ConsentState::kGranted) {
    TRATO_RETURN_IF_ERROR(
        schema.CheckTakes(DefinitionKind::kPurpose, "purpose", it.purpose));
    TRATO_RETURN_IF_ERROR(
        schema.CheckTakes(DefinitionKind::kChannel, "channel", it.channel));
  }
  if (it.valid_until_us != kNeverExpires) {
    TRATO_RETURN_IF_ERROR(CheckInstant("valid_until_us", it.valid_until_us));
    if (it.state != ConsentState::kGranted) {
      return absl::InvalidArgumentError(
          "valid_until_us is for what is granted: a refusal does not run out");
    }
  }
  if (!it.wording.empty()) {
    TRATO_RETURN_IF_ERROR(CheckLabel("wording", it.wording));
  }
  return CheckText("proof", it.proof);
}

absl::Status CheckPayload(const State&, const Schema&,
                          const ObjectionFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("customer", it.record));
  if (it.lifted && it.proof.empty()) {
    return absl::InvalidArgumentError(
        "proof is empty: only the person may lift an objection, so say what "
        "shows it");
  }
  return CheckText("proof", it.proof);
}

absl::Status CheckPayload(const State&, const Schema& schema,
                          const SuppressionUpdateFact& it) {
  return schema.CheckSuppressionList("list", it.list);
}

absl::Status CheckPayload(const State&, const Schema&,
                          const BatchRetractionFact& it) {
  TRATO_RETURN_IF_ERROR(CheckLabel("batch", it.batch, kMaxIdentifierBytes));
  return CheckText("reason", it.reason, 1024);
}

absl::Status CheckPayload(const State&, const Schema&, const OutcomeFact& it) {
  if (it.kind == OutcomeKind::kNone ||
      static_cast<int>(it.kind) >= kOutcomeKinds) {
    return absl::InvalidArgumentError(
        "kind is not one of shown, accepted, refused, opened, answered, "
        "bought, returned, nothing");
  }
  if ((it.decision == FactId{}) == it.conversation.empty()) {
    return absl::InvalidArgumentError(
        it.conversation.empty()
            ? "decision is missing, and so is the conversation"
            : "conversation is given beside the decision");
  }
  if (!it.conversation.empty()) {
    return CheckLabel("conversation", it.conversation, kMaxIdentifierBytes);
  }
  return absl::OkStatus();
}

absl::Status CheckPayload(const State&, const Schema&,
                          const PurchaseLinkFact& it) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("customer", it.record));
  TRATO_RETURN_IF_ERROR(CheckLabel("method", it.method));
  return CheckText("reason", it.reason, 1024);
}

// What the engine makes itself needs no check; definitions have theirs.
template <typename Made>
absl::Status CheckPayload(const State&, const Schema&, const Made&) {
  return absl::OkStatus();
}

// What somebody still asks for is not retired.
absl::Status CheckNoDependents(const State& state, DefinitionKind kind,
                               std::string_view what, std::string_view name) {
  const Dependents dependents = DependentsOf(state.model(), kind, name);
  if (dependents.empty()) return absl::OkStatus();
  const bool is_segment = !dependents.segments.empty();
  return absl::FailedPreconditionError(StrCat(
      what, " '", name, "' is not retired while ",
      is_segment ? "segment '" : "offer '",
      is_segment ? dependents.segments.front() : dependents.offers.front(),
      "' reads it, and ",
      dependents.segments.size() + dependents.offers.size() - 1, " others"));
}

absl::Status CheckRetirement(const State& state,
                             const RetirementDefinition& it) {
  if (it.kind == DefinitionKind::kSegment) {
    return state.segments.CheckEnabled(it.name, !it.retired,
                                       state.compile_context());
  }
  TRATO_RETURN_IF_ERROR(state.schema.Check(SchemaDefinition(it)));
  if (it.kind == DefinitionKind::kAttribute ||
      it.kind == DefinitionKind::kField) {
    return absl::InvalidArgumentError(
        "kind: that an attribute or a field is retired is part of its "
        "definition");
  }
  if (!it.retired || state.schema.Knows(SchemaDefinition(it))) {
    return absl::OkStatus();
  }
  std::string name(it.name);
  if (it.kind == DefinitionKind::kRelation) {
    TRATO_ASSIGN_OR_RETURN(Schema::RelationEnd end,
                           state.schema.Relation("name", name));
    name = end.definition->name;
  }
  return CheckNoDependents(state, it.kind, NameOf(it.kind), name);
}

absl::Status CheckRetirement(const State& state,
                             const AttributeDefinition& definition) {
  const AttributeDefinition* known =
      state.schema.FindAttribute(definition.subject, definition.name);
  if (!definition.retired || known == nullptr || known->retired) {
    return absl::OkStatus();
  }
  const auto kind = definition.subject == Subject::kCustomer
                        ? DefinitionKind::kAttribute
                        : DefinitionKind::kField;
  return CheckNoDependents(state, kind, "attribute", definition.name);
}

// What reads it must be able to read it as it will be.
absl::Status CheckWidening(const State& state,
                           const AttributeDefinition& definition) {
  const AttributeDefinition* known =
      state.schema.FindAttribute(definition.subject, definition.name);
  if (known == nullptr ||
      (known->type == definition.type && known->many == definition.many)) {
    return absl::OkStatus();
  }
  Schema wider = state.schema;
  wider.Apply(SchemaDefinition(definition));
  CompileContext context = state.compile_context();
  context.schema = &wider;
  const auto refused = [&](std::string_view what, std::string_view name,
                           const absl::Status& status) {
    return absl::FailedPreconditionError(
        StrCat("attribute '", definition.name, "' cannot become wider while ",
               what, " '", name, "' reads it as it is: ",
               ToStd(status.message())));
  };
  const Dependents dependents =
      DependentsOf(state.model(),
                   definition.subject == Subject::kCustomer
                       ? DefinitionKind::kAttribute
                       : DefinitionKind::kField,
                   definition.name);
  for (const std::string& name : dependents.segments) {
    const auto& expression =
        state.segments.all().find(name)->second.definition.expression;
    const absl::Status status =
        Program::Compile(expression, context, state.registry).status();
    if (!status.ok()) return refused("segment", name, status);
  }
  for (const std::string& name : dependents.offers) {
    const absl::Status status = state.catalogue.Check(
        state.catalogue.all().find(name)->second.definition, context);
    if (!status.ok()) return refused("offer", name, status);
  }
  for (const auto& [name, versions] : state.insights.scores()) {
    for (const Insights::ScoreVersion& it : versions) {
      const absl::Status status =
          Score::Make(it.definition, context, state.registry).status();
      if (!status.ok()) return refused("score", name, status);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOptionalLabel(std::string_view field, std::string_view text) {
  if (text.empty()) return absl::OkStatus();
  return CheckLabel(field, text, kMaxIdentifierBytes);
}

}  // namespace

absl::Status CheckRecordName(std::string_view field, std::string_view name) {
  TRATO_RETURN_IF_ERROR(CheckIdentifier(field, name));
  if (name.starts_with("id:")) {
    return absl::InvalidArgumentError(
        StrCat(field, ": the namespace 'id' is for public ids"));
  }
  return absl::OkStatus();
}

absl::Status CheckFact(const State& state, const Schema& schema,
                       const Fact& fact) {
  TRATO_RETURN_IF_ERROR(CheckInstant("at_us", fact.event_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("now_us", fact.recorded_us));
  TRATO_RETURN_IF_ERROR(CheckOptionalLabel("actor", fact.actor));
  TRATO_RETURN_IF_ERROR(CheckOptionalLabel("source", fact.source));
  TRATO_RETURN_IF_ERROR(CheckOptionalLabel("batch", fact.batch));
  TRATO_RETURN_IF_ERROR(CheckOptionalLabel("key", fact.key));
  if (state.retractions.contains(fact.batch)) {
    return absl::FailedPreconditionError(
        StrCat("batch '", fact.batch,
               "' was retracted, and nothing in it counts; give another name"));
  }
  return std::visit(
      [&](const auto& it) { return CheckPayload(state, schema, it); },
      fact.payload);
}

absl::Status CheckDefinition(const State& state, const Definition& definition) {
  if (const auto* it = std::get_if<SchemaDefinition>(&definition)) {
    const auto* renaming = std::get_if<RenamingDefinition>(it);
    if (renaming != nullptr && renaming->kind == DefinitionKind::kSegment) {
      return state.segments.CheckRenaming(renaming->from, renaming->to);
    }
    if (const auto* attribute = std::get_if<AttributeDefinition>(it)) {
      TRATO_RETURN_IF_ERROR(CheckRetirement(state, *attribute));
      TRATO_RETURN_IF_ERROR(state.schema.Check(*it));
      return CheckWidening(state, *attribute);
    }
    if (const auto* retirement = std::get_if<RetirementDefinition>(it)) {
      return CheckRetirement(state, *retirement);
    }
    return state.schema.Check(*it);
  }
  if (const auto* segment = std::get_if<SegmentDefinition>(&definition)) {
    return state.segments.Check(*segment, state.compile_context());
  }
  if (const auto* policy = std::get_if<PolicyDefinition>(&definition)) {
    TRATO_RETURN_IF_ERROR(Policies::Check(*policy, state.schema));
    const auto* learning = std::get_if<LearningDefinition>(policy);
    if (learning == nullptr || learning->retired) return absl::OkStatus();
    for (size_t i = 0; i < learning->segments.size(); ++i) {
      TRATO_RETURN_IF_ERROR(
          Prefixed(state.segments.Find(learning->segments[i]).status(),
                   StrCat("learner '", learning->name, "': segments[", i,
                          "]: ")));
    }
    return absl::OkStatus();
  }
  if (const auto* insight = std::get_if<InsightDefinition>(&definition)) {
    return state.insights.Check(*insight, state.compile_context());
  }
  if (const auto* identity = std::get_if<IdentityDefinition>(&definition)) {
    return IdentityBook::Check(*identity);
  }
  const auto& offer = std::get<OfferDefinition>(definition);
  if (!state.Knows(definition)) {
    TRATO_RETURN_IF_ERROR(state.schema.CheckTakes(DefinitionKind::kPurpose,
                                                  "purpose", offer.purpose));
    TRATO_RETURN_IF_ERROR(state.schema.CheckTakes(DefinitionKind::kChannel,
                                                  "channel", offer.channel));
  }
  return state.catalogue.Check(offer, state.compile_context());
}

absl::Status CheckDefinitions(const State& state,
                              const std::vector<Definition>& definitions) {
  if (definitions.empty()) return absl::OkStatus();
  if (definitions.size() == 1) {
    return Prefixed(CheckDefinition(state, definitions[0]), "definitions[0]: ");
  }
  // A state that holds definitions only, to try them one after the other.
  State trial;
  trial.Begin();
  trial.zone = state.zone;
  trial.currency = state.currency;
  trial.schema = state.schema;
  for (Subject subject : {Subject::kCustomer, Subject::kInteraction}) {
    for (std::string_view name : state.schema.AttributeNames(subject)) {
      trial.names.Add(name);
    }
  }
  for (auto names :
       {state.schema.InteractionTypeNames(), state.schema.PurposeNames()}) {
    for (std::string_view name : names) trial.names.Add(name);
  }
  trial.insights.TakeDefinitions(state.insights, trial.compile_context());
  trial.segments.TakeNames(state.segments);
  // A segment may come after one that uses it, once redefined. So all names
  // first, with a condition that asks for nothing.
  for (const auto& [name, segment] : state.segments.all()) {
    trial.Define(SegmentDefinition{name, "true"}, 0);
  }
  for (const auto& [name, segment] : state.segments.all()) {
    trial.Define(segment.definition, 0);
  }
  for (const auto& [name, segment] : state.segments.all()) {
    if (segment.is_disabled) {
      trial.Define(SchemaDefinition(RetirementDefinition{
                       DefinitionKind::kSegment, name, true}),
                   0);
    }
  }
  for (const auto& [name, offer] : state.catalogue.all()) {
    trial.Define(offer.definition, 0);
  }
  for (size_t i = 0; i < definitions.size(); ++i) {
    TRATO_RETURN_IF_ERROR(Prefixed(CheckDefinition(trial, definitions[i]),
                                   StrCat("definitions[", i, "]: ")));
    trial.Define(definitions[i], 0);
  }
  return absl::OkStatus();
}

}  // namespace trato::core
