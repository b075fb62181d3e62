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

// Rows that grow side by side, all of them again and again, and then go.
TEST(CustomerCells, TakeLittleWhileRowsGrowAndGo) {
  constexpr uint64_t kRecords = 20000;
  std::mt19937 draw(7);
  CustomerCells cells;
  std::map<std::pair<uint64_t, int>, int> wanted;
  const auto expect = [&] {
    ASSERT_EQ(cells.cells(), wanted.size());
    for (uint64_t record = 1; record <= kRecords; ++record) {
      for (const CustomerCell& it : cells.Of(record << 40 | record)) {
        const auto found = wanted.find({record, it.offer});
        ASSERT_TRUE(found != wanted.end() && found->second == it.shown);
      }
    }
  };
  for (int round = 1; round <= 5; ++round) {
    for (uint64_t record = 1; record <= kRecords; ++record) {
      const auto offer = static_cast<uint16_t>(draw() % 1000);
      // The second time it is there already.
      for (int i = 0; i < 2; ++i) {
        cells.Add(record << 40 | record, offer, 0, 0, 1, 0);
        ++wanted[{record, offer}];
      }
    }
    // Eight of a cell, and of a row twelve, its place, and what is idle.
    EXPECT_LT(static_cast<double>(cells.bytes()),
              1.08 * static_cast<double>(8 * cells.cells() + 27 * kRecords))
        << round;
    expect();
  }
  // One with more than fits a slab's pieces.
  for (uint16_t offer = 0; offer < 3000; ++offer) {
    cells.Add(1ull << 40 | 1, offer, 0, 0, 1, 0);
    ++wanted[{1, offer}];
  }
  expect();
  for (auto it = wanted.begin(); it != wanted.end();) {
    if (it->first.first % 10 == 0) {
      ++it;
      continue;
    }
    cells.Add(it->first.first << 40 | it->first.first,
              static_cast<uint16_t>(it->first.second), 0, 0, -it->second, 0);
    it = wanted.erase(it);
  }
  expect();
  // What is left of the rows is together; the table keeps its places.
  EXPECT_LT(cells.bytes(), 400000 + 20 * cells.cells());
  CustomerCells other = std::move(cells);
  EXPECT_EQ(other.cells(), wanted.size());
  other.Clear();
  EXPECT_EQ(other.cells(), 0u);
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
