// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_identity.h"

#include <algorithm>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "codec/identity_answers.h"
#include "engine/checks.h"
#include "engine/identity_parts.h"
#include "engine/store_impl.h"
#include "identity/explain.h"

namespace trato::core {
namespace {

// Of a customer's records so many are compared with each other.
constexpr size_t kMaxCompared = 8;

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

std::string IdentityTableReport(const BatchResult& result, size_t records) {
  return TableReportJson(result, records);
}

absl::Status ReadIdentityPhones(Store& store, PhoneReader reader) {
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  store.shared_impl()->identity.ReadPhones(std::move(reader));
  return absl::OkStatus();
}

absl::StatusOr<std::string> IdentityReview(const Store& store, uint32_t limit,
                                           int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckNoView(store));
  const auto impl = store.shared_impl();
  IdentityIndex::Reader index(impl->identity);
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  const InForce in_force = FindInForce(state, now_us);
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
  const InForce in_force = FindInForce(state, now_us);
  ReadScope scope;
  index.Update(state, in_force.definition, now_us);
  const Scorer scorer(in_force.model);
  const auto explained = [&](RecordNumber x, RecordNumber y) {
    IdentityPair pair;
    pair.one = x;
    pair.other = y;
    pair.explanation = ExplainPair(index.people(), scorer, index.persons()[x],
                                   index.persons()[y]);
    pair.bits = pair.explanation->bits;
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
