// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace trato::core {
namespace {

constexpr double kFar = -10;

struct Graph {
  std::map<std::pair<uint32_t, uint32_t>, double> bits;

  std::vector<ScoredPair> pairs() const {
    std::vector<ScoredPair> list;
    for (const auto& [pair, weight] : bits) {
      list.push_back({pair.first, pair.second, static_cast<float>(weight)});
    }
    return list;
  }
  double operator()(uint32_t a, uint32_t b) const {
    const auto found = bits.find({std::min(a, b), std::max(a, b)});
    return found == bits.end() ? kFar : found->second;
  }
};

const auto kNobodyApart = [](uint32_t, uint32_t) { return false; };

TEST(Clusters, AreNoChains) {
  // 0 - 1 - 2 - 3, each with the next and nothing else.
  Graph chain{{{{0, 1}, 8}, {{1, 2}, 7}, {{2, 3}, 8}}};
  const Clusters clusters =
      FindClusters(4, chain.pairs(), {5, 0, 100}, chain, kNobodyApart);
  EXPECT_EQ(clusters.leader, (std::vector<uint32_t>{0, 0, 2, 2}));
  ASSERT_EQ(clusters.refused.size(), 1u);
  EXPECT_EQ(clusters.refused[0].veto, ClusterVeto::kMean);
}

TEST(Clusters, HoldNobodyWhoIsApart) {
  Graph all{{{{0, 1}, 9}, {{1, 2}, 8}, {{0, 2}, 7}}};
  const Clusters clusters =
      FindClusters(3, all.pairs(), {5, 0, 100}, all, [](uint32_t a, uint32_t b) {
        return std::min(a, b) == 0 && std::max(a, b) == 2;
      });
  EXPECT_EQ(clusters.leader, (std::vector<uint32_t>{0, 0, 2}));
  EXPECT_EQ(clusters.refused[0].veto, ClusterVeto::kApart);
}

TEST(Clusters, HaveALargestSize) {
  Graph all;
  for (uint32_t a = 0; a < 6; ++a) {
    for (uint32_t b = a + 1; b < 6; ++b) all.bits[{a, b}] = 9;
  }
  const Clusters clusters =
      FindClusters(6, all.pairs(), {5, 0, 4}, all, kNobodyApart);
  std::map<uint32_t, int> sizes;
  for (const uint32_t leader : clusters.leader) ++sizes[leader];
  for (const auto& [leader, size] : sizes) EXPECT_LE(size, 4);
}

TEST(Clusters, AreTheSameForAnyOrderOfPairs) {
  std::mt19937 draw(3);
  for (int round = 0; round < 200; ++round) {
    Graph graph;
    for (int i = 0; i < 60; ++i) {
      const uint32_t a = draw() % 30, b = draw() % 30;
      if (a == b) continue;
      graph.bits[{std::min(a, b), std::max(a, b)}] =
          static_cast<double>(draw() % 20) - 4;
    }
    std::vector<ScoredPair> pairs = graph.pairs();
    const auto leader =
        FindClusters(30, pairs, {5, 0, 100}, graph, kNobodyApart).leader;
    std::shuffle(pairs.begin(), pairs.end(), draw);
    EXPECT_EQ(FindClusters(30, pairs, {5, 0, 100}, graph, kNobodyApart).leader,
              leader);
  }
}

}  // namespace
}  // namespace trato::core
