// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/identity_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/status.h"
#include "engine/checks.h"
#include "identity/explain.h"

namespace trato::core {
namespace {

constexpr size_t kMaxReason = 1000;

std::string Shortened(std::string text) {
  if (text.size() <= kMaxReason) return text;
  text.resize(kMaxReason);
  // Not within a character.
  while (!text.empty() && (text.back() & 0x80) != 0) text.pop_back();
  return text;
}

}  // namespace

absl::Status CheckNoView(const Store& store) {
  if (!store.is_view()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "a view shows part of the customers, and identities are resolved among "
      "all; ask the store itself");
}

InForce FindInForce(const State& state, int64_t now_us) {
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

std::string WhyOf(const PairExplanation& explanation, double bits) {
  std::string words = InWords(explanation);
  // What is kept of a pair's bits is a float.
  if (std::abs(explanation.bits - bits) < 1e-3) return words;
  char said[64];
  std::snprintf(said, sizeof(said), "the host's judge says %.1f %%; ",
                100 * ProbabilityOf(bits));
  return said + words;
}

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

}  // namespace trato::core
