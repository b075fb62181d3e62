// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "experiment/confidence_sequence.h"

namespace trato::core {
namespace {

// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4, upper critical
// values.
TEST(ChiSquareTail, HasTheValuesOfTheTables) {
  struct Case {
    int degrees;
    double value, p;
  };
  for (const Case& it :
       {Case{1, 3.841, 0.05}, Case{1, 10.828, 0.001}, Case{2, 5.991, 0.05},
        Case{3, 7.815, 0.05}, Case{4, 13.277, 0.01}, Case{7, 24.322, 0.001},
        Case{10, 18.307, 0.05}, Case{99, 123.225, 0.05},
        Case{100, 124.342, 0.05}}) {
    EXPECT_NEAR(ChiSquareTail(it.value, it.degrees), it.p, 2e-4 * it.p + 2e-5)
        << it.degrees;
  }
  EXPECT_EQ(ChiSquareTail(0, 3), 1);
}

TEST(SampleRatio, FindsWhatIsNotHalf) {
  const double half[] = {1, 1};
  const int64_t even[] = {50200, 49800};
  EXPECT_FALSE(TestSampleRatio(even, half).is_mismatch());
  const int64_t planted[] = {52000, 48000};
  EXPECT_TRUE(TestSampleRatio(planted, half).is_mismatch());
  const double shares[] = {0.52, 0.48};
  EXPECT_FALSE(TestSampleRatio(planted, shares).is_mismatch());
  const int64_t nobody[] = {0, 0};
  EXPECT_FALSE(TestSampleRatio(nobody, half).is_mismatch());
}

TEST(CompareArms, HasTheUsualIntervalsForWhoLooksOnce) {
  // Newcombe (1998), table II, (a), method 10.
  ComparisonTerms terms;
  terms.yes_or_no = true;
  const ArmDifference share = CompareArms({70, 56, 56}, {80, 48, 48}, terms);
  EXPECT_NEAR(share.once.low, 0.0524, 5e-5);
  EXPECT_NEAR(share.once.high, 0.3339, 5e-5);
  // 0 1 and 2 against 1 three times: means 1 and 1, variance 1.
  terms.yes_or_no = false;
  const ArmDifference mean = CompareArms({3, 3, 5}, {3, 3, 3}, terms);
  EXPECT_NEAR(mean.once.high, 1.959964 * std::sqrt(1.0 / 3), 1e-6);
  EXPECT_FALSE(mean.always.has_value());
  EXPECT_EQ(mean.always_p, 1);
}

TEST(CompareArms, GivesAPThatSaysWhetherTheIntervalHolds0) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    const auto count = static_cast<int64_t>(50 + random() % 5000);
    const auto most = static_cast<uint64_t>(count + 1);
    ArmSums one{count, static_cast<double>(random() % most), 0};
    ArmSums other{count, static_cast<double>(random() % most), 0};
    ComparisonTerms terms;
    terms.yes_or_no = true;
    terms.level = 0.2;
    const ArmDifference it = CompareArms(one, other, terms);
    const bool holds = it.always->low <= 0 && it.always->high >= 0;
    EXPECT_EQ(holds, it.always_p >= 0.2) << it.always_p;
    EXPECT_LE(it.always->low, it.once.estimate);
  }
}

TEST(CompareWithFirst, ComparesNothingWhereTheRatioDoesNotFit) {
  const ArmSums arms[] = {{5200, 500, 500}, {4800, 500, 500}};
  const double half[] = {1, 1};
  const ExperimentResult result =
      CompareWithFirst(arms, half, {true, 0.05, 10000});
  EXPECT_TRUE(result.ratio.is_mismatch());
  EXPECT_TRUE(result.against_first.empty());
}

// Experiments without an effect, looked at again and again.
class Peeking : public testing::Test {
 protected:
  static constexpr int kRuns = 2000;
  static constexpr int kLooks = 100;
  static constexpr int kStep = 100;  // customers of an arm between looks

  // How many runs had shown an effect by each look.
  struct Found {
    std::vector<int> always = std::vector<int>(kLooks);
    std::vector<int> naive = std::vector<int>(kLooks);
    int once = 0;  // at the last look alone
  };

  // So many of the next customers of an arm said yes.
  static void AddYes(int yes, ArmSums& arm) {
    arm.count += kStep;
    arm.sum += yes;
    arm.squares += yes;
  }

  // `draw` adds kStep customers to an arm.
  template <typename Draw>
  static Found Look(bool yes_or_no, Draw draw) {
    Found found;
    std::mt19937_64 random(20261123);
    for (int run = 0; run < kRuns; ++run) {
      ArmSums arms[2];
      int always = kLooks;
      int naive = kLooks;
      double last = 1;
      for (int look = 0; look < kLooks; ++look) {
        draw(random, false, arms[0]);
        draw(random, true, arms[1]);
        const ArmDifference it =
            CompareArms(arms[1], arms[0], {yes_or_no, 0.05, 10000});
        if (it.always_p < 0.05) always = std::min(always, look);
        if (it.once_p < 0.05) naive = std::min(naive, look);
        last = it.once_p;
      }
      for (int look = always; look < kLooks; ++look) ++found.always[look];
      for (int look = naive; look < kLooks; ++look) ++found.naive[look];
      found.once += last < 0.05 ? 1 : 0;
    }
    return found;
  }

  // 5 %, and two standard errors of 2,000 runs.
  static double Most() { return kRuns * 0.05 + 2 * std::sqrt(kRuns * 0.0475); }

  static void ExpectNoFalseAlarms(const char* name, const Found& found) {
    for (int look = 0; look < kLooks; ++look) {
      EXPECT_LE(found.always[look], Most()) << name << ", look " << look;
    }
    // So many would have stopped for nothing.
    EXPECT_GT(found.naive.back(), kRuns / 4) << name;
    std::printf("%s: %.3f whenever, %.3f naive, %.3f once\n", name,
                found.always.back() / double{kRuns},
                found.naive.back() / double{kRuns}, found.once / double{kRuns});
  }
};

TEST_F(Peeking, SharesRaiseNoFalseAlarm) {
  std::binomial_distribution<int> yes(kStep, 0.05);
  ExpectNoFalseAlarms("shares of 5 %",
                      Look(true, [&](auto& random, bool, ArmSums& arm) {
                        AddYes(yes(random), arm);
                      }));
}

TEST_F(Peeking, RareSharesRaiseNoFalseAlarm) {
  std::binomial_distribution<int> yes(kStep, 0.01);
  ExpectNoFalseAlarms("shares of 1 %",
                      Look(true, [&](auto& random, bool, ArmSums& arm) {
                        AddYes(yes(random), arm);
                      }));
}

TEST_F(Peeking, AmountsRaiseNoFalseAlarm) {
  std::exponential_distribution<double> amount(0.02);
  std::binomial_distribution<int> payers(kStep, 0.2);
  ExpectNoFalseAlarms("amounts",
                      Look(false, [&](auto& random, bool, ArmSums& arm) {
                        const int paid = payers(random);
                        for (int i = 0; i < paid; ++i) arm.Add(amount(random));
                        arm.count += kStep - paid;
                      }));
}

TEST_F(Peeking, FindsAnEffect) {
  // 5 % against 7 %.
  std::binomial_distribution<int> few(kStep, 0.05);
  std::binomial_distribution<int> more(kStep, 0.07);
  const Found found =
      Look(true, [&](auto& random, bool treated, ArmSums& arm) {
        AddYes(treated ? more(random) : few(random), arm);
      });
  std::printf("an effect of 2 points: %.3f whenever, %.3f once\n",
              found.always.back() / double{kRuns}, found.once / double{kRuns});
  EXPECT_GT(found.always.back(), kRuns * 0.95);
  // Half of them long before the end.
  EXPECT_GT(found.always[kLooks / 2], kRuns / 2);
}

}  // namespace
}  // namespace trato::core
