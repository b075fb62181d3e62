// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_BINDINGS_CLI_INTERACTIONS_TABLE_H_
#define TRATO_BINDINGS_CLI_INTERACTIONS_TABLE_H_

#include "bindings/cli/store.h"
#include "bindings/cli/table.h"

namespace trato_cli {

// The "interactions" of trato_store_info and trato_customer_get: a row per
// type.
Table InteractionsTable(const Json& interactions);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_INTERACTIONS_TABLE_H_
