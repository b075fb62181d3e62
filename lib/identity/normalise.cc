// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/normalise.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/fold.h"
#include "base/strings.h"

namespace trato::core {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

template <size_t n>
bool Holds(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsParticle(std::string_view word) {
  static constexpr std::array<std::string_view, 17> kParticles = {
      "da", "das", "de", "del", "der", "di", "do", "dos", "du",
      "el", "i",   "la", "las", "los", "van", "von", "y"};
  return Holds(kParticles, word);
}

bool IsTitle(std::string_view word) {
  static constexpr std::array<std::string_view, 15> kTitles = {
      "d",  "dna", "don", "dona", "dr",   "dra", "miss", "mr",
      "mrs", "ms", "mstr", "prof", "sr",  "sra", "srta"};
  return Holds(kTitles, word);
}

// Abbreviations of given names.
std::string_view WrittenOut(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 22>
      kAbbreviations = {{{"ant", "antonio"},   {"chas", "charles"},
                         {"dna", "dona"},      {"edw", "edward"},
                         {"fca", "francisca"}, {"fco", "francisco"},
                         {"fdo", "fernando"},  {"fernndez", "fernandez"},
                         {"geo", "george"},    {"gmo", "guillermo"},
                         {"j", "j"},           {"jno", "john"},
                         {"jos", "joseph"},    {"jse", "jose"},
                         {"ma", "maria"},      {"mdez", "mendez"},
                         {"mnez", "martinez"}, {"mtnez", "martinez"},
                         {"rguez", "rodriguez"}, {"thos", "thomas"},
                         {"wm", "william"},    {"xto", "cristobal"}}};
  for (const auto& [abbreviation, whole] : kAbbreviations) {
    if (abbreviation == word) return whole;
  }
  return word;
}

// The words of a name that say something.
std::vector<std::string> NameWords(std::string_view text) {
  const std::string folded = FoldText(text, 4 * kMaxComparedBytes);
  const auto words = Words(folded);
  std::vector<std::string> kept;
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsParticle(words[i])) continue;
    // "M.ª" folds to two words.
    if (words[i] == "m" && i + 1 < words.size() && words[i + 1] == "a") {
      kept.emplace_back("maria");
      ++i;
      continue;
    }
    if (words.size() > 1 && IsTitle(words[i])) continue;
    kept.emplace_back(WrittenOut(words[i]).substr(0, kMaxComparedBytes));
  }
  // A name that is a particle, as of many Chinese.
  if (kept.empty() && !words.empty()) kept.emplace_back(words[0]);
  return kept;
}

std::string Joined(const std::vector<std::string>& words, size_t from,
                   size_t to) {
  std::string text;
  for (size_t i = from; i < to && text.size() < kMaxComparedBytes; ++i) {
    if (!text.empty()) text += ' ';
    text += words[i];
  }
  if (text.size() > kMaxComparedBytes) text.resize(kMaxComparedBytes);
  return text;
}

// Surnames of words: the first, and the second where there are two.
void PutSurnames(const std::vector<std::string>& words, NameParts& parts) {
  if (words.empty()) return;
  parts.surname = words[0];
  if (words.size() > 1 && parts.second_surname.empty()) {
    parts.second_surname = words[1];
  }
}

}  // namespace

NameParts NormaliseName(std::string_view given, std::string_view surname,
                        std::string_view second_surname,
                        std::string_view full) {
  // What a comma parts is surnames and given names, whatever the field.
  for (std::string_view* field : {&given, &surname, &full}) {
    const size_t comma = field->find(',');
    if (comma == std::string_view::npos) continue;
    const std::string_view before = field->substr(0, comma);
    const std::string_view after = field->substr(comma + 1);
    if (NameWords(before).empty() || NameWords(after).empty()) continue;
    const bool has_other = field == &given ? !NameWords(surname).empty()
                                           : !NameWords(given).empty();
    if (field != &full && has_other) continue;
    given = after;
    surname = before;
    break;
  }
  std::vector<std::string> given_words = NameWords(given);
  std::vector<std::string> surname_words = NameWords(surname);
  const std::vector<std::string> second_words = NameWords(second_surname);
  if (given_words.empty() && surname_words.empty()) {
    const std::vector<std::string> all = NameWords(full);
    // Of four words and more two are surnames; of three it cannot be told, and
    // the last two are compared in any order anyway.
    const size_t surnames = all.size() >= 3 ? 2 : all.size() == 2 ? 1 : 0;
    const auto split = all.end() - static_cast<ptrdiff_t>(surnames);
    given_words.assign(all.begin(), split);
    surname_words.assign(split, all.end());
  }
  NameParts parts;
  parts.given = Joined(given_words, 0, given_words.size());
  if (!second_words.empty()) parts.second_surname = second_words[0];
  PutSurnames(surname_words, parts);
  if (parts.surname.empty()) std::swap(parts.surname, parts.second_surname);
  return parts;
}

namespace {

constexpr std::array<uint32_t, 13> kDays = {0,  31, 29, 31, 30, 31, 30,
                                            31, 31, 30, 31, 30, 31};

uint32_t DateOf(uint32_t year, uint32_t month, uint32_t day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12) return 0;
  if (day < 1 || day > kDays[month]) return 0;
  return year * 10000 + month * 100 + day;
}

}  // namespace

uint32_t NormaliseDate(std::string_view text) {
  std::array<uint32_t, 3> numbers{};
  std::array<size_t, 3> digits{};
  size_t count = 0;
  for (size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      // What follows is the time of day.
      if (count == 3 && (text[i] == 'T' || text[i] == ' ')) break;
      ++i;
      continue;
    }
    if (count == 3) return 0;
    uint32_t number = 0;
    size_t length = 0;
    for (; i < text.size() && IsDigit(text[i]); ++i, ++length) {
      if (length == 8) return 0;
      number = number * 10 + static_cast<uint32_t>(text[i] - '0');
    }
    numbers[count] = number;
    digits[count++] = length;
    if (count == 1 && length == 8) {
      return DateOf(number / 10000, number / 100 % 100, number % 100);
    }
  }
  if (count != 3) return 0;
  if (digits[0] == 4) return DateOf(numbers[0], numbers[1], numbers[2]);
  if (digits[2] != 4) return 0;
  const uint32_t date = DateOf(numbers[2], numbers[1], numbers[0]);
  return date != 0 ? date : DateOf(numbers[2], numbers[0], numbers[1]);
}

std::string NormaliseEmail(std::string_view text) {
  std::string email;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '<' || c == '>') continue;
    email += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (email.starts_with("mailto:")) email.erase(0, 7);
  const size_t at = email.rfind('@');
  if (at == std::string::npos || at == 0 || at + 1 == email.size()) return {};
  if (email.size() > 4 * kMaxComparedBytes) return {};
  const std::string_view domain = std::string_view(email).substr(at + 1);
  if (domain == "gmail.com" || domain == "googlemail.com") {
    std::string local = email.substr(0, std::min(at, email.find('+')));
    std::erase(local, '.');
    return local.empty() ? std::string() : local + "@gmail.com";
  }
  return email;
}

std::string_view LocalPart(std::string_view email) {
  return email.substr(0, std::min(email.rfind('@'), email.size()));
}

bool IsRoleAddress(std::string_view email) {
  static constexpr std::array<std::string_view, 34> kRoles = {
      "admin",     "administracion", "atencion",     "billing",   "compras",
      "comercial", "contact",        "contacto",     "contabilidad",
      "correo",    "email",          "enquiries",    "facturacion",
      "hello",     "help",           "hola",         "info",
      "informacion", "mail",         "marketing",    "no-reply",
      "nobody",    "noreply",        "none",         "office",
      "oficina",   "pedidos",        "postmaster",   "recepcion",
      "rrhh",      "sales",          "support",      "ventas",
      "webmaster"};
  return Holds(kRoles, LocalPart(email));
}

namespace {

// DNI: eight digits and the letter that their remainder by 23 stands for; NIE:
// X, Y or Z for the first digit.
bool IsSpanish(std::string_view text) {
  if (text.size() != 9) return false;
  uint32_t number = 0;
  for (size_t i = 0; i < 8; ++i) {
    uint32_t digit;
    if (IsDigit(text[i])) {
      digit = static_cast<uint32_t>(text[i] - '0');
    } else if (i == 0 && text[0] >= 'X' && text[0] <= 'Z') {
      digit = static_cast<uint32_t>(text[0] - 'X');
    } else {
      return false;
    }
    number = number * 10 + digit;
  }
  return text[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23];
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsDigit);
}

// CUIT: eleven digits, the last of which makes the weighted sum a multiple of
// 11.
bool IsArgentine(std::string_view text) {
  if (text.size() != 11 || !AllDigits(text)) return false;
  static constexpr std::array<int, 11> kWeights = {5, 4, 3, 2, 7, 6,
                                                   5, 4, 3, 2, 1};
  int sum = 0;
  for (size_t i = 0; i < 11; ++i) sum += kWeights[i] * (text[i] - '0');
  return sum % 11 == 0;
}

// RUT: seven or eight digits and what weights of 2 to 7 from the right make of
// them, K for 10.
bool IsChilean(std::string_view text) {
  if (text.size() < 8 || text.size() > 9) return false;
  const std::string_view number = text.substr(0, text.size() - 1);
  if (!AllDigits(number)) return false;
  int sum = 0;
  int weight = 2;
  for (size_t i = number.size(); i-- > 0;) {
    sum += weight * (number[i] - '0');
    weight = weight == 7 ? 2 : weight + 1;
  }
  const int check = (11 - sum % 11) % 11;
  return text.back() == (check == 10 ? 'K' : static_cast<char>('0' + check));
}

// CURP: 18 places in an alphabet of 37 (N with a tilde after N), weighted from
// 18 down.
bool IsMexican(std::string_view text) {
  if (text.size() != 18 || !IsDigit(text[17])) return false;
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) {
    const char c = text[i];
    int value;
    if (IsDigit(c)) {
      value = c - '0';
    } else if (c >= 'A' && c <= 'Z') {
      value = 10 + (c - 'A') + (c > 'N' ? 1 : 0);
    } else {
      return false;
    }
    sum += value * (18 - static_cast<int>(i));
  }
  for (size_t i = 0; i < 4; ++i) {
    if (IsDigit(text[i])) return false;
  }
  return (10 - sum % 10) % 10 == text[17] - '0';
}

}  // namespace

Document NormaliseDocument(std::string_view text) {
  Document document;
  for (const char c : text) {
    if (IsDigit(c) || (c >= 'A' && c <= 'Z')) {
      document.text += c;
    } else if (c >= 'a' && c <= 'z') {
      document.text += static_cast<char>(c - 'a' + 'A');
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      document.text += c;
    }
    if (document.text.size() == kMaxComparedBytes) break;
  }
  // What stands for none.
  const bool is_same = document.text.find_first_not_of(
                           document.text.empty() ? '0' : document.text[0]) ==
                       std::string::npos;
  if (document.text.size() < 4 || is_same) return {};
  const std::string_view it = document.text;
  document.checked =
      IsSpanish(it) || IsArgentine(it) || IsChilean(it) || IsMexican(it);
  return document;
}

namespace {

std::string_view StreetWord(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 28>
      kWords = {{{"apartment", "apt"}, {"avda", "av"},   {"avd", "av"},
                 {"ave", "av"},        {"avenida", "av"}, {"avenue", "av"},
                 {"boulevard", "blvd"}, {"calle", "c"},  {"cl", "c"},
                 {"carrer", "c"},      {"carretera", "ctra"}, {"circuit", "cct"},
                 {"close", "cl"},      {"court", "ct"},  {"crescent", "cres"},
                 {"drive", "dr"},      {"lane", "ln"},   {"paseo", "po"},
                 {"place", "pl"},      {"placa", "pl"},  {"plaza", "pl"},
                 {"plza", "pl"},       {"pza", "pl"},    {"road", "rd"},
                 {"street", "st"},     {"terrace", "tce"}, {"travesia", "trav"},
                 {"way", "wy"}}};
  for (const auto& [whole, abbreviation] : kWords) {
    if (whole == word) return abbreviation;
  }
  return word;
}

}  // namespace

std::string NormaliseStreet(std::string_view street, std::string_view number) {
  const std::string folded = FoldText(street, 4 * kMaxComparedBytes);
  std::string words;
  std::string numbers;
  for (const std::string_view word : Words(folded)) {
    if (IsParticle(word) || word == "n" || word == "no" || word == "num" ||
        word == "numero" || word == "sn") {
      continue;
    }
    std::string& part = IsDigit(word[0]) ? numbers : words;
    if (!part.empty()) part += ' ';
    part += IsDigit(word[0]) ? word : StreetWord(word);
  }
  const std::string own = FoldText(number, kMaxComparedBytes);
  if (!own.empty()) numbers = numbers.empty() ? own : StrCat(own, " ", numbers);
  if (words.empty() && numbers.empty()) return {};
  if (words.size() > kMaxComparedBytes - 8) words.resize(kMaxComparedBytes - 8);
  if (numbers.size() > 8) numbers.resize(8);
  return numbers.empty() ? words : StrCat(words, " ", numbers);
}

std::string SoundOf(std::string_view folded) {
  std::string sound;
  char last = 0;
  const auto next = [&](size_t i) {
    return i + 1 < folded.size() ? folded[i + 1] : '\0';
  };
  for (size_t i = 0; i < folded.size() && sound.size() < 6; ++i) {
    char c = folded[i];
    if (static_cast<unsigned char>(c) >= 0x80) {
      return std::string(folded.substr(0, kMaxComparedBytes));
    }
    switch (c) {
      case 'p':
        if (next(i) == 'h') c = 'f';
        break;
      case 'v':
      case 'w':
        c = 'b';
        break;
      case 'c':
        c = next(i) == 'e' || next(i) == 'i' || next(i) == 'h' ? 's' : 'k';
        break;
      case 'z':
        c = 's';
        break;
      case 'q':
        c = 'k';
        break;
      case 'g':
        if (next(i) == 'e' || next(i) == 'i') c = 'j';
        break;
      case 'x':
        c = 's';
        break;
      case 'd':
        c = 't';
        break;
      case 'h':
        continue;
      case 'y':
        c = 'i';
        break;
      default:
        break;
    }
    const bool is_vowel = c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
    if (c == ' ' || (is_vowel && !sound.empty())) {
      last = 0;
      continue;
    }
    if (is_vowel) c = 'a';
    if (c == last) continue;
    sound += c;
    last = c;
  }
  return sound;
}

}  // namespace trato::core
