// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a customer consents to as JSON, as trato.h describes it.

#ifndef TRATO_CODEC_CONSENT_ANSWERS_H_
#define TRATO_CODEC_CONSENT_ANSWERS_H_

#include <cstdint>
#include <string>

#include "codec/answers.h"
#include "customer/consent_ledger.h"

namespace trato::core {

// One question with what bears on its answer.
std::string ConsentExplainJson(const Model& model, RecordNumber customer,
                               const ConsentQuestion& question, int64_t now_us);
// Every purpose and channel of which anything was said.
std::string ConsentShowJson(const Model& model, RecordNumber customer,
                            int64_t now_us);
// Every statement of the customer's records, in order.
std::string ConsentHistoryJson(const Model& model, RecordNumber customer,
                               int64_t now_us);

// The suppression lists and whether each can be relied on.
std::string SuppressionListsJson(const Model& model, int64_t now_us);

// What an import of a list read.
struct SuppressionReport {
  std::string list;
  uint64_t entries = 0;
  bool replaces = false;
  int64_t updated_us = 0;
};
std::string SuppressionReportJson(const Model& model,
                                  const SuppressionReport& report);

}  // namespace trato::core

#endif  // TRATO_CODEC_CONSENT_ANSWERS_H_
