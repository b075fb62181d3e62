// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What is kept for how long, and what went, as JSON.

#ifndef TRATO_CODEC_RETENTION_ANSWERS_H_
#define TRATO_CODEC_RETENTION_ANSWERS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "codec/answers.h"

namespace trato::core {

struct RetentionReport {
  bool dry_run = false;
  // How many facts of a kind and name.
  std::map<std::pair<RetainedKind, std::string>, uint64_t> counts;
  uint64_t facts = 0;
  uint64_t interactions = 0;  // of them
  int64_t earliest_us = std::numeric_limits<int64_t>::min();
  uint64_t position = 0;
  bool purged = false;
};

std::string RetentionJson(const Model& model, const RetentionReport& report);
std::string RetentionListJson(const Model& model, int64_t earliest_us,
                              int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_RETENTION_ANSWERS_H_
