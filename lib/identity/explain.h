// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Why two records are one person's, or are not, in words.

#ifndef TRATO_IDENTITY_EXPLAIN_H_
#define TRATO_IDENTITY_EXPLAIN_H_

#include <string>
#include <vector>

#include "identity/compare.h"
#include "identity/model.h"
#include "identity/people.h"

namespace trato::core {

struct PairExplanation {
  struct Line {
    Comparison comparison;
    int level;
    double bits;  // that speak for one person; negative: for two
    std::string one;  // what was compared, in its one form
    std::string other;
  };
  // What is not known of one of them and would tell most.
  struct Question {
    Comparison comparison;
    double same;       // the probability where they turn out to be the same
    double different;  // and where they do not
  };
  std::vector<Line> lines;  // without what one of them does not say
  double prior_bits = 0;
  // That they may be two of one household; 0 or below.
  double household_bits = 0;
  double bits = 0;  // in all, with these two
  double probability = 0;
  bool apart = false;  // valid documents that differ
  std::vector<Question> questions;  // up to three, the most telling first
};

PairExplanation ExplainPair(const People& people, const Scorer& scorer,
                            const Person& a, const Person& b);

// "surname the same (+9.1), birth date one slip (+6.0), email different (-1.9):
// 99.8 %"; at most 1,000 bytes, the weightiest first.
std::string InWords(const PairExplanation& explanation);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_EXPLAIN_H_
