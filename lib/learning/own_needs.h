// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How much more or less than her segment a customer takes to what serves a need,
// by her answers to other offers of it. With E acceptances expected of her for a
// need and A that there were, and k = 1,
//
//   lift of a need = above (A + k) / (above E + k)
//
// where `above` is the lift of the need that it belongs to (of a root: 1). So the
// first answers say little, and a need inherits what is known of the wider one.
// It is a Poisson count with a gamma prior whose mean is `above`.

#ifndef TRATO_LEARNING_OWN_NEEDS_H_
#define TRATO_LEARNING_OWN_NEEDS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "learning/definitions.h"

namespace trato::core {

class OwnNeeds {
 public:
  // Of another customer. Cost: O(offers and needs that the last one answered).
  void Begin(const LearnerDefinition& definition);
  void Add(const LearnerDefinition& definition, uint32_t offer, double expected,
           double accepted);
  // Of her answers to other offers; 1 where there are none.
  double LiftOf(const LearnerDefinition& definition, uint32_t offer) const;

 private:
  struct Sum {
    double expected = 0;
    double accepted = 0;
  };
  double LiftOf(const LearnerDefinition& definition, uint32_t need,
                const Sum& own) const;

  std::vector<Sum> offers_;
  std::vector<Sum> needs_;
  std::vector<uint32_t> answered_;  // offers that have a sum
};

}  // namespace trato::core

#endif  // TRATO_LEARNING_OWN_NEEDS_H_
