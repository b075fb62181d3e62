// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store's vocabulary is: attributes with their types, types of
// interaction, channels, purposes, namespaces of identifiers, products. A name
// that is not defined is refused everywhere, with the nearest known name.

#ifndef TRATO_SCHEMA_SCHEMA_H_
#define TRATO_SCHEMA_SCHEMA_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/strings.h"
#include "schema/searchable.h"
#include "schema/value.h"

namespace trato::core {

enum class Subject : uint8_t { kCustomer = 0, kInteraction = 1 };

// How one value is found where several are said of a customer. The numbers of
// these three are those of trato.h and of the protobuf enums.
enum class Reconciliation : uint8_t {
  kLatest = 0,
  kTrusted = 1,   // of the first of `sources` that says any
  kFrequent = 2,  // what most records and sources say
  kLongest = 3,   // the longest text
};
inline constexpr int kReconciliationCount = 4;

enum class Sensitivity : uint8_t {
  kOrdinary = 0,
  kConfidential = 1,
  kSpecial = 2,  // a special category of personal data, such as health
};
inline constexpr int kSensitivityCount = 3;

// What a value is about, beside the customer: a shoe size is per product.
enum class Per : uint8_t { kNothing = 0, kProduct = 1, kNeed = 2 };
inline constexpr int kPerCount = 3;

std::string_view NameOf(Reconciliation reconciliation);
std::string_view NameOf(Sensitivity sensitivity);
std::string_view NameOf(Per per);

struct AttributeDefinition {
  std::string name;
  Subject subject = Subject::kCustomer;
  ValueType type = ValueType::kNone;
  std::string description;
  std::string unit{};                  // such as "kg"; empty: none
  std::vector<std::string> allowed{};  // of texts; empty: any
  bool many = false;                   // a customer may have several at once
  Sensitivity sensitivity = Sensitivity::kOrdinary;
  Per per = Per::kNothing;
  Reconciliation reconciliation = Reconciliation::kLatest;
  std::vector<std::string> sources{};  // the most trusted first

  bool retired = false;  // takes no values any more

  Search search = Search::kByName;

  // Whether a customer has one value of it, as an expression reads it.
  bool is_plain() const { return !many && per == Per::kNothing; }
  bool operator==(const AttributeDefinition&) const = default;
};

struct InteractionTypeDefinition {
  std::string name;
  std::string description;
};

struct ChannelDefinition {
  std::string name;
  std::string description;
  // The namespace, or the attribute of text, that holds the address. Empty: the
  // namespace of the same name where there is one, else none is needed.
  std::string address{};

  bool operator==(const ChannelDefinition&) const = default;
};

// An identifier that more records claim is a hub, such as a switchboard's
// number, where the definition does not say another number.
inline constexpr uint32_t kDefaultMaxRecords = 100;

struct NamespaceDefinition {
  std::string name;
  bool unique = false;       // records that share one are one customer
  bool single = false;       // a customer has one of them only
  uint32_t max_records = 0;  // claimed by more, one joins nothing; 0: default
  Search search = Search::kByName;

  bool operator==(const NamespaceDefinition&) const = default;
};

// A kind of relation between two customers, named from both sides.
struct RelationDefinition {
  std::string name;
  std::string inverse;  // the same as the name: it has no direction
  std::string description;
  bool acyclic = false;  // nobody is above herself, as of parent companies

  bool is_symmetric() const { return name == inverse; }
  bool operator==(const RelationDefinition&) const = default;
};

// What is left empty stays as it was.
struct ProductDefinition {
  std::string id;
  std::string name;
  std::string category{};                  // the product or category above it
  std::vector<std::string> substitutes{};  // ids of what does instead
};

// What customers are contacted for, and asked for consent to.
struct PurposeDefinition {
  std::string name;
  bool is_direct_marketing = false;
  std::string description;

  bool operator==(const PurposeDefinition&) const = default;
};

// A list of who must not be contacted for direct marketing.
struct SuppressionListDefinition {
  std::string name;
  std::string max_age;  // a span; empty: any
  std::string description;

  bool operator==(const SuppressionListDefinition&) const = default;
};

// What there is to define and to depend on. The numbers are those of
// TRATO_DEFINITION_... in trato.h and of the protobuf enum.
enum class DefinitionKind : uint8_t {
  kAttribute = 0,
  kField = 1,  // of interactions
  kInteractionType = 2,
  kRelation = 3,
  kSegment = 4,
  kChannel = 5,
  kPurpose = 6,
  kNamespace = 7,
};
inline constexpr int kDefinitionKindCount = 8;
std::string_view NameOf(DefinitionKind kind);

// From now on something is called otherwise. Its former names stay its own, in
// expressions and in what hosts write.
struct RenamingDefinition {
  DefinitionKind kind = DefinitionKind::kAttribute;
  std::string from;
  std::string to;
};

// From now on something takes nothing new, or does again. Of attributes and
// fields their definition says so.
struct RetirementDefinition {
  DefinitionKind kind = DefinitionKind::kChannel;
  std::string name;
  bool retired = true;
};

// What a rule of retention is about. The numbers are those of TRATO_RETAIN_...
// in trato.h and of the protobuf enum.
enum class RetainedKind : uint8_t {
  kInteractions = 0,  // of a type
  kAttribute = 1,     // what was said of one, of customers
  kGrants = 2,        // consent that was granted to a purpose
  kDecisions = 3,     // with their outcomes
};
inline constexpr int kRetainedKindCount = 4;
std::string_view NameOf(RetainedKind kind);

// How long facts of a kind are kept, and what for.
struct RetentionDefinition {
  RetainedKind kind = RetainedKind::kInteractions;
  std::string name;     // of the type, attribute or purpose; "*": every other
  std::string purpose;  // what they are kept for; may be empty
  std::string keep;     // a span; empty: the rule ends

  bool operator==(const RetentionDefinition&) const = default;
};

using SchemaDefinition =
    std::variant<AttributeDefinition, InteractionTypeDefinition,
                 ChannelDefinition, NamespaceDefinition, ProductDefinition,
                 RelationDefinition, PurposeDefinition,
                 SuppressionListDefinition, RenamingDefinition,
                 RetentionDefinition, RetirementDefinition>;

class Schema {
 public:
  // Holds the interaction types and channels that every store has.
  Schema();

  // Whether the definition is well formed and may follow what is defined.
  absl::Status Check(const SchemaDefinition& definition) const;
  // Whether it changes anything.
  bool Knows(const SchemaDefinition& definition) const;
  // Puts a checked definition in force.
  void Apply(const SchemaDefinition& definition);

  // What is called so, or was once, by the name it was defined with, which is
  // the name that facts hold and that definitions here have; another name gives
  // itself. Of all but segments, which know their own; a relation has two such
  // names, one from each side.
  std::string_view Stored(DefinitionKind kind, std::string_view name) const;
  // And back: what people call it now.
  std::string_view Shown(DefinitionKind kind, std::string_view stored) const;
  bool has_renamings() const { return has_renamings_; }

  // Whether it takes nothing new; `stored` as it was defined. Not of attributes
  // and fields.
  bool IsRetired(DefinitionKind kind, std::string_view stored) const;
  const std::set<std::pair<DefinitionKind, std::string>>& retired() const {
    return retired_;
  }
  // NOT_FOUND unless something of the kind, but a segment, is called so.
  absl::Status CheckDefined(DefinitionKind kind, std::string_view field,
                            std::string_view name) const;
  // FAILED_PRECONDITION where it does; `field` names what held the name.
  absl::Status CheckTakes(DefinitionKind kind, std::string_view field,
                          std::string_view name) const;

  // NOT_FOUND with a suggestion. `field` names what held the name.
  absl::StatusOr<const AttributeDefinition*> Attribute(
      std::string_view field, Subject subject, std::string_view name) const;
  absl::Status CheckInteractionType(std::string_view field,
                                    std::string_view name) const;
  absl::Status CheckChannel(std::string_view field,
                            std::string_view name) const;

  // NOT_FOUND with a suggestion.
  absl::StatusOr<const PurposeDefinition*> Purpose(std::string_view field,
                                                   std::string_view name) const;

  absl::Status CheckSuppressionList(std::string_view field,
                                    std::string_view name) const;

  const AttributeDefinition* FindAttribute(Subject subject,
                                           std::string_view name) const;
  bool HasInteractionType(std::string_view name) const;
  bool HasChannel(std::string_view name) const;
  bool IsUnique(std::string_view name_space) const;
  // By name.
  const StringMap<NamespaceDefinition>& namespaces() const {
    return namespaces_;
  }
  // A relation by its name or its inverse. NOT_FOUND with a suggestion.
  struct RelationEnd {
    const RelationDefinition* definition;
    bool is_inverse;
  };
  absl::StatusOr<RelationEnd> Relation(std::string_view field,
                                       std::string_view name) const;
  // By name.
  const StringMap<RelationDefinition>& relations() const { return relations_; }
  const NamespaceDefinition* FindNamespace(std::string_view name) const;
  // How people look for what it holds; never kByName.
  Search SearchOfAttribute(std::string_view name) const;
  Search SearchOfNamespace(std::string_view name_space) const;
  // By name.
  const StringMap<ChannelDefinition>& channels() const { return channels_; }
  // Null where nothing was defined of it.
  const ProductDefinition* FindProduct(std::string_view id) const;
  // The product's name, or its id when it has none.
  std::string_view ProductName(std::string_view id) const;

  // The rules of retention in force, by kind, name and purpose.
  using RetentionRules =
      std::map<std::tuple<RetainedKind, std::string, std::string>,
               RetentionDefinition>;
  const RetentionRules& retention() const { return retention_; }
  // Names as they were defined.
  std::vector<std::string_view> AttributeNames(Subject subject) const;
  std::vector<std::string_view> InteractionTypeNames() const;
  std::vector<std::string_view> ChannelNames() const;
  std::vector<std::string_view> PurposeNames() const;
  const StringMap<SuppressionListDefinition>& suppression_lists() const {
    return suppression_lists_;
  }
  // The ids of those of which anything was defined; in no order.
  std::vector<std::string_view> NamedProducts() const;

 private:
  absl::Status CheckRelation(const RelationDefinition& it) const;
  // The name by which a retirement is kept: of a relation that of its definition.
  std::string NameOfRetired(const RetirementDefinition& it) const;
  // The same by the names that it was defined with.
  RelationDefinition StoredRelation(const RelationDefinition& it) const;
  absl::Status CheckRenaming(const RenamingDefinition& it) const;
  absl::Status CheckRetirement(const RetirementDefinition& it) const;
  absl::Status CheckRetention(const RetentionDefinition& it) const;
  // The names as shown.
  std::vector<std::string_view> ShownNames(
      DefinitionKind kind, std::vector<std::string_view> stored) const;

  // By name; btree maps, so that listings and suggestions are in one order.
  StringMap<AttributeDefinition> attributes_[2];
  StringMap<InteractionTypeDefinition> types_;
  StringMap<ChannelDefinition> channels_;
  StringMap<PurposeDefinition> purposes_;
  StringMap<SuppressionListDefinition> suppression_lists_;
  StringMap<NamespaceDefinition> namespaces_;
  StringHashMap<ProductDefinition> products_;
  StringMap<RelationDefinition> relations_;
  RetentionRules retention_;
  // By kind: every name but the first with the first, and that with the last.
  StringMap<std::string> stored_[kDefinitionKindCount];
  StringMap<std::string> shown_[kDefinitionKindCount];
  bool has_renamings_ = false;
  std::set<std::pair<DefinitionKind, std::string>> retired_;  // stored names
};

}  // namespace trato::core

#endif  // TRATO_SCHEMA_SCHEMA_H_
