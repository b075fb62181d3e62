// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Choices that were logged as CSV.

#ifndef TRATO_CODEC_CHOICES_CSV_H_
#define TRATO_CODEC_CHOICES_CSV_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "codec/csv_table.h"
#include "experiment/policy_value.h"

namespace trato::core {

// Reads a whole file. The fields go by their names, or by where `columns`
// (field, header) says. A row that cannot be read ends it, as what is left out
// would shift what is estimated; a probability may be empty.
// Errors: INVALID_ARGUMENT names the column and the line; UNAVAILABLE when
// `read` fails.
absl::StatusOr<LoggedChoices> ReadChoicesCsv(
    const ReadBytes& read,
    const std::vector<std::pair<std::string, std::string>>& columns);

}  // namespace trato::core

#endif  // TRATO_CODEC_CHOICES_CSV_H_
