// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: definitions of identity resolution between the model and
// their messages.

#ifndef TRATO_CODEC_IDENTITY_PROTO_H_
#define TRATO_CODEC_IDENTITY_PROTO_H_

#include "absl/status/statusor.h"
#include "codec/fact.h"
#include "trato/v1/definition.pb.h"

namespace trato::core {

absl::StatusOr<Definition> IdentityFromProto(
    const ::trato::v1::Identity& message);
void IdentityToProto(const IdentityDefinition& it,
                     ::trato::v1::Identity& message);

}  // namespace trato::core

#endif  // TRATO_CODEC_IDENTITY_PROTO_H_
