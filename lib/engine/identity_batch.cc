// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// All records at once.

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "engine/checks.h"
#include "engine/identity_judge.h"
#include "engine/identity_parts.h"
#include "identity/explain.h"

namespace trato::core {
namespace {

// Facts of one entry of the log.
constexpr size_t kFactsAtOnce = 4096;

TaskRunner RunnerOf(const Store::Impl& impl) {
  return [&impl](size_t count, const std::function<void(size_t)>& task) {
    impl.ForEachTask(count, task);
  };
}

// What a batch starts from: the records in an order that is theirs, and what
// holds between them already.
struct Snapshot {
  std::vector<RecordNumber> records;  // by name
  std::vector<Person> persons;
  std::vector<std::string> names;  // where somebody is to judge
  BatchConstraints constraints;
  // Links that resolution made, as places in `records`; and those of records of
  // which nothing is compared any more, as records.
  std::vector<std::pair<uint32_t, uint32_t>> resolved;
  std::vector<std::pair<RecordNumber, RecordNumber>> groundless;
  std::vector<RecordNumber> leaders;  // by place
};

// A link that resolution made.
bool IsResolved(const State& state, const CustomerStore::Tie& tie) {
  return tie.linked && tie.note != nullptr &&
         state.names.Text(tie.note->source) == kIdentitySource;
}

Snapshot Take(const State& state, const std::vector<Person>& persons) {
  Snapshot it;
  const CustomerStore& customers = state.customers;
  for (RecordNumber record = 0; record < persons.size(); ++record) {
    if (!persons[record].is_empty()) it.records.push_back(record);
  }
  std::sort(it.records.begin(), it.records.end(),
            [&](RecordNumber a, RecordNumber b) {
              return customers.RecordName(a) < customers.RecordName(b);
            });
  std::vector<uint32_t> place(persons.size());
  for (uint32_t i = 0; i < it.records.size(); ++i) {
    place[it.records[i]] = i;
    it.persons.push_back(persons[it.records[i]]);
    it.leaders.push_back(customers.LeaderOf(it.records[i]));
  }
  const auto is_in = [&](RecordNumber record) {
    return record < persons.size() && !persons[record].is_empty();
  };
  for (uint32_t i = 0; i < it.records.size(); ++i) {
    const RecordNumber record = it.records[i];
    for (const CustomerStore::Tie& tie : customers.TiesOf(record)) {
      if (tie.other == record) continue;
      if (!is_in(tie.other)) {
        if (IsResolved(state, tie)) it.groundless.emplace_back(record, tie.other);
        continue;
      }
      const uint32_t other = place[tie.other];
      if (!tie.linked) {
        it.constraints.apart.insert(uint64_t{std::min(i, other)} << 32 |
                                    std::max(i, other));
      } else if (IsResolved(state, tie)) {
        if (i < other) it.resolved.emplace_back(i, other);
      } else if (i < other) {
        it.constraints.joined.emplace_back(i, other);
      }
    }
  }
  // Whom identifiers join: those of a customer who share one.
  customers.ForEachGroup([&](RecordNumber,
                             std::span<const RecordNumber> records) {
    absl::flat_hash_map<std::string, uint32_t> claimed;
    for (const RecordNumber record : records) {
      if (!is_in(record)) continue;
      const auto claim = [&](std::string_view identifier) {
        const auto [known, is_new] =
            claimed.try_emplace(std::string(identifier), place[record]);
        if (!is_new) {
          it.constraints.joined.emplace_back(known->second, place[record]);
        }
      };
      claim(customers.RecordName(record));
      for (const std::string& identifier : customers.ClaimsOf(record)) {
        claim(identifier);
      }
    }
  });
  return it;
}

// The customers as they would be, by place.
class Joined {
 public:
  explicit Joined(const Snapshot& snapshot) : leader_(snapshot.records.size()) {
    std::iota(leader_.begin(), leader_.end(), 0u);
    absl::flat_hash_map<RecordNumber, uint32_t> first;
    for (uint32_t i = 0; i < leader_.size(); ++i) {
      const auto [known, is_new] = first.try_emplace(snapshot.leaders[i], i);
      if (!is_new) Join(known->second, i);
    }
  }
  uint32_t Find(uint32_t place) {
    while (leader_[place] != place) {
      leader_[place] = leader_[leader_[place]];
      place = leader_[place];
    }
    return place;
  }
  // Whether they were two.
  bool Join(uint32_t a, uint32_t b) {
    a = Find(a);
    b = Find(b);
    if (a == b) return false;
    leader_[std::max(a, b)] = std::min(a, b);
    return true;
  }

 private:
  std::vector<uint32_t> leader_;
};

std::string_view TextOf(ClusterVeto veto) {
  switch (veto) {
    case ClusterVeto::kApart:
      return "valid documents differ, or they are kept apart; ";
    case ClusterVeto::kMean:
      return "their other records differ; ";
    case ClusterVeto::kSize:
      return "the customer would have too many records; ";
    case ClusterVeto::kNone:
      break;
  }
  return "";
}

// What the batch comes to, before it is recorded: pairs with their outcomes.
std::vector<IdentityPair> PlanOf(const Snapshot& snapshot,
                                 const BatchResult& result,
                                 const People& people, IdentityMode mode) {
  const Scorer scorer(result.model);
  std::vector<IdentityPair> plan;
  const auto add = [&](uint32_t one, uint32_t other, double bits,
                       std::string_view outcome, std::string_view before) {
    IdentityPair pair;
    pair.one = snapshot.records[one];
    pair.other = snapshot.records[other];
    pair.bits = bits;
    pair.outcome = outcome;
    pair.why = StrCat(
        before, WhyOf(ExplainPair(people, scorer, snapshot.persons[one],
                                  snapshot.persons[other]),
                      bits));
    plan.push_back(std::move(pair));
  };
  std::vector<ScoredPair> pairs = result.pairs;
  std::sort(pairs.begin(), pairs.end(),
            [](const ScoredPair& a, const ScoredPair& b) {
              return std::tuple(-a.bits, a.one, a.other) <
                     std::tuple(-b.bits, b.one, b.other);
            });
  const std::vector<uint32_t>& cluster = result.clusters.leader;
  absl::flat_hash_map<uint64_t, std::string_view> refused;
  for (const Clusters::Refusal& it : result.clusters.refused) {
    refused[uint64_t{it.pair.one} << 32 | it.pair.other] = TextOf(it.veto);
  }
  const std::string_view link =
      mode == IdentityMode::kPropose ? kPropose : kLink;
  Joined joined(snapshot);
  for (const ScoredPair& pair : pairs) {
    if (cluster[pair.one] != cluster[pair.other]) continue;
    if (joined.Join(pair.one, pair.other)) {
      add(pair.one, pair.other, pair.bits, link, "");
    }
  }
  for (const ScoredPair& pair : pairs) {
    if (cluster[pair.one] == cluster[pair.other]) continue;
    if (!joined.Join(pair.one, pair.other)) continue;  // one question each
    const auto why = refused.find(uint64_t{pair.one} << 32 | pair.other);
    const bool is_apart =
        AreApart(people, snapshot.persons[pair.one],
                 snapshot.persons[pair.other]) ||
        snapshot.constraints.apart.contains(uint64_t{pair.one} << 32 |
                                            pair.other);
    add(pair.one, pair.other, pair.bits, is_apart ? kRefuse : kPropose,
        why == refused.end() ? "" : why->second);
  }
  for (const auto& [one, other] : snapshot.resolved) {
    if (cluster[one] == cluster[other]) continue;
    const Person& a = snapshot.persons[one];
    const Person& b = snapshot.persons[other];
    const double bits = scorer.Bits(people, a, b, Compare(people, a, b));
    add(one, other, bits,
        // What is proposed of a linked pair is to unlink it.
        mode == IdentityMode::kPropose ? kPropose : kUnlink,
        "resolved again they are two; ");
  }
  for (const auto& [one, other] : snapshot.groundless) {
    IdentityPair pair;
    pair.one = one;
    pair.other = other;
    pair.outcome = mode == IdentityMode::kPropose ? kPropose : kUnlink;
    pair.why = "one of them says nothing any more that is compared";
    plan.push_back(std::move(pair));
  }
  return plan;
}

// Records the plan; what changed meanwhile is looked at once more. The caller
// holds `writer`.
absl::Status Record(Store::Impl& impl, std::vector<IdentityPair>& plan,
                    uint32_t version, int64_t now_us,
                    const WriteOptions& write) {
  const State& state = *impl.state;
  std::vector<NewFact> facts;
  Store::Impl::CommitOptions options;
  options.buffered = true;
  options.wants_id = false;
  const auto flush = [&]() -> absl::Status {
    if (facts.empty()) return absl::OkStatus();
    return impl.Commit(std::exchange(facts, {}), now_us, options).status();
  };
  // What is taken back may be what a link would be refused for.
  std::stable_partition(
      plan.begin(), plan.end(),
      [](const IdentityPair& pair) { return pair.outcome == kUnlink; });
  // Customers that the facts in waiting change.
  absl::flat_hash_set<RecordNumber> waiting;
  for (IdentityPair& pair : plan) {
    // Who objects to a link is asked when what it joins is in place.
    const std::array<RecordNumber, 2> leaders = {
        state.customers.LeaderOf(pair.one), state.customers.LeaderOf(pair.other)};
    if (waiting.contains(leaders[0]) || waiting.contains(leaders[1]) ||
        facts.size() >= kFactsAtOnce) {
      TRATO_RETURN_IF_ERROR(flush());
      waiting.clear();
    }
    const PairState known = state.customers.StateOf(pair.one, pair.other);
    if (pair.outcome == kLink) {
      const auto objections =
          state.customers.ObjectionsTo(pair.one, pair.other, now_us);
      if (known.linked) continue;
      if (objections.empty()) {
        waiting.insert(leaders.begin(), leaders.end());
        facts.push_back(LinkOf(state, pair.one, pair.other, true, pair.why,
                               now_us, write));
      } else {
        pair.outcome = kRefuse;
        pair.why = StrCat(objections[0].text, "; ", pair.why);
      }
    } else if (pair.outcome == kUnlink) {
      if (!known.linked) continue;
      waiting.insert(leaders.begin(), leaders.end());
      facts.push_back(LinkOf(state, pair.one, pair.other, false, pair.why,
                             now_us, write));
    } else if (pair.outcome == kPropose) {
      if (known.apart() ||
          IsProposed(state, pair.one, pair.other, known.linked)) {
        continue;
      }
      facts.push_back(
          ProposalOf(state, pair, known.linked, version, now_us, write));
    }
  }
  TRATO_RETURN_IF_ERROR(flush());
  return impl.CommitNothing(now_us, write.buffered);
}

uint64_t CountCustomers(const State& state, int64_t now_us) {
  uint64_t count = 0;
  state.customers.ForEachCustomer(now_us, [&](RecordNumber) { ++count; });
  return count;
}

}  // namespace

absl::StatusOr<std::string> ResolveIdentities(Store& store,
                                              const ResolveAllOptions& options,
                                              int64_t now_us,
                                              const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  TRATO_RETURN_IF_ERROR(CheckJudge(options.judge));
  if (options.definition) {
    if (options.mode != IdentityMode::kDryRun) {
      return absl::InvalidArgumentError(
          "definition: another than the one in force is for a dry run; define "
          "it to use it");
    }
  }
  const auto impl = store.shared_impl();
  IdentityReport report;
  InForce in_force;
  std::vector<IdentityPair> plan;
  {
    // The records are read while nobody writes; what follows needs them no more.
    IdentityIndex own;
    if (options.definition) own.ReadPhones(impl->identity.phones());
    IdentityIndex::Reader index(options.definition ? own : impl->identity);
    Snapshot snapshot;
    {
      ReaderMutexLock lock(&impl->mutex);
      const State& state = *impl->state;
      in_force = FindInForce(state, now_us);
      if (options.definition) {
        in_force.definition = *options.definition;
        if (in_force.definition.fields.empty()) {
          in_force.definition.fields = UsualDefinition(state.schema).fields;
        }
        TRATO_RETURN_IF_ERROR(IdentityBook::Check(in_force.definition));
      }
      if (options.relearn) in_force.definition.model.reset();
      ReadScope scope;
      index.Update(state, in_force.definition, now_us);
      TRATO_RETURN_IF_ERROR(scope.status());
      snapshot = Take(state, index.persons());
      if (options.judge.judge) {
        for (const RecordNumber record : snapshot.records) {
          snapshot.names.emplace_back(state.customers.RecordName(record));
        }
      }
      report.customers_before = CountCustomers(state, now_us);
    }
    report.records = snapshot.records.size();
    TRATO_ASSIGN_OR_RETURN(
        const BatchResult result,
        ResolveAll(in_force.definition, index.people(), snapshot.persons,
                   snapshot.constraints, RunnerOf(*impl),
                   JudgeOf(options.judge, index.people(), snapshot.persons,
                           [&](uint32_t it) { return snapshot.names[it]; })));
    report.compared = result.compared;
    report.hubs = result.hubs;
    report.model = result.model;
    plan = PlanOf(snapshot, result, index.people(), options.mode);
  }
  const bool has_learned = !in_force.definition.model;
  if (options.mode != IdentityMode::kDryRun) {
    MutexLock lock(&impl->writer);
    TRATO_RETURN_IF_ERROR(impl->CheckOpen());
    if (has_learned && report.records > 1) {
      in_force.definition.model = report.model;
      TRATO_RETURN_IF_ERROR(impl->CommitDefinitions(
          {Definition(in_force.definition)}, now_us, write));
      in_force.version =
          static_cast<uint32_t>(impl->state->identity.versions().size());
      report.version = in_force.version;
    }
    TRATO_RETURN_IF_ERROR(
        Record(*impl, plan, in_force.version, now_us, write));
  }
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  for (const IdentityPair& pair : plan) {
    report.linked += pair.outcome == kLink ? 1 : 0;
    report.unlinked += pair.outcome == kUnlink ? 1 : 0;
    report.proposed += pair.outcome == kPropose ? 1 : 0;
    report.refused += pair.outcome == kRefuse ? 1 : 0;
  }
  report.customers_after =
      options.mode == IdentityMode::kApply
          ? CountCustomers(state, now_us)
          : report.customers_before - report.linked + report.unlinked;
  // Changes before questions.
  std::stable_sort(plan.begin(), plan.end(),
                   [](const IdentityPair& a, const IdentityPair& b) {
                     const auto rank = [](const IdentityPair& it) {
                       if (it.outcome == kUnlink) return 0;
                       if (it.outcome == kLink) return 1;
                       return it.outcome == kPropose ? 2 : 3;
                     };
                     return rank(a) < rank(b);
                   });
  if (plan.size() > options.pairs) plan.resize(options.pairs);
  report.pairs = std::move(plan);
  return IdentityReportJson(state.model(), report);
}

}  // namespace trato::core
