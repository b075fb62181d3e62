// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_INSIGHT_EDITION_CHECK_H_
#define TRATO_INSIGHT_EDITION_CHECK_H_

#include "absl/status/status.h"
#include "insight/definitions.h"
#include "schema/schema.h"

namespace trato::core {

// Whether an edition may be put in force; the error names the field.
absl::Status CheckEdition(const ValueEdition& it, const Schema& schema);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_EDITION_CHECK_H_
