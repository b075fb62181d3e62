// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/relation_store.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "base/calendar.h"

namespace trato::core {

void RelationStore::Set(RecordNumber record, uint32_t relation,
                        RecordNumber other, bool has_direction,
                        RelationVersion version) {
  auto [place, is_new] =
      places_.try_emplace(std::tuple(record, relation, other), edges_.size());
  if (is_new) {
    edges_.push_back({record, relation, other, has_direction, {}});
    of_record_[record].push_back(place->second);
    of_record_[other].push_back(place->second);
  }
  const auto before = [&](const RelationVersion& a, const RelationVersion& b) {
    return std::tuple(a.at_us, names_->Text(a.source), a.fact) <
           std::tuple(b.at_us, names_->Text(b.source), b.fact);
  };
  auto& versions = edges_[place->second].versions;
  versions.insert(
      std::upper_bound(versions.begin(), versions.end(), version, before),
      version);
}

std::vector<RelationStore::Related> RelationStore::Of(RecordNumber leader,
                                                      int64_t now_us) const {
  std::vector<Related> related;
  if (edges_.empty()) return related;
  for (RecordNumber record : customers_->RecordsOf(leader)) {
    auto places = of_record_.find(record);
    if (places == of_record_.end()) continue;
    for (size_t place : places->second) {
      const Edge& edge = edges_[place];
      const bool is_other = edge.record != record;
      const RecordNumber other =
          customers_->LeaderOf(is_other ? edge.record : edge.other);
      if (other == leader) continue;
      const RelationVersion* last = nullptr;
      for (const RelationVersion& it : edge.versions) {
        if (it.at_us > now_us) break;
        last = &it;
      }
      if (last == nullptr || last->ended) continue;
      related.push_back(
          {edge.relation, is_other && edge.has_direction, other, last});
    }
  }
  const auto key = [&](const Related& it) {
    return std::tuple(names_->Text(it.relation), it.inverse,
                      customers_->IdOf(it.other));
  };
  // Of several between the same two customers the last said comes first.
  std::sort(
      related.begin(), related.end(), [&](const Related& a, const Related& b) {
        if (key(a) != key(b)) return key(a) < key(b);
        return std::tuple(b.version->at_us, names_->Text(b.version->source),
                          b.version->fact) <
               std::tuple(a.version->at_us, names_->Text(a.version->source),
                          a.version->fact);
      });
  related.erase(std::unique(related.begin(), related.end(),
                            [&](const Related& a, const Related& b) {
                              return key(a) == key(b);
                            }),
                related.end());
  return related;
}

int64_t RelationStore::NextChange(RecordNumber leader, int64_t now_us) const {
  int64_t next_us = kNever;
  for (RecordNumber record : customers_->RecordsOf(leader)) {
    auto places = of_record_.find(record);
    if (places == of_record_.end()) continue;
    for (size_t place : places->second) {
      for (const RelationVersion& it : edges_[place].versions) {
        if (it.at_us > now_us) next_us = std::min(next_us, it.at_us);
      }
    }
  }
  return next_us;
}

std::vector<RelationStore::Reached> RelationStore::Reach(RecordNumber leader,
                                                         uint32_t relation,
                                                         bool inverse,
                                                         int levels,
                                                         int64_t now_us) const {
  std::vector<Reached> reached = {{leader, 0}};
  absl::flat_hash_set<RecordNumber> seen = {leader};
  for (size_t next = 0; next < reached.size(); ++next) {
    const Reached from = reached[next];
    if (levels > 0 && from.level >= levels) break;
    for (const Related& it : Of(from.leader, now_us)) {
      if (it.relation != relation || it.inverse != inverse) continue;
      if (reached.size() > kMaxRelated) break;
      if (seen.insert(it.other).second) {
        reached.push_back({it.other, from.level + 1});
      }
    }
  }
  reached.erase(reached.begin());
  return reached;
}

}  // namespace trato::core
