// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/customer_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "base/calendar.h"
#include "base/status.h"
#include "customer/claim_index.h"

namespace trato::core {
namespace {

std::atomic<uint64_t> stores{0};

}  // namespace

CustomerStore::CustomerStore(const Interner* names, IdOfFact id_of_fact)
    : names_(names),
      id_of_fact_(std::move(id_of_fact)),
      store_number_(stores.fetch_add(1, std::memory_order_relaxed) + 1),
      claims_(std::make_unique<Claims>()),
      restrictions_(names) {}

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
  NoteChange(record);
  Admit(record);
  return record;
}

void CustomerStore::DropLast(size_t count) {
  MutexLock lock(&by_id_mutex_);
  for (; count > 0; --count) {
    // Somebody may have asked for another one by id meanwhile.
    if (by_id_until_ == records_.size()) {
      by_id_.erase(IdOf(--by_id_until_));
    }
    record_names_.DropLast();
    records_.pop_back();
  }
}

RecordNumber CustomerStore::Add(std::string_view name) {
  const RecordNumber record = record_names_.Add(name);
  records_.push_back({.leader = record});
  return record;
}

RecordNumber CustomerStore::FindOrAdd(std::string_view name) {
  const RecordNumber record = record_names_.FindOrAdd(name);
  if (record == records_.size()) records_.push_back({.leader = record});
  return record;
}

void CustomerStore::AddAll(std::span<const std::string_view> names) {
  record_names_.AddAll(names);
  while (records_.size() < record_names_.size()) {
    records_.push_back({.leader = static_cast<RecordNumber>(records_.size())});
  }
}

size_t CustomerStore::named_count() const {
  size_t count = 0;
  for (size_t i = 0; i < records_.size(); ++i) {
    count += IsNamed(static_cast<RecordNumber>(i));
  }
  return count;
}

std::optional<std::vector<RecordNumber>> CustomerStore::TakeChanged() const {
  if (!notes_changes_) {
    notes_changes_ = true;
    return std::nullopt;
  }
  return std::exchange(changed_, {});
}

void CustomerStore::AddChange(RecordNumber record) {
  if (!changed_.empty() && changed_.back() == record) return;
  changed_.push_back(record);
  if (changed_.size() < changed_limit_) return;
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  changed_limit_ = std::max<size_t>(4096, 2 * changed_.size());
}

std::vector<RecordNumber> CustomerStore::TakeEarlier(
    RecordNumber below_from_now) {
  earlier_below_ = below_from_now;
  return std::exchange(earlier_, {});
}

std::optional<RecordNumber> CustomerStore::FindRecord(
    std::string_view name) const {
  return record_names_.Find(name);
}

std::optional<RecordNumber> CustomerStore::FindId(const Id& id) const {
  MutexLock lock(&by_id_mutex_);
  for (; by_id_until_ < records_.size(); ++by_id_until_) {
    by_id_.emplace(IdOf(by_id_until_), by_id_until_);
  }
  auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

size_t CustomerStore::claim_count() const {
  return claims_->index.size() + (parts_ == nullptr ? 0 : parts_->claims);
}

void CustomerStore::ReadLeading(RecordNumber from, std::span<uint8_t> out,
                                int64_t now_us) const {
  if (pretences_.load(std::memory_order_relaxed) > 0) {
    for (size_t i = 0; i < out.size(); ++i) {
      const RecordNumber record = from + static_cast<RecordNumber>(i);
      out[i] = LeaderOf(record) == record && FirstSeen(record) <= now_us;
    }
    return;
  }
  for (size_t i = 0; i < out.size();) {
    const std::span<const Record> records =
        records_.From(from + i, out.size() - i);
    for (size_t k = 0; k < records.size(); ++k) {
      out[i + k] = static_cast<uint8_t>(records[k].leader == from + i + k) &
                   static_cast<uint8_t>(records[k].first_us <= now_us);
    }
    i += records.size();
  }
}

std::shared_ptr<const CustomerStore::Linked> CustomerStore::AllLinked() const {
  MutexLock lock(&linked_mutex_);
  if (linked_ == nullptr) {
    auto linked = std::make_shared<Linked>();
    uint32_t place = 0;
    for (const auto& [leader, records] : groups_) {
      linked->groups.push_back(
          {leader, place, static_cast<uint32_t>(records.size())});
      for (const RecordNumber record : records) {
        linked->by_record.push_back({record, place++});
        linked->records.push_back(record);
      }
    }
    std::sort(linked->by_record.begin(), linked->by_record.end(),
              [](const Linked::Place& a, const Linked::Place& b) {
                return a.record < b.record;
              });
    linked_ = std::move(linked);
  }
  return linked_;
}

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
  const auto none = [&] {
    return absl::NotFoundError(
        StrCat("no customer has the identifier ", identifier));
  };
  if (identifier.starts_with("id:")) {
    const std::string_view hex = identifier.substr(3);
    if (hex.size() != 32 ||
        !std::all_of(hex.begin(), hex.end(), absl::ascii_isxdigit)) {
      return none();
    }
    const std::string bytes = absl::HexStringToBytes(ToAbsl(hex));
    auto found = FindId(
        Id::FromBytes(reinterpret_cast<const unsigned char*>(bytes.data())));
    if (!found || !IsNamed(*found)) return none();
    return *found;
  }
  // What is looked for lies in places that have nothing to do with each other:
  // they are asked for before any is waited for.
  if (parts_ != nullptr) parts_->PrefetchClaimant(identifier);
  if (auto record = FindRecord(identifier); record && IsNamed(*record)) {
    return *record;
  }
  std::optional<RecordNumber> smallest;
  bool is_one = true;
  const auto consider = [&](RecordNumber claimant) {
    if (smallest == claimant) return true;
    is_one = !smallest || LeaderOf(*smallest) == LeaderOf(claimant);
    if (!smallest || IdOf(claimant) < IdOf(*smallest)) smallest = claimant;
    return is_one;
  };
  auto [begin, end] = claims_->Of(identifier);
  for (auto it = begin; it != end && is_one; ++it) consider(it->record);
  if (parts_ != nullptr && is_one) {
    ReadScope scope;
    parts_->ForEachClaimant(identifier, consider, [&](RecordNumber record) {
      if (record >= records_.size()) return;
      __builtin_prefetch(&records_[record]);
      ids_.Prefetch(record);
    });
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  if (!is_one) {
    return absl::FailedPreconditionError(
        StrCat("the identifier ", identifier, " names several customers"));
  }
  if (!smallest) return none();
  return *smallest;
}

int64_t CustomerStore::NextStanding(RecordNumber leader, int64_t now_us) const {
  const auto records = RecordsOf(leader);
  int64_t next_us = restrictions_.NextChange(records, now_us);
  if (!IsKnown(leader, now_us)) {
    for (RecordNumber record : records) {
      next_us = std::min(next_us, records_[record].first_us);
    }
  }
  return next_us;
}

int64_t CustomerStore::NextVersion(RecordNumber record, uint32_t attribute,
                                   int64_t now_us) const {
  int64_t next_us = kNever;
  const Attributes said = AttributesIn(record);
  for (const Attribute& it : said.list) {
    if (it.name != attribute || it.versions.back().at_us <= now_us) continue;
    next_us = std::min(
        next_us,
        std::upper_bound(
            it.versions.begin(), it.versions.end(), now_us,
            [](int64_t us, const AttributeVersion& b) { return us < b.at_us; })
            ->at_us);
  }
  return next_us;
}

bool CustomerStore::IsKnown(RecordNumber leader, int64_t now_us) const {
  for (RecordNumber record : RecordsOf(leader)) {
    if (records_[record].first_us <= now_us) return true;
  }
  return false;
}

}  // namespace trato::core
