// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What expressions ask of a customer's relations: related("household"), how
// many customers she is related to so, and related("employee_of", "crm:88"),
// whether that one is among them.

#ifndef TRATO_EXPRESSION_RELATION_FUNCTIONS_H_
#define TRATO_EXPRESSION_RELATION_FUNCTIONS_H_

#include "customer/relation_store.h"
#include "expression/registry.h"

namespace trato::core {

// `relations` outlives the registry.
void AddRelationFunctions(Registry& registry, const RelationStore* relations);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_RELATION_FUNCTIONS_H_
