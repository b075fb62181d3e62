// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Customers out of pairs: never whoever is connected by a chain of pairs, but
// who fits all of the others.

#ifndef TRATO_IDENTITY_CLUSTERS_H_
#define TRATO_IDENTITY_CLUSTERS_H_

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace trato::core {

// Two records and how much speaks for their being one person's, in bits.
struct ScoredPair {
  uint32_t one = 0;  // the smaller
  uint32_t other = 0;
  float bits = 0;

  bool operator==(const ScoredPair&) const = default;
};

struct ClusterOptions {
  double link_bits = 0;   // from which a pair may join two clusters
  double mean_bits = 0;   // of all pairs between them, at least
  uint32_t max_records = 100;
  // Pairs that are one person's whatever their bits.
  std::span<const std::pair<uint32_t, uint32_t>> joined{};
};

// Why two clusters with a pair between them were not joined.
enum class ClusterVeto : uint8_t { kNone, kApart, kMean, kSize };

struct Clusters {
  std::vector<uint32_t> leader;  // by record: the smallest of its cluster
  struct Refusal {
    ScoredPair pair;
    ClusterVeto veto;
  };
  std::vector<Refusal> refused;  // pairs from link_bits on that join nobody
};

// Joins in descending order of bits. `bits(a, b)` scores a pair that was not
// among `pairs`; `apart(a, b)` says that they cannot be one person's.
// The same clusters for any order of `pairs`. Cost: a sort, and for each pair
// that may join, the pairs between the two clusters (at most 64 of them).
Clusters FindClusters(size_t records, std::span<const ScoredPair> pairs,
                      const ClusterOptions& options,
                      const std::function<double(uint32_t, uint32_t)>& bits,
                      const std::function<bool(uint32_t, uint32_t)>& apart);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_CLUSTERS_H_
