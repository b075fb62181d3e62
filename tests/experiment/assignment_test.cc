// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/assignment.h"

#include <gtest/gtest.h>

#include <cmath>

namespace trato::core {
namespace {

constexpr int kSubjects = 20000;

// Five standard deviations of a share of `kSubjects`.
double Bound(double share) {
  return 5 * std::sqrt(share * (1 - share) / kSubjects);
}

TEST(IsHeldOut, LeavesOutTheShareThatIsAskedFor) {
  for (uint32_t basis_points : {0u, 100u, 5000u, 10000u}) {
    int held_out = 0;
    for (int i = 0; i < kSubjects; ++i) {
      held_out += IsHeldOut("spring", Id{0, static_cast<uint64_t>(i)},
                            basis_points);
    }
    const double share = basis_points / 10000.0;
    EXPECT_NEAR(held_out / double{kSubjects}, share, Bound(share));
  }
}

TEST(IsHeldOut, ExperimentsAreIndependentOfEachOther) {
  int both = 0;
  for (int i = 0; i < kSubjects; ++i) {
    const Id subject{0, static_cast<uint64_t>(i)};
    both += IsHeldOut("spring", subject, 5000) &&
            IsHeldOut("autumn", subject, 5000);
  }
  EXPECT_NEAR(both / double{kSubjects}, 0.25, Bound(0.25));
}

TEST(IsHeldOut, WhoIsLeftOutStaysSoWhenMoreAre) {
  for (int i = 0; i < 1000; ++i) {
    const Id subject{7, static_cast<uint64_t>(i)};
    if (IsHeldOut("spring", subject, 1000)) {
      EXPECT_TRUE(IsHeldOut("spring", subject, 2000));
    }
  }
}

}  // namespace
}  // namespace trato::core
