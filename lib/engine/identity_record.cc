// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One record against all others.

#include <algorithm>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "engine/checks.h"
#include "engine/identity_judge.h"
#include "engine/identity_parts.h"
#include "identity/explain.h"

namespace trato::core {
namespace {

constexpr size_t kMaxProposalsOfRecord = 3;
// Records of each side that are compared before customers are joined.
constexpr size_t kMaxCompared = 8;

// What becomes of one record.
class OneRecord {
 public:
  OneRecord(const State& state, const InForce& in_force,
            const IdentityIndex::Reader& index, const Scorer& scorer,
            int64_t now_us)
      : state_(state), in_force_(in_force), index_(index), scorer_(scorer),
        now_us_(now_us) {}

  absl::StatusOr<std::vector<IdentityPair>> Decide(RecordNumber record,
                                                   IdentityMode mode,
                                                   const PairJudge& judge) {
    TRATO_ASSIGN_OR_RETURN(const std::vector<IdentityIndex::Candidate> found,
                           Candidates(record, judge));
    const CustomerStore& customers = state_.customers;
    mine_.assign(customers.RecordsOf(customers.LeaderOf(record)).begin(),
                 customers.RecordsOf(customers.LeaderOf(record)).end());
    linked_ = {record};
    std::vector<RecordNumber> seen{customers.LeaderOf(record)};
    std::vector<IdentityPair> pairs;
    for (const IdentityIndex::Candidate& candidate : found) {
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
        linked_.push_back(candidate.record);
      }
    }
    return pairs;
  }

 private:
  // Best first.
  absl::StatusOr<std::vector<IdentityIndex::Candidate>> Candidates(
      RecordNumber record, const PairJudge& judge) const {
    const double review_bits = BitsOf(in_force_.definition.review_at);
    if (!judge.judge) return index_.Find(scorer_, record, review_bits);
    std::vector<ScoredPair> pairs;
    for (const IdentityIndex::Candidate& it : index_.Find(
             scorer_, record, std::min(judge.from_bits, review_bits))) {
      pairs.push_back({record, it.record, static_cast<float>(it.bits)});
    }
    TRATO_RETURN_IF_ERROR(judge.judge(scorer_, std::span(pairs)));
    std::vector<IdentityIndex::Candidate> found;
    for (const ScoredPair& it : pairs) {
      if (it.bits >= review_bits) found.push_back({it.other, it.bits});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.bits > b.bits; });
    return found;
  }

  IdentityPair PairOf(RecordNumber record,
                      const IdentityIndex::Candidate& candidate) const {
    IdentityPair pair;
    pair.one = record;
    pair.other = candidate.record;
    pair.bits = candidate.bits;
    pair.explanation =
        ExplainPair(index_.people(), scorer_, index_.persons()[record],
                    index_.persons()[candidate.record]);
    pair.why = WhyOf(*pair.explanation, pair.bits);
    return pair;
  }

  std::string_view OutcomeOf(IdentityPair& pair, RecordNumber leader,
                             IdentityMode mode) const {
    if (AnyApart(leader)) {
      pair.why = StrCat("valid documents of theirs differ; ", pair.why);
      return kRefuse;
    }
    // Whom she is to be linked to besides may be kept apart from this one.
    for (const RecordNumber record : linked_) {
      for (const LinkObjection& objection :
           state_.customers.ObjectionsTo(record, pair.other, now_us_)) {
        pair.why = StrCat(objection.text, "; ", pair.why);
        return kRefuse;
      }
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
  std::vector<RecordNumber> linked_;  // the record, and whom it is linked to
  size_t proposed_ = 0;
};

}  // namespace

absl::StatusOr<std::string> ResolveIdentity(Store& store,
                                            std::string_view record,
                                            IdentityMode mode,
                                            const IdentityJudgeOptions& judge,
                                            int64_t now_us,
                                            const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckJudge(judge));
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  const auto impl = store.shared_impl();
  IdentityIndex::Reader index(impl->identity);
  MutexLock lock(&impl->writer);
  TRATO_RETURN_IF_ERROR(impl->CheckOpen());
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const RecordNumber number,
                         FindRecord(state, "record", record));
  const InForce in_force = FindInForce(state, now_us);
  std::vector<IdentityPair> pairs;
  {
    ReadScope scope;
    index.Update(state, in_force.definition, now_us);
    const Scorer scorer(in_force.model);
    const PairJudge asked =
        JudgeOf(judge, index.people(), index.persons(), [&](uint32_t it) {
          return std::string(state.customers.RecordName(it));
        });
    OneRecord one(state, in_force, index, scorer, now_us);
    TRATO_ASSIGN_OR_RETURN(pairs, one.Decide(number, mode, asked));
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

}  // namespace trato::core
