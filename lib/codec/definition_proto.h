// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: one definition between the model and its message.

#ifndef TRATO_CODEC_DEFINITION_PROTO_H_
#define TRATO_CODEC_DEFINITION_PROTO_H_

#include "absl/status/statusor.h"
#include "base/money.h"
#include "codec/fact.h"
#include "trato/v1/definition.pb.h"

namespace trato::core {

absl::StatusOr<Definition> FromProto(const ::trato::v1::Definition& message,
                                     Currency currency);
void ToProto(const Definition& definition, ::trato::v1::Definition& message);

}  // namespace trato::core

#endif  // TRATO_CODEC_DEFINITION_PROTO_H_
