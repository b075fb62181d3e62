// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/distinct_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace trato::core {
namespace {

std::vector<int64_t> Sorted(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  return values;
}

// Values by slot in any order, in several runs, against a set for each.
class DistinctValuesTest : public testing::TestWithParam<bool> {
 protected:
  void Add(uint32_t slot, const std::vector<int64_t>& values) {
    expected_[slot].insert(values.begin(), values.end());
    if (GetParam()) {
      const std::vector<uint32_t> codes(values.begin(), values.end());
      values_.AddCodes(slot, codes.data(), codes.size());
    } else {
      std::vector<int64_t> copy = values;
      values_.AddWholes(slot, copy);
    }
  }
  void Begin(size_t slots) {
    values_.Begin(slots, GetParam());
    if (GetParam()) values_.SetCodes(kValues);
    expected_.assign(slots, {});
  }
  void ExpectAll() {
    const std::vector<uint32_t> counts = values_.Counts();
    ASSERT_EQ(counts.size(), expected_.size());
    for (uint32_t slot = 0; slot < expected_.size(); ++slot) {
      EXPECT_EQ(counts[slot], expected_[slot].size()) << slot;
      EXPECT_EQ(
          Sorted(values_.Of(slot)),
          std::vector<int64_t>(expected_[slot].begin(), expected_[slot].end()))
          << slot;
    }
  }

  static constexpr int64_t kValues = 50;
  DistinctValues values_;
  std::vector<std::set<int64_t>> expected_;
};

TEST_P(DistinctValuesTest, NobodyHasAnyAtFirst) {
  Begin(3);
  ExpectAll();
}

TEST_P(DistinctValuesTest, CountsARepeatedValueOnce) {
  Begin(2);
  Add(0, {4, 4, 2, 4});
  Add(1, {4});
  ExpectAll();
}

TEST_P(DistinctValuesTest, CountsAValueOfSeveralRunsOnce) {
  Begin(2);
  Add(0, {1, 2});
  Add(1, {2});
  Add(0, {2, 3});
  Add(0, {});
  Add(0, {1, 9});
  ExpectAll();
}

TEST_P(DistinctValuesTest, PutsTogetherWhatSeveralSlotsHad) {
  Begin(2);
  Add(0, {1, 2, 3});
  Add(1, {3, 40});
  const std::vector<int64_t> one = values_.Of(0);
  const std::vector<int64_t> other = values_.Of(1);
  Begin(1);
  values_.Add(0, one);
  values_.Add(0, other);
  expected_[0] = {1, 2, 3, 40};
  ExpectAll();
}

TEST_P(DistinctValuesTest, AnswersAsSetsDoWhateverComesWhen) {
  std::mt19937_64 random(20111210);
  for (int round = 0; round < 200; ++round) {
    Begin(1 + random() % 20);
    for (uint64_t runs = random() % 40; runs > 0; --runs) {
      std::vector<int64_t> values(random() % 12);
      for (int64_t& it : values) it = static_cast<int64_t>(random() % kValues);
      Add(static_cast<uint32_t>(random() % expected_.size()), values);
    }
    ExpectAll();
  }
}

INSTANTIATE_TEST_SUITE_P(CodesAndWholes, DistinctValuesTest, testing::Bool(),
                         [](const auto& it) {
                           return it.param ? "Codes" : "Wholes";
                         });

}  // namespace
}  // namespace trato::core
