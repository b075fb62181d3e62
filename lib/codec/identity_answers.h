// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What is said of identities, as JSON. trato.h says what is in it.

#ifndef TRATO_CODEC_IDENTITY_ANSWERS_H_
#define TRATO_CODEC_IDENTITY_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/answers.h"
#include "identity/batch.h"
#include "identity/explain.h"
#include "identity/identity_book.h"

namespace trato::core {

// Two records, and what was made of them.
struct IdentityPair {
  RecordNumber one = 0;
  RecordNumber other = 0;
  // "link", "unlink", "propose", "refuse" or "nothing"; empty: not asked.
  std::string_view outcome;
  std::string why;
  double bits = 0;
  std::optional<PairExplanation> explanation;
};

// What resolving many records came to.
struct IdentityReport {
  uint64_t records = 0;  // that say anything that is compared
  uint64_t compared = 0;  // pairs
  uint64_t hubs = 0;      // keys that too many records share
  uint64_t customers_before = 0;
  uint64_t customers_after = 0;
  uint64_t linked = 0;
  uint64_t unlinked = 0;
  uint64_t proposed = 0;
  uint64_t refused = 0;
  uint32_t version = 0;  // of the definition that this made; 0: none
  IdentityModel model;
  std::vector<IdentityPair> pairs;  // the first of those, most certain first
};

std::string ResolvedJson(const Model& model, RecordNumber record,
                         std::string_view outcome,
                         const std::vector<IdentityPair>& pairs);
std::string IdentityReportJson(const Model& model,
                               const IdentityReport& report);
// Of a table.
std::string TableReportJson(const BatchResult& result, size_t records);
std::string ReviewJson(const Model& model, uint64_t open,
                       const std::vector<IdentityPair>& pairs);
// What two records were compared in.
std::string ComparisonsText(const PairExplanation& explanation);
std::string PairJson(const Model& model, const IdentityPair& pair);
// Why her records are one customer.
std::string IdentityJson(const Model& model, RecordNumber leader,
                         const std::vector<IdentityPair>& pairs);
std::string IdentityDefinitionsJson(
    const Model& model, const std::vector<IdentityBook::Version>& versions,
    const IdentityDefinition& usual);

}  // namespace trato::core

#endif  // TRATO_CODEC_IDENTITY_ANSWERS_H_
