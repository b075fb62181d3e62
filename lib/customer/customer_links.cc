// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which records are one customer, and why two should not be.

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "customer/claim_index.h"
#include "customer/customer_store.h"

namespace trato::core {
namespace {

std::string_view NamespaceOf(std::string_view identifier) {
  return identifier.substr(0, identifier.find(':'));
}

// The innermost of this thread's.
thread_local const CustomerStore::Pretence* pretence = nullptr;

}  // namespace

std::string_view NameOf(CustomerKind kind) {
  switch (kind) {
    case CustomerKind::kUnknown:
      break;
    case CustomerKind::kPerson:
      return "person";
    case CustomerKind::kOrganisation:
      return "organisation";
    case CustomerKind::kAnonymous:
      return "anonymous";
  }
  return "";
}

// ---- Identifiers.

const NamespaceRule* CustomerStore::RuleOf(std::string_view identifier) const {
  if (rules_.empty()) return nullptr;
  auto found = rules_.find(NamespaceOf(identifier));
  return found == rules_.end() ? nullptr : &found->second;
}

IdentifierRole CustomerStore::RoleOf(std::string_view identifier) const {
  const NamespaceRule* rule = RuleOf(identifier);
  if (rule == nullptr) return {};
  if (!rule->unique) return {false, rule->single};
  const size_t limit = rule->max_records;
  const bool is_hub = limit < records_.size() &&
                      Claimants(identifier, limit + 1).size() > limit;
  return {!is_hub, rule->single};
}

bool CustomerStore::HasIdentifier(RecordNumber record,
                                  std::string_view identifier) const {
  if (RecordName(record) == identifier) return true;
  if (parts_ != nullptr && parts_->Claims(record, identifier)) return true;
  // A record may have many identifiers and an identifier many records: the
  // shorter list decides.
  const auto number = claims_->identifiers.Find(identifier);
  if (!number) return false;
  auto [mine, my_end] = claims_->index.get<ByRecord>().equal_range(record);
  auto [its, its_end] = claims_->index.get<ByIdentifier>().equal_range(*number);
  for (; mine != my_end && its != its_end; ++mine, ++its) {
    if (mine->identifier == *number || its->record == record) return true;
  }
  return false;
}

std::vector<RecordNumber> CustomerStore::Claimants(std::string_view identifier,
                                                   size_t limit) const {
  std::vector<RecordNumber> claimants;
  if (auto record = FindRecord(identifier); record && IsNamed(*record)) {
    claimants.push_back(*record);
  }
  auto [begin, end] = claims_->Of(identifier);
  for (auto it = begin; it != end && claimants.size() < limit; ++it) {
    claimants.push_back(it->record);
  }
  if (parts_ != nullptr && claimants.size() < limit) {
    const size_t known = claimants.size();
    parts_->ForEachClaimant(identifier, [&](RecordNumber record) {
      // What was sealed twice comes twice.
      if (std::find(claimants.begin() + static_cast<std::ptrdiff_t>(known),
                    claimants.end(), record) == claimants.end()) {
        claimants.push_back(record);
      }
      return claimants.size() < limit;
    });
  }
  return claimants;
}

LinkGraph::Identifiers CustomerStore::identifiers() const {
  return {
      [this](RecordNumber record, const auto& visit) {
        const auto each = [&](std::string_view identifier) {
          const IdentifierRole role = RoleOf(identifier);
          if (role.joins || role.single) visit(identifier, role);
        };
        each(RecordName(record));
        ForEachClaim(record, each);
      },
      [this](std::string_view identifier) { return Claimants(identifier); }};
}

void CustomerStore::Admit(RecordNumber record) {
  if (is_loading_) return;
  Share(record, RecordName(record));
}

void CustomerStore::Claim(RecordNumber record, std::string_view identifier) {
  if (HasIdentifier(record, identifier)) return;
  claims_->index.insert({claims_->identifiers.FindOrAdd(identifier), record});
  NoteChange(record);
  ++version_;
  if (!is_loading_) Share(record, identifier);
}

void CustomerStore::Share(RecordNumber record, std::string_view identifier) {
  const NamespaceRule* rule = RuleOf(identifier);
  if (rule == nullptr) return;
  std::vector<RecordNumber> others;
  if (rule->unique) {
    const size_t limit = rule->max_records;
    // One more than may be joined, and one more to see that it was too many
    // before.
    const bool may_be_hub = limit < records_.size();
    others = Claimants(identifier, may_be_hub ? limit + 2 : 2);
    if (may_be_hub && others.size() > limit + 1) others.clear();
    if (may_be_hub && others.size() == limit + 1) {
      return Regroup(std::move(others));
    }
    std::erase(others, record);
  }
  if (rule->single) return Regroup({record});
  if (others.empty()) return;
  if (records_[record].contested || records_[others.front()].contested) {
    return Regroup({record});
  }
  Merge(record, others.front());
}

void CustomerStore::DefineNamespace(std::string_view name_space,
                                    NamespaceRule rule) {
  NamespaceRule& known = rules_[name_space];
  if (known == rule) return;
  const bool was_single = known.single;
  known = rule;
  if (is_loading_) return;
  std::vector<RecordNumber> seeds;
  const auto add = [&](RecordNumber record, std::string_view identifier) {
    if (NamespaceOf(identifier) != name_space) return;
    seeds.push_back(record);
    // Who bears it as a name may be with other people now.
    if (auto named = FindRecord(identifier)) seeds.push_back(*named);
  };
  for (const ClaimEntry& claim : claims_->index) {
    add(claim.record, claims_->TextOf(claim));
  }
  if (parts_ != nullptr) {
    RangeReader reader(*parts_);
    const absl::Status status = reader.ForEachFact([&](const RecordFact& it) {
      if (it.kind == RecordFact::Kind::kClaim) add(it.record, it.text);
    });
    if (!status.ok()) ReadScope::Report(status);
  }
  if (rule.single || was_single) {
    // Their names alone may tell records apart.
    for (RecordNumber i = 0; i < records_.size(); ++i) {
      if (NamespaceOf(RecordName(i)) == name_space) seeds.push_back(i);
    }
  }
  Regroup(std::move(seeds));
}

void CustomerStore::SetKind(RecordNumber record, KindVersion version) {
  ++version_;
  std::vector<KindVersion>& versions = kinds_[record];
  versions.insert(
      std::upper_bound(
          versions.begin(), versions.end(), version,
          [&](const auto& a, const auto& b) { return Before(a, b); }),
      version);
}

bool CustomerStore::Before(const KindVersion& a, const KindVersion& b) const {
  return std::tuple(a.at_us, names_->Text(a.source), a.fact) <
         std::tuple(b.at_us, names_->Text(b.source), b.fact);
}

CustomerKind CustomerStore::KindOf(RecordNumber leader, int64_t now_us) const {
  const bool is_sealed = parts_ != nullptr && parts_->kinds > 0;
  if (kinds_.empty() && !is_sealed) return CustomerKind::kUnknown;
  std::optional<KindVersion> best;
  bool is_anonymous = false;
  for (RecordNumber record : RecordsOf(leader)) {
    const std::shared_ptr<const Said> said =
        is_sealed ? SaidBy(record) : nullptr;
    std::span<const KindVersion> versions;
    if (said != nullptr) {
      versions = said->kinds;
    } else if (auto found = kinds_.find(record); found != kinds_.end()) {
      versions = found->second;
    }
    const KindVersion* last = nullptr;
    for (const KindVersion& it : versions) {
      if (it.at_us <= now_us) last = &it;
    }
    if (last == nullptr || last->kind == CustomerKind::kUnknown) continue;
    if (last->kind == CustomerKind::kAnonymous) {
      is_anonymous = true;
      continue;
    }
    if (!best || Before(*best, *last)) best = *last;
  }
  if (best) return best->kind;
  return is_anonymous ? CustomerKind::kAnonymous : CustomerKind::kUnknown;
}

// ---- Links.

void CustomerStore::SetPair(RecordNumber a, RecordNumber b, PairState state,
                            LinkNote note) {
  if (!graph_.Set(a, b, state)) return;
  notes_[std::minmax(a, b)] = std::move(note);
  if (is_loading_) return;
  if (state.linked && !records_[a].contested && !records_[b].contested) {
    return Merge(a, b);
  }
  Regroup({a, b});
}

std::vector<CustomerStore::Tie> CustomerStore::TiesOf(
    RecordNumber record) const {
  std::vector<Tie> ties;
  for (RecordNumber other : graph_.Others(record)) {
    const PairState state = StateOf(record, other);
    if (!state.linked && !state.apart()) continue;
    ties.push_back(
        {other, state.linked, &notes_.at(std::minmax(record, other))});
  }
  std::sort(ties.begin(), ties.end(), [&](const Tie& a, const Tie& b) {
    return RecordName(a.other) < RecordName(b.other);
  });
  return ties;
}

void CustomerStore::SortById(std::vector<RecordNumber>& records) const {
  if (records.size() < 2) return;
  std::vector<std::pair<Id, RecordNumber>> by_id;
  by_id.reserve(records.size());
  for (RecordNumber record : records) by_id.emplace_back(IdOf(record), record);
  std::sort(by_id.begin(), by_id.end());
  for (size_t i = 0; i < records.size(); ++i) records[i] = by_id[i].second;
}

void CustomerStore::Merge(RecordNumber a, RecordNumber b) {
  RecordNumber into = records_[a].leader;
  RecordNumber from = records_[b].leader;
  if (into == from) return;
  linked_ = nullptr;
  const auto take = [&](RecordNumber leader) {
    auto group = groups_.find(leader);
    if (group == groups_.end()) return std::vector<RecordNumber>{leader};
    std::vector<RecordNumber> records = std::move(group->second);
    groups_.erase(group);
    return records;
  };
  std::vector<RecordNumber> group = take(into);
  std::vector<RecordNumber> added = take(from);
  // Into the larger one: each record is moved so at most log2(n) times.
  if (group.size() < added.size()) {
    std::swap(group, added);
    std::swap(into, from);
  }
  for (RecordNumber record : added) {
    const RecordId id = IdOf(record);
    group.insert(
        std::lower_bound(group.begin(), group.end(), id,
                         [&](RecordNumber other, const RecordId& wanted) {
                           return IdOf(other) < wanted;
                         }),
        record);
  }
  const RecordNumber leader = group.front();
  for (RecordNumber record : leader == into ? added : group) {
    records_[record].leader = leader;
  }
  NoteChange(leader);
  if (regrouped_ != nullptr) regrouped_->push_back(leader);
  groups_[leader] = std::move(group);
  groups_changed_ = true;
  ++version_;
}

void CustomerStore::Regroup(std::vector<RecordNumber> seeds) {
  linked_ = nullptr;
  // Whoever was with a seed may have lost what joined them.
  absl::flat_hash_set<RecordNumber> leaders;
  const size_t given = seeds.size();
  for (size_t i = 0; i < given; ++i) {
    const RecordNumber leader = records_[seeds[i]].leader;
    if (!leaders.insert(leader).second) continue;
    auto group = groups_.find(leader);
    if (group == groups_.end()) continue;
    seeds.insert(seeds.end(), group->second.begin(), group->second.end());
  }
  groups_changed_ = true;
  ++version_;
  LinkGraph::Grouping grouping = graph_.GroupsAround(seeds, identifiers());
  for (const LinkGraph::Group& group : grouping.groups) {
    for (RecordNumber record : group) groups_.erase(records_[record].leader);
  }
  for (size_t i = 0; i < grouping.groups.size(); ++i) {
    LinkGraph::Group& group = grouping.groups[i];
    SortById(group);
    const RecordNumber leader = group.front();
    NoteChange(leader);
    if (regrouped_ != nullptr) regrouped_->push_back(leader);
    for (RecordNumber record : group) {
      records_[record].leader = leader;
      records_[record].contested = grouping.contested[i];
    }
    if (group.size() > 1) groups_[leader] = std::move(group);
  }
}

// ---- What a link or its end would do.

std::optional<RecordNumber> CustomerStore::JoinedBy(RecordNumber a,
                                                    RecordNumber b) const {
  const PairState apart{StateOf(a, b).sequence + 1};
  const LinkGraph::Grouping grouping =
      graph_.GroupsAround({a, b}, identifiers(), {{std::minmax(a, b), apart}});
  for (const LinkGraph::Group& group : grouping.groups) {
    const absl::flat_hash_set<RecordNumber> members(group.begin(), group.end());
    if (!members.contains(a) || !members.contains(b)) continue;
    // Only links by hand can join a pair kept apart: from b along them until
    // one of a's is met.
    std::vector<RecordNumber> open = {b};
    absl::flat_hash_set<RecordNumber> seen = {a, b};
    for (size_t next = 0; next < open.size(); ++next) {
      const RecordNumber record = open[next];
      if (record != b && StateOf(a, record).linked) return record;
      for (RecordNumber other : graph_.Others(record)) {
        if (StateOf(record, other).linked && seen.insert(other).second)
          open.push_back(other);
      }
    }
  }
  return std::nullopt;
}

bool CustomerStore::AreOneWith(RecordNumber a, RecordNumber b,
                               PairState state) const {
  const LinkGraph::Grouping grouping =
      graph_.GroupsAround({a, b}, identifiers(), {{std::minmax(a, b), state}});
  for (const LinkGraph::Group& group : grouping.groups) {
    if (std::find(group.begin(), group.end(), a) != group.end()) {
      return std::find(group.begin(), group.end(), b) != group.end();
    }
  }
  return false;
}

std::vector<RecordNumber> CustomerStore::JoinedRecords(RecordNumber a,
                                                       RecordNumber b) const {
  const PairState linked{StateOf(a, b).sequence + 1, true};
  LinkGraph::Grouping grouping =
      graph_.GroupsAround({a, b}, identifiers(), {{std::minmax(a, b), linked}});
  for (LinkGraph::Group& group : grouping.groups) {
    if (std::find(group.begin(), group.end(), a) == group.end()) continue;
    SortById(group);
    return std::move(group);
  }
  return {};
}

std::vector<LinkObjection> CustomerStore::ObjectionsTo(RecordNumber a,
                                                       RecordNumber b,
                                                       int64_t now_us) const {
  std::vector<LinkObjection> objections;
  const std::vector<RecordNumber> joined = JoinedRecords(a, b);
  const absl::flat_hash_set<RecordNumber> members(joined.begin(), joined.end());
  if (StateOf(a, b).apart()) {
    objections.push_back(
        {LinkGuard::kApart, true,
         StrCat(RecordName(a), " and ", RecordName(b), " are kept apart")});
  }
  for (RecordNumber one : joined) {
    for (RecordNumber other : graph_.Others(one)) {
      const bool is_this = (one == a && other == b) || (one == b && other == a);
      if (is_this || !members.contains(other) ||
          RecordName(one) > RecordName(other) || !StateOf(one, other).apart()) {
        continue;
      }
      // What was said of another pair is for those who said it to take back.
      objections.push_back({LinkGuard::kApart, false,
                            StrCat("that would make one customer of ",
                                   RecordName(one), " and ", RecordName(other),
                                   ", which are kept apart; link these two "
                                   "first")});
    }
  }
  // Joined already: nothing else changes.
  if (records_[a].leader == records_[b].leader) return objections;

  StringHashMap<absl::flat_hash_set<std::string, StringHash, StringEqual>> of_a;
  StringHashMap<std::pair<bool, bool>> of_b;
  const auto visit = [&](RecordNumber leader, const auto& take) {
    for (RecordNumber record : RecordsOf(leader)) {
      const auto each = [&](std::string_view identifier) {
        const NamespaceRule* rule = RuleOf(identifier);
        if (rule != nullptr && rule->single) take(identifier);
      };
      each(RecordName(record));
      ForEachClaim(record, each);
    }
  };
  visit(LeaderOf(a), [&](std::string_view identifier) {
    of_a[NamespaceOf(identifier)].emplace(identifier);
  });
  visit(LeaderOf(b), [&](std::string_view identifier) {
    auto& [has_any, has_same] = of_b[NamespaceOf(identifier)];
    has_any = true;
    auto mine = of_a.find(NamespaceOf(identifier));
    has_same =
        has_same || (mine != of_a.end() && mine->second.contains(identifier));
  });
  std::vector<std::string_view> differ;
  for (const auto& [space, has] : of_b) {
    if (of_a.contains(space) && !has.second) differ.push_back(space);
  }
  std::sort(differ.begin(), differ.end());
  for (std::string_view space : differ) {
    objections.push_back({LinkGuard::kSingle, true,
                          StrCat(RecordName(a), " and ", RecordName(b),
                                 " have different identifiers of '", space,
                                 "', of which a customer has one")});
  }

  const CustomerKind kind_a = KindOf(LeaderOf(a), now_us);
  const CustomerKind kind_b = KindOf(LeaderOf(b), now_us);
  const auto is = [&](CustomerKind one, CustomerKind other) {
    return (kind_a == one && kind_b == other) ||
           (kind_a == other && kind_b == one);
  };
  if (is(CustomerKind::kPerson, CustomerKind::kOrganisation)) {
    objections.push_back({LinkGuard::kKind, true,
                          StrCat("of ", RecordName(a), " and ", RecordName(b),
                                 " one is a person and one an organisation")});
  }
  if (joined.size() > kMaxLinkedRecords) {
    objections.push_back({LinkGuard::kSize, true,
                          StrCat("the customer would have ", joined.size(),
                                 " records, more than ", kMaxLinkedRecords)});
  }
  return objections;
}

// ---- Pretending.

CustomerStore::Pretence::Pretence(const CustomerStore& store,
                                  std::vector<RecordNumber> by_id)
    : store_(store), records_(std::move(by_id)), outer_(pretence) {
  pretence = this;
  store_.pretences_.fetch_add(1, std::memory_order_relaxed);
}

CustomerStore::Pretence::~Pretence() {
  store_.pretences_.fetch_sub(1, std::memory_order_relaxed);
  pretence = outer_;
}

RecordNumber CustomerStore::PretendedLeader(RecordNumber record) const {
  if (pretence != nullptr && &pretence->store_ == this) {
    const auto& records = pretence->records_;
    if (std::find(records.begin(), records.end(), record) != records.end()) {
      return records.front();
    }
  }
  return records_[record].leader;
}

const CustomerStore::Pretence* CustomerStore::PretenceOf(
    RecordNumber leader) const {
  if (pretences_.load(std::memory_order_relaxed) == 0) return nullptr;
  const bool is_it = pretence != nullptr && &pretence->store_ == this &&
                     pretence->records_.front() == leader;
  return is_it ? pretence : nullptr;
}

}  // namespace trato::core
