// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/link_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace trato::core {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class LinkGraphTest : public testing::Test {
 protected:
  // Says that the records share a unique identifier of this name.
  void Share(const std::string& name, std::vector<RecordNumber> records) {
    shared_[name] = std::move(records);
  }
  void Link(RecordNumber a, RecordNumber b) { graph_.Set(a, b, Next(true)); }
  void Unlink(RecordNumber a, RecordNumber b) { graph_.Set(a, b, Next(false)); }

  // The groups around a seed, each sorted.
  std::set<std::vector<RecordNumber>> Around(RecordNumber seed) {
    const LinkGraph::Identifiers identifiers = {
        [this](RecordNumber record, const auto& visit) {
          for (const auto& [name, records] : shared_) {
            if (std::count(records.begin(), records.end(), record) > 0) {
              visit(name, {true, false});
            }
          }
        },
        [this](std::string_view name) {
          return shared_.at(std::string(name));
        }};
    std::set<std::vector<RecordNumber>> groups;
    for (LinkGraph::Group& group :
         graph_.GroupsAround({seed}, identifiers).groups) {
      std::sort(group.begin(), group.end());
      groups.insert(group);
    }
    return groups;
  }

  PairState Next(bool linked) { return {++sequence_, linked}; }

  LinkGraph graph_;
  std::map<std::string, std::vector<RecordNumber>> shared_;
  uint64_t sequence_ = 0;
};

TEST_F(LinkGraphTest, APairOfWhichNothingWasSaidHasSequenceZero) {
  EXPECT_EQ(graph_.StateOf(1, 2).sequence, 0u);
  EXPECT_FALSE(graph_.StateOf(1, 2).apart());
}

TEST_F(LinkGraphTest, APairHasOneStateWhicheverRecordIsNamedFirst) {
  graph_.Set(2, 1, {1, true});
  EXPECT_TRUE(graph_.StateOf(1, 2).linked);
}

TEST_F(LinkGraphTest, TheHighestSequenceHoldsWhateverArrivesFirst) {
  EXPECT_TRUE(graph_.Set(1, 2, {5, false}));
  EXPECT_FALSE(graph_.Set(1, 2, {4, true}));
  EXPECT_TRUE(graph_.StateOf(1, 2).apart());
}

TEST_F(LinkGraphTest, LinksJoinInChains) {
  Link(1, 2);
  Link(2, 3);
  EXPECT_THAT(Around(1), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST_F(LinkGraphTest, ASharedIdentifierJoinsAllThatHaveIt) {
  Share("x", {1, 2, 3});
  EXPECT_THAT(Around(2), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST_F(LinkGraphTest, UnlinkingOneOfThreeThatShareTakesBothOut) {
  Share("x", {1, 2, 3, 4});
  Unlink(1, 2);
  EXPECT_THAT(Around(3), UnorderedElementsAre(ElementsAre(1), ElementsAre(2),
                                              ElementsAre(3, 4)));
}

TEST_F(LinkGraphTest, WhoeverSharesLaterDoesNotJoinThemAgain) {
  Share("x", {1, 2});
  Unlink(1, 2);
  Share("x", {1, 2, 3});
  EXPECT_THAT(Around(3), UnorderedElementsAre(ElementsAre(1), ElementsAre(2),
                                              ElementsAre(3)));
}

TEST_F(LinkGraphTest, TheyStayApartByWayOfOtherIdentifiersToo) {
  Unlink(1, 2);
  Share("x", {1, 3});
  Share("y", {3, 2});
  EXPECT_THAT(Around(1), UnorderedElementsAre(ElementsAre(1), ElementsAre(2),
                                              ElementsAre(3)));
}

TEST_F(LinkGraphTest, AnUnlinkedPairThatNothingJoinsKeepsItsIdentifiers) {
  Unlink(1, 2);
  Share("x", {1, 3});
  EXPECT_THAT(Around(1), ElementsAre(ElementsAre(1, 3)));
}

TEST_F(LinkGraphTest, LinkingAgainRestoresWhatTheIdentifiersSay) {
  Share("x", {1, 2, 3});
  Unlink(1, 2);
  Link(1, 2);
  EXPECT_THAT(Around(1), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST_F(LinkGraphTest, AnUnlinkedRecordKeepsItsLinksByHand) {
  Share("x", {1, 2});
  Link(1, 5);
  Unlink(1, 2);
  EXPECT_THAT(Around(1),
              UnorderedElementsAre(ElementsAre(1, 5), ElementsAre(2)));
}

TEST_F(LinkGraphTest, APretendedStateIsNotKept) {
  Link(1, 2);
  const LinkGraph::Identifiers none = {
      [](RecordNumber, const auto&) {},
      [](std::string_view) { return std::vector<RecordNumber>(); }};
  EXPECT_EQ(
      graph_.GroupsAround({1, 2}, none, {{{1, 2}, {9, false}}}).groups.size(),
      2u);
  EXPECT_EQ(graph_.GroupsAround({1, 2}, none).groups.size(), 1u);
}

}  // namespace
}  // namespace trato::core
