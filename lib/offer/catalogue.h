// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The offers by name: proposals to buy, with or without a discount.

#ifndef TRATO_OFFER_CATALOGUE_H_
#define TRATO_OFFER_CATALOGUE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/calendar.h"
#include "base/strings.h"
#include "expression/program.h"
#include "expression/registry.h"

namespace trato::core {

inline constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();

struct OfferDefinition {
  std::string name;
  std::string title;  // for people; empty: the name
  std::vector<std::string> products;
  Currency currency;
  int64_t value_minor = 0;     // worth to the firm when taken
  int64_t discount_minor = 0;  // money off, or
  uint32_t discount_basis_points = 0;
  std::string eligibility;  // empty: everybody
  int64_t valid_from_us = kAlways;
  int64_t valid_until_us = kForEver;  // exclusive
  std::string coupon_span;            // empty: no deadline
  std::string purpose{};  // that consent is needed for; empty: none is
  std::string channel{};  // on which; empty: any one will do

  bool operator==(const OfferDefinition&) const = default;
};

class Catalogue {
 public:
  struct Offer {
    OfferDefinition definition;
    // Null when everybody is eligible; an error when the expression, once
    // valid, no longer is.
    absl::StatusOr<std::shared_ptr<const Program>> eligibility;
    absl::flat_hash_set<uint32_t> products;  // interned
    std::optional<Span> coupon_span;
    uint32_t purpose = 0;            // interned; 0: no consent is needed
    std::vector<uint32_t> channels;  // one of them must be consented to
    bool is_direct_marketing = true;
    uint64_t version = 0;
    int64_t defined_us = 0;

    std::string_view title() const {
      return definition.title.empty() ? definition.name : definition.title;
    }
    // The value when taken, after the discount.
    int64_t net_value_minor() const;
  };

  explicit Catalogue(const Registry* registry) : registry_(registry) {}

  // The error names the offer and the field.
  absl::Status Check(const OfferDefinition& definition,
                     const CompileContext& context) const;
  // Puts a checked definition in force; `names` gets its products.
  void Define(const OfferDefinition& definition, const CompileContext& context,
              Interner& names, int64_t defined_us);

  // Compiles all anew, after a definition that they read has changed.
  void Recompile(const CompileContext& context);

  // NOT_FOUND with the nearest known name.
  absl::StatusOr<const Offer*> Find(std::string_view name) const;
  // By name. Offers never move, and their names outlive redefinition.
  const StringMap<Offer>& all() const { return offers_; }
  // Whether it is in force already.
  bool Knows(const OfferDefinition& definition) const {
    auto known = offers_.find(definition.name);
    return known != offers_.end() && known->second.definition == definition;
  }

 private:
  const Registry* registry_;
  StringMap<Offer> offers_;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_CATALOGUE_H_
