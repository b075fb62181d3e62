// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/customer_cells.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace trato::core {
namespace {

TEST(CustomerCells, HoldWhatAMapWouldHold) {
  std::mt19937 draw(5);
  CustomerCells cells;
  std::map<std::tuple<uint64_t, int, int, int>, std::pair<int, int>> wanted;
  for (int i = 0; i < 20000; ++i) {
    const uint64_t record = 1 + draw() % 40;
    const auto offer = static_cast<uint16_t>(draw() % 9);
    const auto segment = static_cast<uint16_t>(draw() % 3);
    const auto step = static_cast<uint16_t>(draw() % 2);
    auto& cell = wanted[{record, offer, segment, step}];
    if (draw() % 2 == 0 && cell.first > 0) {
      const int yes = cell.second > 0 ? 1 : 0;
      cells.Add(record, offer, segment, step, -1, -yes);
      cell = {cell.first - 1, cell.second - yes};
    } else {
      const int yes = static_cast<int>(draw() % 2);
      cells.Add(record, offer, segment, step, 1, yes);
      cell = {cell.first + 1, cell.second + yes};
    }
    if (cell.first == 0) wanted.erase({record, offer, segment, step});
  }
  std::map<std::tuple<uint64_t, int, int, int>, std::pair<int, int>> held;
  for (uint64_t record : cells.SortedRecords()) {
    for (const CustomerCell& it : cells.Of(record)) {
      held[{record, it.offer, cells.when(it).segment, cells.when(it).step}] = {
          it.shown, it.accepted};
    }
  }
  EXPECT_EQ(held, wanted);
  EXPECT_EQ(cells.cells(), wanted.size());
}

TEST(CustomerLinks, GroupAsAWalkOverTheEdgesDoes) {
  std::mt19937 draw(6);
  CustomerLinks links;
  std::set<std::pair<uint64_t, uint64_t>> edges;
  for (int i = 0; i < 400; ++i) {
    const uint64_t a = 1 + draw() % 12;
    const uint64_t b = 1 + draw() % 12;
    if (a == b) continue;
    const std::pair<uint64_t, uint64_t> edge = std::minmax(a, b);
    if (edges.contains(edge)) {
      EXPECT_FALSE(links.Link(a, b));
      EXPECT_TRUE(links.Unlink(b, a));
      edges.erase(edge);
    } else {
      EXPECT_FALSE(links.Unlink(a, b));
      EXPECT_TRUE(links.Link(a, b));
      edges.insert(edge);
    }
    for (uint64_t from = 1; from <= 12; ++from) {
      std::set<uint64_t> reached = {from};
      for (size_t before = 0; before != reached.size();) {
        before = reached.size();
        for (const auto& [x, y] : edges) {
          if (reached.contains(x)) reached.insert(y);
          if (reached.contains(y)) reached.insert(x);
        }
      }
      const auto of = links.Of(from);
      EXPECT_EQ(std::vector<uint64_t>(of.begin(), of.end()),
                std::vector<uint64_t>(reached.begin(), reached.end()));
    }
  }
}

}  // namespace
}  // namespace trato::core
