// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Two records side by side, field by field.

#ifndef TRATO_IDENTITY_COMPARE_H_
#define TRATO_IDENTITY_COMPARE_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "identity/definitions.h"
#include "identity/people.h"

namespace trato::core {

// The level of each comparison, 4 bits each.
using Pattern = uint64_t;
inline int LevelAt(Pattern pattern, int comparison) {
  return static_cast<int>(pattern >> (4 * comparison) & 15);
}
inline Pattern PatternAt(Comparison comparison, int level) {
  return static_cast<Pattern>(level) << (4 * static_cast<int>(comparison));
}

// The levels; 0 is that one record does not say.
inline constexpr int kSame = 1;
inline constexpr int kDifferent = 7;
namespace given_level {
inline constexpr int kNickname = 2;  // or one has more names
inline constexpr int kAlike = 3;     // misspelt
inline constexpr int kInitial = 4;
inline constexpr int kExchanged = 5;  // it stands for the surname
}  // namespace given_level
namespace surname_level {
inline constexpr int kFirst = 2;   // one has no second
inline constexpr int kTurned = 3;  // the second first
inline constexpr int kAlike = 4;
inline constexpr int kOne = 5;        // of two
inline constexpr int kExchanged = 6;  // it stands for the given name
}  // namespace surname_level
namespace date_level {
inline constexpr int kSlip = 2;      // a digit, or day and month exchanged
inline constexpr int kTwoParts = 3;  // of day, month and year
inline constexpr int kTwoSlips = 4;
inline constexpr int kYear = 5;
}  // namespace date_level
namespace email_level {
inline constexpr int kAlike = 2;  // misspelt
inline constexpr int kLocal = 3;  // the same before the @
inline constexpr int kLocalAlike = 4;
}  // namespace email_level
namespace number_level {  // of phones and documents
inline constexpr int kSlip = 2;
inline constexpr int kTwoSlips = 3;
}  // namespace number_level
namespace street_level {
inline constexpr int kAlike = 2;        // with the same number
inline constexpr int kOtherNumber = 3;  // of the same street, or none
inline constexpr int kNumber = 4;       // the number alone
}  // namespace street_level
namespace place_level {
inline constexpr int kPostcode = 2;  // the same, and another town
inline constexpr int kTown = 3;      // the same, and nearly the postcode
inline constexpr int kTownOnly = 4;
inline constexpr int kAlike = 5;
}  // namespace place_level
namespace text_level {
inline constexpr int kAlike = 2;
inline constexpr int kRoughly = 3;
}  // namespace text_level

// Cost: where values are equal some 20 ns, else up to a microsecond.
Pattern Compare(const People& people, const Person& a, const Person& b);

// What which values are equal says of it, mostly without a look at the texts.
struct PartialPattern {
  Pattern levels = 0;
  uint32_t open = 0;  // a bit for each comparison whose level is not in there
};
PartialPattern CompareValues(const People& people, const Person& a,
                             const Person& b);
// The level of a comparison that this leaves open.
int LevelOf(const People& people, const Person& a, const Person& b,
            Comparison comparison);
// Whether that may be the level: above it others need equal values.
bool IsOpenLevel(Comparison comparison, int level);

// Of the comparison's equal values, how rare they are: the share of records
// that have them, beside the two. 0: there is none.
struct Agreement {
  PersonPart part;
  uint32_t value = 0;
  PersonPart second_part{};  // of two surnames
  uint32_t second = 0;
};
Agreement AgreementOf(const Person& a, const Person& b, Comparison comparison,
                      int level);

// What the level is called, in words.
std::string_view LevelText(Comparison comparison, int level);
std::string_view NameOf(Comparison comparison);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_COMPARE_H_
