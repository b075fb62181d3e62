// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/customer_store.h"

#include <algorithm>
#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index_container.hpp>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "base/status.h"

namespace trato::core {
namespace {

namespace bmi = boost::multi_index;

struct ClaimEntry {
  std::string identifier;
  RecordNumber record;
};
struct ByIdentifier {};
struct ByRecord {};

using ClaimIndex = bmi::multi_index_container<
    ClaimEntry,
    bmi::indexed_by<
        bmi::hashed_non_unique<
            bmi::tag<ByIdentifier>,
            bmi::member<ClaimEntry, std::string, &ClaimEntry::identifier>>,
        bmi::hashed_non_unique<
            bmi::tag<ByRecord>,
            bmi::member<ClaimEntry, RecordNumber, &ClaimEntry::record>>>>;

std::string_view NamespaceOf(std::string_view identifier) {
  return identifier.substr(0, identifier.find(':'));
}

}  // namespace

struct CustomerStore::Claims {
  ClaimIndex index;
};

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

void CustomerStore::Admit(RecordNumber record) {
  const std::string_view name = RecordName(record);
  if (IsUnique(name) && Claimants(name).size() > 1) Regroup({record});
}

void CustomerStore::DropLast(size_t count) {
  for (; count > 0; --count) {
    by_name_.erase(static_cast<RecordNumber>(records_.size() - 1));
    records_.pop_back();
  }
}

RecordNumber CustomerStore::Add(std::string_view name) {
  const auto record = static_cast<RecordNumber>(records_.size());
  records_.push_back({record, std::numeric_limits<int64_t>::max(),
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

void CustomerStore::SetAttribute(RecordNumber record, uint32_t attribute,
                                 AttributeVersion version) {
  auto& kept = records_[record].attributes;
  if (kept == nullptr) kept = std::make_unique<std::vector<Attribute>>();
  auto& attributes = *kept;
  auto found = std::find_if(
      attributes.begin(), attributes.end(),
      [&](const Attribute& known) { return known.name == attribute; });
  if (found == attributes.end()) {
    attributes.push_back({attribute, {}});
    found = attributes.end() - 1;
  }
  auto& versions = found->versions;
  auto place = std::upper_bound(
      versions.begin(), versions.end(), version,
      [&](const auto& a, const auto& b) { return Before(a, b); });
  versions.insert(place, std::move(version));
}

void CustomerStore::Claim(RecordNumber record, std::string_view identifier) {
  const std::vector<RecordNumber> claimants = Claimants(identifier);
  if (std::find(claimants.begin(), claimants.end(), record) !=
      claimants.end()) {
    return;
  }
  claims_->index.insert({std::string(identifier), record});
  if (IsUnique(identifier)) Regroup({record});
}

void CustomerStore::SetUnique(std::string_view name_space, bool unique) {
  bool& known = unique_[name_space];
  if (known == unique) return;
  known = unique;
  std::vector<RecordNumber> seeds;
  for (const ClaimEntry& claim : claims_->index) {
    if (NamespaceOf(claim.identifier) == name_space) {
      seeds.push_back(claim.record);
      // Who bears it as a name may be with other people now.
      if (auto named = FindRecord(claim.identifier)) seeds.push_back(*named);
    }
  }
  Regroup(std::move(seeds));
}

void CustomerStore::SetPair(RecordNumber a, RecordNumber b, PairState state) {
  if (!graph_.Set(a, b, state)) return;
  Regroup({a, b});
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

std::span<const CustomerStore::Attribute> CustomerStore::AttributesIn(
    RecordNumber record) const {
  const auto& kept = records_[record].attributes;
  if (kept == nullptr) return {};
  return *kept;
}

size_t CustomerStore::claim_count() const { return claims_->index.size(); }

std::span<const RecordNumber> CustomerStore::RecordsOf(
    RecordNumber leader) const {
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

const AttributeVersion* CustomerStore::AttributeAt(RecordNumber leader,
                                                   uint32_t attribute,
                                                   int64_t now_us,
                                                   RecordNumber* owner) const {
  const AttributeVersion* best = nullptr;
  for (RecordNumber record : RecordsOf(leader)) {
    for (const Attribute& known : AttributesIn(record)) {
      if (known.name != attribute) continue;
      auto after = std::upper_bound(
          known.versions.begin(), known.versions.end(), now_us,
          [](int64_t us, const AttributeVersion& v) { return us < v.at_us; });
      if (after == known.versions.begin()) continue;
      const AttributeVersion* version = &*(after - 1);
      if (best == nullptr || Before(*best, *version)) {
        best = version;
        if (owner != nullptr) *owner = record;
      }
    }
  }
  if (best == nullptr || TypeOf(best->value) == ValueType::kNone) {
    return nullptr;
  }
  return best;
}

std::vector<uint32_t> CustomerStore::AttributesOf(RecordNumber leader) const {
  std::vector<uint32_t> names;
  for (RecordNumber record : RecordsOf(leader)) {
    for (const Attribute& known : AttributesIn(record)) {
      names.push_back(known.name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool CustomerStore::IsKnown(RecordNumber leader, int64_t now_us) const {
  for (RecordNumber record : RecordsOf(leader)) {
    if (records_[record].first_us <= now_us) return true;
  }
  return false;
}

std::optional<RecordNumber> CustomerStore::JoinedBy(RecordNumber a,
                                                    RecordNumber b) const {
  const PairState unlinked{StateOf(a, b).sequence + 1, false};
  for (const LinkGraph::Group& group : graph_.GroupsAround(
           {a, b}, identifiers(), {{std::minmax(a, b), unlinked}})) {
    const auto holds = [&](RecordNumber record) {
      return std::find(group.begin(), group.end(), record) != group.end();
    };
    if (!holds(a) || !holds(b)) continue;
    // Only links by hand can join an unlinked pair: from b along them until one
    // of a's is met.
    std::vector<RecordNumber> open = {b};
    absl::flat_hash_set<RecordNumber> seen = {a, b};
    for (size_t next = 0; next < open.size(); ++next) {
      const RecordNumber record = open[next];
      if (record != b && StateOf(a, record).linked) return record;
      for (RecordNumber other : group) {
        if (StateOf(record, other).linked && seen.insert(other).second)
          open.push_back(other);
      }
    }
  }
  return std::nullopt;
}

std::optional<LinkGraph::Pair> CustomerStore::KeptApart(RecordNumber a,
                                                        RecordNumber b) const {
  const PairState linked{StateOf(a, b).sequence + 1, true};
  for (const LinkGraph::Group& group : graph_.GroupsAround(
           {a, b}, identifiers(), {{std::minmax(a, b), linked}})) {
    const absl::flat_hash_set<RecordNumber> members(group.begin(), group.end());
    if (!members.contains(a)) continue;
    for (RecordNumber one : group) {
      for (RecordNumber other : graph_.Others(one)) {
        const bool is_this =
            (one == a && other == b) || (one == b && other == a);
        if (!is_this && members.contains(other) &&
            StateOf(one, other).unlinked()) {
          return LinkGraph::Pair{one, other};
        }
      }
    }
  }
  return std::nullopt;
}

bool CustomerStore::IsUnique(std::string_view identifier) const {
  auto found = unique_.find(NamespaceOf(identifier));
  return found != unique_.end() && found->second;
}

std::vector<RecordNumber> CustomerStore::Claimants(
    std::string_view identifier) const {
  std::vector<RecordNumber> claimants;
  if (auto record = FindRecord(identifier); record && IsNamed(*record)) {
    claimants.push_back(*record);
  }
  auto [begin, end] =
      claims_->index.get<ByIdentifier>().equal_range(std::string(identifier));
  for (auto it = begin; it != end; ++it) claimants.push_back(it->record);
  return claimants;
}

LinkGraph::Identifiers CustomerStore::identifiers() const {
  return {
      [this](RecordNumber record, const auto& visit) {
        if (IsUnique(RecordName(record))) visit(RecordName(record));
        auto [begin, end] = claims_->index.get<ByRecord>().equal_range(record);
        for (auto it = begin; it != end; ++it) {
          if (IsUnique(it->identifier)) visit(it->identifier);
        }
      },
      [this](std::string_view identifier) { return Claimants(identifier); }};
}

void CustomerStore::Regroup(std::vector<RecordNumber> seeds) {
  // Whoever was with a seed may have lost what joined them.
  absl::flat_hash_set<RecordNumber> leaders;
  const size_t given = seeds.size();
  for (size_t i = 0; i < given; ++i) {
    const RecordNumber leader = LeaderOf(seeds[i]);
    if (!leaders.insert(leader).second) continue;
    const auto members = RecordsOf(leader);
    seeds.insert(seeds.end(), members.begin(), members.end());
  }
  std::vector<LinkGraph::Group> groups =
      graph_.GroupsAround(seeds, identifiers());
  for (const LinkGraph::Group& group : groups) {
    for (RecordNumber record : group) groups_.erase(LeaderOf(record));
  }
  for (LinkGraph::Group& group : groups) {
    if (group.size() > 1) {
      std::vector<std::pair<Id, RecordNumber>> by_id;
      by_id.reserve(group.size());
      for (RecordNumber record : group)
        by_id.emplace_back(IdOf(record), record);
      std::sort(by_id.begin(), by_id.end());
      for (size_t i = 0; i < group.size(); ++i) group[i] = by_id[i].second;
    }
    const RecordNumber leader = group.front();
    for (RecordNumber record : group) records_[record].leader = leader;
    if (group.size() > 1) groups_[leader] = std::move(group);
  }
}

bool CustomerStore::Before(const AttributeVersion& a,
                           const AttributeVersion& b) const {
  if (a.at_us != b.at_us) return a.at_us < b.at_us;
  if (a.source != b.source) {
    return names_->Text(a.source) < names_->Text(b.source);
  }
  return a.fact < b.fact;
}

}  // namespace trato::core
