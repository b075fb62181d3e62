// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/definition_codec.h"

#include <google/protobuf/stubs/logging.h>

#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"
#include "codec/definition_proto.h"
#include "codec/identity_proto.h"
#include "codec/insight_proto.h"
#include "codec/offer_proto.h"

namespace trato::core {
namespace {

namespace pb = ::trato::v1;

absl::StatusOr<Search> ToSearch(std::string_view field, pb::Search search) {
  if (search < 0 || search >= kSearchCount) {
    return absl::InvalidArgumentError(StrCat(field, ": search ",
                                             static_cast<int>(search),
                                             " is not known to this version"));
  }
  return static_cast<Search>(search);
}

absl::StatusOr<Definition> AttributeFromProto(const pb::Attribute& message) {
  const auto check = [](std::string_view field, int number, int count) {
    if (number >= 0 && number < count) return absl::OkStatus();
    return absl::InvalidArgumentError(StrCat("attribute: ", field, " ", number,
                                             " is not known to this version"));
  };
  TRATO_RETURN_IF_ERROR(
      check("sensitivity", message.sensitivity(), kSensitivityCount));
  TRATO_RETURN_IF_ERROR(check("per", message.per(), kPerCount));
  TRATO_RETURN_IF_ERROR(
      check("reconciliation", message.reconciliation(), kReconciliationCount));
  AttributeDefinition it;
  it.name = message.name();
  it.subject = static_cast<Subject>(message.subject());
  it.type = static_cast<ValueType>(message.type());
  it.description = message.description();
  it.unit = message.unit();
  it.allowed.assign(message.allowed().begin(), message.allowed().end());
  it.many = message.many();
  it.sensitivity = static_cast<Sensitivity>(message.sensitivity());
  it.per = static_cast<Per>(message.per());
  it.reconciliation = static_cast<Reconciliation>(message.reconciliation());
  it.retired = message.retired();
  it.sources.assign(message.sources().begin(), message.sources().end());
  TRATO_ASSIGN_OR_RETURN(it.search, ToSearch("attribute", message.search()));
  return Definition(SchemaDefinition(std::move(it)));
}

void AttributeToProto(const AttributeDefinition& it, pb::Attribute& message) {
  message.set_name(it.name);
  message.set_subject(static_cast<pb::Subject>(it.subject));
  message.set_type(static_cast<pb::ValueType>(it.type));
  message.set_description(it.description);
  message.set_unit(it.unit);
  for (const std::string& value : it.allowed) message.add_allowed(value);
  message.set_many(it.many);
  message.set_sensitivity(static_cast<pb::Sensitivity>(it.sensitivity));
  message.set_per(static_cast<pb::Per>(it.per));
  message.set_reconciliation(
      static_cast<pb::Reconciliation>(it.reconciliation));
  for (const std::string& source : it.sources) message.add_sources(source);
  message.set_retired(it.retired);
  message.set_search(static_cast<pb::Search>(it.search));
}

}  // namespace

absl::StatusOr<Definition> FromProto(const pb::Definition& message,
                                     Currency currency) {
  switch (message.definition_case()) {
    case pb::Definition::kAttribute: {
      const pb::Attribute& it = message.attribute();
      if (it.type() < 0 || it.type() >= kValueTypeCount) {
        return absl::InvalidArgumentError(
            StrCat("attribute: type ", static_cast<int>(it.type()),
                   " is not known to this version"));
      }
      if (it.subject() != pb::SUBJECT_CUSTOMER &&
          it.subject() != pb::SUBJECT_INTERACTION) {
        return absl::InvalidArgumentError(
            StrCat("attribute: subject ", static_cast<int>(it.subject()),
                   " is not known to this version"));
      }
      return AttributeFromProto(it);
    }
    case pb::Definition::kInteractionType:
      return Definition(SchemaDefinition(
          InteractionTypeDefinition{message.interaction_type().name(),
                                    message.interaction_type().description()}));
    case pb::Definition::kChannel:
      return Definition(SchemaDefinition(ChannelDefinition{
          message.channel().name(), message.channel().description(),
          message.channel().address()}));
    case pb::Definition::kNamespace: {
      const pb::Namespace& it = message.namespace_();
      TRATO_ASSIGN_OR_RETURN(Search search, ToSearch("namespace", it.search()));
      return Definition(SchemaDefinition(NamespaceDefinition{
          it.name(), it.unique(), it.single(), it.max_records(), search}));
    }
    case pb::Definition::kProduct:
      return ProductFromProto(message.product());
    case pb::Definition::kRelation:
      return Definition(SchemaDefinition(RelationDefinition{
          message.relation().name(), message.relation().inverse(),
          message.relation().description(), message.relation().acyclic()}));
    case pb::Definition::kRetention: {
      const pb::Retention& it = message.retention();
      if (it.kind() < 0 || it.kind() >= kRetainedKindCount) {
        return absl::InvalidArgumentError(
            StrCat("retention: kind ", static_cast<int>(it.kind()),
                   " is not known to this version"));
      }
      return Definition(SchemaDefinition(
          RetentionDefinition{static_cast<RetainedKind>(it.kind()), it.name(),
                              it.purpose(), it.keep()}));
    }
    case pb::Definition::kRenaming: {
      const pb::Renaming& it = message.renaming();
      if (it.kind() < 0 || it.kind() >= kDefinitionKindCount) {
        return absl::InvalidArgumentError(
            StrCat("renaming: kind ", static_cast<int>(it.kind()),
                   " is not known to this version"));
      }
      return Definition(SchemaDefinition(RenamingDefinition{
          static_cast<DefinitionKind>(it.kind()), it.from(), it.to()}));
    }
    case pb::Definition::kRetirement: {
      const pb::Retirement& it = message.retirement();
      if (it.kind() < 0 || it.kind() >= kDefinitionKindCount) {
        return absl::InvalidArgumentError(
            StrCat("retirement: kind ", static_cast<int>(it.kind()),
                   " is not known to this version"));
      }
      return Definition(SchemaDefinition(RetirementDefinition{
          static_cast<DefinitionKind>(it.kind()), it.name(), it.retired()}));
    }
    case pb::Definition::kSegment:
      return Definition(SegmentDefinition{message.segment().name(),
                                          message.segment().expression()});
    case pb::Definition::kPurpose:
      return Definition(SchemaDefinition(PurposeDefinition{
          message.purpose().name(), message.purpose().direct_marketing(),
          message.purpose().description()}));
    case pb::Definition::kSuppressionList:
      return Definition(SchemaDefinition(
          SuppressionListDefinition{message.suppression_list().name(),
                                    message.suppression_list().max_age(),
                                    message.suppression_list().description()}));
    case pb::Definition::kOffer:
      return OfferFromProto(message.offer(), currency);
    case pb::Definition::kContactPolicy:
      return PolicyFromProto(message.contact_policy());
    case pb::Definition::kArbitration:
      return ArbitrationFromProto(message.arbitration());
    case pb::Definition::kLearning:
      return LearningFromProto(message.learning());
    case pb::Definition::kValueEdition:
      return EditionFromProto(message.value_edition());
    case pb::Definition::kLifecycle:
      return LifecycleFromProto(message.lifecycle());
    case pb::Definition::kIdentity:
      return IdentityFromProto(message.identity());
    case pb::Definition::kScore:
      return ScoreFromProto(message.score());
    case pb::Definition::DEFINITION_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("holds nothing that this version knows");
}

void ToProto(const Definition& definition, pb::Definition& message) {
  if (const auto* segment = std::get_if<SegmentDefinition>(&definition)) {
    message.mutable_segment()->set_name(segment->name);
    message.mutable_segment()->set_expression(segment->expression);
    return;
  }
  if (const auto* offer = std::get_if<OfferDefinition>(&definition)) {
    OfferToProto(*offer, *message.mutable_offer());
    return;
  }
  if (const auto* policy = std::get_if<PolicyDefinition>(&definition)) {
    PolicyToProto(*policy, message);
    return;
  }
  if (const auto* insight = std::get_if<InsightDefinition>(&definition)) {
    InsightToProto(*insight, message);
    return;
  }
  if (const auto* identity = std::get_if<IdentityDefinition>(&definition)) {
    IdentityToProto(*identity, *message.mutable_identity());
    return;
  }
  const auto& schema = std::get<SchemaDefinition>(definition);
  if (const auto* it = std::get_if<AttributeDefinition>(&schema)) {
    AttributeToProto(*it, *message.mutable_attribute());
  } else if (const auto* type =
                 std::get_if<InteractionTypeDefinition>(&schema)) {
    message.mutable_interaction_type()->set_name(type->name);
    message.mutable_interaction_type()->set_description(type->description);
  } else if (const auto* channel = std::get_if<ChannelDefinition>(&schema)) {
    message.mutable_channel()->set_name(channel->name);
    message.mutable_channel()->set_description(channel->description);
    message.mutable_channel()->set_address(channel->address);
  } else if (const auto* space = std::get_if<NamespaceDefinition>(&schema)) {
    message.mutable_namespace_()->set_name(space->name);
    message.mutable_namespace_()->set_unique(space->unique);
    message.mutable_namespace_()->set_single(space->single);
    message.mutable_namespace_()->set_max_records(space->max_records);
    message.mutable_namespace_()->set_search(
        static_cast<pb::Search>(space->search));
  } else if (const auto* relation = std::get_if<RelationDefinition>(&schema)) {
    pb::Relation& out = *message.mutable_relation();
    out.set_name(relation->name);
    out.set_inverse(relation->inverse);
    out.set_description(relation->description);
    out.set_acyclic(relation->acyclic);
  } else if (const auto* rule = std::get_if<RetentionDefinition>(&schema)) {
    pb::Retention& out = *message.mutable_retention();
    out.set_kind(static_cast<pb::Retained>(rule->kind));
    out.set_name(rule->name);
    out.set_purpose(rule->purpose);
    out.set_keep(rule->keep);
  } else if (const auto* renaming = std::get_if<RenamingDefinition>(&schema)) {
    pb::Renaming& out = *message.mutable_renaming();
    out.set_kind(static_cast<pb::DefinitionKind>(renaming->kind));
    out.set_from(renaming->from);
    out.set_to(renaming->to);
  } else if (const auto* retirement =
                 std::get_if<RetirementDefinition>(&schema)) {
    pb::Retirement& out = *message.mutable_retirement();
    out.set_kind(static_cast<pb::DefinitionKind>(retirement->kind));
    out.set_name(retirement->name);
    out.set_retired(retirement->retired);
  } else if (const auto* purpose = std::get_if<PurposeDefinition>(&schema)) {
    message.mutable_purpose()->set_name(purpose->name);
    message.mutable_purpose()->set_description(purpose->description);
    message.mutable_purpose()->set_direct_marketing(
        purpose->is_direct_marketing);
  } else if (const auto* list =
                 std::get_if<SuppressionListDefinition>(&schema)) {
    message.mutable_suppression_list()->set_name(list->name);
    message.mutable_suppression_list()->set_max_age(list->max_age);
    message.mutable_suppression_list()->set_description(list->description);
  } else {
    ProductToProto(std::get<ProductDefinition>(schema),
                   *message.mutable_product());
  }
}

absl::StatusOr<std::vector<Definition>> DecodeDefinitions(
    std::string_view bytes, Currency currency) {
  pb::Definitions message;
  const ::google::protobuf::LogSilencer silencer;  // the library prints nothing
  if (bytes.size() > (size_t{1} << 30) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        "definitions is not a trato.v1.Definitions message");
  }
  std::vector<Definition> definitions;
  for (int i = 0; i < message.definitions_size(); ++i) {
    auto definition = FromProto(message.definitions(i), currency);
    if (!definition.ok()) {
      return Prefixed(definition.status(), StrCat("definitions[", i, "]: "));
    }
    definitions.push_back(*std::move(definition));
  }
  return definitions;
}

}  // namespace trato::core
