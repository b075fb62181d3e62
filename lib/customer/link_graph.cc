// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/link_graph.h"

#include <numeric>
#include <string>

#include "absl/container/flat_hash_set.h"

namespace trato::core {
namespace {

// Disjoint sets over the places 0, 1, 2 ... (Tarjan 1975, with path halving).
class Union {
 public:
  explicit Union(size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), size_t{0});
  }
  size_t Find(size_t place) {
    while (parents_[place] != place) {
      place = parents_[place] = parents_[parents_[place]];
    }
    return place;
  }
  void Join(size_t a, size_t b) { parents_[Find(a)] = Find(b); }

 private:
  std::vector<size_t> parents_;
};

}  // namespace

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

std::vector<RecordNumber> LinkGraph::Others(RecordNumber record) const {
  auto found = others_.find(record);
  return found == others_.end() ? std::vector<RecordNumber>() : found->second;
}

std::vector<LinkGraph::Group> LinkGraph::GroupsAround(
    const std::vector<RecordNumber>& seeds, const Identifiers& identifiers,
    std::optional<std::pair<Pair, PairState>> pretended) const {
  const auto state_of = [&](RecordNumber a, RecordNumber b) {
    if (pretended && pretended->first == Ordered(a, b)) {
      return pretended->second;
    }
    return StateOf(a, b);
  };
  const auto others_of = [&](RecordNumber record) {
    std::vector<RecordNumber> others = Others(record);
    if (pretended && pretended->first.first == record) {
      others.push_back(pretended->first.second);
    }
    if (pretended && pretended->first.second == record) {
      others.push_back(pretended->first.first);
    }
    return others;
  };

  // Everybody that anything joins to a seed, with the edges on the way.
  std::vector<RecordNumber> found;
  absl::flat_hash_map<RecordNumber, size_t> place_of;
  const auto take = [&](RecordNumber record) {
    auto [entry, is_new] = place_of.try_emplace(record, found.size());
    if (is_new) found.push_back(record);
    return entry->second;
  };
  for (RecordNumber seed : seeds) take(seed);
  std::vector<std::pair<size_t, size_t>> by_hand;
  std::vector<std::vector<size_t>> by_identifier;
  absl::flat_hash_set<std::string> seen;
  for (size_t i = 0; i < found.size(); ++i) {
    const RecordNumber record = found[i];
    for (RecordNumber other : others_of(record)) {
      if (state_of(record, other).linked) by_hand.emplace_back(i, take(other));
    }
    identifiers.of(record, [&](std::string_view identifier) {
      if (!seen.emplace(identifier).second) return;
      std::vector<size_t>& places = by_identifier.emplace_back();
      for (RecordNumber other : identifiers.claimants(identifier)) {
        places.push_back(take(other));
      }
    });
  }

  Union linked(found.size());
  for (const auto& [a, b] : by_hand) linked.Join(a, b);
  const auto join = [&](const std::vector<bool>& disputed) {
    Union sets = linked;
    for (const std::vector<size_t>& places : by_identifier) {
      std::optional<size_t> first;
      for (size_t place : places) {
        if (disputed[linked.Find(place)]) continue;
        if (first) sets.Join(*first, place);
        first = place;
      }
    }
    return sets;
  };
  // By the root of those who are linked by hand.
  std::vector<bool> disputed(found.size(), false);
  Union all = join(disputed);
  for (size_t i = 0; i < found.size(); ++i) {
    for (RecordNumber other : others_of(found[i])) {
      if (!state_of(found[i], other).unlinked()) continue;
      auto there = place_of.find(other);
      if (there != place_of.end() && all.Find(i) == all.Find(there->second)) {
        disputed[linked.Find(i)] = true;
      }
    }
  }
  Union sets = join(disputed);
  absl::flat_hash_map<size_t, size_t> group_of;
  std::vector<Group> groups;
  for (size_t i = 0; i < found.size(); ++i) {
    auto [entry, is_new] = group_of.try_emplace(sets.Find(i), groups.size());
    if (is_new) groups.emplace_back();
    groups[entry->second].push_back(found[i]);
  }
  return groups;
}

}  // namespace trato::core
