// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <utility>

#include "base/fold.h"
#include "base/strings.h"
#include "identity/normalise.h"

namespace trato::core {

std::string NormaliseCountry(std::string_view text) {
  using Entry = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Entry, 83> kCountries = {{
    {"argentina", "AR"}, {"australia", "AU"}, {"austria", "AT"},
    {"belgica", "BE"}, {"belgium", "BE"}, {"bolivia", "BO"}, {"brasil", "BR"},
    {"brazil", "BR"}, {"canada", "CA"}, {"chile", "CL"}, {"china", "CN"},
    {"colombia", "CO"}, {"costa rica", "CR"}, {"cuba", "CU"},
    {"dinamarca", "DK"}, {"denmark", "DK"}, {"alemania", "DE"},
    {"germany", "DE"}, {"ecuador", "EC"}, {"espana", "ES"}, {"spain", "ES"},
    {"finlandia", "FI"}, {"finland", "FI"}, {"francia", "FR"}, {"france", "FR"},
    {"reino unido", "GB"}, {"united kingdom", "GB"}, {"uk", "GB"},
    {"great britain", "GB"}, {"england", "GB"}, {"grecia", "GR"},
    {"greece", "GR"}, {"guatemala", "GT"}, {"honduras", "HN"},
    {"irlanda", "IE"}, {"ireland", "IE"}, {"india", "IN"}, {"italia", "IT"},
    {"italy", "IT"}, {"japon", "JP"}, {"japan", "JP"}, {"luxemburgo", "LU"},
    {"luxembourg", "LU"}, {"marruecos", "MA"}, {"morocco", "MA"},
    {"mexico", "MX"}, {"nicaragua", "NI"}, {"paises bajos", "NL"},
    {"netherlands", "NL"}, {"holanda", "NL"}, {"noruega", "NO"},
    {"norway", "NO"}, {"nueva zelanda", "NZ"}, {"new zealand", "NZ"},
    {"panama", "PA"}, {"peru", "PE"}, {"polonia", "PL"}, {"poland", "PL"},
    {"puerto rico", "PR"}, {"portugal", "PT"}, {"paraguay", "PY"},
    {"rumania", "RO"}, {"romania", "RO"}, {"suecia", "SE"}, {"sweden", "SE"},
    {"suiza", "CH"}, {"switzerland", "CH"}, {"el salvador", "SV"},
    {"turquia", "TR"}, {"turkey", "TR"}, {"estados unidos", "US"},
    {"united states", "US"}, {"usa", "US"}, {"eeuu", "US"}, {"uruguay", "UY"},
    {"venezuela", "VE"}, {"sudafrica", "ZA"}, {"south africa", "ZA"},
    {"republica checa", "CZ"}, {"czech republic", "CZ"}, {"czechia", "CZ"},
    {"republica dominicana", "DO"}, {"dominican republic", "DO"},
  }};
  const std::string folded = FoldText(text, kMaxComparedBytes);
  for (const auto& [name, letters] : kCountries) {
    if (name == folded) return std::string(letters);
  }
  if (folded.size() != 2) return {};
  std::string letters = folded;
  for (char& letter : letters) {
    if (letter < 'a' || letter > 'z') return {};
    letter = static_cast<char>(letter - 'a' + 'A');
  }
  return letters;
}

namespace {

// How numbers are written within a country: what leads them in place of the
// code, and how long they are then.
struct PhonePlan {
  std::string_view country;
  std::string_view code;
  std::string_view trunk;          // before a number within the country
  uint32_t least, most;  // digits after the code
};
constexpr std::array<PhonePlan, 50> kPlans = {{
    {"AR", "54", "0", 10, 11}, {"AT", "43", "0", 4, 13},
    {"AU", "61", "0", 9, 9}, {"BE", "32", "0", 8, 9},
    {"BO", "591", "0", 8, 8}, {"BR", "55", "0", 10, 11},
    {"CA", "1", "1", 10, 10}, {"CH", "41", "0", 9, 9},
    {"CL", "56", "", 9, 9}, {"CN", "86", "0", 10, 11},
    {"CO", "57", "0", 8, 10}, {"CR", "506", "", 8, 8},
    {"CU", "53", "0", 6, 8}, {"CZ", "420", "", 9, 9},
    {"DE", "49", "0", 6, 11}, {"DK", "45", "", 8, 8},
    {"DO", "1", "1", 10, 10}, {"EC", "593", "0", 8, 9},
    {"ES", "34", "", 9, 9}, {"FI", "358", "0", 5, 12},
    {"FR", "33", "0", 9, 9}, {"GB", "44", "0", 9, 10},
    {"GR", "30", "", 10, 10}, {"GT", "502", "", 8, 8},
    {"HN", "504", "", 8, 8}, {"IE", "353", "0", 7, 9},
    {"IN", "91", "0", 10, 10}, {"IT", "39", "", 6, 11},
    {"JP", "81", "0", 9, 10}, {"LU", "352", "", 4, 11},
    {"MA", "212", "0", 9, 9}, {"MX", "52", "", 10, 10},
    {"NI", "505", "", 8, 8}, {"NL", "31", "0", 9, 9},
    {"NO", "47", "", 8, 8}, {"NZ", "64", "0", 8, 10},
    {"PA", "507", "", 7, 8}, {"PE", "51", "0", 8, 9},
    {"PL", "48", "", 9, 9}, {"PR", "1", "1", 10, 10},
    {"PT", "351", "", 9, 9}, {"PY", "595", "0", 9, 9},
    {"RO", "40", "0", 9, 9}, {"SE", "46", "0", 7, 10},
    {"SV", "503", "", 8, 8}, {"TR", "90", "0", 10, 10},
    {"US", "1", "1", 10, 10}, {"UY", "598", "0", 8, 8},
    {"VE", "58", "0", 10, 10}, {"ZA", "27", "0", 9, 9},
}};

// A number after its code, in the one form: without a trunk prefix that was
// written too, nor what some countries once put before mobile numbers.
std::string National(const PhonePlan& plan, std::string digits) {
  if (!plan.trunk.empty() && digits.size() > plan.least &&
      digits.starts_with(plan.trunk)) {
    digits.erase(0, plan.trunk.size());
  }
  if (plan.country == "MX" && digits.size() == 11 && digits[0] == '1') {
    digits.erase(0, 1);
  }
  if (plan.country == "AR" && digits.size() >= 12) {
    // 15 after the area's code, of two to four digits, is a mobile's.
    for (const size_t area : {2, 3, 4}) {
      if (digits.compare(area, 2, "15") == 0) {
        digits.erase(area, 2);
        return "9" + digits;
      }
    }
  }
  return digits;
}

bool Fits(const PhonePlan& plan, const std::string& digits) {
  return digits.size() >= plan.least && digits.size() <= plan.most;
}

// Of what the host said; empty: no number of any country.
std::string E164Digits(std::string said) {
  if (said.starts_with('+')) said.erase(0, 1);
  const bool is_number =
      said.size() >= 6 && said.size() <= 15 && said[0] != '0' &&
      said.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? said : std::string();
}

}  // namespace

std::string NormalisePhone(std::string_view text, std::string_view country,
                           const PhoneReader& reader) {
  const size_t first = text.find_first_not_of(" \t(");
  const bool has_plus = first != std::string_view::npos && text[first] == '+';
  // An extension is of the switchboard.
  std::string digits = FoldDigits(text.substr(0, text.find_first_of("xX#;")), 20);
  bool is_international = has_plus;
  if (!has_plus && digits.starts_with("00")) {
    digits.erase(0, 2);
    is_international = true;
  }
  if (digits.size() < 6 || digits.size() > 15) return {};
  if (is_international) {
    for (const PhonePlan& plan : kPlans) {
      if (!digits.starts_with(plan.code)) continue;
      // +44 (0)20 ...
      std::string rest = National(plan, digits.substr(plan.code.size()));
      return Fits(plan, rest) ? StrCat(plan.code, rest) : digits;
    }
    return digits;
  }
  bool has_plan = false;
  for (const PhonePlan& plan : kPlans) {
    if (plan.country != country) continue;
    has_plan = true;
    if (std::string rest = National(plan, digits); Fits(plan, rest)) {
      return StrCat(plan.code, rest);
    }
    // With its code and without the plus.
    if (digits.starts_with(plan.code)) {
      std::string rest = National(plan, digits.substr(plan.code.size()));
      if (Fits(plan, rest)) return StrCat(plan.code, rest);
    }
  }
  if (!has_plan && reader) {
    if (std::string said = E164Digits(reader(text, country)); !said.empty()) {
      return said;
    }
  }
  return digits;
}

}  // namespace trato::core
