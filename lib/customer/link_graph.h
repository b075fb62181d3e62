// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What joins records into customers, kept apart from what follows from it, so
// that taking a link back gives exactly what was there before.
//
// Two things join: links made by hand, and identifiers of unique namespaces
// that records share. A customer is a connected component. Where identifiers
// would join two records that were unlinked, directly or by way of others, the
// identifiers of these two, and of whoever is linked to them by hand, link
// nothing. The rule looks at the whole, so it does not depend on what arrived
// first.

#ifndef TRATO_CUSTOMER_LINK_GRAPH_H_
#define TRATO_CUSTOMER_LINK_GRAPH_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace trato::core {

using RecordNumber = uint32_t;

// The state of a pair of records that somebody linked or unlinked. `sequence`
// counts what was said of the pair; the highest holds, whatever arrives first.
struct PairState {
  uint64_t sequence = 0;
  bool linked = false;

  bool unlinked() const { return sequence > 0 && !linked; }
};

class LinkGraph {
 public:
  using Pair = std::pair<RecordNumber, RecordNumber>;
  using Group = std::vector<RecordNumber>;

  // The unique identifiers of records, from outside.
  struct Identifiers {
    // Calls `visit` for each unique identifier that the record has.
    std::function<void(RecordNumber,
                       const std::function<void(std::string_view)>& visit)>
        of;
    // All records that have it.
    std::function<std::vector<RecordNumber>(std::string_view)> claimants;
  };

  // The state of the pair; sequence 0 when nothing was said.
  PairState StateOf(RecordNumber a, RecordNumber b) const;

  // True when the state is news.
  bool Set(RecordNumber a, RecordNumber b, PairState state);

  // The records that the record was linked to or unlinked from.
  std::vector<RecordNumber> Others(RecordNumber record) const;

  // The customers among all records that anything joins to one of the seeds,
  // those that the rule keeps apart included. As if `pretended` had the state
  // given, where there is one. Cost: linear in what it visits.
  std::vector<Group> GroupsAround(
      const std::vector<RecordNumber>& seeds, const Identifiers& identifiers,
      std::optional<std::pair<Pair, PairState>> pretended = {}) const;

 private:
  static Pair Ordered(RecordNumber a, RecordNumber b) {
    return a < b ? Pair{a, b} : Pair{b, a};
  }

  absl::flat_hash_map<Pair, PairState> pairs_;
  // Both directions of every pair in pairs_, linked or not.
  absl::flat_hash_map<RecordNumber, std::vector<RecordNumber>> others_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_LINK_GRAPH_H_
