// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The host's word on pairs of records: what its own model is told of each, and
// what its answers mean.

#ifndef TRATO_ENGINE_IDENTITY_JUDGE_H_
#define TRATO_ENGINE_IDENTITY_JUDGE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "identity/batch.h"
#include "engine/store_identity.h"

namespace trato::core {

// `persons` and `name` are of the numbers that pairs have; all must stay while
// the judge is used. Without a judge in `options`: none.
PairJudge JudgeOf(const IdentityJudgeOptions& options, const People& people,
                  std::span<const Person> persons,
                  std::function<std::string(uint32_t)> name);
// INVALID_ARGUMENT: not a probability.
absl::Status CheckJudge(const IdentityJudgeOptions& options);

}  // namespace trato::core

#endif  // TRATO_ENGINE_IDENTITY_JUDGE_H_
