// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/identity_book.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kMaxFields = 32;
constexpr uint32_t kMaxBlock = 10000;
constexpr uint32_t kMaxRecordsOfOne = 1000;

absl::Status CheckFields(const std::vector<IdentityField>& fields) {
  if (fields.empty()) {
    return absl::InvalidArgumentError(
        "fields: none is given; name a name, an address, a document or another "
        "field that tells people apart");
  }
  if (fields.size() > kMaxFields) {
    return absl::InvalidArgumentError(
        StrCat("fields: ", fields.size(), " are more than ", kMaxFields));
  }
  int texts = 0;
  absl::flat_hash_set<std::string_view> seen;
  for (size_t i = 0; i < fields.size(); ++i) {
    const IdentityField& field = fields[i];
    TRATO_RETURN_IF_ERROR(
        CheckLabel(StrCat("fields[", i, "].name"), field.name));
    if (field.kind == FieldKind::kNone) {
      return absl::InvalidArgumentError(
          StrCat("fields[", i, "].kind: that of ", field.name, " is not said"));
    }
    if (!seen.insert(field.name).second) {
      return absl::InvalidArgumentError(
          StrCat("fields[", i, "].name: ", field.name, " is there twice"));
    }
    if (field.kind == FieldKind::kText && ++texts > kMaxTexts) {
      return absl::InvalidArgumentError(
          StrCat("fields[", i, "]: more than ", kMaxTexts, " are texts"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status IdentityBook::Check(const IdentityDefinition& it) {
  TRATO_RETURN_IF_ERROR(CheckLabel("name", it.name));
  TRATO_RETURN_IF_ERROR(CheckFields(it.fields));
  const bool says_nothing =
      std::all_of(it.fields.begin(), it.fields.end(),
                  [](const IdentityField& field) {
                    return field.kind == FieldKind::kCountry;
                  });
  if (says_nothing && !it.fields.empty()) {
    return absl::InvalidArgumentError(
        "fields: a country alone says nothing of who somebody is; name a field "
        "such as surname, birth_date, email");
  }
  if (!(it.review_at > 0 && it.review_at < 1)) {
    return absl::InvalidArgumentError(
        StrCat("review_at: ", it.review_at, " is no probability within 0 and 1"));
  }
  if (!(it.link_at >= it.review_at && it.link_at < 1)) {
    return absl::InvalidArgumentError(
        StrCat("link_at: ", it.link_at, " is not within review_at, ",
               it.review_at, ", and 1"));
  }
  if (it.max_block < 2 || it.max_block > kMaxBlock) {
    return absl::InvalidArgumentError(StrCat(
        "max_block: ", it.max_block, " is not within 2 and ", kMaxBlock));
  }
  if (it.max_records < 2 || it.max_records > kMaxRecordsOfOne) {
    return absl::InvalidArgumentError(
        StrCat("max_records: ", it.max_records, " is not within 2 and ",
               kMaxRecordsOfOne));
  }
  const bool is_country =
      it.country.size() == 2 &&
      std::all_of(it.country.begin(), it.country.end(),
                  [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!it.country.empty() && !is_country) {
    return absl::InvalidArgumentError(
        StrCat("country: '", it.country,
               "' is not two capital letters, as in ES (ISO 3166)"));
  }
  return absl::OkStatus();
}

bool IdentityBook::Knows(const IdentityDefinition& definition) const {
  if (versions_.empty()) return false;
  IdentityDefinition known = versions_.back().definition;
  if (!definition.model) known.model.reset();
  return known == definition;
}

void IdentityBook::Define(const IdentityDefinition& definition, int64_t at_us,
                          std::string_view actor) {
  Version version{definition, at_us, std::string(actor)};
  const auto after = std::upper_bound(
      versions_.begin(), versions_.end(), at_us,
      [](int64_t at, const Version& it) { return at < it.at_us; });
  versions_.insert(after, std::move(version));
}

std::pair<const IdentityDefinition*, uint32_t> IdentityBook::At(
    int64_t now_us) const {
  for (size_t i = versions_.size(); i-- > 0;) {
    if (versions_[i].at_us <= now_us) {
      return {&versions_[i].definition, static_cast<uint32_t>(i + 1)};
    }
  }
  return {nullptr, 0};
}

void IdentityBook::Propose(uint32_t one, uint32_t other, Proposal proposal) {
  const Pair pair{std::min(one, other), std::max(one, other)};
  const auto [it, is_new] = proposals_.try_emplace(pair, proposal);
  if (!is_new && it->second.order() < proposal.order()) {
    it->second = std::move(proposal);
  }
}

IdentityDefinition UsualDefinition(const Schema& schema) {
  IdentityDefinition definition;
  int texts = 0;
  const auto add = [&](std::string_view name) {
    const FieldKind kind = GuessFieldKind(name);
    if (kind == FieldKind::kNone) return;
    if (kind == FieldKind::kText && ++texts > kMaxTexts) return;
    for (const IdentityField& field : definition.fields) {
      if (field.name == name) return;
    }
    if (definition.fields.size() < kMaxFields) {
      definition.fields.push_back({std::string(name), kind});
    }
  };
  std::vector<std::string_view> names =
      schema.AttributeNames(Subject::kCustomer);
  std::sort(names.begin(), names.end());
  for (const std::string_view name : names) add(name);
  for (const auto& [name, space] : schema.namespaces()) add(name);
  // Namespaces need no definition.
  for (const std::string_view name :
       {"email", "phone", "dni", "nie", "nif", "passport"}) {
    add(name);
  }
  return definition;
}

}  // namespace trato::core
