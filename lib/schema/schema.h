// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store's vocabulary is: attributes with their types, types of
// interaction, channels, purposes, namespaces of identifiers, products. A name
// that is not defined is refused everywhere, with the nearest known name.

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

struct AttributeDefinition {
  std::string name;
  Subject subject = Subject::kCustomer;
  ValueType type = ValueType::kNone;
  std::string description;
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

struct ProductDefinition {
  std::string id;
  std::string name;
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

using SchemaDefinition =
    std::variant<AttributeDefinition, InteractionTypeDefinition,
                 ChannelDefinition, NamespaceDefinition, ProductDefinition,
                 PurposeDefinition, SuppressionListDefinition>;

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
  // The product's name, or its id when it has none.
  std::string_view ProductName(std::string_view id) const;

  std::vector<std::string_view> AttributeNames(Subject subject) const;
  std::vector<std::string_view> InteractionTypeNames() const;
  std::vector<std::string_view> ChannelNames() const;
  std::vector<std::string_view> PurposeNames() const;
  const StringMap<SuppressionListDefinition>& suppression_lists() const {
    return suppression_lists_;
  }
  // The ids of those that have a name; in no order.
  std::vector<std::string_view> NamedProducts() const;

 private:
  // By name; btree maps, so that listings and suggestions are in one order.
  StringMap<AttributeDefinition> attributes_[2];
  StringMap<InteractionTypeDefinition> types_;
  StringMap<ChannelDefinition> channels_;
  StringMap<PurposeDefinition> purposes_;
  StringMap<SuppressionListDefinition> suppression_lists_;
  StringMap<NamespaceDefinition> namespaces_;
  StringHashMap<ProductDefinition> products_;
};

}  // namespace trato::core

#endif  // TRATO_SCHEMA_SCHEMA_H_
