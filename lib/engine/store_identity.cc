// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_identity.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "codec/identity_answers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"
#include "identity/explain.h"

namespace trato::core {
namespace {

// Facts of one entry of the log.
constexpr size_t kFactsAtOnce = 4096;
constexpr size_t kMaxReason = 1000;
constexpr size_t kMaxProposalsOfRecord = 3;
// Records of each side that are compared before customers are joined.
constexpr size_t kMaxCompared = 8;

constexpr std::string_view kLink = "link";
constexpr std::string_view kUnlink = "unlink";
constexpr std::string_view kPropose = "propose";
constexpr std::string_view kRefuse = "refuse";
constexpr std::string_view kNothing = "nothing";

absl::Status CheckNoView(const Store& store) {
  if (!store.is_view()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "a view shows part of the customers, and identities are resolved among "
      "all; ask the store itself");
}

// The definition that is in force, its number, and its model.
struct InForce {
  IdentityDefinition definition;
  uint32_t version = 0;
  IdentityModel model;
};

InForce Find(const State& state, int64_t now_us) {
  InForce it;
  const auto [definition, version] = state.identity.At(now_us);
  it.definition =
      definition != nullptr ? *definition : UsualDefinition(state.schema);
  it.version = version;
  if (it.definition.model) {
    it.model = *it.definition.model;
  } else {
    it.model = UsualModel();
    // As many pairs of one person as there are records, where they are many.
    constexpr size_t kFewRecords = 1000;
    it.model.prior =
        1 / static_cast<double>(
                std::max(state.customers.record_count(), kFewRecords));
    it.model.household = it.model.prior / 4;
  }
  return it;
}

TaskRunner RunnerOf(const Store::Impl& impl) {
  return [&impl](size_t count, const std::function<void(size_t)>& task) {
    impl.ForEachTask(count, task);
  };
}

std::string Shortened(std::string text) {
  if (text.size() <= kMaxReason) return text;
  text.resize(kMaxReason);
  // Not within a character.
  while (!text.empty() && (text.back() & 0x80) != 0) text.pop_back();
  return text;
}

NewFact LinkOf(const State& state, RecordNumber a, RecordNumber b, bool linked,
               std::string reason, int64_t now_us, const WriteOptions& write) {
  const CustomerStore& customers = state.customers;
  std::string_view one = customers.RecordName(a);
  std::string_view other = customers.RecordName(b);
  if (other < one) std::swap(one, other);
  Fact fact = Store::Impl::Envelope(kAtNow, now_us, write);
  fact.source = kIdentitySource;
  // An unlinking takes the link back and keeps nobody apart.
  fact.payload = LinkFact{std::string(one),
                          std::string(other),
                          linked,
                          customers.StateOf(a, b).sequence + 1,
                          Shortened(std::move(reason)),
                          !linked};
  return {std::move(fact), false};
}

NewFact ProposalOf(const State& state, const IdentityPair& pair, bool unlink,
                   uint32_t version, int64_t now_us,
                   const WriteOptions& write) {
  const CustomerStore& customers = state.customers;
  std::string_view one = customers.RecordName(pair.one);
  std::string_view other = customers.RecordName(pair.other);
  if (other < one) std::swap(one, other);
  Fact fact = Store::Impl::Envelope(kAtNow, now_us, write);
  fact.source = kIdentitySource;
  fact.payload = ProposalFact{std::string(one), std::string(other), unlink,
                              pair.bits, version, Shortened(pair.why)};
  return {std::move(fact), false};
}

// Whether somebody still has to look at it.
bool IsOpen(const State& state, const IdentityBook::Pair& pair,
            const IdentityBook::Proposal& proposal) {
  const CustomerStore& customers = state.customers;
  const PairState known = customers.StateOf(pair.first, pair.second);
  if (proposal.unlink) return known.linked;
  return customers.LeaderOf(pair.first) != customers.LeaderOf(pair.second) &&
         !known.apart();
}

bool IsProposed(const State& state, RecordNumber a, RecordNumber b,
                bool unlink) {
  const auto& proposals = state.identity.proposals();
  const auto known = proposals.find({std::min(a, b), std::max(a, b)});
  return known != proposals.end() && known->second.unlink == unlink &&
         IsOpen(state, known->first, known->second);
}

// What becomes of one record.
class OneRecord {
 public:
  OneRecord(const State& state, const InForce& in_force,
            const IdentityIndex::Reader& index, const Scorer& scorer,
            int64_t now_us)
      : state_(state), in_force_(in_force), index_(index), scorer_(scorer),
        now_us_(now_us) {}

  std::vector<IdentityPair> Decide(RecordNumber record, IdentityMode mode) {
    const CustomerStore& customers = state_.customers;
    mine_.assign(customers.RecordsOf(customers.LeaderOf(record)).begin(),
                 customers.RecordsOf(customers.LeaderOf(record)).end());
    std::vector<RecordNumber> seen{customers.LeaderOf(record)};
    std::vector<IdentityPair> pairs;
    for (const IdentityIndex::Candidate& candidate : index_.Find(
             scorer_, record, BitsOf(in_force_.definition.review_at))) {
      const RecordNumber leader = customers.LeaderOf(candidate.record);
      if (std::find(seen.begin(), seen.end(), leader) != seen.end()) continue;
      seen.push_back(leader);
      pairs.push_back(PairOf(record, candidate));
      IdentityPair& pair = pairs.back();
      pair.outcome = OutcomeOf(pair, leader, mode);
      if (pair.outcome == kPropose && ++proposed_ > kMaxProposalsOfRecord) {
        pair.outcome = kNothing;
      }
      if (pair.outcome == kLink) {
        const auto records = customers.RecordsOf(leader);
        mine_.insert(mine_.end(), records.begin(), records.end());
      }
    }
    return pairs;
  }

 private:
  IdentityPair PairOf(RecordNumber record,
                      const IdentityIndex::Candidate& candidate) const {
    IdentityPair pair;
    pair.one = record;
    pair.other = candidate.record;
    pair.bits = candidate.bits;
    pair.explanation =
        ExplainPair(index_.people(), scorer_, index_.persons()[record],
                    index_.persons()[candidate.record]);
    pair.why = InWords(*pair.explanation);
    return pair;
  }

  std::string_view OutcomeOf(IdentityPair& pair, RecordNumber leader,
                             IdentityMode mode) const {
    if (AnyApart(leader)) {
      pair.why = StrCat("valid documents of theirs differ; ", pair.why);
      return kRefuse;
    }
    for (const LinkObjection& objection :
         state_.customers.ObjectionsTo(pair.one, pair.other, now_us_)) {
      pair.why = StrCat(objection.text, "; ", pair.why);
      return kRefuse;
    }
    if (mine_.size() + state_.customers.RecordsOf(leader).size() >
        in_force_.definition.max_records) {
      pair.why = StrCat("the customer would have too many records; ", pair.why);
      return kRefuse;
    }
    if (pair.bits < BitsOf(in_force_.definition.link_at)) return kPropose;
    if (MeanBits(leader) < 0) {
      pair.why = StrCat("the customers' other records differ; ", pair.why);
      return kPropose;
    }
    return mode == IdentityMode::kPropose ? kPropose : kLink;
  }

  bool AnyApart(RecordNumber leader) const {
    for (const RecordNumber a : mine_) {
      for (const RecordNumber b : state_.customers.RecordsOf(leader)) {
        if (AreApart(index_.people(), PersonOf(a), PersonOf(b))) return true;
      }
    }
    return false;
  }

  double MeanBits(RecordNumber leader) const {
    double sum = 0;
    size_t count = 0;
    const auto theirs = state_.customers.RecordsOf(leader);
    for (size_t i = 0; i < std::min(mine_.size(), kMaxCompared); ++i) {
      for (size_t j = 0; j < std::min(theirs.size(), kMaxCompared); ++j) {
        const Person& a = PersonOf(mine_[i]);
        const Person& b = PersonOf(theirs[j]);
        if (a.is_empty() || b.is_empty()) continue;
        sum += scorer_.Bits(index_.people(), a, b,
                            Compare(index_.people(), a, b));
        ++count;
      }
    }
    return count == 0 ? 0 : sum / static_cast<double>(count);
  }

  const Person& PersonOf(RecordNumber record) const {
    static const Person kNobody;
    return record < index_.persons().size() ? index_.persons()[record]
                                            : kNobody;
  }

  const State& state_;
  const InForce& in_force_;
  const IdentityIndex::Reader& index_;
  const Scorer& scorer_;
  const int64_t now_us_;
  std::vector<RecordNumber> mine_;
  size_t proposed_ = 0;
};

absl::StatusOr<RecordNumber> FindRecord(const State& state,
                                        std::string_view field,
                                        std::string_view name) {
  TRATO_RETURN_IF_ERROR(CheckRecordName(field, name));
  const auto record = state.customers.FindRecord(name);
  if (record && state.customers.IsNamed(*record)) return *record;
  auto claimed = state.customers.ResolveRecord(name);
  if (claimed.ok() || !absl::IsNotFound(claimed.status())) return claimed;
  return absl::NotFoundError(StrCat(field, ": there is no record ", name));
}

}  // namespace

absl::Status DefineIdentity(Store& store, IdentityDefinition definition,
                            int64_t now_us, const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  const auto impl = store.shared_impl();
  MutexLock lock(&impl->writer);
  TRATO_RETURN_IF_ERROR(impl->CheckOpen());
  if (definition.fields.empty()) {
    definition.fields = UsualDefinition(impl->state->schema).fields;
  }
  const Definition checked = std::move(definition);
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl->state, checked));
  return impl->CommitDefinitions({checked}, now_us, write);
}

std::string IdentityDefinitionsOf(const Store& store) {
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  return IdentityDefinitionsJson(state.model(), state.identity.versions(),
                                 UsualDefinition(state.schema));
}

absl::StatusOr<std::string> ResolveIdentity(Store& store,
                                            std::string_view record,
                                            IdentityMode mode, int64_t now_us,
                                            const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  const auto impl = store.shared_impl();
  IdentityIndex::Reader index(impl->identity);
  MutexLock lock(&impl->writer);
  TRATO_RETURN_IF_ERROR(impl->CheckOpen());
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const RecordNumber number,
                         FindRecord(state, "record", record));
  const InForce in_force = Find(state, now_us);
  std::vector<IdentityPair> pairs;
  {
    ReadScope scope;
    index.Update(state, in_force.definition, now_us);
    const Scorer scorer(in_force.model);
    pairs = OneRecord(state, in_force, index, scorer, now_us)
                .Decide(number, mode);
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  std::string_view outcome = kNothing;
  std::vector<NewFact> facts;
  for (const IdentityPair& pair : pairs) {
    if (pair.outcome == kLink) {
      outcome = kLink;
      facts.push_back(LinkOf(state, pair.one, pair.other, true, pair.why,
                             now_us, write));
    } else if (pair.outcome == kPropose) {
      if (outcome == kNothing) outcome = kPropose;
      if (IsProposed(state, pair.one, pair.other, false)) continue;
      facts.push_back(ProposalOf(state, pair, false, in_force.version, now_us,
                                 write));
    } else if (outcome == kNothing) {
      outcome = pair.outcome;
    }
  }
  if (mode != IdentityMode::kDryRun) {
    Store::Impl::CommitOptions options;
    options.buffered = write.buffered;
    TRATO_RETURN_IF_ERROR(
        impl->Commit(std::move(facts), now_us, options).status());
  }
  return ResolvedJson(state.model(), number, outcome, pairs);
}

namespace {

// What a batch starts from: the records in an order that is theirs, and what
// holds between them already.
struct Snapshot {
  std::vector<RecordNumber> records;  // by name
  std::vector<Person> persons;
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
    pair.why = StrCat(before, InWords(ExplainPair(people, scorer,
                                                  snapshot.persons[one],
                                                  snapshot.persons[other])));
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
  for (IdentityPair& pair : plan) {
    const PairState known = state.customers.StateOf(pair.one, pair.other);
    if (pair.outcome == kLink) {
      const auto objections =
          state.customers.ObjectionsTo(pair.one, pair.other, now_us);
      if (known.linked) continue;
      if (objections.empty()) {
        facts.push_back(LinkOf(state, pair.one, pair.other, true, pair.why,
                               now_us, write));
      } else {
        pair.outcome = kRefuse;
        pair.why = StrCat(objections[0].text, "; ", pair.why);
      }
    } else if (pair.outcome == kUnlink) {
      if (!known.linked) continue;
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
    if (facts.size() >= kFactsAtOnce) TRATO_RETURN_IF_ERROR(flush());
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
    IdentityIndex::Reader index(options.definition ? own : impl->identity);
    Snapshot snapshot;
    {
      ReaderMutexLock lock(&impl->mutex);
      const State& state = *impl->state;
      in_force = Find(state, now_us);
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
      report.customers_before = CountCustomers(state, now_us);
    }
    report.records = snapshot.records.size();
    const BatchResult result =
        ResolveAll(in_force.definition, index.people(), snapshot.persons,
                   snapshot.constraints, RunnerOf(*impl));
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

std::string IdentityTableReport(const BatchResult& result, size_t records) {
  return TableReportJson(result, records);
}

absl::StatusOr<std::string> IdentityReview(const Store& store, uint32_t limit,
                                           int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  const auto impl = store.shared_impl();
  IdentityIndex::Reader index(impl->identity);
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  const InForce in_force = Find(state, now_us);
  std::vector<std::pair<IdentityBook::Pair, const IdentityBook::Proposal*>> open;
  for (const auto& [pair, proposal] : state.identity.proposals()) {
    if (IsOpen(state, pair, proposal)) open.emplace_back(pair, &proposal);
  }
  std::sort(open.begin(), open.end(), [&](const auto& a, const auto& b) {
    return std::tuple(-a.second->bits, state.customers.RecordName(a.first.first),
                      state.customers.RecordName(a.first.second)) <
           std::tuple(-b.second->bits, state.customers.RecordName(b.first.first),
                      state.customers.RecordName(b.first.second));
  });
  ReadScope scope;
  index.Update(state, in_force.definition, now_us);
  const Scorer scorer(in_force.model);
  std::vector<IdentityPair> pairs;
  for (const auto& [pair, proposal] : open) {
    if (pairs.size() == limit) break;
    IdentityPair it;
    it.one = pair.first;
    it.other = pair.second;
    it.outcome = proposal->unlink ? kUnlink : kLink;
    it.bits = proposal->bits;
    it.why = proposal->reason;
    it.explanation = ExplainPair(index.people(), scorer,
                                 index.persons()[pair.first],
                                 index.persons()[pair.second]);
    pairs.push_back(std::move(it));
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return ReviewJson(state.model(), open.size(), pairs);
}

absl::StatusOr<std::string> ExplainIdentity(const Store& store,
                                            std::string_view one,
                                            std::string_view other,
                                            int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  const auto impl = store.shared_impl();
  IdentityIndex::Reader index(impl->identity);
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const RecordNumber a, FindRecord(state, "one", one));
  const InForce in_force = Find(state, now_us);
  ReadScope scope;
  index.Update(state, in_force.definition, now_us);
  const Scorer scorer(in_force.model);
  const auto explained = [&](RecordNumber x, RecordNumber y) {
    IdentityPair pair;
    pair.one = x;
    pair.other = y;
    pair.explanation = ExplainPair(index.people(), scorer, index.persons()[x],
                                   index.persons()[y]);
    pair.why = InWords(*pair.explanation);
    return pair;
  };
  std::string json;
  if (other.empty()) {
    const RecordNumber leader = state.customers.LeaderOf(a);
    const auto records = state.customers.RecordsOf(leader);
    std::vector<IdentityPair> pairs;
    for (size_t i = 0; i < std::min(records.size(), kMaxCompared); ++i) {
      for (size_t j = i + 1; j < std::min(records.size(), kMaxCompared); ++j) {
        pairs.push_back(explained(records[i], records[j]));
      }
    }
    json = IdentityJson(state.model(), leader, pairs);
  } else {
    TRATO_ASSIGN_OR_RETURN(const RecordNumber b,
                           FindRecord(state, "other", other));
    if (a == b) {
      return absl::InvalidArgumentError(
          StrCat("one and other are the same record ", one));
    }
    json = PairJson(state.model(), explained(a, b));
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

}  // namespace trato::core
