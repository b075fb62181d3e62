// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/dependents.h"

#include <algorithm>
#include <set>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

bool IsReadBy(const Model& model, const Program& program, DefinitionKind kind,
              std::string_view name) {
  const Reads& reads = program.reads();
  switch (kind) {
    case DefinitionKind::kAttribute:
      return reads.attributes.contains(name);
    case DefinitionKind::kField:
      return reads.fields.contains(name);
    case DefinitionKind::kInteractionType:
      return reads.interaction_types.contains(name);
    case DefinitionKind::kRelation:
      return reads.relations.contains(name);
    case DefinitionKind::kChannel:
      return reads.channels.contains(name);
    case DefinitionKind::kPurpose:
      return reads.purposes.contains(name);
    case DefinitionKind::kNamespace:
      return reads.namespaces.contains(name);
    case DefinitionKind::kSegment:
      break;
  }
  return std::any_of(
      reads.segments.begin(), reads.segments.end(), [&](const auto& it) {
        return model.segments->NameNow(it.first) == name;
      });
}

}  // namespace

Dependents DependentsOf(const Model& model, DefinitionKind kind,
                        std::string_view called) {
  const std::string_view name = kind == DefinitionKind::kSegment
                                    ? model.segments->NameNow(called)
                                    : model.schema->Stored(kind, called);
  std::set<std::string, std::less<>> segments;
  const auto depends = [&](const Program& program) {
    if (IsReadBy(model, program, kind, name)) return true;
    return std::any_of(
        segments.begin(), segments.end(), [&](const std::string& segment) {
          return IsReadBy(model, program, DefinitionKind::kSegment, segment);
        });
  };
  // Segments use each other in no order, and never in a circle.
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& [text, segment] : model.segments->all()) {
      if (!segment.program.ok() || segments.contains(text)) continue;
      if (depends(**segment.program)) {
        segments.emplace(text);
        grows = true;
      }
    }
  }
  Dependents dependents;
  dependents.segments.assign(segments.begin(), segments.end());
  for (const auto& [text, offer] : model.catalogue->all()) {
    const OfferDefinition& it = offer.definition;
    const bool is_on =
        kind == DefinitionKind::kChannel &&
        (it.channel == name ||
         std::any_of(it.variants.begin(), it.variants.end(),
                     [&](const auto& on) { return on.channel == name; }));
    if (is_on || (kind == DefinitionKind::kPurpose && it.purpose == name) ||
        model.catalogue->AnyReads(offer, depends)) {
      dependents.offers.emplace_back(text);
    }
  }
  for (const auto& [key, rule] : model.schema->retention()) {
    const bool is_of = (kind == DefinitionKind::kInteractionType &&
                        rule.kind == RetainedKind::kInteractions) ||
                       (kind == DefinitionKind::kAttribute &&
                        rule.kind == RetainedKind::kAttribute) ||
                       (kind == DefinitionKind::kPurpose &&
                        rule.kind == RetainedKind::kGrants);
    if ((is_of && rule.name == name) ||
        (kind == DefinitionKind::kPurpose && rule.purpose == name)) {
      dependents.retention.push_back(
          rule.name == "*" ? std::string(NameOf(rule.kind))
                           : StrCat(NameOf(rule.kind), " ", rule.name));
    }
  }
  return dependents;
}

std::string DependentsJson(const Dependents& dependents) {
  return Written(
      {{"segments", dependents.segments},
       {"offers", dependents.offers},
       {"retention", dependents.retention}});
}

}  // namespace trato::core
