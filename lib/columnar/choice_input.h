// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Choices that were logged as a table in.

#ifndef TRATO_COLUMNAR_CHOICE_INPUT_H_
#define TRATO_COLUMNAR_CHOICE_INPUT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "columnar/arrow.h"
#include "experiment/policy_value.h"

namespace trato::core {

// Reads the whole stream, which is released in any case: reward, target, and
// where present probability (null: not known), predicted, expected. `columns`
// says which column holds a field that the stream names otherwise.
absl::StatusOr<LoggedChoices> ReadChoices(
    ArrowArrayStream* stream,
    const std::vector<std::pair<std::string, std::string>>& columns);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_CHOICE_INPUT_H_
