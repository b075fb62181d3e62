// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Intervals that may be looked at again and again: all of them together hold at
// their level (asymptotic confidence sequences; Waudby-Smith, Arbour, Sinha,
// Kennedy and Ramdas 2021). With n seen, an estimate whose standard error is s
// lies within s * sqrt(2 (n r + 1) / (n r) * ln(sqrt(n r + 1) / level)), where r
// makes that narrowest at a number that was planned.

#ifndef TRATO_EXPERIMENT_CONFIDENCE_SEQUENCE_H_
#define TRATO_EXPERIMENT_CONFIDENCE_SEQUENCE_H_

#include "experiment/proportion.h"

namespace trato::core {

class ConfidenceSequence {
 public:
  // `planned` must be said before the first look: above 0.
  ConfidenceSequence(double level, double planned);

  // Of an estimate of `count` that were seen; an error of 0 gives a point.
  Interval Around(double estimate, double standard_error, double count) const;
  // That the truth is 0: valid whenever it is looked at, as is the smallest of
  // all looks.
  double PValue(double estimate, double standard_error, double count) const;

 private:
  double level_;
  double rho2_;
};

}  // namespace trato::core

#endif  // TRATO_EXPERIMENT_CONFIDENCE_SEQUENCE_H_
