// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/catalogue.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/id.h"
#include "base/status.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kMaxListed = 100000;
constexpr size_t kMaxVariants = 64;
constexpr double kMaxLever = 1e6;

absl::Status CheckLabels(std::string_view field,
                         const std::vector<std::string>& labels) {
  if (labels.size() > kMaxListed) {
    return absl::InvalidArgumentError(
        StrCat(field, " holds ", labels.size(), ", at most ", kMaxListed));
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    TRATO_RETURN_IF_ERROR(CheckLabel(StrCat(field, "[", i, "]"), labels[i]));
  }
  return absl::OkStatus();
}

absl::Status CheckOptionalLabel(std::string_view field, std::string_view text) {
  return text.empty() ? absl::OkStatus() : CheckLabel(field, text);
}

absl::Status CheckSpan(std::string_view field, std::string_view span) {
  if (span.empty()) return absl::OkStatus();
  return Prefixed(ParseSpan(span).status(), StrCat(field, ": "));
}

absl::Status CheckMoney(const OfferDefinition& it) {
  const std::pair<std::string_view, int64_t> amounts[] = {
      {"value", it.value_minor},     {"discount", it.discount_minor},
      {"cost", it.cost_minor},       {"benefit", it.benefit_minor},
      {"budget", it.budget_minor},   {"stock", it.stock}};
  for (const auto& [field, amount] : amounts) {
    if (amount < 0) {
      return absl::InvalidArgumentError(StrCat(field, " is negative"));
    }
  }
  if (it.discount_basis_points > 10000) {
    return absl::InvalidArgumentError(
        "discount_basis_points is above 10000, which is 100 %");
  }
  if (it.discount_minor != 0 && it.discount_basis_points != 0) {
    return absl::InvalidArgumentError(
        "discount is given both in money and in basis points");
  }
  if (!(it.lever >= 0 && it.lever <= kMaxLever)) {
    return absl::InvalidArgumentError(
        StrCat("lever is not between 0 and ", kMaxLever));
  }
  return absl::OkStatus();
}

absl::Status CheckFields(const OfferDefinition& it) {
  TRATO_RETURN_IF_ERROR(CheckText("title", it.title, 1024));
  if (it.products.empty() && it.categories.empty() && it.needs.empty()) {
    return absl::InvalidArgumentError(
        "products is empty, and so are categories and needs");
  }
  TRATO_RETURN_IF_ERROR(CheckLabels("products", it.products));
  TRATO_RETURN_IF_ERROR(CheckLabels("categories", it.categories));
  TRATO_RETURN_IF_ERROR(CheckLabels("needs", it.needs));
  TRATO_RETURN_IF_ERROR(CheckOptionalLabel("issue", it.issue));
  TRATO_RETURN_IF_ERROR(CheckOptionalLabel("group", it.group));
  TRATO_RETURN_IF_ERROR(CheckMoney(it));
  if (it.valid_from_us != kAlways) {
    TRATO_RETURN_IF_ERROR(CheckInstant("valid_from", it.valid_from_us));
  }
  if (it.valid_until_us != kForEver) {
    TRATO_RETURN_IF_ERROR(CheckInstant("valid_until", it.valid_until_us));
  }
  if (it.valid_until_us <= it.valid_from_us) {
    return absl::InvalidArgumentError("valid_until is not after valid_from");
  }
  TRATO_RETURN_IF_ERROR(CheckSpan("coupon_span", it.coupon_span));
  return CheckSpan("respond_within", it.respond_within);
}

absl::Status CheckVariants(const OfferDefinition& it, const Schema& schema) {
  if (it.variants.size() > kMaxVariants) {
    return absl::InvalidArgumentError(StrCat(
        "variants holds ", it.variants.size(), ", at most ", kMaxVariants));
  }
  for (size_t i = 0; i < it.variants.size(); ++i) {
    const OfferVariant& variant = it.variants[i];
    const std::string field = StrCat("variants[", i, "].");
    if (variant.channel.empty()) {
      return absl::InvalidArgumentError(StrCat(field, "channel is empty"));
    }
    TRATO_RETURN_IF_ERROR(
        schema.CheckChannel(StrCat(field, "channel"), variant.channel));
    for (size_t j = 0; j < i; ++j) {
      if (it.variants[j].channel == variant.channel) {
        return absl::InvalidArgumentError(
            StrCat(field, "channel: '", variant.channel, "' is given twice"));
      }
    }
    TRATO_RETURN_IF_ERROR(
        CheckText(StrCat(field, "title"), variant.title, 1024));
    TRATO_RETURN_IF_ERROR(
        CheckText(StrCat(field, "content"), variant.content, 65536));
  }
  if (it.channel.empty() || it.variants.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "channel is given beside variants, which name theirs");
}

absl::StatusOr<std::shared_ptr<const Program>> CompileContextOf(
    const OfferDefinition& definition, const CompileContext& context,
    const Registry& registry) {
  if (definition.context.empty()) return std::shared_ptr<const Program>();
  TRATO_ASSIGN_OR_RETURN(
      auto program,
      Program::CompileValue(definition.context, context, registry));
  const Kind kind = program->type().kind();
  if (kind != Kind::kInt && kind != Kind::kUint && kind != Kind::kDouble) {
    return absl::InvalidArgumentError(
        StrCat("this is ", NameOf(program->type()), ", a number is needed"));
  }
  return program;
}

int64_t DiscountOf(const OfferDefinition& it) {
  if (it.discount_basis_points == 0) return it.discount_minor;
  // Rounded half away from zero, like every amount; what is left is rounded.
  const int64_t left =
      Rescale(absl::int128(it.value_minor) * (10000 - it.discount_basis_points),
              4, 0)
          .value_or(0);
  return it.value_minor - left;
}

void SetAmounts(Catalogue::Offer& offer) {
  const OfferDefinition& it = offer.definition;
  offer.discount = DiscountOf(it);
  // None of them is negative, so neither difference leaves the int64.
  const int64_t left = it.value_minor - offer.discount;
  offer.net_value_minor =
      left < std::numeric_limits<int64_t>::min() + it.cost_minor
          ? std::numeric_limits<int64_t>::min()
          : left - it.cost_minor;
  offer.reserved_minor = it.cost_minor > kUnlimited - offer.discount
                             ? kUnlimited
                             : offer.discount + it.cost_minor;
}

}  // namespace

const OfferVariant* Catalogue::Offer::VariantOn(
    std::string_view channel) const {
  for (const OfferVariant& variant : definition.variants) {
    if (variant.channel == channel) return &variant;
  }
  return nullptr;
}

absl::Status Catalogue::Check(const OfferDefinition& definition,
                              const CompileContext& context) const {
  TRATO_RETURN_IF_ERROR(CheckLabel("offer", definition.name));
  const std::string prefix = StrCat("offer '", definition.name, "': ");
  TRATO_RETURN_IF_ERROR(Prefixed(CheckFields(definition), prefix));
  if (!definition.purpose.empty()) {
    TRATO_RETURN_IF_ERROR(
        context.schema->Purpose(StrCat(prefix, "purpose"), definition.purpose)
            .status());
  } else if (!definition.channel.empty()) {
    return absl::InvalidArgumentError(
        StrCat(prefix, "channel is given without the purpose"));
  }
  TRATO_RETURN_IF_ERROR(context.schema->CheckChannel(StrCat(prefix, "channel"),
                                                     definition.channel));
  TRATO_RETURN_IF_ERROR(
      Prefixed(CheckVariants(definition, *context.schema), prefix));
  const std::pair<std::string_view, std::string_view> conditions[] = {
      {"eligibility", definition.eligibility},
      {"applicability", definition.applicability},
      {"suitability", definition.suitability}};
  for (const auto& [field, condition] : conditions) {
    TRATO_RETURN_IF_ERROR(Prefixed(rules_.Check(condition, context),
                                   StrCat(prefix, field, ": ")));
  }
  return Prefixed(CompileContextOf(definition, context, *registry_).status(),
                  StrCat(prefix, "context: "));
}

void Catalogue::Compile(Offer& offer, const CompileContext& context) {
  const OfferDefinition& it = offer.definition;
  Gate& gate = gates_[offer.slot];
  gate.rules.clear();
  const auto add = [&](std::string_view condition) {
    const std::vector<uint32_t> rules = rules_.Add(condition, context);
    gate.rules.insert(gate.rules.end(), rules.begin(), rules.end());
    return static_cast<uint32_t>(gate.rules.size());
  };
  gate.applicability_at = add(it.eligibility);
  gate.suitability_at = add(it.applicability);
  add(it.suitability);
  offer.context = CompileContextOf(it, context, *registry_);
}

void Catalogue::Recompile(const CompileContext& context) {
  rules_.Recompile(context);
  for (auto& [name, offer] : offers_) {
    offer.context = CompileContextOf(offer.definition, context, *registry_);
  }
  ++changes_;
}

void Catalogue::Define(const OfferDefinition& definition,
                       const CompileContext& context, Interner& names,
                       int64_t defined_us) {
  const auto [known, is_new] = offers_.try_emplace(definition.name);
  Offer& offer = known->second;
  if (is_new) {
    offer.slot = static_cast<uint32_t>(gates_.size());
    gates_.emplace_back();
    const auto place =
        std::lower_bound(in_order_.begin(), in_order_.end(), definition.name,
                         [](const Offer* other, const std::string& name) {
                           return other->definition.name < name;
                         });
    slots_.insert(slots_.begin() + (place - in_order_.begin()), offer.slot);
    in_order_.insert(place, &offer);
  } else {
    IndexProducts(offer, false, names);
  }
  Gate& gate = gates_[offer.slot];
  rules_.Remove(gate.rules);
  const auto number = [&](std::string_view text) {
    return text.empty() ? 0 : names.Add(text);
  };
  offer.definition = definition;
  SetAmounts(offer);
  offer.number = names.Add(definition.name);
  gate.hash = Id::Of("offer", {definition.name}).high;
  gate.valid_from_us = definition.valid_from_us;
  gate.valid_until_us = definition.valid_until_us;
  offer.issue = number(definition.issue);
  offer.group = number(definition.group);
  Compile(offer, context);
  offer.purpose = number(definition.purpose);
  offer.is_direct_marketing = true;
  if (!definition.purpose.empty()) {
    const auto purpose = context.schema->Purpose("", definition.purpose);
    offer.is_direct_marketing =
        !purpose.ok() || (*purpose)->is_direct_marketing;
  }
  offer.channels.clear();
  for (const OfferVariant& variant : definition.variants) {
    offer.channels.push_back(names.Add(variant.channel));
  }
  if (!definition.channel.empty()) {
    offer.channels.push_back(names.Add(definition.channel));
  }
  const auto span_of = [](std::string_view text) -> std::optional<Span> {
    if (text.empty()) return std::nullopt;
    const auto span = ParseSpan(text);
    return span.ok() ? std::optional(*span) : std::nullopt;
  };
  offer.coupon_span = span_of(definition.coupon_span);
  offer.respond_within = span_of(definition.respond_within);
  ++offer.version;
  offer.defined_us = defined_us;
  history_[definition.name].push_back(
      {offer.version, defined_us, definition});
  for (const auto* list : {&definition.products, &definition.categories}) {
    for (const std::string& product : *list) names.Add(product);
  }
  by_number_[offer.number] = &offer;
  IndexProducts(offer, true, names);
  ++changes_;
}

void Catalogue::IndexProducts(const Offer& offer, bool add,
                              const Interner& names) {
  for (const auto* list :
       {&offer.definition.products, &offer.definition.categories}) {
    for (const std::string& product : *list) {
      auto& slots = with_[*names.Find(product)];
      if (add) {
        slots.push_back(offer.slot);
      } else {
        slots.erase(std::remove(slots.begin(), slots.end(), offer.slot),
                    slots.end());
      }
    }
  }
}

void Catalogue::SetCategory(uint32_t product, uint32_t category) {
  if (category == 0 && !category_of_.contains(product)) return;
  category_of_[product] = category;
  ++changes_;
}

const Catalogue::Offer* Catalogue::FindNumber(uint32_t number) const {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second;
}

absl::Status Catalogue::Broken(const Offer& offer) const {
  for (uint32_t rule : GateOf(offer).rules) {
    TRATO_RETURN_IF_ERROR(rules_[rule].program.status());
  }
  return offer.context.status();
}

std::vector<std::string_view> Catalogue::ExpressionsOf(
    const OfferDefinition& it) {
  return {it.eligibility, it.applicability, it.suitability};
}

std::vector<uint32_t> Catalogue::CategoriesAbove(uint32_t product) const {
  std::vector<uint32_t> above;
  for (int steps = 0; steps < kMaxCategories; ++steps) {
    const auto found = category_of_.find(product);
    if (found == category_of_.end() || found->second == 0) break;
    product = found->second;
    above.push_back(product);
  }
  return above;
}

const std::vector<Catalogue::Version>* Catalogue::HistoryOf(
    std::string_view name) const {
  const auto found = history_.find(name);
  return found == history_.end() ? nullptr : &found->second;
}

absl::StatusOr<const Catalogue::Offer*> Catalogue::Find(
    std::string_view name) const {
  auto found = offers_.find(name);
  if (found != offers_.end()) return &found->second;
  TRATO_RETURN_IF_ERROR(CheckLabel("offer", name));
  std::vector<std::string_view> known;
  for (const auto& [other, offer] : offers_) known.push_back(other);
  return absl::NotFoundError(
      StrCat("offer '", name, "' is not defined", DidYouMean(name, known)));
}

}  // namespace trato::core
