// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/people.h"

#include <algorithm>

#include "base/fold.h"
#include "identity/normalise.h"

namespace trato::core {
namespace {

// What a name table takes for each beside its bytes (base/name_table.h).
constexpr size_t kBytesOfName = 17;

// What separates several values in one text.
constexpr std::string_view kSeparators = ";,|\n";

PersonPart FirstOf(PersonPart part) {
  if (part == PersonPart::kOtherEmail) return PersonPart::kEmail;
  return part == PersonPart::kOtherPhone ? PersonPart::kPhone : part;
}

std::string_view FirstWord(std::string_view text) {
  return text.substr(0, std::min(text.find(' '), text.size()));
}

}  // namespace

People::People(const IdentityDefinition& definition, PhoneReader phones)
    : fields_(definition.fields),
      country_(definition.country),
      phones_(std::move(phones)) {}

size_t People::TableOf(PersonPart part) {
  if (part == PersonPart::kSurname || part == PersonPart::kSecondSurname) {
    part = PersonPart::kGiven;
  }
  return static_cast<size_t>(FirstOf(part));
}

uint32_t People::Number(PersonPart part, std::string_view text) {
  if (text.empty()) return 0;
  Table& table = tables_[TableOf(part)];
  const uint32_t number = table.names.FindOrAdd(text);
  if (number >= table.counts.size()) {
    table.bytes += text.size();
    table.counts.resize(number + 1);
    if (TableOf(part) == static_cast<size_t>(PersonPart::kGiven)) {
      surname_counts_.resize(number + 1);
      const std::string_view first = FirstWord(text);
      nicknames_.resize(number + 1);
      nicknames_[number] = {NicknameKind(first), NicknameKindsOf(first)};
    }
  }
  return number + 1;
}

template <typename Normalise>
void People::ReadTwo(FieldKind kind, std::span<const std::string_view> texts,
                     PersonPart first, PersonPart second, Normalise normalise,
                     Person& person) {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].kind != kind) continue;
    std::string_view rest = texts[i];
    while (!rest.empty() && person[second] == 0) {
      const size_t end = std::min(rest.find_first_of(kSeparators), rest.size());
      const uint32_t value = Number(first, normalise(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (value == 0 || value == person[first]) continue;
      person[person[first] == 0 ? first : second] = value;
    }
  }
}

Person People::Read(std::span<const std::string_view> texts) {
  std::array<std::string_view, kFieldKindCount> of{};
  Person person;
  size_t text_part = static_cast<size_t>(PersonPart::kText);
  for (size_t i = 0; i < fields_.size(); ++i) {
    const FieldKind kind = fields_[i].kind;
    if (kind == FieldKind::kText) {
      if (text_part < kPersonParts) {
        const auto part = static_cast<PersonPart>(text_part++);
        person[part] = Number(part, FoldText(texts[i], kMaxComparedBytes));
      }
      continue;
    }
    std::string_view& text = of[static_cast<size_t>(kind)];
    if (text.empty()) text = texts[i];
  }
  const auto said = [&](FieldKind kind) { return of[static_cast<size_t>(kind)]; };

  const NameParts name =
      NormaliseName(said(FieldKind::kGivenName), said(FieldKind::kSurname),
                    said(FieldKind::kSecondSurname), said(FieldKind::kFullName));
  person[PersonPart::kGiven] = Number(PersonPart::kGiven, name.given);
  person[PersonPart::kSurname] = Number(PersonPart::kSurname, name.surname);
  person[PersonPart::kSecondSurname] =
      Number(PersonPart::kSecondSurname, name.second_surname);
  person[PersonPart::kBirthDate] = NormaliseDate(said(FieldKind::kBirthDate));
  ReadTwo(FieldKind::kEmail, texts, PersonPart::kEmail, PersonPart::kOtherEmail,
          NormaliseEmail, person);
  const std::string own_country = NormaliseCountry(said(FieldKind::kCountry));
  const std::string_view country = own_country.empty() ? country_ : own_country;
  ReadTwo(FieldKind::kPhone, texts, PersonPart::kPhone, PersonPart::kOtherPhone,
          [&](std::string_view text) {
            return NormalisePhone(text, country, phones_);
          },
          person);
  const Document document = NormaliseDocument(said(FieldKind::kDocument));
  person[PersonPart::kDocument] = Number(PersonPart::kDocument, document.text);
  if (const uint32_t number = person[PersonPart::kDocument]; number > checked_.size()) {
    checked_.push_back(document.checked ? 1 : 0);
  }
  person[PersonPart::kStreet] =
      Number(PersonPart::kStreet, NormaliseStreet(said(FieldKind::kStreet),
                                            said(FieldKind::kHouseNumber)));
  std::string postcode = FoldText(said(FieldKind::kPostcode), 16);
  std::erase(postcode, ' ');
  person[PersonPart::kPostcode] = Number(PersonPart::kPostcode, postcode);
  person[PersonPart::kPlace] = Number(
      PersonPart::kPlace, FoldText(said(FieldKind::kPlace), kMaxComparedBytes));
  return person;
}

bool People::AreNicknames(uint32_t a, uint32_t b) const {
  const Nickname& x = nicknames_[a - 1];
  const Nickname& y = nicknames_[b - 1];
  if ((x.own & y.others) == 0 && (y.own & x.others) == 0) return false;
  return trato::core::AreNicknames(FirstWord(Text(PersonPart::kGiven, a)),
                                   FirstWord(Text(PersonPart::kGiven, b)));
}

void People::Count(const Person& person, int32_t by) {
  size_ += static_cast<uint64_t>(static_cast<int64_t>(by));
  for (size_t i = 0; i < kPersonParts; ++i) {
    const auto part = static_cast<PersonPart>(i);
    const uint32_t value = person[part];
    if (value == 0) continue;
    said_[static_cast<size_t>(FirstOf(part))] += static_cast<uint64_t>(static_cast<int64_t>(by));
    uint32_t* count;
    if (part == PersonPart::kBirthDate) {
      count = &date_counts_[value];
    } else if (part == PersonPart::kSurname || part == PersonPart::kSecondSurname) {
      count = &surname_counts_[value - 1];
    } else {
      count = &tables_[TableOf(part)].counts[value - 1];
    }
    *count += static_cast<uint32_t>(by);
  }
}

size_t People::bytes() const {
  size_t bytes = 0;
  for (const Table& table : tables_) {
    bytes += table.bytes +
             table.names.size() * kBytesOfName + table.counts.capacity() * sizeof(uint32_t);
  }
  return bytes + surname_counts_.capacity() * sizeof(uint32_t) +
         nicknames_.capacity() * sizeof(Nickname) + checked_.capacity() +
         date_counts_.capacity() * (sizeof(uint64_t) + 1);
}

void People::Trim() {
  for (Table& table : tables_) {
    table.names.Trim();
    table.counts.shrink_to_fit();
  }
  surname_counts_.shrink_to_fit();
  nicknames_.shrink_to_fit();
  checked_.shrink_to_fit();
}

void People::Add(const Person& person) { Count(person, 1); }
void People::Remove(const Person& person) { Count(person, -1); }

uint32_t People::Count(PersonPart part, uint32_t value) const {
  if (part == PersonPart::kBirthDate) {
    const auto found = date_counts_.find(value);
    return found == date_counts_.end() ? 0 : found->second;
  }
  if (part == PersonPart::kSurname || part == PersonPart::kSecondSurname) {
    return surname_counts_[value - 1];
  }
  return tables_[TableOf(part)].counts[value - 1];
}

}  // namespace trato::core
