// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "offer/catalogue.h"

#include "base/status.h"
#include "base/text.h"

namespace trato::core {
namespace {

absl::StatusOr<std::shared_ptr<const Program>> CompileEligibility(
    const OfferDefinition& definition, const CompileContext& context,
    const Registry& registry) {
  if (definition.eligibility.empty()) {
    return std::shared_ptr<const Program>();
  }
  return Program::Compile(definition.eligibility, context, registry);
}

absl::Status CheckFields(const OfferDefinition& it) {
  TRATO_RETURN_IF_ERROR(CheckText("title", it.title, 1024));
  if (it.products.empty()) {
    return absl::InvalidArgumentError("products is empty");
  }
  for (size_t i = 0; i < it.products.size(); ++i) {
    TRATO_RETURN_IF_ERROR(
        CheckLabel(StrCat("products[", i, "]"), it.products[i]));
  }
  if (it.value_minor < 0) {
    return absl::InvalidArgumentError("value is negative");
  }
  if (it.discount_minor < 0) {
    return absl::InvalidArgumentError("discount is negative");
  }
  if (it.discount_basis_points > 10000) {
    return absl::InvalidArgumentError(
        "discount_basis_points is above 10000, which is 100 %");
  }
  if (it.discount_minor != 0 && it.discount_basis_points != 0) {
    return absl::InvalidArgumentError(
        "discount is given both in money and in basis points");
  }
  if (it.valid_from_us != kAlways) {
    TRATO_RETURN_IF_ERROR(CheckInstant("valid_from", it.valid_from_us));
  }
  if (it.valid_until_us != kForEver) {
    TRATO_RETURN_IF_ERROR(CheckInstant("valid_until", it.valid_until_us));
  }
  if (it.valid_until_us <= it.valid_from_us) {
    return absl::InvalidArgumentError("valid_until is not after valid_from");
  }
  if (!it.coupon_span.empty()) {
    TRATO_RETURN_IF_ERROR(
        Prefixed(ParseSpan(it.coupon_span).status(), "coupon_span: "));
  }
  return absl::OkStatus();
}

}  // namespace

int64_t Catalogue::Offer::net_value_minor() const {
  if (definition.discount_basis_points == 0) {
    // The discount is not negative, so this cannot leave the int64.
    return definition.value_minor - definition.discount_minor;
  }
  // Rounded half away from zero, like every amount.
  return Rescale(absl::int128(definition.value_minor) *
                     (10000 - definition.discount_basis_points),
                 4, 0)
      .value_or(0);
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
  return Prefixed(CompileEligibility(definition, context, *registry_).status(),
                  StrCat(prefix, "eligibility: "));
}

void Catalogue::Recompile(const CompileContext& context) {
  for (auto& [name, offer] : offers_) {
    offer.eligibility =
        CompileEligibility(offer.definition, context, *registry_);
  }
}

void Catalogue::Define(const OfferDefinition& definition,
                       const CompileContext& context, Interner& names,
                       int64_t defined_us) {
  Offer& offer = offers_[definition.name];
  offer.definition = definition;
  offer.eligibility = CompileEligibility(definition, context, *registry_);
  offer.purpose = 0;
  offer.channels.clear();
  offer.is_direct_marketing = true;
  if (!definition.purpose.empty()) {
    offer.purpose = names.Add(definition.purpose);
    const auto purpose = context.schema->Purpose("", definition.purpose);
    offer.is_direct_marketing =
        !purpose.ok() || (*purpose)->is_direct_marketing;
    for (std::string_view name : context.schema->ChannelNames()) {
      if (definition.channel.empty() || definition.channel == name) {
        offer.channels.push_back(names.Add(name));
      }
    }
  }
  offer.products.clear();
  for (const std::string& product : definition.products) {
    offer.products.insert(names.Add(product));
  }
  offer.coupon_span.reset();
  if (!definition.coupon_span.empty()) {
    if (auto span = ParseSpan(definition.coupon_span); span.ok()) {
      offer.coupon_span = *span;
    }
  }
  ++offer.version;
  offer.defined_us = defined_us;
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
