// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which attributes and identifiers of customers people can look for.

#ifndef TRATO_SCHEMA_SEARCHABLE_H_
#define TRATO_SCHEMA_SEARCHABLE_H_

#include <cstdint>
#include <string_view>

namespace trato::core {

// The numbers are those of TRATO_SEARCH_... in trato.h and of the protobuf
// enum, and are kept for ever.
enum class Search : uint8_t {
  kByName = 0,     // as its name says
  kNot = 1,        // is not looked for
  kText = 2,       // by any part
  kTelephone = 3,  // by its digits
};
inline constexpr int kSearchCount = 4;

// What kByName comes to for an attribute of text: kTelephone where a part of
// its name (between underscores) is phone, telephone, tel, mobile, cell or fax;
// kText where one is name, surname, firstname, lastname, fullname, nickname,
// alias, company, organisation, organization, email, mail or contact; otherwise
// kNot.
Search SearchByAttributeName(std::string_view attribute);

// For a namespace: kTelephone as above; kNot where a part is cookie, device,
// session, visitor, anonymous, uuid, guid or hash; otherwise kText.
Search SearchByNamespace(std::string_view name_space);

}  // namespace trato::core

#endif  // TRATO_SCHEMA_SEARCHABLE_H_
