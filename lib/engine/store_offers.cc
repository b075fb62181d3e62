// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Offers and policies: how they are defined, and what is asked of them.

#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "codec/offer_answers.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"
#include "offer/obstacles.h"
#include "offer/trace.h"

namespace trato::core {
namespace {

std::vector<std::string> Copies(const std::vector<std::string_view>& texts) {
  return {texts.begin(), texts.end()};
}

// Each thread keeps one, so that a match makes no memory.
Matcher& ThreadMatcher() {
  thread_local Matcher matcher;
  return matcher;
}

}  // namespace

absl::StatusOr<uint32_t> ChannelNumber(const State& state,
                                       std::string_view channel) {
  if (channel.empty()) return 0;
  TRATO_RETURN_IF_ERROR(state.schema.CheckChannel("channel", channel));
  const std::string_view stored =
      state.schema.Stored(DefinitionKind::kChannel, channel);
  if (state.schema.IsRetired(DefinitionKind::kChannel, stored)) {
    return absl::FailedPreconditionError(
        StrCat("channel: '", channel, "' is retired"));
  }
  const auto number = state.names.Find(stored);
  return number ? *number : 0;
}

absl::Status Store::DefineOffer(const OfferInput& offer, int64_t now_us,
                                const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  OfferDefinition it;
  it.name = offer.name;
  it.title = offer.title;
  it.products = Copies(offer.products);
  it.value_minor = offer.value_minor;
  it.discount_minor = offer.discount_minor;
  it.discount_basis_points = offer.discount_basis_points;
  it.eligibility = offer.eligibility;
  it.valid_from_us = offer.valid_from_us;
  it.valid_until_us = offer.valid_until_us;
  it.coupon_span = offer.coupon_span;
  it.purpose = offer.purpose;
  it.channel = offer.channel;
  it.issue = offer.issue;
  it.group = offer.group;
  it.categories = Copies(offer.categories);
  it.needs = Copies(offer.needs);
  it.applicability = offer.applicability;
  it.suitability = offer.suitability;
  it.context = offer.context;
  it.cost_minor = offer.cost_minor;
  it.benefit_minor = offer.benefit_minor;
  it.lever = offer.lever;
  it.stock = offer.stock;
  it.budget_minor = offer.budget_minor;
  it.respond_within = offer.respond_within;
  for (const OfferVariantInput& variant : offer.variants) {
    it.variants.push_back({std::string(variant.channel),
                           std::string(variant.title),
                           std::string(variant.content)});
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  it.currency = impl_->state->currency;
  if (!offer.currency.empty()) {
    TRATO_ASSIGN_OR_RETURN(it.currency, Currency::Parse(offer.currency));
  }
  const Definition definition = std::move(it);
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

namespace {

absl::Status DefineChecked(Store::Impl& impl, const Definition& definition,
                           int64_t now_us, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl.writer);
  TRATO_RETURN_IF_ERROR(impl.CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl.state, definition));
  return impl.CommitDefinitions({definition}, now_us, options);
}

}  // namespace

absl::Status Store::DefinePolicy(const PolicyInput& policy, int64_t now_us,
                                 const WriteOptions& options) {
  ContactPolicyDefinition it;
  it.name = policy.name;
  it.channel = policy.channel;
  it.issue = policy.issue;
  it.group = policy.group;
  it.offer = policy.offer;
  it.at_most = policy.at_most;
  it.within = policy.within;
  it.quiet_from = policy.quiet_from;
  it.quiet_until = policy.quiet_until;
  it.holdout_basis_points = policy.holdout_basis_points;
  it.open_complaint = policy.open_complaint;
  it.retired = policy.retired;
  return DefineChecked(*impl_, PolicyDefinition(std::move(it)), now_us,
                       options);
}

absl::Status Store::DefineArbitration(const ArbitrationInput& arbitration,
                                      int64_t now_us,
                                      const WriteOptions& options) {
  return DefineChecked(
      *impl_,
      PolicyDefinition(ArbitrationDefinition{
          "default", arbitration.benefit_weight, arbitration.exploration,
          arbitration.per_issue, arbitration.per_group, arbitration.pacing}),
      now_us, options);
}

absl::Status Store::DefineProduct(const ProductInput& product, int64_t now_us,
                                  const WriteOptions& options) {
  return DefineChecked(
      *impl_,
      SchemaDefinition(ProductDefinition{
          std::string(product.id), std::string(product.name),
          std::string(product.category), Copies(product.substitutes)}),
      now_us, options);
}

absl::Status Store::DefineChannel(std::string_view name,
                                  std::string_view address,
                                  std::string_view description, int64_t now_us,
                                  const WriteOptions& options) {
  ChannelDefinition it;
  it.name = name;
  it.description = description;
  it.address = address;
  return DefineChecked(*impl_, SchemaDefinition(std::move(it)), now_us,
                       options);
}

absl::StatusOr<size_t> Store::MatchOffers(std::string_view customer,
                                          int64_t now_us,
                                          std::string_view channel,
                                          std::span<MatchResult> results)
    const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  const State& state = *impl_->state;
  MatchRequest request;
  TRATO_ASSIGN_OR_RETURN(request.channel, ChannelNumber(state, channel));
  const MatchContext context = state.match_context();
  ReadScope scope;
  Matcher& matcher = ThreadMatcher();
  matcher.Match(context, leader, now_us, request);
  TRATO_RETURN_IF_ERROR(scope.status());
  const size_t count = std::min(matcher.kept(), results.size());
  for (size_t i = 0; i < count; ++i) {
    results[i] = ToMatchResult(state, matcher.Ranked(i));
  }
  return count;
}

MatchResult ToMatchResult(const State& state, const MatchCandidate& it) {
  const OfferDefinition& definition = it.offer->definition;
  uint32_t channel = it.channel;
  if (state.shown != nullptr) {
    const auto renamed = state.shown->channels.find(channel);
    if (renamed != state.shown->channels.end()) channel = renamed->second;
  }
  return {definition.name,
          channel == 0 ? std::string_view() : state.names.Text(channel),
          it.score,
          it.affinity,
          it.value_minor,
          definition.currency.code()};
}

absl::StatusOr<std::string> Store::ExplainOffersJson(
    std::string_view customer, int64_t now_us,
    std::string_view channel) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  const State& state = *impl_->state;
  MatchRequest request;
  TRATO_ASSIGN_OR_RETURN(request.channel, ChannelNumber(state, channel));
  const MatchContext context = state.match_context();
  ReadScope scope;
  Matcher matcher;
  matcher.Match(context, leader, now_us, request);
  std::vector<TracedOffer> traced = Trace(context, matcher, leader, now_us);
  const double explored = state.policies.arbitration().exploration;
  const std::vector<double> chances = ChancesOf(matcher, explored);
  for (size_t i = 0; i < chances.size(); ++i) {
    traced[i].probability = chances[i];
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return ExplainJson(state.model(), leader, traced, now_us);
}

absl::StatusOr<std::string> Store::WhyNotJson(std::string_view customer,
                                              std::string_view offer,
                                              int64_t now_us,
                                              std::string_view channel) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Catalogue::Offer* found,
                         state.catalogue.Find(offer));
  MatchRequest request;
  TRATO_ASSIGN_OR_RETURN(request.channel, ChannelNumber(state, channel));
  const MatchContext context = state.match_context();
  ReadScope scope;
  const WhyNot why = FindObstacles(context, *found, leader, now_us, request,
                                   ThreadMatcher());
  TRATO_RETURN_IF_ERROR(scope.status());
  return trato::core::WhyNotJson(state.model(), leader, *found, why, now_us);
}

absl::StatusOr<std::string> Store::OfferReportJson(int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  return trato::core::OfferReportJson(impl_->state->model(), now_us);
}

std::string Store::OffersJson(bool with_history) const {
  ReaderMutexLock lock(&impl_->mutex);
  return OfferListJson(impl_->state->model(), with_history);
}

std::string Store::PoliciesJson() const {
  ReaderMutexLock lock(&impl_->mutex);
  return PolicyListJson(impl_->state->model());
}

}  // namespace trato::core
