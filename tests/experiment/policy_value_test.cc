// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "experiment/policy_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>


namespace trato::core {
namespace {

using ::testing::HasSubstr;

// Choices of two, made evenly or as `first` says, of which the first one brings
// more; the policy makes the first with the probability `wants`.
LoggedChoices Coin(int rows, double first, double wants) {
  LoggedChoices log;
  for (int i = 0; i < rows; ++i) {
    const bool is_first = i % 100 < first * 100;
    log.probability.push_back(is_first ? first : 1 - first);
    log.target.push_back(is_first ? wants : 1 - wants);
    log.reward.push_back(is_first ? i % 2 : i % 5 == 0);
  }
  return log;
}

PolicyValue Value(const LoggedChoices& log) {
  auto value = ValuePolicy(log);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? *value : PolicyValue();
}

TEST(ValuePolicy, OfTheLogsOwnPolicyIsWhatItBrought) {
  const PolicyValue value = Value(Coin(1000, 0.5, 0.5));
  ASSERT_TRUE(value.is_answerable()) << value.why;
  EXPECT_DOUBLE_EQ(value.effective, 1000);
  EXPECT_DOUBLE_EQ(value.snips.interval.estimate, value.logged.estimate);
  EXPECT_DOUBLE_EQ(value.ips.interval.estimate, value.logged.estimate);
  EXPECT_NEAR(value.gain.high, 0, 1e-12);
}

TEST(ValuePolicy, WeighsByWhatThePolicyWants) {
  // Always the first: half of those rows bring 1.
  const PolicyValue value = Value(Coin(1000, 0.5, 1));
  ASSERT_TRUE(value.is_answerable()) << value.why;
  EXPECT_DOUBLE_EQ(value.snips.interval.estimate, 0.5);
  EXPECT_DOUBLE_EQ(value.effective, 500);
  EXPECT_DOUBLE_EQ(value.supported, 0.5);
  EXPECT_GT(value.gain.low, 0);
  EXPECT_LT(value.ips.certain->low, value.ips.interval.low);
}

TEST(ValuePolicy, WithARightModelIsExact) {
  LoggedChoices log = Coin(1000, 0.5, 1);
  log.predicted = log.reward;
  log.expected.assign(1000, 0.5);
  const PolicyValue value = Value(log);
  ASSERT_TRUE(value.dr.has_value());
  EXPECT_DOUBLE_EQ(value.dr->interval.estimate, 0.5);
  EXPECT_DOUBLE_EQ(value.dr->interval.low, 0.5);
}

TEST(ValuePolicy, SaysWhyItCannot) {
  LoggedChoices none = Coin(1000, 0.5, 1);
  none.probability.clear();
  EXPECT_EQ(Value(none).reason, CannotValue::kNoProbability);

  LoggedChoices gap = Coin(1000, 0.5, 1);
  gap.probability[17] = std::nan("");
  EXPECT_THAT(Value(gap).why, HasSubstr("row 17"));

  for (const double wrong : {0.0, -0.5, 1.5}) {
    LoggedChoices bad = Coin(1000, 0.5, 1);
    bad.probability[17] = wrong;
    EXPECT_EQ(Value(bad).reason, CannotValue::kBadProbability);
    EXPECT_THAT(Value(bad).why, HasSubstr("row 17"));
  }

  LoggedChoices certain = Coin(1000, 0.5, 0.5);
  certain.probability.assign(1000, 1);
  EXPECT_EQ(Value(certain).reason, CannotValue::kNoDraw);

  LoggedChoices elsewhere = Coin(1000, 0.5, 0.5);
  elsewhere.target.assign(1000, 0);
  EXPECT_EQ(Value(elsewhere).reason, CannotValue::kNoSupport);

  LoggedChoices doubled = Coin(1000, 0.5, 1);
  for (double& it : doubled.probability) it /= 2;
  EXPECT_EQ(Value(doubled).reason, CannotValue::kWeights);

  LoggedChoices tiny = Coin(1000, 0.5, 0.5);
  for (size_t i = 0; i < 1000; i += 500) tiny.probability[i] = 1e-6;
  EXPECT_EQ(Value(tiny).reason, CannotValue::kFewEffective);
  EXPECT_EQ(Value(Coin(90, 0.5, 0.5)).reason, CannotValue::kFewEffective);
  EXPECT_EQ(Value(LoggedChoices()).reason, CannotValue::kNoRows);
}

TEST(ValuePolicy, RefusesWhatIsNoProbability) {
  LoggedChoices log = Coin(1000, 0.5, 1);
  log.target[3] = 1.01;
  EXPECT_THAT(std::string(ValuePolicy(log).status().message()),
              HasSubstr("row 3"));
  log.target[3] = 1;
  log.predicted = log.reward;
  EXPECT_THAT(std::string(ValuePolicy(log).status().message()),
              HasSubstr("expected"));
}

}  // namespace
}  // namespace trato::core
