// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/link_graph.h"

namespace trato::core {

PairState LinkGraph::StateOf(RecordNumber a, RecordNumber b) const {
  auto found = pairs_.find(Ordered(a, b));
  return found == pairs_.end() ? PairState{} : found->second;
}

bool LinkGraph::Set(RecordNumber a, RecordNumber b, PairState state) {
  auto [entry, is_new] = pairs_.try_emplace(Ordered(a, b));
  if (is_new) {
    others_[a].push_back(b);
    others_[b].push_back(a);
  }
  if (state.sequence <= entry->second.sequence) return false;
  entry->second = state;
  return true;
}

void LinkGraph::ForEachNeighbour(
    RecordNumber record, const Sharers& sharers,
    const std::function<void(RecordNumber)>& visit) const {
  auto others = others_.find(record);
  if (others != others_.end()) {
    for (RecordNumber other : others->second) {
      if (StateOf(record, other).linked) visit(other);
    }
  }
  sharers(record, [&](const std::vector<RecordNumber>& claimants) {
    for (RecordNumber other : claimants) {
      if (other == record) continue;
      const PairState state = StateOf(record, other);
      if (state.sequence == 0 || state.linked) visit(other);
    }
  });
}

}  // namespace trato::core
