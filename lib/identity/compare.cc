// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/compare.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "identity/normalise.h"
#include "identity/similarity.h"

namespace trato::core {
namespace {

constexpr double kAlikeNames = 0.9;
constexpr double kAlikeStreets = 0.88;
constexpr double kAlikeTexts = 0.93;
constexpr double kRoughTexts = 0.85;

// No slip of one letter in three or more makes texts less alike.
constexpr double kOneSlip = 0.55;

bool AreAlike(std::string_view a, std::string_view b) {
  if (JaroWinklerBound(a, BytesIn(a), b, BytesIn(b)) < kOneSlip) return false;
  const double likeness = JaroWinkler(a, b);
  if (likeness >= kAlikeNames) return true;
  return likeness >= kOneSlip && std::min(a.size(), b.size()) > 2 &&
         EditDistance(a, b, 1) <= 1;
}

// The same of names, of which one may be the other misspelt: where both are
// frequent they are two names (Mark and Mary, Martin and Martinez).
bool AreMisspelt(const People& people, PersonPart part, uint32_t a, uint32_t b) {
  constexpr uint32_t kSeldom = 3;
  constexpr uint32_t kTimes = 20;
  const uint32_t x = people.Count(part, a), y = people.Count(part, b);
  const uint32_t less = std::min(x, y);
  if (less > kSeldom && less * kTimes > std::max(x, y)) return false;
  return AreAlike(people.Text(part, a), people.Text(part, b));
}

// Whether all words of the shorter are words of the longer.
bool HasWords(std::string_view longer, std::string_view shorter) {
  if (shorter.size() > longer.size()) std::swap(longer, shorter);
  while (!shorter.empty()) {
    const size_t end = std::min(shorter.find(' '), shorter.size());
    const std::string_view word = shorter.substr(0, end);
    bool found = false;
    for (size_t at = longer.find(word); at != std::string_view::npos;
         at = longer.find(word, at + 1)) {
      const size_t after = at + word.size();
      if ((at == 0 || longer[at - 1] == ' ') &&
          (after == longer.size() || longer[after] == ' ')) {
        found = true;
        break;
      }
    }
    if (!found) return false;
    shorter.remove_prefix(std::min(end + 1, shorter.size()));
  }
  return true;
}

int GivenLevel(const People& people, uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == b) return kSame;
  const std::string_view x = people.Text(PersonPart::kGiven, a);
  const std::string_view y = people.Text(PersonPart::kGiven, b);
  if (x.size() == 1 || y.size() == 1) {
    return x[0] == y[0] ? given_level::kInitial : kDifferent;
  }
  if (HasWords(x, y) || people.AreNicknames(a, b)) {
    return given_level::kNickname;
  }
  return AreMisspelt(people, PersonPart::kGiven, a, b) ? given_level::kAlike
                                                 : kDifferent;
}

int SurnameLevel(const People& people, const Person& a, const Person& b) {
  const uint32_t a1 = a[PersonPart::kSurname], a2 = a[PersonPart::kSecondSurname];
  const uint32_t b1 = b[PersonPart::kSurname], b2 = b[PersonPart::kSecondSurname];
  if (a1 == 0 || b1 == 0) return 0;
  if (a1 == b1 && a2 == b2) return a2 != 0 ? kSame : surname_level::kFirst;
  if (a1 == b1 && (a2 == 0 || b2 == 0)) return surname_level::kFirst;
  if (a2 != 0 && a1 == b2 && a2 == b1) return surname_level::kTurned;
  const auto alike = [&](uint32_t x, uint32_t y) {
    return x == y || AreMisspelt(people, PersonPart::kSurname, x, y);
  };
  if (alike(a1, b1) && (a2 == 0 || b2 == 0 || alike(a2, b2))) {
    return surname_level::kAlike;
  }
  if (a1 == b1 || (a2 != 0 && (a2 == b1 || a2 == b2)) ||
      (b2 != 0 && a1 == b2)) {
    return surname_level::kOne;
  }
  if (a2 == 0 && b2 != 0 && alike(a1, b2)) return surname_level::kOne;
  if (b2 == 0 && a2 != 0 && alike(a2, b1)) return surname_level::kOne;
  return kDifferent;
}

// Whether one's given name is the other's surname.
bool MayBeExchanged(const Person& a, const Person& b) {
  const uint32_t ag = a[PersonPart::kGiven], as = a[PersonPart::kSurname];
  const uint32_t bg = b[PersonPart::kGiven], bs = b[PersonPart::kSurname];
  return ag != 0 && as != 0 && bg != 0 && bs != 0 && (ag == bs || as == bg);
}

// Of two for whom that holds.
void PutNames(const People& people, const Person& a, const Person& b,
              int& given, int& surname) {
  given = GivenLevel(people, a[PersonPart::kGiven], b[PersonPart::kGiven]);
  surname = SurnameLevel(people, a, b);
  if (given != kDifferent && surname != kDifferent) return;
  const uint32_t ag = a[PersonPart::kGiven], as = a[PersonPart::kSurname];
  const uint32_t bg = b[PersonPart::kGiven], bs = b[PersonPart::kSurname];
  const auto alike = [&](uint32_t x, uint32_t y) {
    return x == y || AreAlike(people.Text(PersonPart::kGiven, x),
                              people.Text(PersonPart::kGiven, y));
  };
  if (!alike(ag, bs) || !alike(as, bg)) return;
  given = given_level::kExchanged;
  surname = surname_level::kExchanged;
}

int DateLevel(uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == b) return kSame;
  const uint32_t ay = a / 10000, am = a / 100 % 100, ad = a % 100;
  const uint32_t by = b / 10000, bm = b / 100 % 100, bd = b % 100;
  if (ay == by && am == bd && ad == bm) return date_level::kSlip;
  char x[8], y[8];
  for (int i = 7; i >= 0; --i, a /= 10, b /= 10) {
    x[i] = static_cast<char>('0' + a % 10);
    y[i] = static_cast<char>('0' + b % 10);
  }
  const int slips = EditDistance({x, 8}, {y, 8}, 2);
  if (slips == 1) return date_level::kSlip;
  const int parts = (ay == by ? 1 : 0) + (am == bm ? 1 : 0) + (ad == bd ? 1 : 0);
  if (parts == 2) return date_level::kTwoParts;
  if (slips == 2) return date_level::kTwoSlips;
  return ay == by ? date_level::kYear : kDifferent;
}

int EmailLevel(const People& people, uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == b) return kSame;
  const std::string_view x = people.Text(PersonPart::kEmail, a);
  const std::string_view y = people.Text(PersonPart::kEmail, b);
  const std::string_view xl = LocalPart(x), yl = LocalPart(y);
  if (xl[0] == yl[0] && EditDistance(x, y, 1) <= 1) return email_level::kAlike;
  if (xl == yl && !IsRoleAddress(x)) return email_level::kLocal;
  return IsJaroWinkler(xl, yl, kAlikeNames) ? email_level::kLocalAlike
                                            : kDifferent;
}

// Of what there may be two of, the level of the two values that are most alike.
template <typename Level>
int BestLevel(const Person& a, const Person& b, PersonPart first,
              PersonPart second, Level level) {
  int best = level(a[first], b[first]);
  if (best == 0 || best == kSame || (a[second] | b[second]) == 0) return best;
  for (const auto& [x, y] : {std::pair(a[second], b[first]),
                             std::pair(a[first], b[second]),
                             std::pair(a[second], b[second])}) {
    if (const int other = level(x, y); other != 0) best = std::min(best, other);
  }
  return best;
}

int NumberLevel(const People& people, PersonPart part, uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == b) return kSame;
  std::string_view x = people.Text(part, a);
  std::string_view y = people.Text(part, b);
  if (part == PersonPart::kPhone) {
    // One without the code of its country.
    constexpr size_t kOwn = 8;
    if (std::min(x.size(), y.size()) >= kOwn && x.size() != y.size() &&
        x.substr(x.size() - kOwn) == y.substr(y.size() - kOwn)) {
      return number_level::kSlip;
    }
  }
  switch (EditDistance(x, y, 2)) {
    case 1:
      return number_level::kSlip;
    case 2:
      return number_level::kTwoSlips;
    default:
      return kDifferent;
  }
}

// Where the number of the house begins, or the end.
size_t NumberStart(std::string_view street) {
  for (size_t i = 0; i < street.size(); ++i) {
    if (street[i] == ' ' && i + 1 < street.size() && street[i + 1] >= '0' &&
        street[i + 1] <= '9') {
      return i;
    }
  }
  return street.size();
}

int StreetLevel(const People& people, uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == b) return kSame;
  const std::string_view x = people.Text(PersonPart::kStreet, a);
  const std::string_view y = people.Text(PersonPart::kStreet, b);
  const size_t xn = NumberStart(x), yn = NumberStart(y);
  const std::string_view xw = x.substr(0, xn), yw = y.substr(0, yn);
  const bool same_number = x.substr(xn) == y.substr(yn);
  const bool has_number = xn < x.size() && yn < y.size();
  const bool alike = !xw.empty() && !yw.empty() &&
                     (xw == yw || HasWords(xw, yw) ||
                      IsJaroWinkler(xw, yw, kAlikeStreets));
  if (alike) return same_number ? street_level::kAlike : street_level::kOtherNumber;
  return has_number && same_number ? street_level::kNumber : kDifferent;
}

int PlaceLevel(const People& people, const Person& a, const Person& b) {
  const uint32_t ac = a[PersonPart::kPostcode], bc = b[PersonPart::kPostcode];
  const uint32_t at = a[PersonPart::kPlace], bt = b[PersonPart::kPlace];
  const bool codes = ac != 0 && bc != 0;
  const bool towns = at != 0 && bt != 0;
  if (!codes && !towns) return 0;
  const auto alike = [&](PersonPart part, uint32_t x, uint32_t y) {
    return EditDistance(people.Text(part, x), people.Text(part, y), 1) <= 1;
  };
  if (codes && ac == bc) {
    return !towns || at == bt ||
                   IsJaroWinkler(people.Text(PersonPart::kPlace, at),
                                 people.Text(PersonPart::kPlace, bt), kAlikeStreets)
               ? kSame
               : place_level::kPostcode;
  }
  if (towns && at == bt) {
    return codes && alike(PersonPart::kPostcode, ac, bc) ? place_level::kTown
                                                   : place_level::kTownOnly;
  }
  if (towns && IsJaroWinkler(people.Text(PersonPart::kPlace, at),
                             people.Text(PersonPart::kPlace, bt), kAlikeNames)) {
    return place_level::kAlike;
  }
  if (codes && alike(PersonPart::kPostcode, ac, bc)) return place_level::kAlike;
  return kDifferent;
}

int TextLevel(const People& people, PersonPart part, uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == b) return kSame;
  const std::string_view x = people.Text(part, a);
  const std::string_view y = people.Text(part, b);
  if (!IsJaroWinkler(x, y, kRoughTexts)) return kDifferent;
  return JaroWinkler(x, y) >= kAlikeTexts ? text_level::kAlike
                                          : text_level::kRoughly;
}

PersonPart TextPart(int i) {
  return static_cast<PersonPart>(static_cast<int>(PersonPart::kText) + i);
}
Comparison TextComparison(int i) {
  return static_cast<Comparison>(static_cast<int>(Comparison::kText) + i);
}

}  // namespace

PartialPattern CompareValues(const People& people, const Person& a,
                             const Person& b) {
  PartialPattern found;
  const auto put = [&](Comparison comparison, int level) {
    found.levels |= PatternAt(comparison, level);
  };
  const auto leave = [&](Comparison comparison) {
    found.open |= 1u << static_cast<int>(comparison);
  };
  // Of what there is one value of.
  const auto one = [&](Comparison comparison, PersonPart part) {
    if (a[part] == 0 || b[part] == 0) return;
    if (a[part] == b[part]) return put(comparison, kSame);
    leave(comparison);
  };
  const auto two = [&](Comparison comparison, PersonPart first,
                       PersonPart second) {
    if (a[first] == 0 || b[first] == 0) return;
    const bool is_shared =
        a[first] == b[first] || a[first] == b[second] ||
        (a[second] != 0 && (a[second] == b[first] || a[second] == b[second]));
    if (is_shared) return put(comparison, kSame);
    leave(comparison);
  };
  const uint32_t ag = a[PersonPart::kGiven], as = a[PersonPart::kSurname];
  const uint32_t bg = b[PersonPart::kGiven], bs = b[PersonPart::kSurname];
  if (MayBeExchanged(a, b)) {
    int given = 0;
    int surname = 0;
    PutNames(people, a, b, given, surname);
    put(Comparison::kGivenName, given);
    put(Comparison::kSurname, surname);
  } else {
    if (ag == bg && ag != 0) {
      put(Comparison::kGivenName, kSame);
    } else if (ag != 0 && bg != 0) {
      leave(Comparison::kGivenName);
    }
    if (as != 0 && bs != 0) {
      const uint32_t a2 = a[PersonPart::kSecondSurname];
      const uint32_t b2 = b[PersonPart::kSecondSurname];
      if (as == bs || as == b2 || (a2 != 0 && (a2 == bs || a2 == b2))) {
        put(Comparison::kSurname, SurnameLevel(people, a, b));
      } else {
        leave(Comparison::kSurname);
      }
    }
  }
  put(Comparison::kBirthDate,
      DateLevel(a[PersonPart::kBirthDate], b[PersonPart::kBirthDate]));
  two(Comparison::kEmail, PersonPart::kEmail, PersonPart::kOtherEmail);
  two(Comparison::kPhone, PersonPart::kPhone, PersonPart::kOtherPhone);
  one(Comparison::kDocument, PersonPart::kDocument);
  one(Comparison::kStreet, PersonPart::kStreet);
  const auto same = [&](PersonPart part) {
    return a[part] != 0 && a[part] == b[part];
  };
  const auto both = [&](PersonPart part) { return a[part] != 0 && b[part] != 0; };
  if (same(PersonPart::kPostcode) || same(PersonPart::kPlace)) {
    put(Comparison::kPlace, PlaceLevel(people, a, b));
  } else if (both(PersonPart::kPostcode) || both(PersonPart::kPlace)) {
    leave(Comparison::kPlace);
  }
  for (int i = 0; i < kMaxTexts; ++i) one(TextComparison(i), TextPart(i));
  return found;
}

int LevelOf(const People& people, const Person& a, const Person& b,
            Comparison comparison) {
  switch (comparison) {
    case Comparison::kGivenName:
      return GivenLevel(people, a[PersonPart::kGiven], b[PersonPart::kGiven]);
    case Comparison::kSurname:
      return SurnameLevel(people, a, b);
    case Comparison::kBirthDate:
      return DateLevel(a[PersonPart::kBirthDate], b[PersonPart::kBirthDate]);
    case Comparison::kEmail:
      return BestLevel(a, b, PersonPart::kEmail, PersonPart::kOtherEmail,
                       [&](uint32_t x, uint32_t y) {
                         return EmailLevel(people, x, y);
                       });
    case Comparison::kPhone:
      return BestLevel(a, b, PersonPart::kPhone, PersonPart::kOtherPhone,
                       [&](uint32_t x, uint32_t y) {
                         return NumberLevel(people, PersonPart::kPhone, x, y);
                       });
    case Comparison::kDocument:
      return NumberLevel(people, PersonPart::kDocument,
                         a[PersonPart::kDocument], b[PersonPart::kDocument]);
    case Comparison::kStreet:
      return StreetLevel(people, a[PersonPart::kStreet], b[PersonPart::kStreet]);
    case Comparison::kPlace:
      return PlaceLevel(people, a, b);
    default: {
      const PersonPart part = TextPart(static_cast<int>(comparison) -
                                       static_cast<int>(Comparison::kText));
      return TextLevel(people, part, a[part], b[part]);
    }
  }
}

bool IsOpenLevel(Comparison comparison, int level) {
  if (level <= kSame || LevelText(comparison, level).empty()) return false;
  switch (comparison) {
    case Comparison::kGivenName:
      return level != given_level::kExchanged;
    case Comparison::kSurname:
      return level != surname_level::kFirst && level != surname_level::kTurned &&
             level != surname_level::kExchanged;
    case Comparison::kPlace:
      return level == place_level::kAlike || level == kDifferent;
    default:
      return true;
  }
}

Pattern Compare(const People& people, const Person& a, const Person& b) {
  PartialPattern found = CompareValues(people, a, b);
  for (; found.open != 0; found.open &= found.open - 1) {
    const auto comparison =
        static_cast<Comparison>(std::countr_zero(found.open));
    found.levels |=
        PatternAt(comparison, LevelOf(people, a, b, comparison));
  }
  return found.levels;
}

namespace {

// The value that both have.
Agreement Shared(const Person& a, const Person& b, PersonPart first,
                 PersonPart second) {
  const bool is_first = a[first] == b[first] || a[first] == b[second];
  return {first, is_first ? a[first] : a[second]};
}

}  // namespace

Agreement AgreementOf(const Person& a, const Person& b, Comparison comparison,
                      int level) {
  switch (comparison) {
    case Comparison::kGivenName:
      if (level == kSame) return {PersonPart::kGiven, a[PersonPart::kGiven]};
      break;
    case Comparison::kSurname: {
      const uint32_t a1 = a[PersonPart::kSurname], a2 = a[PersonPart::kSecondSurname];
      const uint32_t b1 = b[PersonPart::kSurname], b2 = b[PersonPart::kSecondSurname];
      if (level == kSame || level == surname_level::kTurned) {
        return {PersonPart::kSurname, a1, PersonPart::kSecondSurname, a2};
      }
      if (level == surname_level::kFirst) return {PersonPart::kSurname, a1};
      if (level == surname_level::kOne) {
        if (a1 == b1 || (b2 != 0 && a1 == b2)) return {PersonPart::kSurname, a1};
        if (a2 != 0 && (a2 == b1 || a2 == b2)) return {PersonPart::kSurname, a2};
      }
      break;
    }
    case Comparison::kBirthDate:
      if (level == kSame) return {PersonPart::kBirthDate, a[PersonPart::kBirthDate]};
      break;
    case Comparison::kEmail:
      if (level == kSame) {
        return Shared(a, b, PersonPart::kEmail, PersonPart::kOtherEmail);
      }
      break;
    case Comparison::kPhone:
      if (level == kSame) {
        return Shared(a, b, PersonPart::kPhone, PersonPart::kOtherPhone);
      }
      break;
    case Comparison::kDocument:
      if (level == kSame) return {PersonPart::kDocument, a[PersonPart::kDocument]};
      break;
    case Comparison::kStreet:
      if (level == kSame) return {PersonPart::kStreet, a[PersonPart::kStreet]};
      break;
    case Comparison::kPlace:
      if ((level == kSame || level == place_level::kPostcode) &&
          a[PersonPart::kPostcode] != 0 && a[PersonPart::kPostcode] == b[PersonPart::kPostcode]) {
        return {PersonPart::kPostcode, a[PersonPart::kPostcode]};
      }
      if (a[PersonPart::kPlace] != 0 && a[PersonPart::kPlace] == b[PersonPart::kPlace]) {
        return {PersonPart::kPlace, a[PersonPart::kPlace]};
      }
      break;
    default: {
      const auto part = static_cast<PersonPart>(static_cast<int>(comparison) -
                                          static_cast<int>(Comparison::kText) +
                                          static_cast<int>(PersonPart::kText));
      if (level == kSame) return {part, a[part]};
      break;
    }
  }
  return {PersonPart::kGiven, 0};
}

std::string_view NameOf(Comparison comparison) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "given_name", "surname",  "birth_date", "email",
      "phone",      "document", "street",     "place"};
  const auto at = static_cast<size_t>(comparison);
  return at < kNames.size() ? kNames[at] : "text";
}

std::string_view LevelText(Comparison comparison, int level) {
  if (level == 0) return "one does not say";
  if (level == kDifferent) return "different";
  using Texts = std::array<std::string_view, kLevels>;
  static constexpr Texts kGiven = {"", "the same", "a nickname, or more names",
                                   "alike", "the initial", "in the surname's place",
                                   "", ""};
  static constexpr Texts kSurname = {
      "", "both the same", "the same", "the same, second first",
      "alike", "one of two", "in the given name's place", ""};
  static constexpr Texts kDate = {"", "the same", "one slip",
                                  "two of day, month and year", "two slips",
                                  "the same year", "", ""};
  static constexpr Texts kEmail = {"", "the same", "misspelt",
                                   "the same before the @",
                                   "alike before the @", "", "", ""};
  static constexpr Texts kNumber = {"", "the same", "one slip", "two slips",
                                    "", "", "", ""};
  static constexpr Texts kStreet = {"", "the same", "alike, the same number",
                                    "the same street, another number",
                                    "the number alone", "", "", ""};
  static constexpr Texts kPlace = {"", "the same", "the same postcode",
                                   "the same town, nearly the postcode",
                                   "the same town", "alike", "", ""};
  static constexpr Texts kText = {"", "the same", "alike", "roughly alike",
                                  "", "", "", ""};
  const auto at = static_cast<size_t>(level);
  switch (comparison) {
    case Comparison::kGivenName:
      return kGiven[at];
    case Comparison::kSurname:
      return kSurname[at];
    case Comparison::kBirthDate:
      return kDate[at];
    case Comparison::kEmail:
      return kEmail[at];
    case Comparison::kPhone:
    case Comparison::kDocument:
      return kNumber[at];
    case Comparison::kStreet:
      return kStreet[at];
    case Comparison::kPlace:
      return kPlace[at];
    default:
      return kText[at];
  }
}

}  // namespace trato::core
