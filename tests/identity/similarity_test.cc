// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/similarity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace trato::core {
namespace {

// The figures of Winkler (1990), to the three digits given there.
TEST(JaroWinkler, IsAsPublished) {
  EXPECT_NEAR(JaroWinkler("martha", "marhta"), 0.961, 5e-4);
  EXPECT_NEAR(JaroWinkler("dwayne", "duane"), 0.840, 5e-4);
  EXPECT_NEAR(JaroWinkler("dixon", "dicksonx"), 0.813, 5e-4);
  EXPECT_EQ(JaroWinkler("abc", "abc"), 1);
  EXPECT_EQ(JaroWinkler("abc", "xyz"), 0);
  EXPECT_EQ(JaroWinkler("", "x"), 0);
}

std::string RandomText(std::mt19937& draw, size_t most) {
  std::string text(draw() % (most + 1), ' ');
  for (char& c : text) c = static_cast<char>('a' + draw() % 5);
  return text;
}

TEST(JaroWinkler, IsNeverAboveItsBound) {
  std::mt19937 draw(4);
  for (int i = 0; i < 20000; ++i) {
    const std::string a = RandomText(draw, 12), b = RandomText(draw, 12);
    EXPECT_LE(JaroWinkler(a, b),
              JaroWinklerBound(a, BytesIn(a), b, BytesIn(b)) + 1e-12)
        << a << " " << b;
    EXPECT_DOUBLE_EQ(JaroWinkler(a, b), JaroWinkler(b, a)) << a << " " << b;
  }
}

// The whole table, without a limit.
int AllEdits(const std::string& a, const std::string& b) {
  std::vector<std::vector<int>> t(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) t[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) t[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      t[i][j] = std::min({t[i - 1][j] + 1, t[i][j - 1] + 1,
                          t[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        t[i][j] = std::min(t[i][j], t[i - 2][j - 2] + 1);
      }
    }
  }
  return t[a.size()][b.size()];
}

TEST(EditDistance, IsThatOfTheWholeTable) {
  std::mt19937 draw(7);
  for (int i = 0; i < 20000; ++i) {
    const std::string a = RandomText(draw, 9), b = RandomText(draw, 9);
    const int all = AllEdits(a, b);
    for (const int limit : {1, 2, 3}) {
      EXPECT_EQ(EditDistance(a, b, limit), std::min(all, limit + 1))
          << a << " " << b;
    }
  }
}

}  // namespace
}  // namespace trato::core
