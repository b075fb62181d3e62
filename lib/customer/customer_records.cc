// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What records say, where it is sealed: unpacked a record at a time when
// somebody asks, and put together with what they said since.

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "customer/claim_index.h"
#include "customer/customer_store.h"

namespace trato::core {
namespace {

// How deep this thread is in WithFactIds.
thread_local bool wants_ids = false;

constexpr size_t kMemos = 16;

absl::Status NoGroups() {
  return absl::DataLossError(
      "the store is damaged: its list of customers cannot be read");
}

}  // namespace

CustomerStore::WithFactIds::WithFactIds()
    : outer_(std::exchange(wants_ids, true)) {}
CustomerStore::WithFactIds::~WithFactIds() { wants_ids = outer_; }
bool CustomerStore::WantsFactIds() { return wants_ids; }

void CustomerStore::SetParts(std::shared_ptr<const RecordParts> parts,
                             bool has_all) {
  ++version_;
  parts_ = std::move(parts);
  if (!has_all) return;
  attributes_ = {};
  kinds_ = {};
  claims_ = std::make_unique<Claims>();
}

std::shared_ptr<const CustomerStore::Said> CustomerStore::SaidBy(
    RecordNumber record) const {
  if (parts_ == nullptr || !parts_->Has(record)) return nullptr;
  static thread_local std::array<Memo, kMemos> memos;
  Memo& memo = memos[record % kMemos];
  const bool with_ids = wants_ids || IsOneOfSeveral(record);
  if (memo.store == store_number_ && memo.version == version_ &&
      memo.record == record && (memo.said->has_ids || !with_ids)) {
    return memo.said;
  }
  std::shared_ptr<const Said> said = Unpack(record, with_ids);
  if (said == nullptr) said = Unpack(record, true);
  memo = {store_number_, version_, record, said};
  return said;
}

std::shared_ptr<const CustomerStore::Said> CustomerStore::Unpack(
    RecordNumber record, bool with_ids) const {
  auto said = std::make_shared<Said>();
  said->has_ids = with_ids;
  said->attributes.reserve(16);
  // Of facts that say the same, how many there were.
  struct Counted {
    RecordFact fact;
    std::string text;
    uint32_t next;
  };
  std::vector<Counted> counted;
  const auto id_of = [&](const RecordFact& fact) {
    if (!with_ids) return FactId{};
    if (!fact.key.empty()) return FactId::OfKey(fact.source, fact.key);
    for (Counted& it : counted) {
      it.fact.text = it.text;
      if (it.fact.IsLike(fact)) {
        return id_of_fact_(fact, RecordName(record), it.next++);
      }
    }
    Counted& it = counted.emplace_back(fact, std::string(fact.text), 1);
    // Their texts are only good for now; those below are the block's names.
    it.fact.key = {};
    it.fact.source = names_->Text(fact.source_number);
    it.fact.name = names_->Text(fact.name_number);
    it.fact.about = names_->Text(fact.about_number);
    return id_of_fact_(fact, RecordName(record), 0);
  };
  using Kind = RecordFact::Kind;
  parts_->ForEachFactOf(
      record, Kind::kClaim, Kind::kAttribute, [&](const RecordFact& fact) {
        switch (fact.kind) {
          case RecordFact::Kind::kClaim:
            // Its own name is no claim.
            if (fact.text != RecordName(record)) {
              said->claims.emplace_back(fact.text);
            }
            break;
          case RecordFact::Kind::kKind:
            said->kinds.push_back({fact.at_us, fact.source_number, id_of(fact),
                                   static_cast<CustomerKind>(fact.number)});
            break;
          case RecordFact::Kind::kAttribute: {
            const uint32_t about =
                fact.about.empty() ? kAboutNothing : fact.about_number;
            auto& attributes = said->attributes;
            // Facts of one record often come attribute after attribute.
            auto known = std::find_if(
                attributes.begin(), attributes.end(), [&](const Attribute& it) {
                  return it.name == fact.name_number && it.about == about;
                });
            if (known == attributes.end()) {
              attributes.push_back({fact.name_number, about, {}});
              known = attributes.end() - 1;
            }
            AttributeVersion& version = known->versions.emplace_back();
            version.at_us = fact.at_us;
            version.source = fact.source_number;
            version.about = about;
            version.fact = id_of(fact);
            version.value = fact.ToValue();
            version.strength = fact.strength;
            version.removed = fact.removed;
            version.inferred = fact.inferred;
            if (!doubles_.empty() && doubles_.contains(fact.name_number)) {
              if (const auto* whole = std::get_if<int64_t>(&version.value)) {
                version.value = static_cast<double>(*whole);
              }
            }
            break;
          }
          case RecordFact::Kind::kConsent:
            break;  // the ledger's
        }
        return true;
      });
  // And what was said since.
  if (const auto found = attributes_.find(record); found != attributes_.end()) {
    for (const Attribute& it : found->second) {
      auto known = std::find_if(
          said->attributes.begin(), said->attributes.end(),
          [&](const Attribute& other) {
            return other.name == it.name && other.about == it.about;
          });
      if (known == said->attributes.end()) {
        said->attributes.push_back(it);
      } else {
        known->versions.insert(known->versions.end(), it.versions.begin(),
                               it.versions.end());
      }
    }
  }
  if (const auto found = kinds_.find(record); found != kinds_.end()) {
    said->kinds.insert(said->kinds.end(), found->second.begin(),
                       found->second.end());
  }
  auto [begin, end] = claims_->index.get<ByRecord>().equal_range(record);
  for (auto it = begin; it != end; ++it) {
    said->claims.emplace_back(claims_->TextOf(*it));
  }
  std::sort(said->claims.begin(), said->claims.end());
  said->claims.erase(std::unique(said->claims.begin(), said->claims.end()),
                     said->claims.end());
  if (!Sort(*said) && !with_ids) return nullptr;
  return said;
}

bool CustomerStore::Sort(Said& said) const {
  bool is_sure = true;
  const auto sort = [&](auto& versions) {
    if (versions.size() < 2) return;
    std::sort(versions.begin(), versions.end(),
              [&](const auto& a, const auto& b) { return Before(a, b); });
    for (size_t i = 1; i < versions.size(); ++i) {
      is_sure = is_sure && (versions[i - 1].at_us != versions[i].at_us ||
                            versions[i - 1].source != versions[i].source);
    }
  };
  for (Attribute& it : said.attributes) sort(it.versions);
  sort(said.kinds);
  return is_sure;
}

uint32_t CustomerStore::CountLike(RecordNumber record,
                                  const RecordFact& fact) const {
  uint32_t count = 0;
  if (parts_ == nullptr) return 0;
  parts_->ForEachFactOf(record, fact.kind, fact.kind,
                        [&](const RecordFact& it) {
                          count += it.IsLike(fact);
                          return true;
                        });
  return count;
}

std::vector<std::string> CustomerStore::ClaimsOf(RecordNumber record) const {
  if (const std::shared_ptr<const Said> said = SaidBy(record)) {
    return said->claims;
  }
  std::vector<std::string> identifiers;
  auto [begin, end] = claims_->index.get<ByRecord>().equal_range(record);
  for (auto it = begin; it != end; ++it) {
    identifiers.emplace_back(claims_->TextOf(*it));
  }
  std::sort(identifiers.begin(), identifiers.end());
  return identifiers;
}

void CustomerStore::ReadProfile(RecordNumber leader, int64_t now_us,
                                Profile& out) const {
  const std::span<const RecordNumber> records = RecordsOf(leader);
  for (RecordNumber record : records) {
    if (const std::shared_ptr<const Said> said = SaidBy(record)) {
      out.identifiers.insert(out.identifiers.end(), said->claims.begin(),
                             said->claims.end());
      out.owners.push_back(said);
    } else {
      auto [begin, end] = claims_->index.get<ByRecord>().equal_range(record);
      for (auto it = begin; it != end; ++it) {
        out.identifiers.push_back(claims_->TextOf(*it));
      }
    }
  }
  std::sort(out.identifiers.begin(), out.identifiers.end());
  out.identifiers.erase(
      std::unique(out.identifiers.begin(), out.identifiers.end()),
      out.identifiers.end());
  const auto add = [&](uint32_t attribute, uint32_t about) {
    for (AttributeValue& it : ValuesAt(leader, attribute, about, now_us)) {
      out.values.push_back({attribute, about, std::move(it)});
    }
  };
  if (records.size() > 1) {
    for (uint32_t attribute : AttributesOf(leader)) {
      for (uint32_t about : AboutsOf(leader, attribute)) add(attribute, about);
    }
    return;
  }
  // Of one record, the versions lie together.
  const Attributes said = AttributesIn(records.front());
  for (const Attribute& it : said.list) {
    if (attribute_rules_.contains(it.name)) {
      add(it.name, it.about);
      continue;
    }
    auto after = it.versions.end();
    while (after != it.versions.begin() && (after - 1)->at_us > now_us) --after;
    if (after == it.versions.begin()) continue;
    const AttributeVersion& version = *(after - 1);
    if (TypeOf(version.value) == ValueType::kNone) continue;
    out.values.push_back(
        {it.name, it.about, {&version, records.front(), said.owner}});
  }
}

void CustomerStore::FillColumn(AttributeColumn& column,
                               uint32_t attribute) const {
  if (parts_ == nullptr && attributes_.empty()) return;
  // Ascending, so that it grows once.
  for (RecordNumber record = 0; record < records_.size(); ++record) {
    if (parts_ == nullptr || !parts_->Has(record)) {
      const Attributes said = AttributesIn(record);
      if (!said.list.empty()) SetEntry(column, record, attribute, said.list);
      continue;
    }
    // Most say it once, and then nothing else need be unpacked.
    size_t count = attributes_.contains(record) ? 2 : 0;
    int64_t at_us = 0;
    Value value;
    constexpr auto kAttribute = RecordFact::Kind::kAttribute;
    parts_->ForEachFactOf(record, kAttribute, kAttribute,
                          [&](const RecordFact& fact) {
                            if (fact.name_number != attribute) return true;
                            count += fact.about.empty() ? 1 : 2;
                            at_us = fact.at_us;
                            value = fact.ToValue();
                            return count < 2;
                          });
    if (count == 0) continue;
    if (count > 1) {
      const Attributes said = AttributesIn(record);
      if (!said.list.empty()) SetEntry(column, record, attribute, said.list);
      continue;
    }
    if (doubles_.contains(attribute)) {
      if (const auto* whole = std::get_if<int64_t>(&value)) {
        value = static_cast<double>(*whole);
      }
    }
    const bool has_value = TypeOf(value) != ValueType::kNone;
    column.Set(record, at_us, has_value ? &value : nullptr);
  }
}

std::string CustomerStore::EncodeGroups(
    const std::function<bool(RecordNumber)>& leaves_out) const {
  std::string bytes;
  std::vector<RecordNumber> leaders;
  for (const auto& [leader, records] : groups_) {
    if (leaves_out && leaves_out(leader)) continue;
    leaders.push_back(leader);
  }
  std::sort(leaders.begin(), leaders.end());
  PutVarint(bytes, leaders.size());
  for (RecordNumber leader : leaders) {
    const std::vector<RecordNumber>& records = groups_.at(leader);
    PutVarint(bytes, records.size());
    for (RecordNumber record : records) PutVarint(bytes, record);
  }
  std::vector<RecordNumber> contested;
  for (RecordNumber i = 0; i < records_.size(); ++i) {
    if (records_[i].contested && !(leaves_out && leaves_out(i))) {
      contested.push_back(i);
    }
  }
  PutVarint(bytes, contested.size());
  for (RecordNumber record : contested) PutVarint(bytes, record);
  return bytes;
}

absl::Status CustomerStore::EndLoading(const std::string* groups,
                                       RecordNumber grouped) {
  is_loading_ = false;
  const auto count = static_cast<RecordNumber>(records_.size());
  ReadScope scope;
  if (groups == nullptr) {
    std::vector<RecordNumber> all(count);
    for (RecordNumber i = 0; i < count; ++i) all[i] = i;
    Regroup(std::move(all));
    return scope.status();
  }
  ByteReader reader(*groups);
  for (uint64_t left = reader.Count(); left > 0; --left) {
    std::vector<RecordNumber> records(reader.Count());
    for (RecordNumber& record : records) {
      record = static_cast<RecordNumber>(reader.Varint());
      if (record >= count) return NoGroups();
    }
    if (!reader.ok() || records.size() < 2) return NoGroups();
    const RecordNumber leader = records.front();
    for (RecordNumber record : records) records_[record].leader = leader;
    groups_[leader] = std::move(records);
  }
  for (uint64_t left = reader.Count(); left > 0; --left) {
    const auto record = static_cast<RecordNumber>(reader.Varint());
    if (record >= count) return NoGroups();
    records_[record].contested = true;
  }
  if (!reader.ok()) return NoGroups();
  ++version_;
  for (RecordNumber i = grouped; i < count; ++i) {
    if (IsNamed(i)) Admit(i);
  }
  return scope.status();
}

bool CustomerStore::AreTiedToOthers(
    std::span<const RecordNumber> records) const {
  const absl::flat_hash_set<RecordNumber> own(records.begin(), records.end());
  const auto is_tied = [&](std::string_view identifier) {
    const std::vector<RecordNumber> claimants = Claimants(identifier);
    return std::any_of(claimants.begin(), claimants.end(),
                       [&](RecordNumber it) { return !own.contains(it); });
  };
  for (RecordNumber record : records) {
    for (RecordNumber other : graph_.Others(record)) {
      if (!own.contains(other)) return true;
    }
    if (is_tied(RecordName(record))) return true;
    for (const std::string& claim : ClaimsOf(record)) {
      if (is_tied(claim)) return true;
    }
  }
  return false;
}

}  // namespace trato::core
