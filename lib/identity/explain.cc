// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/explain.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "base/strings.h"
#include "identity/batch.h"

namespace trato::core {
namespace {

constexpr size_t kMaxQuestions = 3;

std::string DateText(uint32_t date) {
  char text[16];
  std::snprintf(text, sizeof(text), "%04u-%02u-%02u", date / 10000 % 10000,
                date / 100 % 100, date % 100);
  return text;
}

std::string TextOf(const People& people, const Person& person,
                   Comparison comparison) {
  const auto joined = [&](PersonPart first, PersonPart second,
                          std::string_view between = " ") {
    std::string text;
    for (const PersonPart part : {first, second}) {
      if (person[part] == 0) continue;
      if (!text.empty()) text += between;
      text += people.Text(part, person[part]);
    }
    return text;
  };
  const auto one = [&](PersonPart part) {
    return person[part] == 0 ? std::string()
                             : std::string(people.Text(part, person[part]));
  };
  switch (comparison) {
    case Comparison::kGivenName:
      return one(PersonPart::kGiven);
    case Comparison::kSurname:
      return joined(PersonPart::kSurname, PersonPart::kSecondSurname);
    case Comparison::kBirthDate:
      return person[PersonPart::kBirthDate] == 0 ? std::string()
                                           : DateText(person[PersonPart::kBirthDate]);
    case Comparison::kEmail:
      return joined(PersonPart::kEmail, PersonPart::kOtherEmail, ", ");
    case Comparison::kPhone:
      return joined(PersonPart::kPhone, PersonPart::kOtherPhone, ", ");
    case Comparison::kDocument:
      return one(PersonPart::kDocument);
    case Comparison::kStreet:
      return one(PersonPart::kStreet);
    case Comparison::kPlace:
      return joined(PersonPart::kPostcode, PersonPart::kPlace);
    default:
      return one(static_cast<PersonPart>(static_cast<int>(PersonPart::kText) +
                                   static_cast<int>(comparison) -
                                   static_cast<int>(Comparison::kText)));
  }
}

std::string Bits(double bits) {
  char text[32];
  std::snprintf(text, sizeof(text), "%+.1f", bits);
  return text;
}

std::string Percent(double probability) {
  char text[32];
  // What is not certain is not said to be.
  const double percent = 100 * probability;
  std::snprintf(text, sizeof(text), percent > 99.9 || percent < 0.1 ? "%.2f %%"
                                                                    : "%.1f %%",
                std::clamp(percent, 0.01, 99.99));
  return text;
}

}  // namespace

PairExplanation ExplainPair(const People& people, const Scorer& scorer,
                            const Person& a, const Person& b) {
  PairExplanation it;
  const Pattern pattern = Compare(people, a, b);
  const Weights weights = scorer.Explain(people, a, b, pattern);
  it.prior_bits = weights.prior;
  it.household_bits = weights.household;
  it.bits = weights.sum();
  it.probability = ProbabilityOf(it.bits);
  it.apart = AreApart(people, a, b);
  for (int f = 0; f < kComparisons; ++f) {
    const auto comparison = static_cast<Comparison>(f);
    const int level = LevelAt(pattern, f);
    if (level != 0) {
      it.lines.push_back({comparison, level, weights.of[static_cast<size_t>(f)],
                          TextOf(people, a, comparison),
                          TextOf(people, b, comparison)});
    } else if (comparison < Comparison::kText) {
      const LevelRates& rates =
          scorer.model().rates[static_cast<size_t>(f)];
      const auto then = [&](size_t l) {
        return ProbabilityOf(it.bits + std::log2(std::max(rates.m[l], 1e-9) /
                                                 std::max(rates.u[l], 1e-9)));
      };
      it.questions.push_back({comparison, then(kSame), then(kDifferent)});
    }
  }
  std::sort(it.questions.begin(), it.questions.end(),
            [](const auto& x, const auto& y) {
              return x.same - x.different > y.same - y.different;
            });
  if (it.questions.size() > kMaxQuestions) it.questions.resize(kMaxQuestions);
  return it;
}

std::string InWords(const PairExplanation& explanation) {
  std::vector<PairExplanation::Line> lines = explanation.lines;
  std::stable_sort(lines.begin(), lines.end(), [](const auto& x, const auto& y) {
    return std::abs(x.bits) > std::abs(y.bits);
  });
  std::string text;
  for (const PairExplanation::Line& line : lines) {
    std::string name(NameOf(line.comparison));
    std::replace(name.begin(), name.end(), '_', ' ');
    StrAppend(&text, text.empty() ? "" : ", ", name, " ",
              LevelText(line.comparison, line.level), " (", Bits(line.bits),
              ")");
  }
  if (text.empty()) text = "they have nothing in common to compare";
  if (explanation.household_bits < -0.05) {
    StrAppend(&text, ", may be two of one household (",
              Bits(explanation.household_bits), ")");
  }
  if (explanation.apart) StrAppend(&text, "; their valid documents differ");
  StrAppend(&text, ": ", Percent(explanation.probability));
  return text;
}

}  // namespace trato::core
