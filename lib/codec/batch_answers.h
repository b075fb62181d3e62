// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What imports brought, as JSON, as trato.h describes it.

#ifndef TRATO_CODEC_BATCH_ANSWERS_H_
#define TRATO_CODEC_BATCH_ANSWERS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "codec/answers.h"
#include "codec/contacts_csv.h"

namespace trato::core {

// What lies in the log under one batch name.
struct BatchSummary {
  std::string batch;
  std::string actor;   // of its first fact
  std::string source;  // of its first fact
  uint64_t first_position = std::numeric_limits<uint64_t>::max();
  int64_t first_us = 0;  // recorded
  int64_t last_us = 0;
  uint64_t interactions = 0;
  uint64_t attributes = 0;
  uint64_t identifiers = 0;
  uint64_t consents = 0;
  uint64_t definitions = 0;
  uint64_t others = 0;
  std::optional<int64_t> retracted_us;
  std::string reason;
};

// By first recorded time.
std::string BatchListJson(const Model& model,
                          const std::vector<BatchSummary>& batches);
// `left` is how many customers remain, of `customers` before.
std::string RetractionJson(const Model& model, const BatchSummary& batch,
                           bool dry_run, uint64_t customers, uint64_t left,
                           bool keeps_definitions);

// What an import of contacts did with a file, or would do.
struct ContactsReport {
  struct Conflict {
    int64_t line = 0;
    std::string record;
    std::string column;
    std::string what;
  };
  bool dry_run = false;
  std::string batch;
  uint64_t customers = 0;
  uint64_t new_customers = 0;
  uint64_t changed_customers = 0;
  uint64_t unchanged_customers = 0;
  uint64_t attributes_new = 0;
  uint64_t attributes_changed = 0;
  uint64_t identifiers_new = 0;
  uint64_t consents_new = 0;
  uint64_t definitions = 0;
  uint64_t conflict_count = 0;
  std::vector<Conflict> conflicts;  // the first
  std::vector<Refusal> refused_values;
};
std::string ContactsReportJson(const ContactsFile& file,
                               const ContactsReport& report);

}  // namespace trato::core

#endif  // TRATO_CODEC_BATCH_ANSWERS_H_
