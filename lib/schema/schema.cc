// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "schema/schema.h"

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr int kMaxCategories = 16;
constexpr size_t kMaxSubstitutes = 100;

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {"purchase", "an order with its lines"},
    {"return", "goods that came back, with negative amounts"},
    {"gift", "goods given at price zero"},
    {"cart", "a product put aside to buy"},
    {"view", "a product or page looked at"},
    {"visit", "a visit to a site or a shop"},
    {"search", "something looked for"},
    {"usage", "a product or service used"},
    {"message", "a message, in or out"},
    {"reply", "an answer to a message"},
    {"call", "a telephone call"},
    {"meeting", "a meeting face to face"},
    {"inquiry", "a question"},
    {"complaint", "something that went wrong, as told by the customer"},
    {"review", "an opinion given"},
    {"competitor",
     "a competitor seen at the customer: who, what, at what price"},
};

constexpr std::pair<std::string_view, std::string_view> kChannels[] = {
    {"web", "a web site"},
    {"app", "an application"},
    {"email", "electronic mail"},
    {"chat", "a conversation in writing"},
    {"sms", "text message"},
    {"phone", "a telephone call"},
    {"call_centre", "a call or contact centre"},
    {"letter", "post"},
    {"fax", "fax"},
    {"shop", "a shop or branch"},
    {"face_to_face", "in person"},
    {"sales_force", "a visit of the sales force"},
    {"social", "a social network"},
    {"mass_media", "press, radio, television"},
};

template <typename Map>
std::vector<std::string_view> NamesOf(const Map& map) {
  std::vector<std::string_view> names;
  for (const auto& [name, definition] : map) names.push_back(name);
  return names;
}

absl::Status Unknown(std::string_view field, std::string_view what,
                     std::string_view name,
                     const std::vector<std::string_view>& known) {
  const bool printable = CheckLabel(field, name).ok();
  return absl::NotFoundError(
      StrCat(field, ": ", what, printable ? StrCat(" '", name, "'") : "",
             " is not defined", DidYouMean(name, known)));
}

DefinitionKind KindOf(Subject subject) {
  return subject == Subject::kCustomer ? DefinitionKind::kAttribute
                                       : DefinitionKind::kField;
}

std::string AttributeOf(Subject subject) {
  return subject == Subject::kCustomer ? "customer attribute"
                                       : "interaction field";
}

constexpr size_t kMaxAllowed = 1000;

// What its values may be, and how one of them is chosen.
absl::Status CheckShape(std::string_view field, const AttributeDefinition& it) {
  if (!it.unit.empty()) {
    TRATO_RETURN_IF_ERROR(CheckLabel(StrCat(field, ": unit"), it.unit));
  }
  if (!it.allowed.empty() && it.type != ValueType::kString) {
    return absl::InvalidArgumentError(StrCat(
        field, ": allowed values are of strings, this is ", TypeName(it.type)));
  }
  if (it.allowed.size() > kMaxAllowed || it.sources.size() > kMaxAllowed) {
    return absl::InvalidArgumentError(
        StrCat(field, ": at most ", kMaxAllowed,
               " allowed values and sources can be given"));
  }
  for (const auto* texts : {&it.allowed, &it.sources}) {
    const std::string what =
        StrCat(field, texts == &it.allowed ? ": allowed value " : ": source ");
    for (size_t i = 0; i < texts->size(); ++i) {
      TRATO_RETURN_IF_ERROR(CheckLabel(StrCat(what, i + 1), (*texts)[i]));
      if (std::find(texts->begin(), texts->begin() + static_cast<int64_t>(i),
                    (*texts)[i]) != texts->begin() + static_cast<int64_t>(i)) {
        return absl::InvalidArgumentError(
            StrCat(what, i + 1, " is given twice"));
      }
    }
  }
  const bool wants_sources = it.reconciliation == Reconciliation::kTrusted;
  if (wants_sources == it.sources.empty()) {
    return absl::InvalidArgumentError(
        wants_sources ? StrCat(field, ": trusted needs a list of sources")
                      : StrCat(field, ": sources are for trusted only"));
  }
  if (it.reconciliation == Reconciliation::kLongest &&
      it.type != ValueType::kString) {
    return absl::InvalidArgumentError(
        StrCat(field, ": longest is for strings, this is ", TypeName(it.type)));
  }
  if (it.many && it.reconciliation != Reconciliation::kLatest) {
    return absl::InvalidArgumentError(
        StrCat(field, ": of many values none is chosen"));
  }
  const bool is_bare = !it.many && it.per == Per::kNothing &&
                       it.reconciliation == Reconciliation::kLatest;
  if (it.subject == Subject::kInteraction && !is_bare) {
    return absl::InvalidArgumentError(StrCat(
        field, ": an interaction has one value of it, and nothing to choose"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view NameOf(Reconciliation reconciliation) {
  switch (reconciliation) {
    case Reconciliation::kLatest:
      return "latest";
    case Reconciliation::kTrusted:
      return "trusted";
    case Reconciliation::kFrequent:
      return "frequent";
    case Reconciliation::kLongest:
      return "longest";
  }
  return "";
}

std::string_view NameOf(Sensitivity sensitivity) {
  switch (sensitivity) {
    case Sensitivity::kOrdinary:
      return "ordinary";
    case Sensitivity::kConfidential:
      return "confidential";
    case Sensitivity::kSpecial:
      return "special";
  }
  return "";
}

std::string_view NameOf(DefinitionKind kind) {
  constexpr std::string_view kNames[kDefinitionKindCount] = {
      "attribute", "field",   "interaction type", "relation",
      "segment",   "channel", "purpose",          "namespace"};
  return kNames[static_cast<int>(kind)];
}

std::string_view NameOf(RetainedKind kind) {
  switch (kind) {
    case RetainedKind::kInteractions:
      return "interactions";
    case RetainedKind::kAttribute:
      return "attribute";
    case RetainedKind::kGrants:
      return "grants";
    case RetainedKind::kDecisions:
      break;
  }
  return "decisions";
}

std::string_view NameOf(Per per) {
  switch (per) {
    case Per::kNothing:
      return "customer";
    case Per::kProduct:
      return "product";
    case Per::kNeed:
      return "need";
  }
  return "";
}

Schema::Schema() {
  for (const auto& [name, description] : kTypes) {
    Apply(
        InteractionTypeDefinition{std::string(name), std::string(description)});
  }
  for (const auto& [name, description] : kChannels) {
    Apply(ChannelDefinition{std::string(name), std::string(description)});
  }
  Apply(PurposeDefinition{"marketing", true, "advertising and offers"});
  Apply(SuppressionListDefinition{"objections", "",
                                  "who objected, as it was kept outside"});
}

absl::Status Schema::Check(const SchemaDefinition& definition) const {
  if (const auto* it = std::get_if<AttributeDefinition>(&definition)) {
    TRATO_RETURN_IF_ERROR(CheckName("attribute", it->name));
    const std::string field = StrCat("attribute '", it->name, "'");
    TRATO_RETURN_IF_ERROR(
        CheckText(StrCat(field, ": description"), it->description));
    if (it->type == ValueType::kNone) {
      return absl::InvalidArgumentError(StrCat(field, " has no type"));
    }
    TRATO_RETURN_IF_ERROR(CheckShape(field, *it));
    if (it->search > Search::kNot &&
        (it->subject != Subject::kCustomer || it->type != ValueType::kString)) {
      return absl::InvalidArgumentError(
          StrCat(field, ": search: only text of customers can be looked for"));
    }
    const AttributeDefinition* known = FindAttribute(it->subject, it->name);
    if (known == nullptr) return absl::OkStatus();
    // A whole number may become one with decimals, and of customers one value
    // many: what was said stays true.
    const bool widens_type = known->type == ValueType::kInt &&
                             it->type == ValueType::kDouble;
    if (known->type != it->type && !widens_type) {
      return absl::AlreadyExistsError(
          StrCat(field, " is defined as ", TypeName(known->type),
                 " and cannot become ", TypeName(it->type)));
    }
    if (known->many && !it->many) {
      return absl::AlreadyExistsError(
          StrCat(field, " is defined with many at a time and cannot become one "
                        "with one"));
    }
    if (known->per != it->per) {
      return absl::AlreadyExistsError(StrCat(field, " is defined per ",
                                             NameOf(known->per),
                                             ", which cannot change"));
    }
    return absl::OkStatus();
  }
  if (const auto* it = std::get_if<InteractionTypeDefinition>(&definition)) {
    TRATO_RETURN_IF_ERROR(CheckName("interaction type", it->name));
    return CheckText(StrCat("interaction type '", it->name, "': description"),
                     it->description);
  }
  if (const auto* it = std::get_if<ChannelDefinition>(&definition)) {
    TRATO_RETURN_IF_ERROR(CheckName("channel", it->name));
    if (!it->address.empty() && FindNamespace(it->address) == nullptr &&
        FindAttribute(Subject::kCustomer, it->address) == nullptr) {
      return absl::NotFoundError(
          StrCat("channel '", it->name, "': address: '", it->address,
                 "' is neither a namespace nor an attribute of customers"));
    }
    return CheckText(StrCat("channel '", it->name, "': description"),
                     it->description);
  }
  if (const auto* it = std::get_if<NamespaceDefinition>(&definition)) {
    return CheckName("namespace", it->name);
  }
  if (const auto* it = std::get_if<RelationDefinition>(&definition)) {
    return CheckRelation(*it);
  }
  if (const auto* it = std::get_if<PurposeDefinition>(&definition)) {
    TRATO_RETURN_IF_ERROR(CheckName("purpose", it->name));
    const std::string field = StrCat("purpose '", it->name, "'");
    auto known = purposes_.find(Stored(DefinitionKind::kPurpose, it->name));
    // Or an objection that was made could be defined away.
    if (known != purposes_.end() && known->second.is_direct_marketing &&
        !it->is_direct_marketing) {
      return absl::AlreadyExistsError(
          StrCat(field, " is direct marketing and stays so"));
    }
    return CheckText(StrCat(field, ": description"), it->description);
  }
  if (const auto* it = std::get_if<RenamingDefinition>(&definition)) {
    return CheckRenaming(*it);
  }
  if (const auto* it = std::get_if<RetirementDefinition>(&definition)) {
    return CheckRetirement(*it);
  }
  if (const auto* it = std::get_if<RetentionDefinition>(&definition)) {
    return CheckRetention(*it);
  }
  if (const auto* it = std::get_if<SuppressionListDefinition>(&definition)) {
    TRATO_RETURN_IF_ERROR(CheckName("suppression list", it->name));
    const std::string field = StrCat("suppression list '", it->name, "'");
    if (!it->max_age.empty()) {
      TRATO_RETURN_IF_ERROR(Prefixed(ParseSpan(it->max_age).status(),
                                     StrCat(field, ": max_age: ")));
    }
    return CheckText(StrCat(field, ": description"), it->description);
  }
  const auto& product = std::get<ProductDefinition>(definition);
  TRATO_RETURN_IF_ERROR(CheckLabel("product id", product.id));
  const std::string prefix = StrCat("product '", product.id, "': ");
  if (!product.category.empty()) {
    TRATO_RETURN_IF_ERROR(
        CheckLabel(StrCat(prefix, "category"), product.category));
    // A category that is below itself would have no end.
    std::string_view above = product.category;
    for (int i = 0; !above.empty(); ++i) {
      if (above == product.id || i == kMaxCategories) {
        return absl::InvalidArgumentError(
            above == product.id
                ? StrCat(prefix, "category: it would stand below itself")
                : StrCat(prefix, "category: more than ", kMaxCategories,
                         " stand above each other"));
      }
      const ProductDefinition* known = FindProduct(above);
      above = known == nullptr ? std::string_view() : known->category;
    }
  }
  if (product.substitutes.size() > kMaxSubstitutes) {
    return absl::InvalidArgumentError(StrCat(
        prefix, "substitutes holds ", product.substitutes.size(), ", at most ",
        kMaxSubstitutes));
  }
  for (size_t i = 0; i < product.substitutes.size(); ++i) {
    const std::string field = StrCat(prefix, "substitutes[", i, "]");
    TRATO_RETURN_IF_ERROR(CheckLabel(field, product.substitutes[i]));
    if (product.substitutes[i] == product.id) {
      return absl::InvalidArgumentError(
          StrCat(field, ": a product is no substitute for itself"));
    }
  }
  return CheckText(StrCat("product '", product.id, "': name"), product.name);
}

absl::Status Schema::CheckRetention(const RetentionDefinition& it) const {
  if (it.kind == RetainedKind::kDecisions) {
    if (it.name != "*") {
      return absl::InvalidArgumentError("name: decisions have none, give '*'");
    }
  } else if (it.name != "*") {
    if (it.kind == RetainedKind::kInteractions) {
      TRATO_RETURN_IF_ERROR(CheckInteractionType("name", it.name));
    } else if (it.kind == RetainedKind::kAttribute) {
      TRATO_RETURN_IF_ERROR(
          Attribute("name", Subject::kCustomer, it.name).status());
    } else {
      TRATO_RETURN_IF_ERROR(Purpose("name", it.name).status());
    }
  }
  if (!it.purpose.empty()) {
    TRATO_RETURN_IF_ERROR(Purpose("purpose", it.purpose).status());
  }
  if (it.keep.empty()) return absl::OkStatus();
  return Prefixed(ParseSpan(it.keep).status(), "keep: ");
}

absl::Status Schema::CheckRenaming(const RenamingDefinition& it) const {
  if (it.kind == DefinitionKind::kSegment ||
      it.kind == DefinitionKind::kNamespace) {
    return absl::UnimplementedError(
        "kind: a namespace keeps its name, which is part of what names records; "
        "define another one, claim its identifiers for them and retire this");
  }
  TRATO_RETURN_IF_ERROR(CheckDefined(it.kind, "name", it.from));
  TRATO_RETURN_IF_ERROR(CheckName("new_name", it.to));
  if (Stored(it.kind, it.to) == Stored(it.kind, it.from)) {
    return absl::OkStatus();
  }
  if (!CheckDefined(it.kind, "new_name", it.to).ok()) return absl::OkStatus();
  return absl::AlreadyExistsError(
      StrCat("new_name: '", it.to, "' is the name of another one, or was"));
}

absl::Status Schema::CheckDefined(DefinitionKind kind, std::string_view field,
                                  std::string_view name) const {
  switch (kind) {
    case DefinitionKind::kAttribute:
      return Attribute(field, Subject::kCustomer, name).status();
    case DefinitionKind::kField:
      return Attribute(field, Subject::kInteraction, name).status();
    case DefinitionKind::kInteractionType:
      return CheckInteractionType(field, name);
    case DefinitionKind::kRelation:
      return Relation(field, name).status();
    case DefinitionKind::kChannel:
      if (name.empty()) {
        return absl::InvalidArgumentError(StrCat(field, " is empty"));
      }
      return CheckChannel(field, name);
    case DefinitionKind::kPurpose:
      return Purpose(field, name).status();
    case DefinitionKind::kNamespace:
      if (namespaces_.contains(Stored(kind, name))) return absl::OkStatus();
      return Unknown(field, "namespace", name,
                     ShownNames(kind, NamesOf(namespaces_)));
    case DefinitionKind::kSegment:
      break;
  }
  return absl::UnimplementedError("kind: segments are defined elsewhere");
}

absl::Status Schema::CheckRetirement(const RetirementDefinition& it) const {
  return CheckDefined(it.kind, "name", it.name);
}

std::string Schema::NameOfRetired(const RetirementDefinition& it) const {
  if (it.kind == DefinitionKind::kRelation) {
    const auto end = Relation("name", it.name);
    if (end.ok()) return end->definition->name;
  }
  return std::string(Stored(it.kind, it.name));
}

bool Schema::IsRetired(DefinitionKind kind, std::string_view stored) const {
  return !retired_.empty() && retired_.contains({kind, std::string(stored)});
}

absl::Status Schema::CheckTakes(DefinitionKind kind, std::string_view field,
                                std::string_view name) const {
  if (retired_.empty() || !IsRetired(kind, Stored(kind, name))) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      StrCat(field, ": '", name, "' is retired and takes nothing new"));
}

std::string_view Schema::Stored(DefinitionKind kind,
                                std::string_view name) const {
  if (!has_renamings_ || kind == DefinitionKind::kSegment) return name;
  const auto& names = stored_[static_cast<int>(kind)];
  const auto found = names.find(name);
  return found == names.end() ? name : std::string_view(found->second);
}

std::string_view Schema::Shown(DefinitionKind kind,
                               std::string_view stored) const {
  if (!has_renamings_ || kind == DefinitionKind::kSegment) return stored;
  const auto& names = shown_[static_cast<int>(kind)];
  const auto found = names.find(stored);
  return found == names.end() ? stored : std::string_view(found->second);
}

std::vector<std::string_view> Schema::ShownNames(
    DefinitionKind kind, std::vector<std::string_view> stored) const {
  if (has_renamings_) {
    for (std::string_view& name : stored) name = Shown(kind, name);
  }
  return stored;
}

RelationDefinition Schema::StoredRelation(const RelationDefinition& it) const {
  RelationDefinition stored = it;
  stored.name = Stored(DefinitionKind::kRelation, it.name);
  stored.inverse = Stored(DefinitionKind::kRelation, it.inverse);
  return stored;
}

absl::Status Schema::CheckRelation(const RelationDefinition& given) const {
  TRATO_RETURN_IF_ERROR(CheckName("relation", given.name));
  const std::string field = StrCat("relation '", given.name, "'");
  TRATO_RETURN_IF_ERROR(CheckName(StrCat(field, ": inverse"), given.inverse));
  const RelationDefinition it = StoredRelation(given);
  TRATO_RETURN_IF_ERROR(
      CheckText(StrCat(field, ": description"), it.description));
  if (it.acyclic && it.is_symmetric()) {
    return absl::InvalidArgumentError(
        StrCat(field, " has no direction, so it cannot be without cycles"));
  }
  for (const auto& [name, other] : relations_) {
    if (name == it.name) {
      if (other.is_symmetric() == it.is_symmetric()) continue;
      return absl::AlreadyExistsError(StrCat(
          field, " is defined ", other.is_symmetric() ? "without" : "with",
          " a direction, which cannot change"));
    }
    for (std::string_view taken : {name, other.inverse}) {
      if (taken == it.name || taken == it.inverse) {
        return absl::AlreadyExistsError(
            StrCat(field, ": '", Shown(DefinitionKind::kRelation, taken),
                   "' is a name of relation '",
                   Shown(DefinitionKind::kRelation, name), "'"));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Schema::RelationEnd> Schema::Relation(
    std::string_view field, std::string_view name) const {
  const std::string_view stored = Stored(DefinitionKind::kRelation, name);
  std::vector<std::string_view> known;
  for (const auto& [text, it] : relations_) {
    if (text == stored) return RelationEnd{&it, false};
    if (it.inverse == stored) return RelationEnd{&it, true};
    known.push_back(text);
    if (!it.is_symmetric()) known.push_back(it.inverse);
  }
  return Unknown(field, "relation", name,
                 ShownNames(DefinitionKind::kRelation, std::move(known)));
}

bool Schema::Knows(const SchemaDefinition& definition) const {
  if (const auto* it = std::get_if<RetentionDefinition>(&definition)) {
    const auto known = retention_.find({it->kind, it->name, it->purpose});
    return known == retention_.end() ? it->keep.empty() : known->second == *it;
  }
  if (const auto* it = std::get_if<RenamingDefinition>(&definition)) {
    return Shown(it->kind, Stored(it->kind, it->from)) == it->to;
  }
  if (const auto* it = std::get_if<RetirementDefinition>(&definition)) {
    return IsRetired(it->kind, NameOfRetired(*it)) == it->retired;
  }
  if (const auto* it = std::get_if<AttributeDefinition>(&definition)) {
    const AttributeDefinition* known = FindAttribute(it->subject, it->name);
    if (known == nullptr) return false;
    AttributeDefinition wanted = *it;
    wanted.name = known->name;
    return *known == wanted;
  }
  if (const auto* it = std::get_if<InteractionTypeDefinition>(&definition)) {
    auto known =
        types_.find(Stored(DefinitionKind::kInteractionType, it->name));
    return known != types_.end() &&
           known->second.description == it->description;
  }
  if (const auto* it = std::get_if<ChannelDefinition>(&definition)) {
    ChannelDefinition wanted = *it;
    wanted.name = Stored(DefinitionKind::kChannel, it->name);
    auto known = channels_.find(wanted.name);
    return known != channels_.end() && known->second == wanted;
  }
  if (const auto* it = std::get_if<NamespaceDefinition>(&definition)) {
    auto known = namespaces_.find(it->name);
    return known != namespaces_.end() && known->second == *it;
  }
  if (const auto* it = std::get_if<RelationDefinition>(&definition)) {
    const RelationDefinition stored = StoredRelation(*it);
    auto known = relations_.find(stored.name);
    return known != relations_.end() && known->second == stored;
  }
  if (const auto* it = std::get_if<PurposeDefinition>(&definition)) {
    PurposeDefinition wanted = *it;
    wanted.name = Stored(DefinitionKind::kPurpose, it->name);
    auto known = purposes_.find(wanted.name);
    return known != purposes_.end() && known->second == wanted;
  }
  if (const auto* it = std::get_if<SuppressionListDefinition>(&definition)) {
    auto known = suppression_lists_.find(it->name);
    return known != suppression_lists_.end() && known->second == *it;
  }
  const auto& product = std::get<ProductDefinition>(definition);
  auto known = products_.find(product.id);
  return known != products_.end() && known->second.name == product.name &&
         (product.category.empty() ||
          known->second.category == product.category) &&
         (product.substitutes.empty() ||
          known->second.substitutes == product.substitutes);
}

void Schema::Apply(const SchemaDefinition& definition) {
  if (const auto* it = std::get_if<AttributeDefinition>(&definition)) {
    const std::string name(Stored(KindOf(it->subject), it->name));
    AttributeDefinition& known =
        attributes_[static_cast<int>(it->subject)][name];
    known = *it;
    known.name = name;
  } else if (const auto* type =
                 std::get_if<InteractionTypeDefinition>(&definition)) {
    const std::string name(
        Stored(DefinitionKind::kInteractionType, type->name));
    types_[name] = {name, type->description};
  } else if (const auto* rule =
                 std::get_if<RetentionDefinition>(&definition)) {
    if (rule->keep.empty()) {
      retention_.erase({rule->kind, rule->name, rule->purpose});
    } else {
      retention_[{rule->kind, rule->name, rule->purpose}] = *rule;
    }
  } else if (const auto* renaming =
                 std::get_if<RenamingDefinition>(&definition)) {
    if (renaming->kind == DefinitionKind::kSegment) return;
    const int kind = static_cast<int>(renaming->kind);
    const std::string name(Stored(renaming->kind, renaming->from));
    has_renamings_ = true;
    shown_[kind][name] = renaming->to;
    if (renaming->to != name) stored_[kind][renaming->to] = name;
  } else if (const auto* channel =
                 std::get_if<ChannelDefinition>(&definition)) {
    const std::string name(Stored(DefinitionKind::kChannel, channel->name));
    ChannelDefinition& known = channels_[name];
    known = *channel;
    known.name = name;
  } else if (const auto* space =
                 std::get_if<NamespaceDefinition>(&definition)) {
    namespaces_[space->name] = *space;
  } else if (const auto* relation =
                 std::get_if<RelationDefinition>(&definition)) {
    RelationDefinition stored = StoredRelation(*relation);
    relations_[stored.name] = stored;
  } else if (const auto* purpose =
                 std::get_if<PurposeDefinition>(&definition)) {
    const std::string name(Stored(DefinitionKind::kPurpose, purpose->name));
    PurposeDefinition& known = purposes_[name];
    known = *purpose;
    known.name = name;
  } else if (const auto* retirement =
                 std::get_if<RetirementDefinition>(&definition)) {
    std::pair<DefinitionKind, std::string> what(
        retirement->kind, NameOfRetired(*retirement));
    if (retirement->retired) {
      retired_.insert(std::move(what));
    } else {
      retired_.erase(what);
    }
  } else if (const auto* list =
                 std::get_if<SuppressionListDefinition>(&definition)) {
    suppression_lists_[list->name] = *list;
  } else {
    const auto& product = std::get<ProductDefinition>(definition);
    ProductDefinition& known = products_[product.id];
    known.id = product.id;
    known.name = product.name;
    if (!product.category.empty()) known.category = product.category;
    if (!product.substitutes.empty()) known.substitutes = product.substitutes;
  }
}

absl::StatusOr<const AttributeDefinition*> Schema::Attribute(
    std::string_view field, Subject subject, std::string_view name) const {
  const AttributeDefinition* definition = FindAttribute(subject, name);
  if (definition != nullptr) return definition;
  return Unknown(field, AttributeOf(subject), name,
                 ShownNames(KindOf(subject), AttributeNames(subject)));
}

absl::Status Schema::CheckInteractionType(std::string_view field,
                                          std::string_view name) const {
  if (HasInteractionType(name)) return absl::OkStatus();
  return Unknown(field, "interaction type", name,
                 ShownNames(DefinitionKind::kInteractionType,
                            InteractionTypeNames()));
}

absl::Status Schema::CheckChannel(std::string_view field,
                                  std::string_view name) const {
  if (name.empty() || HasChannel(name)) return absl::OkStatus();
  return Unknown(field, "channel", name,
                 ShownNames(DefinitionKind::kChannel, ChannelNames()));
}

absl::StatusOr<const PurposeDefinition*> Schema::Purpose(
    std::string_view field, std::string_view name) const {
  auto found = purposes_.find(Stored(DefinitionKind::kPurpose, name));
  if (found != purposes_.end()) return &found->second;
  return Unknown(field, "purpose", name,
                 ShownNames(DefinitionKind::kPurpose, PurposeNames()));
}

absl::Status Schema::CheckSuppressionList(std::string_view field,
                                          std::string_view name) const {
  if (suppression_lists_.contains(name)) return absl::OkStatus();
  return Unknown(field, "suppression list", name, NamesOf(suppression_lists_));
}

const AttributeDefinition* Schema::FindAttribute(Subject subject,
                                                 std::string_view name) const {
  const auto& attributes = attributes_[static_cast<int>(subject)];
  auto found = attributes.find(Stored(KindOf(subject), name));
  return found == attributes.end() ? nullptr : &found->second;
}

bool Schema::HasInteractionType(std::string_view name) const {
  return types_.contains(Stored(DefinitionKind::kInteractionType, name));
}

bool Schema::HasChannel(std::string_view name) const {
  return channels_.contains(Stored(DefinitionKind::kChannel, name));
}

bool Schema::IsUnique(std::string_view name_space) const {
  auto found = namespaces_.find(name_space);
  return found != namespaces_.end() && found->second.unique;
}

const NamespaceDefinition* Schema::FindNamespace(std::string_view name) const {
  auto found = namespaces_.find(name);
  return found == namespaces_.end() ? nullptr : &found->second;
}

Search Schema::SearchOfAttribute(std::string_view name) const {
  const AttributeDefinition* it = FindAttribute(Subject::kCustomer, name);
  if (it == nullptr || it->type != ValueType::kString) return Search::kNot;
  return it->search == Search::kByName ? SearchByAttributeName(name)
                                       : it->search;
}

Search Schema::SearchOfNamespace(std::string_view name_space) const {
  const NamespaceDefinition* it = FindNamespace(name_space);
  return it == nullptr || it->search == Search::kByName
             ? SearchByNamespace(name_space)
             : it->search;
}

std::vector<std::string_view> Schema::NamedProducts() const {
  std::vector<std::string_view> ids;
  for (const auto& [id, product] : products_) {
    if (ProductName(id) != id || !product.category.empty() ||
        !product.substitutes.empty()) {
      ids.push_back(id);
    }
  }
  return ids;
}

const ProductDefinition* Schema::FindProduct(std::string_view id) const {
  auto found = products_.find(id);
  return found == products_.end() ? nullptr : &found->second;
}

std::string_view Schema::ProductName(std::string_view id) const {
  auto found = products_.find(id);
  if (found == products_.end() || found->second.name.empty()) return id;
  return found->second.name;
}

std::vector<std::string_view> Schema::AttributeNames(Subject subject) const {
  return NamesOf(attributes_[static_cast<int>(subject)]);
}

std::vector<std::string_view> Schema::InteractionTypeNames() const {
  return NamesOf(types_);
}

std::vector<std::string_view> Schema::PurposeNames() const {
  return NamesOf(purposes_);
}

std::vector<std::string_view> Schema::ChannelNames() const {
  return NamesOf(channels_);
}

}  // namespace trato::core
