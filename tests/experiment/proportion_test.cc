// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/proportion.h"

#include <gtest/gtest.h>

namespace trato::core {
namespace {

// Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
TEST(Share, HasTheIntervalsOfTheLiterature) {
  struct Case {
    int64_t successes, trials;
    double low, high;
  };
  for (const Case& it : {Case{81, 263, 0.2553, 0.3662},
                         Case{15, 148, 0.0624, 0.1605},
                         Case{0, 20, 0.0000, 0.1611},
                         Case{1, 29, 0.0061, 0.1718}}) {
    const Interval share = Share(it.successes, it.trials);
    EXPECT_NEAR(share.low, it.low, 5e-5) << it.successes;
    EXPECT_NEAR(share.high, it.high, 5e-5) << it.successes;
  }
}

// Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10.
TEST(DifferenceOfShares, HasTheIntervalsOfTheLiterature) {
  struct Case {
    int64_t a, m, b, n;
    double low, high;
  };
  for (const Case& it : {Case{56, 70, 48, 80, 0.0524, 0.3339},
                         Case{9, 10, 3, 10, 0.1705, 0.8090},
                         Case{10, 10, 0, 20, 0.6791, 1.0000}}) {
    const Interval lift = DifferenceOfShares(it.a, it.m, it.b, it.n);
    EXPECT_NEAR(lift.low, it.low, 5e-5) << it.a;
    EXPECT_NEAR(lift.high, it.high, 5e-5) << it.a;
  }
}

TEST(Share, OfNobodyIsAnywhere) {
  EXPECT_EQ(Share(0, 0).low, 0);
  EXPECT_EQ(Share(0, 0).high, 1);
  const Interval lift = DifferenceOfShares(0, 0, 0, 0);
  EXPECT_EQ(lift.estimate, 0);
  EXPECT_EQ(lift.low, -1);
  EXPECT_EQ(lift.high, 1);
}

}  // namespace
}  // namespace trato::core
