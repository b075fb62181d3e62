// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/compare.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "identity/model.h"

namespace trato::core {
namespace {

const std::vector<std::vector<std::string>> kSaid = {
    {"", "Maria", "Marya", "Mary", "M", "Maria Jose", "Garcia", "Pepe", "Jose"},
    {"", "Garcia", "Garcia Lopez", "Lopez Garcia", "Gracia", "Lopes", "Maria"},
    {"", "1980-02-03", "1980-03-02", "1980-02-04", "1981-02-03", "1955-12-31"},
    {"", "maria@example.com", "marla@example.com", "maria@example.org",
     "info@example.com", "pepe.g@example.com"},
    {"", "600111222", "+34600111222", "600111223", "600113322", "911222333"},
    {"", "12345678Z", "12345679Z", "X1234567L", "99"},
    {"", "Calle Mayor 3", "Calle Mayor 4", "Cl. Mayor 3", "Gran Via 3"},
    {"", "28001", "28002", "08001"},
    {"", "Madrid", "Madird", "Barcelona"},
    {"", "blue", "blues", "red"},
};
const std::vector<FieldKind> kKinds = {
    FieldKind::kGivenName, FieldKind::kSurname,  FieldKind::kBirthDate,
    FieldKind::kEmail,     FieldKind::kPhone,    FieldKind::kDocument,
    FieldKind::kStreet,    FieldKind::kPostcode, FieldKind::kPlace,
    FieldKind::kText};

// Whoever stops early says the same as who compares all.
TEST(Scorer, BitsFromAreTheBitsOfAllComparisons) {
  IdentityDefinition definition;
  definition.country = "ES";
  for (const FieldKind kind : kKinds) {
    definition.fields.push_back({std::string(NameOf(kind)), kind});
  }
  // Second addresses and telephones.
  definition.fields.push_back({"other_email", FieldKind::kEmail});
  definition.fields.push_back({"other_phone", FieldKind::kPhone});
  People people(definition);
  std::mt19937_64 random(3);
  std::vector<Person> persons;
  for (int i = 0; i < 220; ++i) {
    std::vector<std::string> said;
    const auto say = [&](size_t field) {
      // Half say the same, so that whole patterns come together.
      const auto& values = kSaid[field];
      said.push_back(values[random() % 2 == 0 ? 1 : random() % values.size()]);
    };
    for (size_t field = 0; field < kKinds.size(); ++field) say(field);
    say(3);
    say(4);
    persons.push_back(people.Read(
        std::vector<std::string_view>(said.begin(), said.end())));
    people.Add(persons.back());
  }
  int above = 0;
  int below = 0;
  for (int model = 0; model < 6; ++model) {
    IdentityModel it = UsualModel();
    std::uniform_real_distribution<double> uniform(1e-6, 1);
    for (LevelRates& rates : it.rates) {
      if (model == 0) break;
      for (size_t l = 1; l < kLevels; ++l) {
        rates.m[l] = uniform(random);
        rates.u[l] = uniform(random) * uniform(random);
        rates.h[l] = uniform(random);
      }
    }
    const Scorer scorer(it);
    for (const Person& a : persons) {
      for (const Person& b : persons) {
        const double bits =
            scorer.Bits(people, a, b, Compare(people, a, b));
        const double least =
            random() % 8 == 0
                ? bits
                : std::uniform_real_distribution<double>(-30, 30)(random);
        const auto from = scorer.BitsFrom(least, people, a, b);
        ASSERT_EQ(from.has_value(), bits >= least) << bits << " " << least;
        ASSERT_EQ(from.value_or(bits), bits);
        ++(from ? above : below);
      }
    }
  }
  EXPECT_GT(above, 10000);
  EXPECT_GT(below, 10000);
}

}  // namespace
}  // namespace trato::core
