// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The calls about attributes: their definitions, values and history.

#include <utility>

#include "base/status.h"
#include "codec/customer_answers.h"
#include "codec/dependents.h"
#include "engine/store_impl.h"

namespace trato::core {

absl::Status Store::DefineAttribute(const AttributeDefinitionInput& definition,
                                    int64_t now_us,
                                    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto check = [](std::string_view field, uint32_t number, int count,
                        std::string_view what) {
    if (number < static_cast<uint32_t>(count)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        StrCat(field, " ", number, " is no ", what));
  };
  if (definition.subject > static_cast<uint32_t>(Subject::kInteraction)) {
    return absl::InvalidArgumentError(
        StrCat("subject ", definition.subject,
               " is neither customer nor interaction"));
  }
  TRATO_RETURN_IF_ERROR(
      check("kind", definition.kind, kValueTypeCount, "kind of value"));
  TRATO_RETURN_IF_ERROR(check("sensitivity", definition.sensitivity,
                              kSensitivityCount, "degree of sensitivity"));
  TRATO_RETURN_IF_ERROR(check("per", definition.per, kPerCount,
                              "thing that a value can be about"));
  TRATO_RETURN_IF_ERROR(check("reconciliation", definition.reconciliation,
                              kReconciliationCount, "rule"));
  AttributeDefinition it;
  it.name = definition.name;
  it.subject = static_cast<Subject>(definition.subject);
  it.type = static_cast<ValueType>(definition.kind);
  it.description = definition.description;
  it.unit = definition.unit;
  it.allowed.assign(definition.allowed.begin(), definition.allowed.end());
  it.many = definition.many;
  it.sensitivity = static_cast<Sensitivity>(definition.sensitivity);
  it.per = static_cast<Per>(definition.per);
  it.reconciliation = static_cast<Reconciliation>(definition.reconciliation);
  it.retired = definition.retired;
  it.sources.assign(definition.sources.begin(), definition.sources.end());
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  // Defined again, it is looked for as before.
  const AttributeDefinition* known =
      impl_->state->schema.FindAttribute(it.subject, it.name);
  if (known != nullptr && definition.plain) {
    AttributeDefinition kept = *known;
    kept.type = it.type;
    kept.description = it.description;
    it = std::move(kept);
  } else if (known != nullptr) {
    it.search = known->search;
  }
  const Definition made = SchemaDefinition(std::move(it));
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, made));
  return impl_->CommitDefinitions({made}, now_us, options);
}

absl::StatusOr<Written> Store::SetAttribute(const AttributeInput& attribute,
                                            int64_t now_us,
                                            const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Fact fact = Impl::Envelope(attribute.at_us, now_us, options);
  fact.key = attribute.key;
  auto value = impl_->ToValue(attribute.value);
  if (!value.ok()) return Prefixed(value.status(), "value: ");
  fact.payload = AttributeFact{std::string(attribute.customer),
                               std::string(attribute.name), *std::move(value),
                               std::string(attribute.about), attribute.removed,
                               attribute.inferred,
                               // Minus zero is zero.
                               attribute.strength + 0.0};
  return impl_->Submit(NewFact{std::move(fact), attribute.at_us != kAtNow},
                       now_us, options.buffered);
}

absl::StatusOr<std::string> Store::DependentsJson(uint32_t kind,
                                                  std::string_view name) const {
  if (kind >= static_cast<uint32_t>(kDefinitionKindCount)) {
    return absl::InvalidArgumentError(
        StrCat("kind ", kind, " is no kind of definition"));
  }
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  const auto which = static_cast<DefinitionKind>(kind);
  std::string known(name);
  switch (which) {
    case DefinitionKind::kAttribute:
      TRATO_RETURN_IF_ERROR(
          state.schema.Attribute("name", Subject::kCustomer, name).status());
      break;
    case DefinitionKind::kField:
      TRATO_RETURN_IF_ERROR(
          state.schema.Attribute("name", Subject::kInteraction, name).status());
      break;
    case DefinitionKind::kInteractionType:
      TRATO_RETURN_IF_ERROR(state.schema.CheckInteractionType("name", name));
      break;
    case DefinitionKind::kRelation: {
      TRATO_ASSIGN_OR_RETURN(Schema::RelationEnd end,
                             state.schema.Relation("name", name));
      known = end.definition->name;
      break;
    }
    case DefinitionKind::kSegment:
      TRATO_RETURN_IF_ERROR(state.segments.Find(name).status());
      break;
    default:
      TRATO_RETURN_IF_ERROR(state.schema.CheckDefined(which, "name", name));
  }
  return trato::core::DependentsJson(DependentsOf(state.model(), which, known));
}

absl::Status Store::RenameDefinition(uint32_t kind, std::string_view name,
                                     std::string_view new_name, int64_t now_us,
                                     const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (kind >= static_cast<uint32_t>(kDefinitionKindCount)) {
    return absl::InvalidArgumentError(
        StrCat("kind ", kind, " is no kind of definition"));
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const Definition definition = SchemaDefinition(
      RenamingDefinition{static_cast<DefinitionKind>(kind), std::string(name),
                         std::string(new_name)});
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

absl::Status Store::RetireDefinition(uint32_t kind, std::string_view name,
                                     bool retired, int64_t now_us,
                                     const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (kind >= static_cast<uint32_t>(kDefinitionKindCount)) {
    return absl::InvalidArgumentError(
        StrCat("kind ", kind, " is no kind of definition"));
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const auto which = static_cast<DefinitionKind>(kind);
  SchemaDefinition retirement =
      RetirementDefinition{which, std::string(name), retired};
  if (which == DefinitionKind::kAttribute || which == DefinitionKind::kField) {
    TRATO_ASSIGN_OR_RETURN(
        const AttributeDefinition* known,
        impl_->state->schema.Attribute("name",
                                       which == DefinitionKind::kAttribute
                                           ? Subject::kCustomer
                                           : Subject::kInteraction,
                                       name));
    AttributeDefinition changed = *known;
    changed.retired = retired;
    retirement = std::move(changed);
  }
  const Definition definition = std::move(retirement);
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

std::string Store::AttributeListJson() const {
  ReaderMutexLock lock(&impl_->mutex);
  return trato::core::AttributeListJson(impl_->state->model());
}

absl::StatusOr<std::string> Store::AttributeHistoryJson(
    std::string_view customer, std::string_view name, int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(
      const AttributeDefinition* definition,
      state.schema.Attribute("name", Subject::kCustomer, name));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  return trato::core::AttributeHistoryJson(
      state.model(), leader, *state.names.Find(definition->name), now_us);
}

}  // namespace trato::core
