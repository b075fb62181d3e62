// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A run against reading its texts through one by one.

#include "customer/search_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "support/seed.h"

namespace trato::core {
namespace {

using Term = SearchQuery::Term;

// Texts over few letters, so that grams are shared and lists are long.
std::vector<SearchRun::Customer> RandomCustomers(size_t count,
                                                 std::mt19937_64& random) {
  const std::string letters = "aaaabbcde";
  std::vector<SearchRun::Customer> customers(count);
  for (size_t i = 0; i < count; ++i) {
    std::string& texts = customers[i].texts;
    customers[i].leader = static_cast<RecordNumber>(random() % 1000000);
    const size_t lines = 1 + random() % 3;
    for (size_t line = 0; line < lines; ++line) {
      if (line > 0) texts.push_back('\n');
      if (random() % 4 == 0) {
        texts.push_back(' ');
        for (size_t n = 3 + random() % 6; n > 0; --n) {
          texts.push_back(static_cast<char>('0' + random() % 3));
        }
        texts.push_back(kTelephoneEnd);
        continue;
      }
      for (size_t word = 1 + random() % 3; word > 0; --word) {
        texts.push_back(' ');
        for (size_t n = 1 + random() % 7; n > 0; --n) {
          texts.push_back(letters[random() % letters.size()]);
        }
      }
      texts.push_back(' ');
    }
    // A word that few have and a word that none has but one.
    if (i % 97 == 0) texts.append("\n seldom ");
    if (i == count / 2) texts.append("\n unique ");
  }
  return customers;
}

Term RandomTerm(std::mt19937_64& random) {
  if (random() % 6 == 0) {
    std::string digits;
    for (size_t n = 3 + random() % 2; n > 0; --n) {
      digits.push_back(static_cast<char>('0' + random() % 3));
    }
    return {digits, random() % 2 == 0};
  }
  if (random() % 10 == 0) return {"seldom"};
  if (random() % 10 == 0) return {"niq"};
  std::string word;
  for (size_t n = 1 + random() % 5; n > 0; --n) {
    if (n > 1 && random() % 8 == 0 && !word.empty()) {
      word.push_back(' ');
    } else {
      word.push_back("aabcdz"[random() % 6]);
    }
  }
  while (word.back() == ' ') word.pop_back();
  return {word};
}

bool Holds(std::string_view texts, std::string_view pattern) {
  return texts.find(pattern) != std::string_view::npos;
}

class SearchRunTest : public ::testing::TestWithParam<size_t> {};

TEST_P(SearchRunTest, CandidatesAreAllThatAnswerAndNoneTwice) {
  std::mt19937_64 random(test::Seed() + GetParam());
  const auto customers = RandomCustomers(GetParam(), random);
  const SearchRun run(customers);
  ASSERT_EQ(run.size(), customers.size());
  size_t answers = 0;
  for (int i = 0; i < 300; ++i) {
    SearchQuery::Reading reading;
    for (size_t n = 1 + random() % 2; n > 0; --n) {
      reading.push_back(RandomTerm(random));
    }
    for (SearchRank rank :
         {SearchRank::kExact, SearchRank::kPrefix, SearchRank::kInside}) {
      std::vector<uint32_t> wanted;
      for (uint32_t place = 0; place < customers.size(); ++place) {
        bool holds = true;
        for (const Term& term : reading) {
          holds = holds && Holds(customers[place].texts, term.PatternAt(rank));
        }
        if (holds) wanted.push_back(place);
      }
      answers += wanted.size();
      std::vector<uint32_t> found;
      uint32_t last = 0;
      run.ForEachCandidate(reading, rank, [&](uint32_t place) {
        EXPECT_TRUE(found.empty() || place >= last);
        last = place + 1;
        bool holds = true;
        for (const Term& term : reading) {
          holds = holds && Holds(run.TextsAt(place), term.PatternAt(rank));
        }
        if (holds) found.push_back(place);
        return true;
      });
      ASSERT_EQ(found, wanted)
          << reading.front().folded << " at " << static_cast<int>(rank);
    }
  }
  EXPECT_GT(answers, 100u);
}

INSTANTIATE_TEST_SUITE_P(Sizes, SearchRunTest,
                         ::testing::Values(40, 1000, 5000));

TEST(SearchRun, WhatALetterOrAShortWordAsksForIsOneList) {
  const SearchRun run({{7, " ana maria "}, {8, " anna mariana "}, {9, " an "}});
  std::vector<uint32_t> places;
  const auto take = [&](uint32_t place) {
    places.push_back(place);
    return true;
  };
  run.ForEachCandidate({{"ana"}}, SearchRank::kExact, take);
  EXPECT_EQ(places, std::vector<uint32_t>{0});
  places.clear();
  run.ForEachCandidate({{"m"}}, SearchRank::kInside, take);
  EXPECT_EQ(places, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(run.LeaderAt(2), 9u);
}

TEST(SearchRun, StopsWhenItIsTold) {
  const SearchRun run({{1, " ana "}, {2, " ana "}, {3, " ana "}});
  int visits = 0;
  run.ForEachCandidate({{"ana"}}, SearchRank::kExact,
                       [&](uint32_t) { return ++visits < 2; });
  EXPECT_EQ(visits, 2);
}

}  // namespace
}  // namespace trato::core
