// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The offers by name: proposals to buy, with or without a discount.

#ifndef TRATO_OFFER_CATALOGUE_H_
#define TRATO_OFFER_CATALOGUE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/calendar.h"
#include "base/strings.h"
#include "expression/program.h"
#include "expression/registry.h"
#include "offer/definitions.h"
#include "offer/rules.h"

namespace trato::core {

class Catalogue {
 public:
  // What most offers fail by, in one line of the processor's cache: a match
  // reads it of every offer, and the offer itself only where it lets through.
  struct alignas(64) Gate {
    int64_t valid_from_us = 0;
    int64_t valid_until_us = 0;  // exclusive
    uint64_t hash = 0;           // of the offer's name
    // Where in `rules` those of these stages begin.
    uint32_t applicability_at = 0;
    uint32_t suitability_at = 0;
    absl::InlinedVector<uint32_t, 6> rules;

    std::span<const uint32_t> eligibility() const {
      return std::span(rules).first(applicability_at);
    }
    std::span<const uint32_t> applicability() const {
      return std::span(rules).subspan(applicability_at,
                                      suitability_at - applicability_at);
    }
    std::span<const uint32_t> suitability() const {
      return std::span(rules).subspan(suitability_at);
    }
  };
  struct Offer {
    OfferDefinition definition;
    // Worth a number; null: 1. An error when the text no longer is valid.
    absl::StatusOr<std::shared_ptr<const Program>> context;
    std::optional<Span> coupon_span;
    std::optional<Span> respond_within;
    // All interned; 0: none.
    uint32_t number = 0;  // its name
    uint32_t issue = 0;
    uint32_t group = 0;
    uint32_t purpose = 0;  // 0: no consent is needed
    // On which it may be made, the first the best; empty: on any.
    std::vector<uint32_t> channels;
    bool is_direct_marketing = true;
    uint32_t slot = 0;  // counts offers as they first came
    // In minor units:
    int64_t discount = 0;         // what is taken off, of its value
    int64_t net_value_minor = 0;  // when taken, after the discount and the cost
    int64_t reserved_minor = 0;   // what a decision for it takes of its budget
    uint64_t version = 0;
    int64_t defined_us = 0;

    std::string_view title() const {
      return definition.title.empty() ? definition.name : definition.title;
    }
    const OfferVariant* VariantOn(std::string_view channel) const;
  };
  // A definition that was in force.
  struct Version {
    uint64_t version = 0;
    int64_t defined_us = 0;
    OfferDefinition definition;
  };

  explicit Catalogue(const Registry* registry)
      : registry_(registry), rules_(registry) {}

  // The error names the offer and the field.
  absl::Status Check(const OfferDefinition& definition,
                     const CompileContext& context) const;
  // Puts a checked definition in force; `names` gets what it names.
  void Define(const OfferDefinition& definition, const CompileContext& context,
              Interner& names, int64_t defined_us);

  // Compiles all anew, after a definition that they read has changed.
  void Recompile(const CompileContext& context);
  // A product stands below another one, or a category, from now on.
  void SetCategory(uint32_t product, uint32_t category);

  // NOT_FOUND with the nearest known name.
  absl::StatusOr<const Offer*> Find(std::string_view name) const;
  const Offer* FindNumber(uint32_t number) const;
  // By name. Offers never move, and their names outlive redefinition.
  const StringMap<Offer>& all() const { return offers_; }
  // The same.
  const std::vector<const Offer*>& in_order() const { return in_order_; }
  // Of the offer at this place of in_order().
  const Gate& GateAt(size_t place) const { return gates_[slots_[place]]; }
  const Gate& GateOf(const Offer& offer) const { return gates_[offer.slot]; }
  const RulePool& rules() const { return rules_; }
  // Whether an expression of the offer, once valid, no longer is.
  absl::Status Broken(const Offer& offer) const;
  // The conditions of the offer, each whole.
  static std::vector<std::string_view> ExpressionsOf(
      const OfferDefinition& definition);
  // Whether an expression of the offer reads what `reads` says.
  template <typename Reads>
  bool AnyReads(const Offer& offer, Reads reads) const {
    for (uint32_t rule : GateOf(offer).rules) {
      const auto& program = rules_[rule].program;
      if (program.ok() && *program != nullptr && reads(**program)) return true;
    }
    return offer.context.ok() && *offer.context != nullptr &&
           reads(**offer.context);
  }
  // Calls visit(offer's slot) for the offers that propose the product or what
  // stands above it; one may come more than once.
  template <typename Visit>
  void ForEachWith(uint32_t product, Visit visit) const {
    for (int steps = 0; steps < kMaxCategories; ++steps) {
      if (auto found = with_.find(product); found != with_.end()) {
        for (uint32_t offer : found->second) visit(offer);
      }
      const auto above = category_of_.find(product);
      if (above == category_of_.end() || above->second == 0) return;
      product = above->second;
    }
  }
  // What a product or category stands below, the nearest first.
  std::vector<uint32_t> CategoriesAbove(uint32_t product) const;
  // The definitions that were in force, the last one last.
  const std::vector<Version>* HistoryOf(std::string_view name) const;
  // Whether it is in force already.
  bool Knows(const OfferDefinition& definition) const {
    auto known = offers_.find(definition.name);
    return known != offers_.end() && known->second.definition == definition;
  }
  // Counts what changed which offers there are and what they say.
  uint64_t changes() const { return changes_; }

 private:
  // How deep products may stand below categories; a circle ends there.
  static constexpr int kMaxCategories = 16;

  void Compile(Offer& offer, const CompileContext& context);
  void IndexProducts(const Offer& offer, bool add, const Interner& names);

  const Registry* registry_;
  RulePool rules_;
  StringMap<Offer> offers_;
  std::vector<const Offer*> in_order_;  // by name
  std::vector<uint32_t> slots_;         // of those, in the same order
  std::vector<Gate> gates_;             // by slot
  absl::flat_hash_map<uint32_t, const Offer*> by_number_;
  StringMap<std::vector<Version>> history_;
  // Slots by product or category.
  absl::flat_hash_map<uint32_t, absl::InlinedVector<uint32_t, 4>> with_;
  absl::flat_hash_map<uint32_t, uint32_t> category_of_;
  uint64_t changes_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_CATALOGUE_H_
