// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a fact may be stored: its form against the schema. Errors name the
// field and the thing, never an attribute's value.

#ifndef TRATO_ENGINE_CHECKS_H_
#define TRATO_ENGINE_CHECKS_H_

#include "absl/status/status.h"
#include "codec/fact.h"
#include "engine/state.h"

namespace trato::core {

inline constexpr size_t kMaxLines = 100000;
inline constexpr size_t kMaxFields = 1000;

// A name for a record: an identifier, of any namespace but "id", which public
// ids use.
absl::Status CheckRecordName(std::string_view field, std::string_view name);

// The envelope, then the payload; `schema` may know more than the state does.
absl::Status CheckFact(const State& state, const Schema& schema,
                       const Fact& fact);

// A definition after the ones that are in force.
absl::Status CheckDefinition(const State& state, const Definition& definition);

// Several definitions, each after the ones before it.
absl::Status CheckDefinitions(const State& state,
                              const std::vector<Definition>& definitions);

}  // namespace trato::core

#endif  // TRATO_ENGINE_CHECKS_H_
