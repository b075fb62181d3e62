// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What is said of an erasure, as trato.h describes it.

#ifndef TRATO_CODEC_ERASURE_ANSWERS_H_
#define TRATO_CODEC_ERASURE_ANSWERS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "base/id.h"

namespace trato::core {

// What an erasure did.
struct ErasureReport {
  Id id;
  int64_t at_us = 0;
  uint64_t records = 0;
  uint64_t facts = 0;         // that went
  uint64_t interactions = 0;  // of them
  uint64_t position = 0;      // of the erasure in the log
  // Whether no file of the store holds the bytes any more. Otherwise another
  // process is reading what was there before.
  bool purged = false;
};

std::string ErasureJson(const ErasureReport& report, absl::TimeZone zone);

}  // namespace trato::core

#endif  // TRATO_CODEC_ERASURE_ANSWERS_H_
