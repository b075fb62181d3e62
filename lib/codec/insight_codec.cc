// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "codec/insight_proto.h"

namespace trato::core {
namespace {

namespace pb = ::trato::v1;

template <typename Numbers, typename Array>
absl::Status Take(std::string_view field, const Numbers& from, size_t wanted,
                  Array& to) {
  if (static_cast<size_t>(from.size()) != wanted) {
    return absl::InvalidArgumentError(
        StrCat("value_edition: ", field, " holds ", from.size(),
               " numbers instead of ", wanted));
  }
  std::copy(from.begin(), from.end(), to.begin());
  return absl::OkStatus();
}

absl::StatusOr<FittedModel> ModelFromProto(std::string_view field,
                                           const pb::FittedModel& message) {
  FittedModel it;
  if (message.model() >= kValueModelKinds || message.status() > 2) {
    return absl::InvalidArgumentError(
        StrCat("value_edition: ", field, " is not known to this version"));
  }
  it.kind = static_cast<ValueModelKind>(message.model());
  it.status = static_cast<FitStatus>(message.status());
  it.count = it.kind == ValueModelKind::kGammaGamma ? 3 : 4;
  TRATO_RETURN_IF_ERROR(Take(StrCat(field, ".parameters"),
                             message.parameters(), it.count, it.value));
  TRATO_RETURN_IF_ERROR(
      Take(StrCat(field, ".low"), message.low(), it.count, it.low));
  TRATO_RETURN_IF_ERROR(
      Take(StrCat(field, ".high"), message.high(), it.count, it.high));
  TRATO_RETURN_IF_ERROR(Take(StrCat(field, ".covariance"),
                             message.covariance(), it.covariance.size(),
                             it.covariance));
  it.log_likelihood = message.log_likelihood();
  it.customers = message.customers();
  return it;
}

void ModelToProto(const FittedModel& it, pb::FittedModel& message) {
  message.set_model(static_cast<uint32_t>(it.kind));
  message.set_status(static_cast<uint32_t>(it.status));
  for (size_t i = 0; i < it.count; ++i) {
    message.add_parameters(it.value[i]);
    message.add_low(it.low[i]);
    message.add_high(it.high[i]);
  }
  for (const double value : it.covariance) message.add_covariance(value);
  message.set_log_likelihood(it.log_likelihood);
  message.set_customers(it.customers);
}

using Range = std::array<uint8_t, 2>;
absl::StatusOr<Range> RangeFromProto(uint32_t from, uint32_t to) {
  if (from > 255 || to > 255) {
    return absl::InvalidArgumentError(
        "value_edition: segments: a score is above 255");
  }
  return Range{static_cast<uint8_t>(from), static_cast<uint8_t>(to)};
}

}  // namespace

absl::StatusOr<Definition> EditionFromProto(const pb::ValueEdition& message) {
  ValueEdition it;
  it.types.assign(message.types().begin(), message.types().end());
  it.returns.assign(message.returns().begin(), message.returns().end());
  TRATO_ASSIGN_OR_RETURN(it.purchases,
                         ModelFromProto("purchases", message.purchases()));
  if (message.has_spend()) {
    TRATO_ASSIGN_OR_RETURN(it.spend, ModelFromProto("spend", message.spend()));
  }
  it.edges.groups = message.groups();
  if (it.edges.groups < 2 || it.edges.groups > kMaxRfmGroups) {
    return absl::InvalidArgumentError(
        "value_edition: groups is not within 2 and 10");
  }
  const size_t edges = it.edges.groups - 1;
  TRATO_RETURN_IF_ERROR(Take("recency_edges", message.recency_edges(), edges,
                             it.edges.recency));
  TRATO_RETURN_IF_ERROR(Take("frequency_edges", message.frequency_edges(),
                             edges, it.edges.frequency));
  TRATO_RETURN_IF_ERROR(
      Take("money_edges", message.money_edges(), edges, it.edges.money));
  for (const pb::RfmSegment& segment : message.segments()) {
    RfmRule rule;
    rule.name = segment.name();
    TRATO_ASSIGN_OR_RETURN(
        rule.recency,
        RangeFromProto(segment.recency_from(), segment.recency_to()));
    TRATO_ASSIGN_OR_RETURN(
        rule.frequency,
        RangeFromProto(segment.frequency_from(), segment.frequency_to()));
    TRATO_ASSIGN_OR_RETURN(
        rule.money, RangeFromProto(segment.money_from(), segment.money_to()));
    it.segments.push_back(std::move(rule));
  }
  if (!message.currency().empty()) {
    TRATO_ASSIGN_OR_RETURN(it.currency, Currency::Parse(message.currency()));
  }
  it.horizon = message.horizon();
  it.discount = message.discount();
  it.margin = message.margin();
  for (const pb::Rhythm& rhythm : message.rhythms()) {
    it.rhythms.push_back({rhythm.category(), rhythm.shape(), rhythm.rate(),
                          rhythm.leave_a(), rhythm.leave_b(),
                          rhythm.customers()});
  }
  it.log_position = message.log_position();
  it.end_us = message.end_us();
  return Definition(InsightDefinition(std::move(it)));
}

absl::StatusOr<Definition> LifecycleFromProto(const pb::Lifecycle& message) {
  LifecycleDefinition it;
  for (const pb::StageRule& rule : message.rules()) {
    it.rules.push_back(
        {rule.stage(), rule.when(), rule.hold(), rule.reason()});
  }
  return Definition(InsightDefinition(std::move(it)));
}

absl::StatusOr<Definition> ScoreFromProto(const pb::Score& message) {
  ScoreDefinition it;
  it.name = message.name();
  for (const pb::ScoreRule& rule : message.rules()) {
    it.rules.push_back({rule.name(), rule.when(), rule.points_milli(),
                        rule.half_life(), rule.lapse()});
  }
  if (message.has_least_milli()) it.least_milli = message.least_milli();
  if (message.has_most_milli()) it.most_milli = message.most_milli();
  return Definition(InsightDefinition(std::move(it)));
}

void InsightToProto(const InsightDefinition& insight,
                    pb::Definition& definition) {
  if (const auto* score = std::get_if<ScoreDefinition>(&insight)) {
    pb::Score& message = *definition.mutable_score();
    message.set_name(score->name);
    for (const ScoreRule& rule : score->rules) {
      pb::ScoreRule& out = *message.add_rules();
      out.set_name(rule.name);
      out.set_when(rule.when);
      out.set_points_milli(rule.points_milli);
      out.set_half_life(rule.half_life);
      out.set_lapse(rule.lapse);
    }
    if (score->least_milli) message.set_least_milli(*score->least_milli);
    if (score->most_milli) message.set_most_milli(*score->most_milli);
    return;
  }
  if (const auto* lifecycle = std::get_if<LifecycleDefinition>(&insight)) {
    pb::Lifecycle& message = *definition.mutable_lifecycle();
    for (const StageRule& rule : lifecycle->rules) {
      pb::StageRule& out = *message.add_rules();
      out.set_stage(rule.stage);
      out.set_when(rule.when);
      out.set_hold(rule.hold);
      out.set_reason(rule.reason);
    }
    return;
  }
  const auto& it = std::get<ValueEdition>(insight);
  pb::ValueEdition& message = *definition.mutable_value_edition();
  for (const std::string& type : it.types) message.add_types(type);
  for (const std::string& type : it.returns) message.add_returns(type);
  ModelToProto(it.purchases, *message.mutable_purchases());
  if (it.spend) ModelToProto(*it.spend, *message.mutable_spend());
  message.set_groups(it.edges.groups);
  for (size_t i = 0; i + 1 < it.edges.groups; ++i) {
    message.add_recency_edges(it.edges.recency[i]);
    message.add_frequency_edges(it.edges.frequency[i]);
    message.add_money_edges(it.edges.money[i]);
  }
  for (const RfmRule& rule : it.segments) {
    pb::RfmSegment& out = *message.add_segments();
    out.set_name(rule.name);
    out.set_recency_from(rule.recency[0]);
    out.set_recency_to(rule.recency[1]);
    out.set_frequency_from(rule.frequency[0]);
    out.set_frequency_to(rule.frequency[1]);
    out.set_money_from(rule.money[0]);
    out.set_money_to(rule.money[1]);
  }
  message.set_currency(std::string(it.currency.code()));
  message.set_horizon(it.horizon);
  message.set_discount(it.discount);
  message.set_margin(it.margin);
  for (const Rhythm& rhythm : it.rhythms) {
    pb::Rhythm& out = *message.add_rhythms();
    out.set_category(rhythm.category);
    out.set_shape(rhythm.shape);
    out.set_rate(rhythm.rate);
    out.set_leave_a(rhythm.leave_a);
    out.set_leave_b(rhythm.leave_b);
    out.set_customers(rhythm.customers);
  }
  message.set_log_position(it.log_position);
  message.set_end_us(it.end_us);
}

}  // namespace trato::core
