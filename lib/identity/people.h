// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Records as they are compared: each value once, as a number, and how many
// records have it.

#ifndef TRATO_IDENTITY_PEOPLE_H_
#define TRATO_IDENTITY_PEOPLE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/name_table.h"
#include "identity/definitions.h"
#include "identity/normalise.h"

namespace trato::core {

// What of a record is kept.
enum class PersonPart : uint8_t {
  kGiven,
  kSurname,
  kSecondSurname,
  kBirthDate,  // yyyymmdd itself
  kEmail,
  kOtherEmail,  // of several the second
  kPhone,
  kOtherPhone,
  kDocument,
  kStreet,
  kPostcode,
  kPlace,
  kText,  // and the ones after it
};
inline constexpr int kPersonParts = static_cast<int>(PersonPart::kText) + kMaxTexts;

// 0: the record does not say.
struct Person {
  std::array<uint32_t, kPersonParts> values{};

  uint32_t operator[](PersonPart part) const {
    return values[static_cast<size_t>(part)];
  }
  uint32_t& operator[](PersonPart part) { return values[static_cast<size_t>(part)]; }
  bool is_empty() const { return *this == Person(); }
  bool operator==(const Person&) const = default;
};

class People {
 public:
  // `phones` may be empty.
  explicit People(const IdentityDefinition& definition, PhoneReader phones = {});

  // The record that has these texts, in the order of the definition's fields;
  // empty: it does not say. Of addresses and phone numbers the first two count,
  // whether they come in fields of their own or in one ("600 111 222; 91 555"),
  // of all else the first.
  Person Read(std::span<const std::string_view> texts);
  // Counts its values, or takes that back.
  void Add(const Person& person);
  void Remove(const Person& person);
  // Gives back what was kept for more to come.
  void Trim();

  // Of any part but dates. `value` is not 0.
  std::string_view Text(PersonPart part, uint32_t value) const {
    return tables_[TableOf(part)].names.Text(value - 1);
  }
  // How many records have the value.
  uint32_t Count(PersonPart part, uint32_t value) const;
  // A document whose check digit is right.
  bool IsChecked(uint32_t document) const { return checked_[document - 1] != 0; }
  // Of two given names, whether one is what people call the other.
  bool AreNicknames(uint32_t a, uint32_t b) const;
  uint64_t size() const { return size_; }
  // Of memory, about.
  size_t bytes() const;
  // How many values are said at all; those of a second one count with the first.
  uint64_t Said(PersonPart part) const { return said_[static_cast<size_t>(part)]; }

 private:
  struct Table {
    NameTable names;
    size_t bytes = 0;  // of the names
    std::vector<uint32_t> counts;
  };
  static size_t TableOf(PersonPart part);
  uint32_t Number(PersonPart part, std::string_view text);
  // The first two values of the kind, in their one form.
  template <typename Normalise>
  void ReadTwo(FieldKind kind, std::span<const std::string_view> texts,
               PersonPart first, PersonPart second, Normalise normalise,
               Person& person);
  void Count(const Person& person, int32_t by);

  const std::vector<IdentityField> fields_;
  const std::string country_;
  const PhoneReader phones_;
  std::array<Table, kPersonParts> tables_;
  // Given names and surnames share a table and not their counts.
  std::vector<uint32_t> surname_counts_;
  // By name: of the 64 kinds that names fall into, its own, and those of what
  // people of that name are called and the other way round.
  struct Nickname {
    uint64_t own = 0;
    uint64_t others = 0;
  };
  std::vector<Nickname> nicknames_;
  std::vector<uint8_t> checked_;  // by document
  absl::flat_hash_map<uint32_t, uint32_t> date_counts_;
  std::array<uint64_t, kPersonParts> said_{};
  uint64_t size_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_IDENTITY_PEOPLE_H_
