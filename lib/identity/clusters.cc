// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/clusters.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace trato::core {
namespace {

// Of large clusters not all pairs between them are looked at.
constexpr size_t kMaxPairs = 64;

class Joiner {
 public:
  Joiner(size_t records, const ClusterOptions& options,
         const std::function<double(uint32_t, uint32_t)>& bits,
         const std::function<bool(uint32_t, uint32_t)>& apart)
      : options_(options), bits_(bits), apart_(apart), leader_(records),
        next_(records), last_(records), size_(records, 1) {
    std::iota(leader_.begin(), leader_.end(), 0u);
    std::iota(next_.begin(), next_.end(), 0u);
    std::iota(last_.begin(), last_.end(), 0u);
  }

  uint32_t Leader(uint32_t record) {
    while (leader_[record] != record) {
      leader_[record] = leader_[leader_[record]];
      record = leader_[record];
    }
    return record;
  }

  ClusterVeto Objection(uint32_t a, uint32_t b) {
    if (size_[a] + size_[b] > options_.max_records) return ClusterVeto::kSize;
    if (size_[a] == 1 && size_[b] == 1) {
      return apart_(a, b) ? ClusterVeto::kApart : ClusterVeto::kNone;
    }
    const std::vector<uint32_t> left = MembersOf(a), right = MembersOf(b);
    for (const uint32_t x : left) {
      for (const uint32_t y : right) {
        if (apart_(x, y)) return ClusterVeto::kApart;
      }
    }
    const size_t all = left.size() * right.size();
    const size_t step = all <= kMaxPairs ? 1 : (all / kMaxPairs) | 1;
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < all; i += step, ++count) {
      sum += bits_(left[i / right.size()], right[i % right.size()]);
    }
    return sum < options_.mean_bits * static_cast<double>(count)
               ? ClusterVeto::kMean
               : ClusterVeto::kNone;
  }

  void Join(uint32_t a, uint32_t b) {
    if (b < a) std::swap(a, b);
    leader_[b] = a;
    next_[last_[a]] = b;
    last_[a] = last_[b];
    size_[a] += size_[b];
  }

 private:
  std::vector<uint32_t> MembersOf(uint32_t leader) const {
    std::vector<uint32_t> members;
    members.reserve(size_[leader]);
    for (uint32_t at = leader;; at = next_[at]) {
      members.push_back(at);
      if (at == last_[leader]) break;
    }
    std::sort(members.begin(), members.end());
    return members;
  }

  const ClusterOptions& options_;
  const std::function<double(uint32_t, uint32_t)>& bits_;
  const std::function<bool(uint32_t, uint32_t)>& apart_;
  std::vector<uint32_t> leader_;
  // The members of a cluster are a chain from its leader to its last.
  std::vector<uint32_t> next_, last_;
  std::vector<uint32_t> size_;
};

}  // namespace

Clusters FindClusters(size_t records, std::span<const ScoredPair> pairs,
                      const ClusterOptions& options,
                      const std::function<double(uint32_t, uint32_t)>& bits,
                      const std::function<bool(uint32_t, uint32_t)>& apart) {
  std::vector<ScoredPair> sorted;
  sorted.reserve(pairs.size());
  for (const ScoredPair& pair : pairs) {
    if (pair.bits >= options.link_bits) sorted.push_back(pair);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const ScoredPair& a, const ScoredPair& b) {
              return std::tuple(-a.bits, a.one, a.other) <
                     std::tuple(-b.bits, b.one, b.other);
            });
  Joiner joiner(records, options, bits, apart);
  for (const auto& [one, other] : options.joined) {
    const uint32_t a = joiner.Leader(one);
    const uint32_t b = joiner.Leader(other);
    if (a != b) joiner.Join(a, b);
  }
  Clusters clusters;
  for (const ScoredPair& pair : sorted) {
    const uint32_t a = joiner.Leader(pair.one);
    const uint32_t b = joiner.Leader(pair.other);
    if (a == b) continue;
    const ClusterVeto veto = joiner.Objection(std::min(a, b), std::max(a, b));
    if (veto == ClusterVeto::kNone) {
      joiner.Join(a, b);
    } else {
      clusters.refused.push_back({pair, veto});
    }
  }
  clusters.leader.resize(records);
  for (uint32_t i = 0; i < records; ++i) clusters.leader[i] = joiner.Leader(i);
  // A refusal that later joins made pointless says nothing.
  std::erase_if(clusters.refused, [&](const Clusters::Refusal& it) {
    return clusters.leader[it.pair.one] == clusters.leader[it.pair.other];
  });
  return clusters;
}

}  // namespace trato::core
