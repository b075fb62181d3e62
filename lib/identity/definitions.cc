// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/definitions.h"

#include <algorithm>
#include <utility>

#include "base/fold.h"

namespace trato::core {
namespace {

constexpr std::array<std::string_view, kFieldKindCount> kNames = {
    "",       "given_name", "surname",  "second_surname", "full_name",
    "birth_date", "email",  "phone",    "document",       "street",
    "house_number", "postcode", "place", "text", "country"};

// Names of fields, folded and without blanks.
constexpr std::pair<std::string_view, FieldKind> kGuesses[] = {
    {"givenname", FieldKind::kGivenName},
    {"firstname", FieldKind::kGivenName},
    {"forename", FieldKind::kGivenName},
    {"nombre", FieldKind::kGivenName},
    {"nombrepila", FieldKind::kGivenName},
    {"surname", FieldKind::kSurname},
    {"lastname", FieldKind::kSurname},
    {"familyname", FieldKind::kSurname},
    {"apellido", FieldKind::kSurname},
    {"apellidos", FieldKind::kSurname},
    {"apellido1", FieldKind::kSurname},
    {"primerapellido", FieldKind::kSurname},
    {"secondsurname", FieldKind::kSecondSurname},
    {"surname2", FieldKind::kSecondSurname},
    {"apellido2", FieldKind::kSecondSurname},
    {"segundoapellido", FieldKind::kSecondSurname},
    {"name", FieldKind::kFullName},
    {"fullname", FieldKind::kFullName},
    {"nombrecompleto", FieldKind::kFullName},
    {"birthdate", FieldKind::kBirthDate},
    {"dateofbirth", FieldKind::kBirthDate},
    {"birthday", FieldKind::kBirthDate},
    {"dob", FieldKind::kBirthDate},
    {"fechanacimiento", FieldKind::kBirthDate},
    {"nacimiento", FieldKind::kBirthDate},
    {"email", FieldKind::kEmail},
    {"emailaddress", FieldKind::kEmail},
    {"mail", FieldKind::kEmail},
    {"correo", FieldKind::kEmail},
    {"correoelectronico", FieldKind::kEmail},
    {"phone", FieldKind::kPhone},
    {"phonenumber", FieldKind::kPhone},
    {"telephone", FieldKind::kPhone},
    {"mobile", FieldKind::kPhone},
    {"mobilephone", FieldKind::kPhone},
    {"otherphone", FieldKind::kPhone},
    {"homephone", FieldKind::kPhone},
    {"workphone", FieldKind::kPhone},
    {"phone2", FieldKind::kPhone},
    {"email2", FieldKind::kEmail},
    {"otheremail", FieldKind::kEmail},
    {"telefono2", FieldKind::kPhone},
    {"country", FieldKind::kCountry},
    {"countrycode", FieldKind::kCountry},
    {"pais", FieldKind::kCountry},
    {"telefono", FieldKind::kPhone},
    {"movil", FieldKind::kPhone},
    {"document", FieldKind::kDocument},
    {"documentnumber", FieldKind::kDocument},
    {"dni", FieldKind::kDocument},
    {"nie", FieldKind::kDocument},
    {"nif", FieldKind::kDocument},
    {"rut", FieldKind::kDocument},
    {"cuit", FieldKind::kDocument},
    {"curp", FieldKind::kDocument},
    {"passport", FieldKind::kDocument},
    {"pasaporte", FieldKind::kDocument},
    {"ssn", FieldKind::kDocument},
    {"socsecid", FieldKind::kDocument},
    {"taxid", FieldKind::kDocument},
    {"street", FieldKind::kStreet},
    {"streetaddress", FieldKind::kStreet},
    {"address", FieldKind::kStreet},
    {"address1", FieldKind::kStreet},
    {"addressline1", FieldKind::kStreet},
    {"calle", FieldKind::kStreet},
    {"direccion", FieldKind::kStreet},
    {"domicilio", FieldKind::kStreet},
    {"streetnumber", FieldKind::kHouseNumber},
    {"housenumber", FieldKind::kHouseNumber},
    {"numero", FieldKind::kHouseNumber},
    {"address2", FieldKind::kText},
    {"addressline2", FieldKind::kText},
    {"postcode", FieldKind::kPostcode},
    {"postalcode", FieldKind::kPostcode},
    {"zip", FieldKind::kPostcode},
    {"zipcode", FieldKind::kPostcode},
    {"cp", FieldKind::kPostcode},
    {"codigopostal", FieldKind::kPostcode},
    {"place", FieldKind::kPlace},
    {"city", FieldKind::kPlace},
    {"town", FieldKind::kPlace},
    {"suburb", FieldKind::kPlace},
    {"locality", FieldKind::kPlace},
    {"ciudad", FieldKind::kPlace},
    {"poblacion", FieldKind::kPlace},
    {"localidad", FieldKind::kPlace},
    {"municipio", FieldKind::kPlace},
};

}  // namespace

std::string_view NameOf(FieldKind kind) {
  return kNames[static_cast<size_t>(kind)];
}

FieldKind FieldKindOf(std::string_view name) {
  const auto it = std::find(kNames.begin() + 1, kNames.end(), name);
  return it == kNames.end() ? FieldKind::kNone
                            : static_cast<FieldKind>(it - kNames.begin());
}

FieldKind GuessFieldKind(std::string_view field) {
  std::string folded = FoldText(field, 64);
  std::erase(folded, ' ');
  for (const auto& [name, kind] : kGuesses) {
    if (folded == name) return kind;
  }
  return FieldKind::kNone;
}

}  // namespace trato::core
