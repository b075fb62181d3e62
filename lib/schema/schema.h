// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store's vocabulary is: attributes with their types, types of
// interaction, channels, namespaces of identifiers, products. A name that is
// not defined is refused everywhere, with the nearest known name.

#ifndef TRATO_SCHEMA_SCHEMA_H_
#define TRATO_SCHEMA_SCHEMA_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/strings.h"
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
};

// An identifier that more records claim is a hub, such as a switchboard's
// number, where the definition does not say another number.
inline constexpr uint32_t kDefaultMaxRecords = 100;

struct NamespaceDefinition {
  std::string name;
  bool unique = false;       // records that share one are one customer
  bool single = false;       // a customer has one of them only
  uint32_t max_records = 0;  // claimed by more, one joins nothing; 0: default

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

struct ProductDefinition {
  std::string id;
  std::string name;
};

using SchemaDefinition =
    std::variant<AttributeDefinition, InteractionTypeDefinition,
                 ChannelDefinition, NamespaceDefinition, ProductDefinition,
                 RelationDefinition>;

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

  // NOT_FOUND with a suggestion. `field` names what held the name.
  absl::StatusOr<const AttributeDefinition*> Attribute(
      std::string_view field, Subject subject, std::string_view name) const;
  absl::Status CheckInteractionType(std::string_view field,
                                    std::string_view name) const;
  absl::Status CheckChannel(std::string_view field,
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
  // The product's name, or its id when it has none.
  std::string_view ProductName(std::string_view id) const;

  std::vector<std::string_view> AttributeNames(Subject subject) const;
  std::vector<std::string_view> InteractionTypeNames() const;
  std::vector<std::string_view> ChannelNames() const;
  // The ids of those that have a name; in no order.
  std::vector<std::string_view> NamedProducts() const;

 private:
  absl::Status CheckRelation(const RelationDefinition& it) const;

  // By name; btree maps, so that listings and suggestions are in one order.
  StringMap<AttributeDefinition> attributes_[2];
  StringMap<InteractionTypeDefinition> types_;
  StringMap<ChannelDefinition> channels_;
  StringMap<NamespaceDefinition> namespaces_;
  StringHashMap<ProductDefinition> products_;
  StringMap<RelationDefinition> relations_;
};

}  // namespace trato::core

#endif  // TRATO_SCHEMA_SCHEMA_H_
