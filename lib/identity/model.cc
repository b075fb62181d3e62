// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

namespace trato::core {
namespace {

// How many pairs the usual rates count for.
constexpr double kUsualPairs = 20;
// The same, of those of two people.
constexpr double kUsualRandomPairs = 2e4;
// Of so many pairs one is one person's, before anything is seen.
constexpr double kUsualPerPair = 1000;
constexpr int kMaxSteps = 100;
constexpr double kEnough = 1e-6;
constexpr double kLeastRate = 1e-9;
// A value that more records have is not one person's.
constexpr double kRecordsOfOne = 10;
// As if so many more records had another value: how rare one is cannot be seen
// from a few.
constexpr double kUnseen = 50;
// Of two who live together, so many have a name or a date in common as if they
// were one: father and son, twins.
constexpr double kNamesakes = 0.02;

// What two people have in common by living together.
bool IsOfHousehold(size_t comparison) {
  const auto it = static_cast<Comparison>(comparison);
  return it != Comparison::kGivenName && it != Comparison::kBirthDate &&
         it != Comparison::kDocument;
}

std::array<double, kLevels> Normalised(std::array<double, kLevels> rates) {
  double sum = 0;
  for (int i = 1; i < kLevels; ++i) sum += rates[static_cast<size_t>(i)];
  for (double& rate : rates) rate /= sum;
  return rates;
}

// Of what is a person's own, the rates in a household follow from the others'.
void SetHousehold(size_t comparison, LevelRates& rates) {
  for (size_t l = 1; l < kLevels; ++l) {
    if (!IsOfHousehold(comparison)) {
      rates.h[l] = (1 - kNamesakes) * rates.u[l] + kNamesakes * rates.m[l];
    } else if (rates.h[l] == 0) {
      rates.h[l] = rates.m[l];
    }
  }
}

}  // namespace

IdentityModel UsualModel() {
  IdentityModel model;
  const auto put = [&](Comparison comparison, std::array<double, kLevels> m,
                       std::array<double, kLevels> u, double shared) {
    LevelRates& rates = model.rates[static_cast<size_t>(comparison)];
    m[0] = u[0] = 0;
    rates.m = Normalised(m);
    rates.u = Normalised(u);
    rates.shared = shared;
  };
  put(Comparison::kGivenName, {0, .72, .08, .09, .02, .02, 0, .07},
      {0, .01, .01, .01, .01, 1e-4, 0, .96}, 1);
  put(Comparison::kSurname, {0, .45, .25, .02, .12, .04, .02, .10},
      {0, 1e-5, 5e-3, 1e-5, 1e-2, 1e-2, 1e-4, .97}, 1);
  put(Comparison::kBirthDate, {0, .85, .08, .02, .02, .005, 0, .025},
      {0, 5e-5, 1e-3, 2e-3, 1e-2, 2e-2, 0, .967}, .5);
  put(Comparison::kEmail, {0, .70, .08, .03, .04, 0, 0, .15},
      {0, 1e-6, 1e-6, 1e-5, 1e-3, 0, 0, .999}, .05);
  put(Comparison::kPhone, {0, .70, .06, .01, 0, 0, 0, .23},
      {0, 1e-6, 1e-5, 1e-4, 0, 0, 0, .9999}, .2);
  put(Comparison::kDocument, {0, .93, .04, .01, 0, 0, 0, .02},
      {0, 1e-7, 1e-5, 1e-4, 0, 0, 0, .9999}, .01);
  put(Comparison::kStreet, {0, .60, .12, .06, .02, 0, 0, .20},
      {0, 1e-5, 1e-5, 1e-2, 2e-2, 0, 0, .97}, .4);
  put(Comparison::kPlace, {0, .72, .03, .03, .05, .03, 0, .14},
      {0, 1e-3, 1e-3, 1e-3, 1e-2, 1e-2, 0, .977}, .9);
  for (int i = 0; i < kMaxTexts; ++i) {
    put(static_cast<Comparison>(static_cast<int>(Comparison::kText) + i),
        {0, .80, .05, .03, 0, 0, 0, .12}, {0, .01, .005, .01, 0, 0, 0, .975},
        .9);
  }
  model.prior = 1e-6;
  model.household = 1e-6;
  for (size_t f = 0; f < kComparisons; ++f) SetHousehold(f, model.rates[f]);
  return model;
}

void LevelCounts::Add(Pattern pattern, double by) {
  for (size_t i = 0; i < kComparisons; ++i) {
    counts[i][static_cast<size_t>(LevelAt(pattern, static_cast<int>(i)))] += by;
  }
}

double LevelCounts::Share(size_t comparison, size_t level) const {
  double said = 0;
  for (size_t l = 1; l < kLevels; ++l) said += counts[comparison][l];
  return said > 0 ? counts[comparison][level] / said : 0;
}

namespace {

// Of those who have such a value at all, the share that has this one beside the
// two; `shared` of the others are somebody else.
double ShareOf(const People& people, PersonPart part, uint32_t value, double shared) {
  if (part == PersonPart::kSecondSurname) part = PersonPart::kSurname;
  const double said =
      static_cast<double>(std::max<uint64_t>(people.Said(part), 1));
  const double others =
      std::max(0.0, static_cast<double>(people.Count(part, value)) - 2);
  const double someone_elses =
      std::max(others * shared, others - kRecordsOfOne);
  return std::min(1.0,
                  (someone_elses + shared * 0.5 + 0.005) / (said + kUnseen));
}

double ShareOf(const People& people, const Agreement& agreed, double shared) {
  double share = ShareOf(people, agreed.part, agreed.value, shared);
  if (agreed.second != 0) {
    share *= ShareOf(people, agreed.second_part, agreed.second, shared);
  }
  return share;
}

}  // namespace

Rarity RarityOf(const People& people, const LevelCounts& random,
                const Person& a, const Person& b, Pattern pattern) {
  static constexpr double kMost = 20;
  double all = 0;
  double shared = 0;
  for (const Comparison comparison :
       {Comparison::kGivenName, Comparison::kSurname, Comparison::kBirthDate,
        Comparison::kPlace}) {
    const int level = LevelAt(pattern, static_cast<int>(comparison));
    if (level == 0) continue;
    const Agreement agreed = AgreementOf(a, b, comparison, level);
    if (agreed.value == 0) continue;
    const double usual = random.Share(static_cast<size_t>(comparison),
                                      static_cast<size_t>(level));
    if (usual <= 0) continue;
    const double bits = std::log2(usual / ShareOf(people, agreed, 1));
    all += bits;
    if (IsOfHousehold(static_cast<size_t>(comparison))) shared += bits;
  }
  const auto rounded = [](double bits) {
    return static_cast<int32_t>(std::lround(std::clamp(bits, -kMost, kMost)));
  };
  return {rounded(all), rounded(shared)};
}

namespace {

struct Row {
  PatternKey key;
  double count;
  double chance;  // that such a pair is one person's
  double household;  // that it is two's of one household
};

// One step: how likely each pattern is one person's, and the rates that follow.
class Steps {
 public:
  Steps(const PatternCounts& found, double scale, const LevelCounts& random,
        double random_scale, double pairs)
      : random_(random), usual_random_(kUsualRandomPairs * random_scale),
        pairs_(pairs), usual_(UsualModel()) {
    rows_.reserve(found.size());
    for (const auto& [key, count] : found) {
      rows_.push_back({key, count * scale, 0, 0});
    }
    // The same sums whatever the order in which they were counted.
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return std::tuple(a.key.pattern, a.key.usable, a.key.rarity,
                        a.key.shared_rarity) <
             std::tuple(b.key.pattern, b.key.usable, b.key.rarity,
                        b.key.shared_rarity);
    });
  }

  // Gives how much the expected number of pairs of one person has changed.
  double Step(IdentityModel& model) {
    Expect(model);
    return Maximise(model);
  }

 private:
  void Expect(const IdentityModel& model) {
    using Bits = std::array<std::array<double, kLevels>, kComparisons>;
    Bits person{}, household{};
    for (size_t f = 0; f < kComparisons; ++f) {
      const LevelRates& rates = model.rates[f];
      for (size_t l = 1; l < kLevels; ++l) {
        const double u = std::max(rates.u[l], kLeastRate);
        person[f][l] = std::log2(std::max(rates.m[l], kLeastRate) / u);
        household[f][l] = std::log2(std::max(rates.h[l], kLeastRate) / u);
      }
    }
    const double strangers = 1 - model.prior - model.household;
    const double person_prior = std::log2(model.prior / strangers);
    const double household_prior = std::log2(model.household / strangers);
    for (Row& row : rows_) {
      double of_one = person_prior + row.key.rarity;
      double of_two = household_prior + row.key.shared_rarity;
      for (size_t f = 0; f < kComparisons; ++f) {
        const auto level = static_cast<size_t>(
            LevelAt(row.key.pattern, static_cast<int>(f)));
        of_one += person[f][level];
        of_two += household[f][level];
      }
      const double one = std::exp2(std::min(of_one, 500.0));
      const double two = std::exp2(std::min(of_two, 500.0));
      row.chance = one / (1 + one + two);
      row.household = two / (1 + one + two);
    }
  }

  double Maximise(IdentityModel& model) const {
    using Sums = std::array<std::array<double, kLevels>, kComparisons>;
    double expected = 0;
    double together = 0;
    Sums person{}, household{}, all{};
    for (const Row& row : rows_) {
      const double of_one = row.count * row.chance;
      const double of_two = row.count * row.household;
      expected += of_one;
      together += of_two;
      for (size_t f = 0; f < kComparisons; ++f) {
        const auto level = static_cast<size_t>(
            LevelAt(row.key.pattern, static_cast<int>(f)));
        all[f][level] += of_one + of_two;
        if ((row.key.usable >> f & 1) == 0) continue;
        person[f][level] += of_one;
        household[f][level] += of_two;
      }
    }
    for (size_t f = 0; f < kComparisons; ++f) {
      LevelRates& rates = model.rates[f];
      const LevelRates& usual = usual_.rates[f];
      double said = 0, said_together = 0, random_said = 0;
      for (size_t l = 1; l < kLevels; ++l) {
        said += person[f][l];
        said_together += household[f][l];
        random_said += std::max(0.0, random_.counts[f][l] - all[f][l]);
      }
      for (size_t l = 1; l < kLevels; ++l) {
        rates.m[l] =
            (person[f][l] + kUsualPairs * usual.m[l]) / (said + kUsualPairs);
        rates.h[l] = (household[f][l] + kUsualPairs * usual.h[l]) /
                     (said_together + kUsualPairs);
        // What is found at random and is neither.
        const double others = std::max(0.0, random_.counts[f][l] - all[f][l]);
        rates.u[l] = (others + usual_random_ * usual.u[l]) /
                     (random_said + usual_random_);
      }
      SetHousehold(f, rates);
      const double equal = random_.counts[f][kSame];
      rates.shared =
          equal > 0 ? std::clamp((equal - all[f][kSame] +
                                  usual.shared * kUsualPairs) /
                                     (equal + kUsualPairs),
                                 0.0, 1.0)
                    : usual.shared;
    }
    const double before = model.prior * pairs_;
    model.prior = (expected + 1) / (pairs_ + kUsualPerPair);
    model.household = (together + 1) / (pairs_ + kUsualPerPair);
    return std::abs(model.prior * pairs_ - before) / std::max(1.0, expected);
  }

  std::vector<Row> rows_;
  const LevelCounts& random_;
  const double usual_random_;
  const double pairs_;
  const IdentityModel usual_;
};

}  // namespace

IdentityModel FindModel(const PatternCounts& found, double scale,
                        const LevelCounts& random, double random_scale,
                        double pairs) {
  IdentityModel model = UsualModel();
  // As many of one person as there would be if each had another record.
  model.prior =
      std::min(1 / kUsualPerPair, 1 / std::sqrt(2 * std::max(pairs, 1.0)));
  model.household = model.prior / 4;
  Steps steps(found, scale, random, random_scale, std::max(pairs, 1.0));
  for (int i = 0; i < kMaxSteps && steps.Step(model) > kEnough; ++i) {
  }
  return model;
}

double Weights::sum() const {
  double sum = prior + household;
  for (const double weight : of) sum += weight;
  return sum;
}

Scorer::Scorer(const IdentityModel& model)
    : model_(model),
      prior_bits_(std::log2(model.prior /
                            (1 - model.prior - model.household))) {
  for (size_t f = 0; f < kComparisons; ++f) {
    const LevelRates& rates = model.rates[f];
    for (size_t l = 1; l < kLevels; ++l) {
      const double u = std::max(rates.u[l], kLeastRate);
      bits_[f][l] = std::log2(std::max(rates.m[l], kLeastRate) / u);
      household_[f][l] = std::log2(std::max(rates.h[l], kLeastRate) / u);
    }
    most_[f] = -std::numeric_limits<double>::infinity();
    for (size_t l = 1; l < kLevels; ++l) {
      if (IsOpenLevel(static_cast<Comparison>(f), static_cast<int>(l))) {
        most_[f] = std::max(most_[f], bits_[f][l]);
      }
    }
    order_[f] = static_cast<uint8_t>(f);
  }
  std::stable_sort(order_.begin(), order_.end(), [&](uint8_t x, uint8_t y) {
    return most_[x] > most_[y];
  });
}

Scorer::Weight Scorer::WeightOf(const People& people, const Person& a,
                                const Person& b, int comparison,
                                int level) const {
  const auto f = static_cast<size_t>(comparison);
  const auto l = static_cast<size_t>(level);
  const LevelRates& rates = model_.rates[f];
  const auto what = static_cast<Comparison>(comparison);
  if (what == Comparison::kGivenName && level == given_level::kExchanged) {
    // A stranger whose names are the same, whichever way round is right.
    const auto of = [&](const Person& it) {
      return ShareOf(people, PersonPart::kGiven, it[PersonPart::kGiven], 1) *
             ShareOf(people, PersonPart::kSurname, it[PersonPart::kSurname], 1);
    };
    const double rate = std::max({of(a), of(b), kLeastRate});
    const double m = std::max(rates.m[l], kLeastRate);
    return {std::log2(m / rate),
            std::log2((1 - kNamesakes) + kNamesakes * m / rate)};
  }
  // That follows from it.
  if (what == Comparison::kSurname && level == surname_level::kExchanged) {
    return {0, 0};
  }
  const auto agreed = AgreementOf(a, b, what, level);
  if (agreed.value == 0) return {bits_[f][l], household_[f][l]};
  // How often a stranger has it.
  const bool is_by_chance =
      comparison <= static_cast<int>(Comparison::kBirthDate) ||
      comparison >= static_cast<int>(Comparison::kPlace);
  const double rate = std::max(
      ShareOf(people, agreed, is_by_chance ? 1 : rates.shared), kLeastRate);
  const double m = std::max(rates.m[l], kLeastRate);
  const double h = IsOfHousehold(f)
                       ? std::max(rates.h[l], kLeastRate)
                       : (1 - kNamesakes) * rate + kNamesakes * m;
  return {std::log2(m / rate), std::log2(h / rate)};
}

double Scorer::HouseholdBits(double sum) const {
  const double strangers = 1 - model_.prior - model_.household;
  return -std::log2(1 + model_.household / strangers *
                            std::exp2(std::min(sum, 500.0)));
}

double Scorer::Bits(const People& people, const Person& a, const Person& b,
                    Pattern pattern) const {
  double person = prior_bits_;
  double household = 0;
  for (int f = 0; f < kComparisons; ++f) {
    const int level = LevelAt(pattern, f);
    if (level == 0) continue;
    const Weight weight = WeightOf(people, a, b, f, level);
    person += weight.person;
    household += weight.household;
  }
  return person + HouseholdBits(household);
}

std::optional<double> Scorer::BitsFrom(double least, const People& people,
                                       const Person& a,
                                       const Person& b) const {
  // The sums are of one order below and of another in Bits.
  constexpr double kRounding = 1e-6;
  PartialPattern found = CompareValues(people, a, b);
  // What a household shares only makes it less.
  double bound = prior_bits_ + kRounding;
  for (int f = 0; f < kComparisons; ++f) {
    const int level = LevelAt(found.levels, f);
    if (level != 0) bound += WeightOf(people, a, b, f, level).person;
  }
  for (uint32_t rest = found.open; rest != 0; rest &= rest - 1) {
    bound += most_[static_cast<size_t>(std::countr_zero(rest))];
  }
  for (const uint8_t f : order_) {
    if (bound < least) return std::nullopt;
    if ((found.open >> f & 1) == 0) continue;
    const auto comparison = static_cast<Comparison>(f);
    const int level = LevelOf(people, a, b, comparison);
    found.levels |= PatternAt(comparison, level);
    bound += bits_[f][static_cast<size_t>(level)] - most_[f];
  }
  const double bits = Bits(people, a, b, found.levels);
  if (bits < least) return std::nullopt;
  return bits;
}

Weights Scorer::Explain(const People& people, const Person& a, const Person& b,
                        Pattern pattern) const {
  Weights weights;
  weights.prior = prior_bits_;
  double household = 0;
  for (int f = 0; f < kComparisons; ++f) {
    const int level = LevelAt(pattern, f);
    if (level == 0) continue;
    const Weight weight = WeightOf(people, a, b, f, level);
    weights.of[static_cast<size_t>(f)] = weight.person;
    household += weight.household;
  }
  weights.household = HouseholdBits(household);
  return weights;
}

double ProbabilityOf(double bits) { return 1 / (1 + std::exp2(-bits)); }
double BitsOf(double probability) {
  return std::log2(probability / (1 - probability));
}

}  // namespace trato::core
