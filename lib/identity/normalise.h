// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What people write about a person, in the one form in which it is compared.
// Nothing here is shown to anybody: what was written stays as it was.

#ifndef TRATO_IDENTITY_NORMALISE_H_
#define TRATO_IDENTITY_NORMALISE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace trato::core {

// What is longer is compared by its beginning.
inline constexpr size_t kMaxComparedBytes = 64;

// Names, folded (base/fold.h), without particles (de la, van, y) and titles,
// abbreviations written out (M.ª: maria). Two surnames are two; of more words
// the first two count. All may be empty.
struct NameParts {
  std::string given;
  std::string surname;
  std::string second_surname;
};
// From what the record has; `full` stands in for whatever else is empty.
// "Garcia Lopez, Ana" is read as surnames and given name wherever it stands.
NameParts NormaliseName(std::string_view given, std::string_view surname,
                        std::string_view second_surname, std::string_view full);

// Days as yyyymmdd; 0: not a date. Reads 1971-05-24, 19710524, 24/05/1971 (the
// day first unless it cannot be), 24.5.1971; years from 1 to 9999.
uint32_t NormaliseDate(std::string_view text);

// In lower case, without blanks; empty: not an address. "x@y" is kept as "y"
// has it; of Gmail the dots and what follows a plus are left out.
std::string NormaliseEmail(std::string_view text);
// What stands before the @.
std::string_view LocalPart(std::string_view email);
// Whether the address is of a role (info@, ventas@), so of nobody.
bool IsRoleAddress(std::string_view email);

// The two letters of a country, from those or from its name in Spanish or
// English where it has a plan for phone numbers here; empty: from neither.
std::string NormaliseCountry(std::string_view text);

// What the host makes of a number that is written as within a country without a
// plan here: its E.164 digits, with or without the plus; anything else: it does
// not know either. `country` may be empty.
using PhoneReader =
    std::function<std::string(std::string_view text, std::string_view country)>;

// E.164, as digits without the plus, where the number says its country or
// `country` (two letters, may be empty) does, or `reader` (may be empty) knows;
// else its digits. Empty: not a number that somebody could be reached by.
std::string NormalisePhone(std::string_view text, std::string_view country,
                           const PhoneReader& reader = {});

// Letters and digits in upper case. `checked`: its check digit or letter is
// there and right (Spain DNI, NIE; Argentina CUIT; Chile RUT; Mexico CURP).
struct Document {
  std::string text;
  bool checked = false;
};
Document NormaliseDocument(std::string_view text);

// Folded, with the kind of street in one form (street: st, calle: c) and the
// number last.
std::string NormaliseStreet(std::string_view street, std::string_view number);

// How a name sounds in Spanish or English, roughly: its consonants, by which
// misspelt names find each other. At most 6 bytes; names in other letters stand
// for themselves.
std::string SoundOf(std::string_view folded);

// Whether one is what people called the other are called (Paco: Francisco).
bool AreNicknames(std::string_view folded, std::string_view other);
// A bit for the name, and the bits of all names that it may be a nickname of, or
// the other way round: where they do not meet, two names are none.
uint64_t NicknameKind(std::string_view folded);
uint64_t NicknameKindsOf(std::string_view folded);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_NORMALISE_H_
