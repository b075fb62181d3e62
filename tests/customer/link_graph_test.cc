// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/link_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace trato::core {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

auto IsState(uint64_t sequence, bool linked) {
  return AllOf(Field(&PairState::sequence, sequence),
               Field(&PairState::linked, linked));
}

// Nobody shares an identifier.
void NoSharers(RecordNumber,
               const std::function<void(const std::vector<RecordNumber>&)>&) {}

std::vector<RecordNumber> NeighboursOf(
    const LinkGraph& graph, RecordNumber record,
    const LinkGraph::Sharers& sharers = NoSharers) {
  std::vector<RecordNumber> neighbours;
  graph.ForEachNeighbour(record, sharers, [&](RecordNumber other) {
    neighbours.push_back(other);
  });
  return neighbours;
}

TEST(LinkGraph, NothingWasSaidOfANewPair) {
  EXPECT_THAT(LinkGraph().StateOf(1, 2), IsState(0, false));
}

TEST(LinkGraph, APairHasNoDirection) {
  LinkGraph graph;
  graph.Set(2, 1, {1, true});
  EXPECT_THAT(graph.StateOf(1, 2), IsState(1, true));
  EXPECT_THAT(graph.StateOf(2, 1), IsState(1, true));
}

TEST(LinkGraph, TheHighestSequenceHolds) {
  LinkGraph graph;
  EXPECT_TRUE(graph.Set(1, 2, {1, true}));
  EXPECT_TRUE(graph.Set(1, 2, {2, false}));
  EXPECT_THAT(graph.StateOf(1, 2), IsState(2, false));
}

TEST(LinkGraph, ALateLowerSequenceIsNoNews) {
  LinkGraph graph;
  graph.Set(1, 2, {2, false});
  EXPECT_FALSE(graph.Set(1, 2, {1, true}));
  EXPECT_THAT(graph.StateOf(1, 2), IsState(2, false));
}

TEST(LinkGraph, TheSameSequenceAgainIsNoNews) {
  LinkGraph graph;
  graph.Set(1, 2, {1, true});
  EXPECT_FALSE(graph.Set(2, 1, {1, true}));
}

TEST(LinkGraph, LinkedRecordsAreNeighbours) {
  LinkGraph graph;
  graph.Set(1, 2, {1, true});
  graph.Set(3, 1, {1, true});
  EXPECT_THAT(NeighboursOf(graph, 1), UnorderedElementsAre(2, 3));
  EXPECT_THAT(NeighboursOf(graph, 2), ElementsAre(1));
}

TEST(LinkGraph, UnlinkedRecordsAreNot) {
  LinkGraph graph;
  graph.Set(1, 2, {1, true});
  graph.Set(1, 2, {2, false});
  EXPECT_THAT(NeighboursOf(graph, 1), IsEmpty());
}

TEST(LinkGraph, SharersAreNeighboursUnlessUnlinked) {
  LinkGraph graph;
  graph.Set(1, 3, {1, false});
  const auto sharers = [](RecordNumber, const auto& visit) {
    visit({1, 2, 3});
  };
  EXPECT_THAT(NeighboursOf(graph, 1, sharers), ElementsAre(2));
}

}  // namespace
}  // namespace trato::core
