// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/affinity.h"

namespace trato::core {

double AffinityOf(const PurchaseTotal& all, const Evidence& evidence,
                  double rate) {
  return (evidence.held + evidence.accepted + rate * kAffinityPriorWeight) /
         (all.weight + evidence.answered + kAffinityPriorWeight);
}

double OrganicRate(const PurchaseTotal& all, const Evidence& evidence) {
  return evidence.held / (all.weight + kAffinityPriorWeight);
}

}  // namespace trato::core
