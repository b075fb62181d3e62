// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/suppression.h"

#include <sodium.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"

namespace trato::core {
namespace {

// Compatibility forms, letter case and marks that nobody sees are gone.
std::string Folded(std::string_view text) {
  utf8proc_uint8_t* folded = nullptr;
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
      UTF8PROC_IGNORE);
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &folded, options);
  if (size < 0) return std::string(text);
  std::string result(reinterpret_cast<const char*>(folded),
                     static_cast<size_t>(size));
  std::free(folded);
  return result;
}

// The digits of what is written as a telephone number is; else nothing.
std::string TelephoneDigits(std::string_view value) {
  std::string digits;
  for (char c : value) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      digits.push_back(c);
    } else if (std::string_view("+-./()").find(c) == std::string_view::npos) {
      return "";
    }
  }
  if (digits.size() < 5) return "";
  if (value.starts_with("+")) return "+" + digits;
  if (digits.starts_with("00")) return "+" + digits.substr(2);
  return digits;
}

std::string SameForEverybody(std::string_view identifier) {
  const size_t colon = identifier.find(':');
  std::string value = Folded(identifier.substr(colon + 1));
  std::erase_if(value, [](unsigned char c) { return absl::ascii_isspace(c); });
  if (std::string digits = TelephoneDigits(value); !digits.empty()) {
    value = std::move(digits);
  }
  return StrCat(identifier.substr(0, colon + 1), value);
}

}  // namespace

SuppressionHasher::~SuppressionHasher() {
  sodium_memzero(key_.data(), key_.size());
}

void SuppressionHasher::SetKey(std::string_view key) {
  has_key_ = key.size() == key_.size();
  if (has_key_) std::copy(key.begin(), key.end(), key_.begin());
}

SuppressionHash SuppressionHasher::Keyed(std::string_view domain,
                                         std::string_view text) const {
  const std::string message = StrCat(domain, text);
  unsigned char bytes[16];
  crypto_generichash(bytes, sizeof(bytes),
                     reinterpret_cast<const unsigned char*>(message.data()),
                     message.size(), has_key_ ? key_.data() : nullptr,
                     has_key_ ? key_.size() : 0);
  return {Id::FromBytes(bytes)};
}

SuppressionHash SuppressionHasher::Hash(std::string_view identifier) const {
  return Keyed("suppression of ", SameForEverybody(identifier));
}

SuppressionHash SuppressionHasher::KeyCheck() const {
  return Keyed("suppression key", "");
}

const SuppressionUpdate* SuppressionLists::List::LastUpdate(
    int64_t now_us) const {
  const SuppressionUpdate* last = nullptr;
  for (const SuppressionUpdate& it : updates) {
    if (it.at_us > now_us) break;
    last = &it;
  }
  return last;
}

void SuppressionLists::Define(const SuppressionListDefinition& definition) {
  List& list = lists_[definition.name];
  list.max_age.reset();
  if (auto span = ParseSpan(definition.max_age); span.ok()) {
    list.max_age = *span;
  }
}

void SuppressionLists::Add(std::string_view list, SuppressionUpdate update) {
  std::vector<SuppressionUpdate>& updates = lists_[std::string(list)].updates;
  const auto order = [](const SuppressionUpdate& it) {
    return std::tie(it.at_us, it.source, it.fact);
  };
  updates.insert(std::upper_bound(updates.begin(), updates.end(), update,
                                  [&](const auto& a, const auto& b) {
                                    return order(a) < order(b);
                                  }),
                 std::move(update));
}

int64_t SuppressionLists::NextChange(int64_t now_us) const {
  int64_t next_us = kNever;
  for (const auto& [name, list] : lists_) {
    for (const SuppressionUpdate& it : list.updates) {
      if (it.at_us > now_us) next_us = std::min(next_us, it.at_us);
      if (!list.max_age) continue;
      const int64_t old_us = trato::core::Add(it.at_us, *list.max_age, zone_);
      if (old_us > now_us) next_us = std::min(next_us, old_us);
    }
  }
  return next_us;
}

bool SuppressionLists::IsTooOld(const List& list, int64_t now_us) const {
  if (!list.max_age) return false;
  const SuppressionUpdate* last = list.LastUpdate(now_us);
  return last == nullptr ||
         trato::core::Add(last->at_us, *list.max_age, zone_) <= now_us;
}

bool SuppressionLists::HasOtherKey(const List& list, int64_t now_us) const {
  const SuppressionHash own = hasher_.KeyCheck();
  for (auto it = list.updates.rbegin(); it != list.updates.rend(); ++it) {
    if (it->at_us > now_us) continue;
    if (it->key_check != own && !it->hashes.empty()) return true;
    if (it->replaces) break;
  }
  return false;
}

const SuppressionUpdate* SuppressionLists::FindIn(const List& list,
                                                  const SuppressionHash& hash,
                                                  int64_t now_us) const {
  for (auto it = list.updates.rbegin(); it != list.updates.rend(); ++it) {
    if (it->at_us > now_us) continue;
    if (std::binary_search(it->hashes.begin(), it->hashes.end(), hash)) {
      return &*it;
    }
    if (it->replaces) break;
  }
  return nullptr;
}

std::optional<SuppressionLists::Finding> SuppressionLists::Find(
    const CustomerStore& customers, std::span<const RecordNumber> records,
    int64_t now_us,
    const std::function<std::optional<int64_t>(std::string_view identifier)>&
        lifted_at) const {
  std::optional<Finding> unasked;
  struct Hashed {
    RecordNumber record;
    std::string identifier;
    SuppressionHash hash;
  };
  std::vector<Hashed> hashes;
  for (const auto& [name, list] : lists_) {
    if (hashes.empty() && !list.updates.empty()) {
      for (RecordNumber record : records) {
        const std::string_view name_of = customers.RecordName(record);
        hashes.push_back(
            {record, std::string(name_of), hasher_.Hash(name_of)});
        for (const std::string& claim : customers.ClaimsOf(record)) {
          hashes.push_back({record, claim, hasher_.Hash(claim)});
        }
      }
    }
    if (!list.updates.empty()) {
      for (const auto& [record, identifier, hash] : hashes) {
        const SuppressionUpdate* update = FindIn(list, hash, now_us);
        if (update == nullptr) continue;
        if (name == kObjections) {
          const auto lifted = lifted_at(identifier);
          if (lifted && *lifted > update->at_us) continue;
        }
        return Finding{true, name, update, record, false};
      }
    }
    const bool has_other_key = HasOtherKey(list, now_us);
    if (!unasked && (has_other_key || IsTooOld(list, now_us))) {
      unasked = Finding{false, name, list.LastUpdate(now_us), 0, has_other_key};
    }
  }
  return unasked;
}

std::vector<SuppressionHash> SuppressionLists::Entries(const List& list,
                                                       int64_t now_us) const {
  std::vector<SuppressionHash> entries;
  for (const SuppressionUpdate& it : list.updates) {
    if (it.at_us > now_us) break;
    if (it.replaces) entries.clear();
    entries.insert(entries.end(), it.hashes.begin(), it.hashes.end());
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

}  // namespace trato::core
