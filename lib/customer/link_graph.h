// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What joins records into customers, kept apart from what follows from it, so
// that taking a link back gives exactly what was there before.
//
// Two things join: links made by hand, and identifiers of unique namespaces
// that records share. A customer is a connected component. Where identifiers
// would join two records that are kept apart, directly or by way of others, the
// identifiers of these two, and of whoever is linked to them by hand, link
// nothing. Where they would join records whose identifiers of a single
// namespace differ (two passports), those records are joined by identifiers of
// single namespaces only. The rules look at the whole, so they do not depend on
// what arrived first.

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

// The state of a pair of records: linked; kept apart; or neither, which is so
// of a link that was taken back. `sequence` counts what was said of the pair;
// the highest holds, whatever arrives first.
struct PairState {
  uint64_t sequence = 0;
  bool linked = false;
  bool withdrawn = false;  // and then not linked

  bool apart() const { return sequence > 0 && !linked && !withdrawn; }
};

// What an identifier does to the records that have it.
struct IdentifierRole {
  bool joins = false;   // of a unique namespace, and no hub
  bool single = false;  // a customer has one of its namespace only
};

class LinkGraph {
 public:
  using Pair = std::pair<RecordNumber, RecordNumber>;
  using Group = std::vector<RecordNumber>;

  // The identifiers of records, from outside.
  struct Identifiers {
    // Calls `visit` for each identifier of the record that has any role.
    std::function<void(
        RecordNumber,
        const std::function<void(std::string_view, IdentifierRole)>& visit)>
        of;
    // All records that have it.
    std::function<std::vector<RecordNumber>(std::string_view)> claimants;
  };

  // Customers, and of each whether more than what joins decides who they are: a
  // pair kept apart, or identifiers of single namespaces, there or with those
  // who would be the same customer without.
  struct Grouping {
    std::vector<Group> groups;
    std::vector<bool> contested;
  };

  // The state of the pair; sequence 0 when nothing was said.
  PairState StateOf(RecordNumber a, RecordNumber b) const;

  // True when the state is news.
  bool Set(RecordNumber a, RecordNumber b, PairState state);

  // The records that anything was said of with this one.
  std::vector<RecordNumber> Others(RecordNumber record) const;

  // The customers among all records that anything joins to one of the seeds,
  // those that the rule keeps apart included. As if `pretended` had the state
  // given, where there is one. Cost: linear in what it visits.
  Grouping GroupsAround(
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
