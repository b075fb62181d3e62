// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which records are one customer. Records are joined by links made by hand and
// by identifiers of unique namespaces that they share; a pair that was unlinked
// is not joined directly by either. A customer is a connected component. What
// joins is kept apart from what follows from it, so that taking a link back
// gives exactly what was there before.

#ifndef TRATO_CUSTOMER_LINK_GRAPH_H_
#define TRATO_CUSTOMER_LINK_GRAPH_H_

#include <cstdint>
#include <functional>
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
};

class LinkGraph {
 public:
  using Pair = std::pair<RecordNumber, RecordNumber>;

  // The state of the pair; sequence 0 when nothing was said.
  PairState StateOf(RecordNumber a, RecordNumber b) const;

  // True when the state is news.
  bool Set(RecordNumber a, RecordNumber b, PairState state);

  // The records that share a unique identifier with `record`, identifier by
  // identifier.
  using Sharers = std::function<void(
      RecordNumber record,
      const std::function<void(const std::vector<RecordNumber>&)>& visit)>;

  // Calls `visit` for each record joined directly to `record`.
  void ForEachNeighbour(RecordNumber record, const Sharers& sharers,
                        const std::function<void(RecordNumber)>& visit) const;

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
