// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <limits>
#include <utility>

#include "base/status.h"
#include "codec/offer_proto.h"

namespace trato::core {
namespace {

namespace pb = ::trato::v1;

absl::StatusOr<Id> IdOf(const std::string& bytes) {
  if (bytes.size() != 16) {
    return absl::DataLossError("an id has not 16 bytes");
  }
  return Id::FromBytes(reinterpret_cast<const unsigned char*>(bytes.data()));
}

// Empty: none.
absl::StatusOr<std::optional<FactId>> FactIdOf(const std::string& bytes) {
  if (bytes.empty()) return std::optional<FactId>();
  TRATO_ASSIGN_OR_RETURN(Id id, IdOf(bytes));
  return std::optional<FactId>(FactId{id});
}

std::string BytesOf(const std::optional<FactId>& id) {
  return id ? id->ToByteString() : std::string();
}

}  // namespace

void ToProto(const DecisionFact& it, pb::Fact& fact) {
  pb::Decision& out = *fact.mutable_decision();
  out.set_record(it.record);
  out.set_log_position(it.log_position);
  out.set_currency(std::string(it.currency.code()));
  out.set_digest(it.digest.ToByteString());
  for (const std::string& offer : it.offers) out.add_offers(offer);
  if (it.ranked != it.offers.size()) out.set_ranked(it.ranked);
  for (double score : it.scores) out.add_scores(score);
  for (double probability : it.probabilities) {
    out.add_probabilities(probability);
  }
  out.set_propensity(it.propensity);
  out.set_value_minor(it.value_minor);
  out.set_channel(it.channel);
  out.set_conversation(it.conversation);
  out.set_draw(it.draw);
  out.set_is_contact(it.is_contact);
  if (it.respond_until_us != kNoDeadline) {
    out.set_respond_until_us(it.respond_until_us);
  }
  out.set_reserved_minor(it.reserved_minor);
  out.set_similar(it.similar);
  for (const auto& assignment : it.assignments) {
    pb::Assignment& added = *out.add_assignments();
    added.set_policy(assignment.policy);
    added.set_held_out(assignment.held_out);
    added.set_offer(assignment.offer);
  }
  out.set_version(it.version);
  out.set_chosen(it.chosen);
  out.set_requested_channel(it.requested_channel);
  out.set_elsewhere(it.elsewhere);
  out.set_learner(it.learner);
  out.set_segment(it.segment);
}

absl::StatusOr<Payload> FromProto(const pb::Decision& message) {
  DecisionFact it;
  it.record = message.record();
  it.log_position = message.log_position();
  TRATO_ASSIGN_OR_RETURN(it.currency, Currency::Parse(message.currency()));
  TRATO_ASSIGN_OR_RETURN(it.digest, IdOf(message.digest()));
  it.offers.assign(message.offers().begin(), message.offers().end());
  it.ranked = message.ranked() != 0 ? message.ranked()
                                    : static_cast<uint32_t>(it.offers.size());
  it.scores.assign(message.scores().begin(), message.scores().end());
  it.probabilities.assign(message.probabilities().begin(),
                          message.probabilities().end());
  if (it.scores.size() != it.offers.size() || it.ranked < it.offers.size() ||
      (!it.probabilities.empty() &&
       it.probabilities.size() != it.offers.size()) ||
      (message.chosen() && it.offers.empty()) ||
      message.similar() >= static_cast<uint32_t>(kSimilarKinds)) {
    return absl::DataLossError("a decision does not fit together");
  }
  it.propensity = message.propensity();
  it.value_minor = message.value_minor();
  it.channel = message.channel();
  it.conversation = message.conversation();
  it.draw = message.draw();
  it.is_contact = message.is_contact();
  if (message.has_respond_until_us()) {
    it.respond_until_us = message.respond_until_us();
  }
  it.reserved_minor = message.reserved_minor();
  it.similar = static_cast<uint8_t>(message.similar());
  for (const pb::Assignment& assignment : message.assignments()) {
    it.assignments.push_back(
        {assignment.policy(), assignment.held_out(), assignment.offer()});
  }
  it.version = message.version();
  it.chosen = message.chosen();
  it.requested_channel = message.requested_channel();
  it.elsewhere = message.elsewhere();
  it.learner = message.learner();
  it.segment = message.segment();
  return Payload(std::move(it));
}

void ToProto(const OutcomeFact& it, pb::Fact& fact) {
  pb::Outcome& out = *fact.mutable_outcome();
  if (it.decision != FactId{}) out.set_decision(it.decision.ToByteString());
  out.set_kind(static_cast<pb::Outcome::Kind>(it.kind));
  out.set_conversation(it.conversation);
  out.set_interaction(BytesOf(it.interaction));
}

absl::StatusOr<Payload> FromProto(const pb::Outcome& message) {
  OutcomeFact it;
  TRATO_ASSIGN_OR_RETURN(auto decision, FactIdOf(message.decision()));
  it.decision = decision.value_or(FactId{});
  it.kind = static_cast<OutcomeKind>(message.kind());
  it.conversation = message.conversation();
  TRATO_ASSIGN_OR_RETURN(it.interaction, FactIdOf(message.interaction()));
  return Payload(std::move(it));
}

void ToProto(const PermitFact& it, pb::Fact& fact) {
  pb::Permit& out = *fact.mutable_permit();
  out.set_record(it.record);
  out.set_channel(it.channel);
  out.set_purpose(it.purpose);
  out.set_address(it.address);
  out.set_deadline_us(it.deadline_us);
  out.set_offer(it.offer);
  out.set_decision(BytesOf(it.decision));
}

absl::StatusOr<Payload> FromProto(const pb::Permit& message) {
  PermitFact it{message.record(),  message.channel(),     message.purpose(),
                message.address(), message.deadline_us(), message.offer(),
                {}};
  TRATO_ASSIGN_OR_RETURN(it.decision, FactIdOf(message.decision()));
  return Payload(std::move(it));
}

void ToProto(const PermitUseFact& it, pb::Fact& fact) {
  fact.mutable_permit_use()->set_permit(it.permit.ToByteString());
  fact.mutable_permit_use()->set_record(it.record);
}

absl::StatusOr<Payload> FromProto(const pb::PermitUse& message) {
  TRATO_ASSIGN_OR_RETURN(Id id, IdOf(message.permit()));
  return Payload(PermitUseFact{FactId{id}, message.record()});
}

void ToProto(const PurchaseLinkFact& it, pb::Fact& fact) {
  pb::PurchaseLink& out = *fact.mutable_purchase_link();
  out.set_record(it.record);
  out.set_interaction(it.interaction.ToByteString());
  out.set_decision(BytesOf(it.decision));
  out.set_method(it.method);
  out.set_reason(it.reason);
}

absl::StatusOr<Payload> FromProto(const pb::PurchaseLink& message) {
  PurchaseLinkFact it;
  it.record = message.record();
  TRATO_ASSIGN_OR_RETURN(Id id, IdOf(message.interaction()));
  it.interaction = FactId{id};
  TRATO_ASSIGN_OR_RETURN(it.decision, FactIdOf(message.decision()));
  it.method = message.method();
  it.reason = message.reason();
  return Payload(std::move(it));
}

}  // namespace trato::core
