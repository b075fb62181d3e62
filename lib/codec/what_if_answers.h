// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What would have been decided otherwise, as JSON; trato.h describes it.

#ifndef TRATO_CODEC_WHAT_IF_ANSWERS_H_
#define TRATO_CODEC_WHAT_IF_ANSWERS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/answers.h"

namespace trato::core {

// One side of a decision: as it was, or as it would have been.
struct ChosenOffer {
  uint32_t offer = 0;  // 0: none was left
  uint32_t channel = 0;
  double score = 0;
  double propensity = 0;
  int64_t value_minor = 0;
  int64_t reserved_minor = 0;
  bool is_contact = false;
};

struct WhatIfRow {
  FactId decision;
  RecordNumber customer = 0;
  int64_t at_us = 0;
  ChosenOffer then;
  ChosenOffer now;
};

struct WhatIfReport {
  std::optional<int64_t> since_us;
  std::optional<int64_t> until_us;
  uint64_t changes = 0;     // facts that the fork was told
  uint64_t set_aside = 0;   // of these, those that change no period
  uint64_t answers_kept = 0;
  uint64_t answers_dropped = 0;
  std::vector<WhatIfRow> rows;  // in order of the log
};
std::string WhatIfJson(const Model& model, const WhatIfReport& report,
                       bool with_rows);

}  // namespace trato::core

#endif  // TRATO_CODEC_WHAT_IF_ANSWERS_H_
