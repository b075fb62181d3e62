// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What identity resolution is told: which field of a record is a name, an
// address, a date, and how sure it has to be.

#ifndef TRATO_IDENTITY_DEFINITIONS_H_
#define TRATO_IDENTITY_DEFINITIONS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trato::core {

// What a field says of a person. The numbers are those of TRATO_FIELD_... in
// trato.h and of the protobuf enum.
enum class FieldKind : uint8_t {
  kNone = 0,
  kGivenName = 1,
  kSurname = 2,        // one, or both of the Spanish custom
  kSecondSurname = 3,  // where it has a field of its own
  kFullName = 4,
  kBirthDate = 5,
  kEmail = 6,
  kPhone = 7,
  kDocument = 8,  // a number that is one person's, such as a passport's
  kStreet = 9,    // with or without the number of the house
  kHouseNumber = 10,
  kPostcode = 11,
  kPlace = 12,  // town or suburb
  kText = 13,   // anything else that a person seldom changes
  kCountry = 14,  // of phone numbers that do not say theirs; not compared
};
inline constexpr int kFieldKindCount = 15;
// "given_name", "surname" ...; "" for none.
std::string_view NameOf(FieldKind kind);
// kNone: nothing is called that.
FieldKind FieldKindOf(std::string_view name);
// What a field of this name most likely is, in English or Spanish; kNone: it
// does not say.
FieldKind GuessFieldKind(std::string_view field);

struct IdentityField {
  std::string name;
  FieldKind kind = FieldKind::kNone;

  bool operator==(const IdentityField&) const = default;
};

// What two records are compared in. Each comparison ends in a level; level 0 is
// that one of them does not say.
enum class Comparison : uint8_t {
  kGivenName,
  kSurname,
  kBirthDate,
  kEmail,
  kPhone,
  kDocument,
  kStreet,
  kPlace,  // postcode and town together: one follows from the other
  kText,   // and the ones after it
};
inline constexpr int kMaxTexts = 4;
inline constexpr int kComparisons = static_cast<int>(Comparison::kText) + kMaxTexts;
// Levels 1 (the same) to kLevels - 1 (different).
inline constexpr int kLevels = 8;

// How often each level is found among records of one person (m) and of two
// strangers (u), as Fellegi and Sunter (1969) have it, and of two people of one
// household (h), who share much and are not one.
struct LevelRates {
  std::array<double, kLevels> m{};
  std::array<double, kLevels> u{};
  std::array<double, kLevels> h{};
  // Of equal values, the share that two strangers have in common.
  double shared = 1;

  bool operator==(const LevelRates&) const = default;
};
struct IdentityModel {
  std::array<LevelRates, kComparisons> rates{};
  // Of two records taken at random, the chance that they are one person's.
  double prior = 0;
  double household = 0;  // and that they are two people's of one household
  uint64_t records = 0;  // that it was found from
  uint64_t pairs = 0;    // that were compared

  bool operator==(const IdentityModel&) const = default;
};

struct IdentityDefinition {
  std::string name = "default";
  std::vector<IdentityField> fields;
  // Probabilities: from which records are linked, and from which a person is
  // asked.
  double link_at = 0.95;
  double review_at = 0.5;
  // A key that more records share finds nobody.
  uint32_t max_block = 100;
  uint32_t max_records = 100;  // of one customer
  std::string country;         // of phone numbers without one; such as "ES"
  std::optional<IdentityModel> model;  // none: it is found from the records

  bool operator==(const IdentityDefinition&) const = default;
};

}  // namespace trato::core

#endif  // TRATO_IDENTITY_DEFINITIONS_H_
