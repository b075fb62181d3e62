// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "codec/offer_proto.h"

namespace trato::core {
namespace {

namespace pb = ::trato::v1;

void ContactPolicyToProto(const ContactPolicyDefinition& it,
                          pb::ContactPolicy& message) {
  message.set_name(it.name);
  message.set_channel(it.channel);
  message.set_issue(it.issue);
  message.set_group(it.group);
  message.set_offer(it.offer);
  if (it.at_most) message.set_at_most(*it.at_most);
  message.set_within(it.within);
  if (it.quiet_from) message.set_quiet_from(*it.quiet_from);
  if (it.quiet_until) message.set_quiet_until(*it.quiet_until);
  message.set_holdout_basis_points(it.holdout_basis_points);
  message.set_open_complaint(it.open_complaint);
  message.set_retired(it.retired);
}

void ArbitrationToProto(const ArbitrationDefinition& it,
                        pb::Arbitration& message) {
  message.set_name(it.name);
  message.set_benefit_weight(it.benefit_weight);
  message.set_exploration(it.exploration);
  message.set_per_issue(it.per_issue);
  message.set_per_group(it.per_group);
  message.set_pacing(it.pacing);
}

void LearningToProto(const LearningDefinition& it, pb::Learning& message) {
  message.set_name(it.name);
  message.set_issue(it.issue);
  message.set_group(it.group);
  message.set_offer(it.offer);
  for (const std::string& name : it.segments) message.add_segments(name);
  message.set_policy(static_cast<pb::Learning::Policy>(it.policy));
  message.set_floor(it.floor);
  message.set_without_floor(it.without_floor);
  message.set_prior_rate(it.prior_rate);
  message.set_customer_weight(it.customer_weight);
  message.set_exploration(it.exploration);
  message.set_gamma(it.gamma);
  message.set_half_life_us(it.half_life_us);
  message.set_retired(it.retired);
  if (!it.model) return;
  pb::Learning::Model& model = *message.mutable_model();
  model.set_answers(it.model->answers);
  model.set_until_us(it.model->until_us);
  for (const LogisticWeights& of : it.model->offers) {
    pb::Learning::Weights& weights = *model.add_offers();
    weights.set_offer(of.offer);
    for (const LogisticWeight& weight : of.weights) {
      weights.add_means(weight.mean);
      weights.add_precisions(weight.precision);
    }
  }
}

}  // namespace

absl::StatusOr<Definition> OfferFromProto(const pb::Offer& message,
                                          Currency currency) {
  OfferDefinition offer;
  offer.name = message.name();
  offer.title = message.title();
  offer.products.assign(message.products().begin(), message.products().end());
  offer.currency = currency;
  if (!message.currency().empty()) {
    TRATO_ASSIGN_OR_RETURN(offer.currency, Currency::Parse(message.currency()));
  }
  offer.value_minor = message.value_minor();
  offer.discount_minor = message.discount_minor();
  offer.discount_basis_points = message.discount_basis_points();
  offer.eligibility = message.eligibility();
  if (message.has_valid_from_us())
    offer.valid_from_us = message.valid_from_us();
  if (message.has_valid_until_us()) {
    offer.valid_until_us = message.valid_until_us();
  }
  offer.coupon_span = message.coupon_span();
  offer.purpose = message.purpose();
  offer.channel = message.channel();
  offer.issue = message.issue();
  offer.group = message.group();
  offer.categories.assign(message.categories().begin(),
                          message.categories().end());
  offer.needs.assign(message.needs().begin(), message.needs().end());
  offer.applicability = message.applicability();
  offer.suitability = message.suitability();
  offer.context = message.context();
  offer.cost_minor = message.cost_minor();
  offer.benefit_minor = message.benefit_minor();
  if (message.has_lever()) offer.lever = message.lever();
  if (message.has_stock()) offer.stock = message.stock();
  if (message.has_budget_minor()) offer.budget_minor = message.budget_minor();
  offer.respond_within = message.respond_within();
  for (const pb::OfferVariant& variant : message.variants()) {
    offer.variants.push_back(
        {variant.channel(), variant.title(), variant.content()});
  }
  return Definition(std::move(offer));
}

void OfferToProto(const OfferDefinition& offer, pb::Offer& message) {
  message.set_name(offer.name);
  message.set_title(offer.title);
  for (const std::string& product : offer.products) {
    message.add_products(product);
  }
  message.set_currency(std::string(offer.currency.code()));
  message.set_value_minor(offer.value_minor);
  message.set_discount_minor(offer.discount_minor);
  message.set_discount_basis_points(offer.discount_basis_points);
  message.set_eligibility(offer.eligibility);
  if (offer.valid_from_us != kAlways) {
    message.set_valid_from_us(offer.valid_from_us);
  }
  if (offer.valid_until_us != kForEver) {
    message.set_valid_until_us(offer.valid_until_us);
  }
  message.set_coupon_span(offer.coupon_span);
  message.set_purpose(offer.purpose);
  message.set_channel(offer.channel);
  message.set_issue(offer.issue);
  message.set_group(offer.group);
  for (const std::string& category : offer.categories) {
    message.add_categories(category);
  }
  for (const std::string& need : offer.needs) message.add_needs(need);
  message.set_applicability(offer.applicability);
  message.set_suitability(offer.suitability);
  message.set_context(offer.context);
  message.set_cost_minor(offer.cost_minor);
  message.set_benefit_minor(offer.benefit_minor);
  if (offer.lever != 1) message.set_lever(offer.lever);
  if (offer.stock != kUnlimited) message.set_stock(offer.stock);
  if (offer.budget_minor != kUnlimited) {
    message.set_budget_minor(offer.budget_minor);
  }
  message.set_respond_within(offer.respond_within);
  for (const OfferVariant& variant : offer.variants) {
    pb::OfferVariant& added = *message.add_variants();
    added.set_channel(variant.channel);
    added.set_title(variant.title);
    added.set_content(variant.content);
  }
}

Definition PolicyFromProto(const pb::ContactPolicy& message) {
  ContactPolicyDefinition it;
  it.name = message.name();
  it.channel = message.channel();
  it.issue = message.issue();
  it.group = message.group();
  it.offer = message.offer();
  if (message.has_at_most()) it.at_most = message.at_most();
  it.within = message.within();
  if (message.has_quiet_from()) it.quiet_from = message.quiet_from();
  if (message.has_quiet_until()) it.quiet_until = message.quiet_until();
  it.holdout_basis_points = message.holdout_basis_points();
  it.open_complaint = message.open_complaint();
  it.retired = message.retired();
  return Definition(PolicyDefinition(std::move(it)));
}

Definition ArbitrationFromProto(const pb::Arbitration& message) {
  return Definition(PolicyDefinition(ArbitrationDefinition{
      message.name(), message.benefit_weight(), message.exploration(),
      message.per_issue(), message.per_group(), message.pacing()}));
}

Definition LearningFromProto(const pb::Learning& message) {
  LearningDefinition it;
  it.name = message.name();
  it.issue = message.issue();
  it.group = message.group();
  it.offer = message.offer();
  it.segments.assign(message.segments().begin(), message.segments().end());
  it.policy = static_cast<LearnerPolicy>(message.policy());
  it.floor = message.floor();
  it.without_floor = message.without_floor();
  it.prior_rate = message.prior_rate();
  it.customer_weight = message.customer_weight();
  it.exploration = message.exploration();
  it.gamma = message.gamma();
  it.half_life_us = message.half_life_us();
  it.retired = message.retired();
  if (message.has_model()) {
    LogisticModel& model = it.model.emplace();
    model.answers = message.model().answers();
    model.until_us = message.model().until_us();
    for (const pb::Learning::Weights& from : message.model().offers()) {
      LogisticWeights& of = model.offers.emplace_back();
      of.offer = from.offer();
      // Of what is no model, what is missing is no number, which is refused.
      of.weights.resize(static_cast<size_t>(
          std::max(from.means_size(), from.precisions_size())));
      for (int i = 0; i < static_cast<int>(of.weights.size()); ++i) {
        LogisticWeight& weight = of.weights[static_cast<size_t>(i)];
        weight.mean = i < from.means_size() ? from.means(i) : std::nan("");
        weight.precision =
            i < from.precisions_size() ? from.precisions(i) : std::nan("");
      }
    }
  }
  return Definition(PolicyDefinition(std::move(it)));
}

void PolicyToProto(const PolicyDefinition& policy, pb::Definition& message) {
  if (const auto* it = std::get_if<LearningDefinition>(&policy)) {
    LearningToProto(*it, *message.mutable_learning());
    return;
  }
  if (const auto* it = std::get_if<ArbitrationDefinition>(&policy)) {
    ArbitrationToProto(*it, *message.mutable_arbitration());
  } else {
    ContactPolicyToProto(std::get<ContactPolicyDefinition>(policy),
                         *message.mutable_contact_policy());
  }
}

Definition ProductFromProto(const pb::Product& message) {
  ProductDefinition it;
  it.id = message.id();
  it.name = message.name();
  it.category = message.category();
  it.substitutes.assign(message.substitutes().begin(),
                        message.substitutes().end());
  return Definition(SchemaDefinition(std::move(it)));
}

void ProductToProto(const ProductDefinition& it, pb::Product& message) {
  message.set_id(it.id);
  message.set_name(it.name);
  message.set_category(it.category);
  for (const std::string& id : it.substitutes) message.add_substitutes(id);
}

}  // namespace trato::core
