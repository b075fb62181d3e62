// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: offers, policies and products between the model and their
// messages, and what was decided and became of it.

#ifndef TRATO_CODEC_OFFER_PROTO_H_
#define TRATO_CODEC_OFFER_PROTO_H_

#include "absl/status/statusor.h"
#include "base/money.h"
#include "codec/fact.h"
#include "trato/v1/definition.pb.h"
#include "trato/v1/fact.pb.h"

namespace trato::core {

absl::StatusOr<Definition> OfferFromProto(const ::trato::v1::Offer& message,
                                          Currency currency);
void OfferToProto(const OfferDefinition& offer, ::trato::v1::Offer& message);
Definition PolicyFromProto(const ::trato::v1::ContactPolicy& message);
Definition ArbitrationFromProto(const ::trato::v1::Arbitration& message);
Definition LearningFromProto(const ::trato::v1::Learning& message);
void PolicyToProto(const PolicyDefinition& policy,
                   ::trato::v1::Definition& message);
Definition ProductFromProto(const ::trato::v1::Product& message);
void ProductToProto(const ProductDefinition& it,
                    ::trato::v1::Product& message);

void ToProto(const DecisionFact& it, ::trato::v1::Fact& fact);
absl::StatusOr<Payload> FromProto(const ::trato::v1::Decision& message);
void ToProto(const OutcomeFact& it, ::trato::v1::Fact& fact);
absl::StatusOr<Payload> FromProto(const ::trato::v1::Outcome& message);
void ToProto(const PermitFact& it, ::trato::v1::Fact& fact);
absl::StatusOr<Payload> FromProto(const ::trato::v1::Permit& message);
void ToProto(const PermitUseFact& it, ::trato::v1::Fact& fact);
absl::StatusOr<Payload> FromProto(const ::trato::v1::PermitUse& message);
void ToProto(const PurchaseLinkFact& it, ::trato::v1::Fact& fact);
absl::StatusOr<Payload> FromProto(const ::trato::v1::PurchaseLink& message);

}  // namespace trato::core

#endif  // TRATO_CODEC_OFFER_PROTO_H_
