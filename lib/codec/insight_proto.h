// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: editions, the life cycle and scores between the model and
// their messages.

#ifndef TRATO_CODEC_INSIGHT_PROTO_H_
#define TRATO_CODEC_INSIGHT_PROTO_H_

#include "absl/status/statusor.h"
#include "codec/fact.h"
#include "trato/v1/definition.pb.h"

namespace trato::core {

absl::StatusOr<Definition> EditionFromProto(
    const ::trato::v1::ValueEdition& message);
absl::StatusOr<Definition> LifecycleFromProto(
    const ::trato::v1::Lifecycle& message);
absl::StatusOr<Definition> ScoreFromProto(const ::trato::v1::Score& message);
void InsightToProto(const InsightDefinition& insight,
                    ::trato::v1::Definition& message);

}  // namespace trato::core

#endif  // TRATO_CODEC_INSIGHT_PROTO_H_
