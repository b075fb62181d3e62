// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// consent(purpose, channel): whether the customer may be contacted.

#ifndef TRATO_EXPRESSION_CONSENT_FUNCTION_H_
#define TRATO_EXPRESSION_CONSENT_FUNCTION_H_

#include "customer/consent_ledger.h"
#include "expression/registry.h"

namespace trato::core {

// `ledger` outlives the registry.
void AddConsentFunction(const ConsentLedger* ledger, Registry& registry);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_CONSENT_FUNCTION_H_
