// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines of a table of stages ask the same customer's purchases again and
// again, at one instant: while a scope is open on a thread they are read once.

#ifndef TRATO_INSIGHT_EVIDENCE_SCOPE_H_
#define TRATO_INSIGHT_EVIDENCE_SCOPE_H_

namespace trato::core {

class EvidenceScope {
 public:
  EvidenceScope();
  ~EvidenceScope();
  EvidenceScope(const EvidenceScope&) = delete;
  EvidenceScope& operator=(const EvidenceScope&) = delete;
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_EVIDENCE_SCOPE_H_
