// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/link_graph.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>

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

// Records are named by their places among those found.

// An identifier that joins, and who has it.
struct Shared {
  bool single;
  std::vector<size_t> places;
};
// An identifier of a single namespace, and one who has it.
struct Held {
  std::string identifier;
  size_t place;
};
// Which of its identifiers join a record.
enum class Joins : uint8_t { kAll, kSingle, kNone };

// Those who are linked by hand, and whom shared identifiers join beside them.
Union Joined(Union sets, const std::vector<Shared>& shared,
             const std::vector<Joins>& joins_of_root) {
  // Roots change as sets grow; `joins_of_root` goes by those at the start.
  Union roots = sets;
  for (const Shared& it : shared) {
    std::optional<size_t> first;
    for (size_t place : it.places) {
      const Joins joins = joins_of_root[roots.Find(place)];
      if (joins == Joins::kNone || (joins == Joins::kSingle && !it.single)) {
        continue;
      }
      if (first) sets.Join(*first, place);
      first = place;
    }
  }
  return sets;
}

// Of each set in `all`: where those who are linked by hand have no identifier
// of a single namespace in common, only single identifiers join them.
void Differ(Union& linked, Union& all, std::vector<Held>& held,
            std::vector<Joins>& joins) {
  const auto space = [](const Held& it) {
    return std::string_view(it.identifier).substr(0, it.identifier.find(':'));
  };
  const auto key = [&](const Held& it) {
    return std::tuple(all.Find(it.place), space(it),
                      std::string_view(it.identifier), linked.Find(it.place));
  };
  std::sort(held.begin(), held.end(),
            [&](const Held& a, const Held& b) { return key(a) < key(b); });
  for (size_t begin = 0; begin < held.size();) {
    // One namespace within one set.
    size_t end = begin;
    absl::flat_hash_set<size_t> roots;
    while (end < held.size() &&
           all.Find(held[end].place) == all.Find(held[begin].place) &&
           space(held[end]) == space(held[begin])) {
      roots.insert(linked.Find(held[end++].place));
    }
    bool have_one_in_common = false;
    for (size_t i = begin; i < end && !have_one_in_common;) {
      absl::flat_hash_set<size_t> with_this;
      size_t next = i;
      while (next < end && held[next].identifier == held[i].identifier) {
        with_this.insert(linked.Find(held[next++].place));
      }
      have_one_in_common = with_this.size() == roots.size();
      i = next;
    }
    if (!have_one_in_common) {
      for (size_t root : roots) joins[root] = Joins::kSingle;
    }
    begin = end;
  }
}

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

LinkGraph::Grouping LinkGraph::GroupsAround(
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
  Grouping result;
  std::vector<RecordNumber> found;
  absl::flat_hash_map<RecordNumber, size_t> place_of;
  const auto take = [&](RecordNumber record) {
    auto [entry, is_new] = place_of.try_emplace(record, found.size());
    if (is_new) found.push_back(record);
    return entry->second;
  };
  for (RecordNumber seed : seeds) take(seed);
  std::vector<std::pair<size_t, size_t>> by_hand;
  std::vector<Shared> shared;
  std::vector<Held> held;
  std::vector<size_t> contested;
  absl::flat_hash_set<std::string> seen;
  for (size_t i = 0; i < found.size(); ++i) {
    const RecordNumber record = found[i];
    for (RecordNumber other : others_of(record)) {
      const PairState state = state_of(record, other);
      if (state.linked) by_hand.emplace_back(i, take(other));
      if (state.apart()) contested.push_back(i);
    }
    identifiers.of(
        record, [&](std::string_view identifier, IdentifierRole role) {
          if (role.single) {
            held.push_back({std::string(identifier), i});
            contested.push_back(i);
          }
          if (!role.joins || !seen.emplace(identifier).second) return;
          Shared& it = shared.emplace_back(Shared{role.single, {}});
          for (RecordNumber other : identifiers.claimants(identifier)) {
            it.places.push_back(take(other));
          }
        });
  }

  Union linked(found.size());
  for (const auto& [a, b] : by_hand) linked.Join(a, b);
  // By the root of those who are linked by hand: which identifiers join them.
  std::vector<Joins> joins(found.size(), Joins::kAll);
  Union all = Joined(linked, shared, joins);
  Differ(linked, all, held, joins);
  for (size_t i = 0; i < found.size(); ++i) {
    for (RecordNumber other : others_of(found[i])) {
      if (!state_of(found[i], other).apart()) continue;
      auto there = place_of.find(other);
      if (there != place_of.end() && all.Find(i) == all.Find(there->second)) {
        joins[linked.Find(i)] = Joins::kNone;
      }
    }
  }
  absl::flat_hash_set<size_t> contested_roots;
  for (size_t place : contested) contested_roots.insert(all.Find(place));
  Union sets = Joined(linked, shared, joins);
  absl::flat_hash_map<size_t, size_t> group_of;
  for (size_t i = 0; i < found.size(); ++i) {
    auto [entry, is_new] =
        group_of.try_emplace(sets.Find(i), result.groups.size());
    if (is_new) {
      result.groups.emplace_back();
      result.contested.push_back(contested_roots.contains(all.Find(i)));
    }
    result.groups[entry->second].push_back(found[i]);
  }
  return result;
}

}  // namespace trato::core
