// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Interactions as an Arrow C stream of one batch, without an Arrow library.

#ifndef TRATO_TESTS_CRASH_ARROW_H_
#define TRATO_TESTS_CRASH_ARROW_H_

#include <vector>

#include "facts.h"

namespace trato::crash {

// Appends all of them in one call of trato_interactions_append. UNIMPLEMENTED
// where the library lacks it.
Said AppendColumns(trato_store* store, const std::vector<Spec>& specs,
                   int64_t now_us, bool buffered);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_ARROW_H_
