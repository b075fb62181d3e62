// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Another way of choosing among the offers that a decision ranked, and how
// likely it is to choose what was chosen.

#ifndef TRATO_OFFER_TARGET_POLICY_H_
#define TRATO_OFFER_TARGET_POLICY_H_

#include <cstdint>
#include <vector>

#include "offer/decision_log.h"

namespace trato::core {

// The numbers are those of TRATO_TARGET_... in trato.h.
enum class TargetKind : uint8_t {
  kGreedy = 0,   // always the first
  kUniform = 1,  // each alike
  kExplore = 2,  // the first, but for a share that is drawn evenly
  kFixed = 3,    // the first of a list that is there, otherwise the first
};
inline constexpr int kTargetKinds = 4;

struct TargetPolicy {
  TargetKind kind = TargetKind::kGreedy;
  double exploration = 0;
  std::vector<uint32_t> offers;  // of a list: numbers of names, the best first
};

struct Targeted {
  double probability = 0;  // that the policy chooses what was chosen
  // How likely it chooses what the decision could not have chosen.
  double outside = 0;
  // It cannot be told, as not all that was ranked was kept.
  bool is_unknown = false;
};

// Of a decision that chose an offer, and was made here.
Targeted TargetOf(const TargetPolicy& policy, const Decision& decision);

}  // namespace trato::core

#endif  // TRATO_OFFER_TARGET_POLICY_H_
