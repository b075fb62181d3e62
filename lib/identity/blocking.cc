// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/blocking.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <xxhash.h>

#include "identity/normalise.h"

namespace trato::core {
namespace {

constexpr uint32_t Bit(Comparison comparison) {
  return 1u << static_cast<int>(comparison);
}
constexpr uint32_t kGiven = Bit(Comparison::kGivenName);
constexpr uint32_t kSurname = Bit(Comparison::kSurname);
constexpr uint32_t kBirth = Bit(Comparison::kBirthDate);
constexpr uint32_t kEmail = Bit(Comparison::kEmail);
constexpr uint32_t kPhone = Bit(Comparison::kPhone);
constexpr uint32_t kDocument = Bit(Comparison::kDocument);
constexpr uint32_t kStreet = Bit(Comparison::kStreet);
constexpr uint32_t kPlace = Bit(Comparison::kPlace);

constexpr std::array<uint32_t, kKeysOfRecord> kSeesTo = {
    kEmail,
    kPhone,
    kDocument,
    kGiven | kSurname,  // the name as it sounds, in any order
    kSurname | kBirth,
    kGiven | kBirth,
    kSurname | kPlace,
    kGiven | kPlace,
    kStreet,
    kEmail,  // what stands before the @
    kBirth | kPlace,
    kGiven | kSurname,  // with the second surname
    kStreet | kSurname,
    kStreet | kGiven,
    kStreet | kBirth,
    kGiven | kBirth,  // the year alone
    kSurname | kBirth,
};

class Key {
 public:
  explicit Key(int number) { text_ += static_cast<char>('A' + number); }
  // What is not said makes that there is no key.
  Key& With(std::string_view part) {
    is_whole_ &= !part.empty();
    text_ += part;
    text_ += '\x1f';
    return *this;
  }
  Key& With(uint32_t number) {
    is_whole_ &= number != 0;
    text_.append(reinterpret_cast<const char*>(&number), sizeof(number));
    return *this;
  }
  uint32_t Hash() const {
    if (!is_whole_) return 0;
    const auto hash = static_cast<uint32_t>(
        XXH3_64bits(text_.data(), text_.size()));
    return hash == 0 ? 1 : hash;
  }

 private:
  std::string text_;
  bool is_whole_ = true;
};

std::string_view FirstWord(std::string_view text) {
  return text.substr(0, std::min(text.find(' '), text.size()));
}

std::string_view LongestWord(std::string_view text) {
  std::string_view longest;
  while (!text.empty()) {
    const std::string_view word = FirstWord(text);
    if (word.size() > longest.size()) longest = word;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return longest;
}

}  // namespace

uint32_t ComparisonsOf(int key) { return kSeesTo[static_cast<size_t>(key)]; }

uint32_t BlockLimit(const IdentityDefinition& definition, int key) {
  const bool is_weak =
      key == 3 || key == 12 || key == 13 || key == 15 || key == 16;
  return is_weak ? std::max(definition.max_block / 4, 2u)
                 : definition.max_block;
}

Keys KeysOf(const People& people, const Person& person) {
  const auto text = [&](PersonPart part) {
    const uint32_t value = person[part];
    return value == 0 ? std::string_view() : people.Text(part, value);
  };
  const std::string_view given = text(PersonPart::kGiven);
  const std::string_view surname = text(PersonPart::kSurname);
  const std::string_view second = text(PersonPart::kSecondSurname);
  const std::string_view email = text(PersonPart::kEmail);
  const std::string given_sound = SoundOf(FirstWord(given));
  const std::string surname_sound = SoundOf(surname);
  const std::string second_sound = SoundOf(second);
  const uint32_t birth = person[PersonPart::kBirthDate];
  // Town where there is no postcode.
  std::string_view area = text(PersonPart::kPostcode);
  if (area.empty()) area = text(PersonPart::kPlace);
  const std::string_view street = text(PersonPart::kStreet);
  const std::string street_sound = SoundOf(LongestWord(street));
  const std::string_view other_email = text(PersonPart::kOtherEmail);
  const auto own = [](std::string_view address) {
    const bool is_role = !address.empty() && IsRoleAddress(address);
    return is_role ? std::string_view() : address;
  };
  const std::string_view local = LocalPart(own(email));
  // Whichever is called what.
  std::array<std::string_view, 3> sounds = {given_sound, surname_sound,
                                            second_sound};
  std::sort(sounds.begin(), sounds.begin() + 2);

  Keys keys;
  const auto put = [&](int number, const Key& key) {
    keys[static_cast<size_t>(number)] = key.Hash();
  };
  put(0, Key(0).With(own(email)));
  put(1, Key(1).With(text(PersonPart::kPhone)));
  put(2, Key(2).With(text(PersonPart::kDocument)));
  put(3, Key(3).With(sounds[0]).With(sounds[1]));
  put(4, Key(4).With(surname_sound).With(birth));
  put(5, Key(5).With(given_sound).With(birth));
  put(6, Key(6).With(surname_sound).With(area));
  put(7, Key(7).With(given_sound).With(area));
  put(8, Key(8).With(street));
  put(9, Key(9).With(local.size() < 5 ? std::string_view() : local));
  put(10, Key(10).With(birth).With(area));
  std::sort(sounds.begin(), sounds.end());
  put(11, Key(11).With(sounds[0]).With(sounds[1]).With(sounds[2]));
  put(12, Key(12).With(street_sound).With(surname_sound));
  put(13, Key(13).With(street_sound).With(given_sound));
  put(14, Key(14).With(street_sound).With(birth));
  put(15, Key(15).With(given_sound).With(birth / 10000));
  put(16, Key(16).With(surname_sound).With(birth / 10000));
  put(OtherSlot(0), Key(0).With(own(other_email)));
  put(OtherSlot(1), Key(1).With(text(PersonPart::kOtherPhone)));
  return keys;
}

}  // namespace trato::core
