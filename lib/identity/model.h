// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How much each level of a comparison speaks for one person or for two:
// Fellegi and Sunter (1969), with the frequencies of values (Winkler 2000), and
// the rates found without examples by expectation and maximisation.

#ifndef TRATO_IDENTITY_MODEL_H_
#define TRATO_IDENTITY_MODEL_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "identity/compare.h"
#include "identity/definitions.h"
#include "identity/people.h"

namespace trato::core {

// Rates from before anything was seen: what people's records are usually like.
IdentityModel UsualModel();

// How many pairs that were found by their keys have a pattern. `usable` has a
// bit for each comparison that some of these keys do without: of the others
// nothing can be learned, as the keys saw to it that they agree.
struct PatternKey {
  Pattern pattern = 0;
  uint32_t usable = 0;
  // Of what agrees, how much rarer it is than usual, in bits.
  int32_t rarity = 0;
  int32_t shared_rarity = 0;  // of that, what a household has in common

  bool operator==(const PatternKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const PatternKey& key) {
    return H::combine(std::move(state), key.pattern, key.usable,
                      key.rarity, key.shared_rarity);
  }
};
using PatternCounts = absl::flat_hash_map<PatternKey, double>;

// Levels among records taken at random.
struct LevelCounts {
  std::array<std::array<double, kLevels>, kComparisons> counts{};

  void Add(Pattern pattern, double by);
  // Of those who say anything, the share at that level.
  double Share(size_t comparison, size_t level) const;
};

// How much rarer what agrees in the pair is than what usually agrees, of names,
// dates and places: what two people share, they share by chance.
struct Rarity {
  int32_t all = 0;
  int32_t shared = 0;  // of it, what a household has in common
};
Rarity RarityOf(const People& people, const LevelCounts& random,
                const Person& a, const Person& b, Pattern pattern);

// There are three kinds of pairs: of one person, of two who live together, and of
// two strangers. Two who live together have names and dates as strangers have,
// and what a household shares (surname, telephone, street, town) is learned.
//
// The likeliest rates given pairs that keys found (times `scale`: they may be
// a sample), and pairs at random, of which each stands for `random_scale` of
// the `pairs` that there are. The usual model
// counts for some pairs, so rates stay away from 0 and from where there is
// nothing to learn from. Cost: linear in the patterns, some 50 times.
IdentityModel FindModel(const PatternCounts& found, double scale,
                        const LevelCounts& random, double random_scale,
                        double pairs);

// What the comparisons of a pair say, in bits: the logarithm to base 2 of how
// much likelier the levels are among records of one person.
struct Weights {
  double prior = 0;
  double household = 0;  // that they may be two of one; 0 or below
  std::array<double, kComparisons> of{};

  double sum() const;
};

// A model with the logarithms at hand.
class Scorer {
 public:
  explicit Scorer(const IdentityModel& model);

  // In all, for the pair of which that is the pattern.
  double Bits(const People& people, const Person& a, const Person& b,
              Pattern pattern) const;
  // The same, unless it is below `least`, which most pairs show after few
  // comparisons.
  std::optional<double> BitsFrom(double least, const People& people,
                                 const Person& a, const Person& b) const;
  Weights Explain(const People& people, const Person& a, const Person& b,
                  Pattern pattern) const;
  const IdentityModel& model() const { return model_; }

 private:
  struct Weight {
    double person;     // against two strangers
    double household;  // against them, too
  };
  Weight WeightOf(const People& people, const Person& a, const Person& b,
                  int comparison, int level) const;
  double HouseholdBits(double sum) const;

  IdentityModel model_;
  double prior_bits_;
  std::array<std::array<double, kLevels>, kComparisons> bits_{};
  std::array<std::array<double, kLevels>, kComparisons> household_{};
  // The most that a comparison says whose values are not equal, and those that
  // may say most first.
  std::array<double, kComparisons> most_{};
  std::array<uint8_t, kComparisons> order_{};
};

// 1 / (1 + 2^-bits), and the other way round.
double ProbabilityOf(double bits);
double BitsOf(double probability);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_MODEL_H_
