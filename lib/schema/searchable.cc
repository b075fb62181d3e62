// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "schema/searchable.h"

#include <algorithm>
#include <span>

namespace trato::core {
namespace {

constexpr std::string_view kTelephones[] = {"phone",  "telephone", "tel",
                                            "mobile", "cell",      "fax"};
constexpr std::string_view kNames[] = {
    "name",     "surname", "firstname", "lastname",     "fullname",
    "nickname", "alias",   "company",   "organisation", "organization",
    "email",    "mail",    "contact"};
constexpr std::string_view kOpaque[] = {"cookie",  "device",    "session",
                                        "visitor", "anonymous", "uuid",
                                        "guid",    "hash"};

bool HasPart(std::string_view name, std::span<const std::string_view> words) {
  while (!name.empty()) {
    const size_t end = std::min(name.find('_'), name.size());
    if (std::find(words.begin(), words.end(), name.substr(0, end)) !=
        words.end()) {
      return true;
    }
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

}  // namespace

Search SearchByAttributeName(std::string_view attribute) {
  if (HasPart(attribute, kTelephones)) return Search::kTelephone;
  return HasPart(attribute, kNames) ? Search::kText : Search::kNot;
}

Search SearchByNamespace(std::string_view name_space) {
  if (HasPart(name_space, kTelephones)) return Search::kTelephone;
  return HasPart(name_space, kOpaque) ? Search::kNot : Search::kText;
}

}  // namespace trato::core
