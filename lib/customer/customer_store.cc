// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/customer_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "base/status.h"
#include "customer/claim_index.h"

namespace trato::core {
CustomerStore::CustomerStore(const Interner* names)
    : names_(names),
      by_name_(0, HashName{&records_}, SameName{&records_}),
      claims_(std::make_unique<Claims>()) {}

CustomerStore::~CustomerStore() = default;

RecordNumber CustomerStore::Touch(std::string_view name, int64_t at_us) {
  if (auto found = FindRecord(name)) {
    const bool is_new = !IsNamed(*found);
    TouchRecord(*found, at_us);
    if (is_new) Admit(*found);
    return *found;
  }
  const RecordNumber record = Add(name);
  records_[record].first_us = at_us;
  Admit(record);
  return record;
}

void CustomerStore::DropLast(size_t count) {
  for (; count > 0; --count) {
    by_name_.erase(static_cast<RecordNumber>(records_.size() - 1));
    records_.pop_back();
  }
}

RecordNumber CustomerStore::Add(std::string_view name) {
  const auto record = static_cast<RecordNumber>(records_.size());
  records_.push_back({record, false, std::numeric_limits<int64_t>::max(),
                      std::string(name), nullptr});
  by_name_.insert(record);
  return record;
}

size_t CustomerStore::named_count() const {
  size_t count = 0;
  for (size_t i = 0; i < records_.size(); ++i) {
    count += IsNamed(static_cast<RecordNumber>(i));
  }
  return count;
}

void CustomerStore::Reserve(size_t records) { by_name_.reserve(records); }

std::vector<RecordNumber> CustomerStore::TakeEarlier(
    RecordNumber below_from_now) {
  earlier_below_ = below_from_now;
  return std::exchange(earlier_, {});
}

std::optional<RecordNumber> CustomerStore::FindRecord(
    std::string_view name) const {
  auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return *found;
}

std::optional<RecordNumber> CustomerStore::FindId(const Id& id) const {
  absl::MutexLock lock(&by_id_mutex_);
  for (; by_id_until_ < records_.size(); ++by_id_until_) {
    by_id_.emplace(IdOf(by_id_until_), by_id_until_);
  }
  auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

size_t CustomerStore::claim_count() const { return claims_->index.size(); }

std::span<const RecordNumber> CustomerStore::RecordsOf(
    RecordNumber leader) const {
  if (const Pretence* pretence = PretenceOf(leader)) {
    return pretence->records_;
  }
  auto group = groups_.find(leader);
  if (group != groups_.end()) return group->second;
  // Alone: its own leader field is a span of one.
  return {&records_[leader].leader, 1};
}

absl::StatusOr<RecordNumber> CustomerStore::Resolve(
    std::string_view identifier) const {
  TRATO_ASSIGN_OR_RETURN(RecordNumber record, ResolveRecord(identifier));
  return LeaderOf(record);
}

absl::StatusOr<RecordNumber> CustomerStore::ResolveRecord(
    std::string_view identifier) const {
  const absl::Status none = absl::NotFoundError(
      StrCat("no customer has the identifier ", identifier));
  if (identifier.starts_with("id:")) {
    const std::string_view hex = identifier.substr(3);
    if (hex.size() != 32 ||
        !std::all_of(hex.begin(), hex.end(), absl::ascii_isxdigit)) {
      return none;
    }
    const std::string bytes = absl::HexStringToBytes(ToAbsl(hex));
    auto found = FindId(
        Id::FromBytes(reinterpret_cast<const unsigned char*>(bytes.data())));
    if (!found || !IsNamed(*found)) return none;
    return *found;
  }
  if (auto record = FindRecord(identifier); record && IsNamed(*record)) {
    return *record;
  }
  std::optional<RecordNumber> smallest;
  for (RecordNumber claimant : Claimants(identifier)) {
    if (smallest && LeaderOf(*smallest) != LeaderOf(claimant)) {
      return absl::FailedPreconditionError(
          StrCat("the identifier ", identifier, " names several customers"));
    }
    if (!smallest || IdOf(claimant) < IdOf(*smallest)) smallest = claimant;
  }
  if (!smallest) return none;
  return *smallest;
}

std::vector<std::string_view> CustomerStore::ClaimsOf(
    RecordNumber record) const {
  std::vector<std::string_view> identifiers;
  auto [begin, end] = claims_->index.get<ByRecord>().equal_range(record);
  for (auto it = begin; it != end; ++it) identifiers.push_back(it->identifier);
  std::sort(identifiers.begin(), identifiers.end());
  return identifiers;
}

bool CustomerStore::IsKnown(RecordNumber leader, int64_t now_us) const {
  for (RecordNumber record : RecordsOf(leader)) {
    if (records_[record].first_us <= now_us) return true;
  }
  return false;
}

}  // namespace trato::core
