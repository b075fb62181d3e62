// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// All records at once: which of them are one person's.

#ifndef TRATO_IDENTITY_BATCH_H_
#define TRATO_IDENTITY_BATCH_H_

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "identity/blocking.h"
#include "identity/clusters.h"
#include "identity/definitions.h"
#include "identity/model.h"
#include "identity/people.h"

namespace trato::core {

// Runs tasks 0 to count - 1, some at once where the host has threads for it.
using TaskRunner =
    std::function<void(size_t count, const std::function<void(size_t)>& task)>;

// Whether they cannot be one person's: their documents differ and both are
// valid.
bool AreApart(const People& people, const Person& a, const Person& b);

// What is settled between records, whatever they look like.
struct BatchConstraints {
  std::vector<std::pair<uint32_t, uint32_t>> joined;
  // Pairs that are two people, the smaller record in the upper half.
  absl::flat_hash_set<uint64_t> apart;
};

struct BatchResult {
  IdentityModel model;
  std::vector<ScoredPair> pairs;  // from `review_at` on, by record
  Clusters clusters;
  uint64_t compared = 0;  // pairs that keys found
  uint64_t hubs = 0;      // keys that too many records share
};

// Somebody else's word on pairs: another model, or a person. Sets the bits of
// each; what it leaves stays.
struct PairJudge {
  std::function<absl::Status(const Scorer&, std::span<ScoredPair>)> judge;
  double from_bits = 0;  // pairs for which so much speaks are asked about
};

// `persons` have been counted in `people`. The result follows from the records
// and their order: who wants it to be the same for any order sorts them first.
// Cost: the pairs that keys find, about a microsecond each, twice where there
// is no model, and that of the judge; memory some 250 bytes a record while it
// lasts. Errors: those of the judge.
absl::StatusOr<BatchResult> ResolveAll(const IdentityDefinition& definition,
                                       const People& people,
                                       std::span<const Person> persons,
                                       const BatchConstraints& constraints,
                                       const TaskRunner& run,
                                       const PairJudge& judge = {});

}  // namespace trato::core

#endif  // TRATO_IDENTITY_BATCH_H_
