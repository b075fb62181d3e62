// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Definitions to the bytes of definition.proto and back.

#ifndef TRATO_CODEC_DEFINITION_CODEC_H_
#define TRATO_CODEC_DEFINITION_CODEC_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/money.h"
#include "codec/fact.h"

namespace trato::core {

// Bytes from outside, a trato.v1.Definitions message. INVALID_ARGUMENT names
// the definition by its place, as definitions[2], and the field. Offers without
// a currency get `currency`. What the definitions mean is not checked here.
absl::StatusOr<std::vector<Definition>> DecodeDefinitions(
    std::string_view bytes, Currency currency);

}  // namespace trato::core

#endif  // TRATO_CODEC_DEFINITION_CODEC_H_
